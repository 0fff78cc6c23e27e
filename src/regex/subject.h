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
    bool fits;  /* no longer than SUBJECT_MOST: there are rows */
    bool plain; /* ... and ASCII, and no newline at the end, where "$" is in front of it */
    const char *from; /* the text, with bytes to read as far as a multiple of 64, and 8 more */
    const struct regex_family *family;
    fill_rows *fill;
    uint64_t have; /* rows that are made, one bit each */
    /* The words up to the one that has the end, all bits from the end on 0. */
    uint64_t rows[FAMILY_MOST][SUBJECT_WORDS];
    char copy[SUBJECT_WORDS * 64 + 8];
};

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
