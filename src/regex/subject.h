/*
 * A subject, and where in it the members of a family's classes are: for each class that is
 * asked for a row of bits, one a byte of the subject. Rows are made once for all regexes, many
 * bytes at a time; then the end of a run, or the next or last place to go on at, is found
 * without looking at bytes.
 */
#ifndef REGEX_SUBJECT_H
#define REGEX_SUBJECT_H

#include "regex/family.h"
#include "regex/regex.h"

#define SUBJECT_WORDS 8                                /* of a row */
#define SUBJECT_MOST  ((size_t)SUBJECT_WORDS * 64 - 1) /* bytes: behind the end is a 0 bit */

typedef void fill_rows(struct regex_subject *subject, uint64_t rows);

struct regex_subject {
    struct view text;
    enum regex_text kind;
    bool fits;      /* no longer than SUBJECT_MOST: there are rows */
    bool plain;     /* ... and ASCII, and no newline at the end, where "$" is in front of it */
    unsigned walks; /* on tracks, since the text began (warm.h) */
    uint64_t have;  /* rows that are made, one bit each */
    const struct regex_family *family;
    fill_rows *fill;
    const char *from; /* the text, with bytes to read as far as a multiple of 64, and 8 more;
                         the first one is not inner (see below) */
    /* First the first word of each row, and so on: most lines have one or two words, and what
     * is used of them then lies close together. All bits from the end on are 0; words behind
     * the one that has the end are not set. */
    uint64_t rows[SUBJECT_WORDS][FAMILY_MOST];
    char copy[SUBJECT_WORDS * 64 + 8];
};

/* Behind a subject's end there is always a byte that is not one of these: where one of these is
 * found, there is no need to ask whether the end was passed. */
static inline bool subject_byte_is_inner(unsigned char byte)
{
    return (byte >= 0x20 && byte < 0x80) || byte == '\t';
}

void subject_init(struct regex_subject *subject, const struct regex_family *family);

/* Where there are no vector instructions for it. */
void subject_fill_plain(struct regex_subject *subject, uint64_t rows);

/* Makes these rows, one bit each. */
static inline void subject_need(struct regex_subject *subject, uint64_t rows)
{
    uint64_t missing = rows & ~subject->have;
    if (missing) {
        subject->fill(subject, missing);
    }
}

#endif
