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

/* With more to come back to than this, or more returns, the track gives up. */
#define CHOICES_MOST 64
#define CHANGES_MOST 64
#define RETURNS_MOST 500

/* A way not taken: to begin at step, or (bound) to stop at another place than before. */
struct choice {
    const struct track_step *step;
    uint32_t at;
    uint32_t bound; /* the next place to stop at is this one, or lies beyond */
    uint32_t changes;
};

/* What a group was when there was something to come back to. */
struct change {
    uint32_t group;
    struct view before;
};

/* A walk along a track: what its steps know. */
struct walk {
    const uint64_t (*rows)[SUBJECT_WORDS];
    const uint64_t *classes_of;
    const char *text; /* with bytes to read behind its end as far as a multiple of 64, and 8
                         more; the first one is not inner (see below) */
    const char *base; /* the same where groups are to point to */
    size_t len;
    struct view *groups;
    const struct track_step *steps;
    const struct track_jumps *jumps;
    size_t end;               /* of the match */
    uint32_t nchoices, least; /* choices below `least` are not this walk's */
    uint32_t nchanges;
    uint32_t returns;
    struct choice choices[CHOICES_MOST];
    struct change changes[CHANGES_MOST];
};

typedef void fill_rows(struct regex_subject *subject, uint64_t rows);

struct regex_subject {
    struct view text;
    enum regex_text kind;
    bool fits;      /* no longer than SUBJECT_MOST: there are rows */
    bool plain;     /* ... and ASCII, and no newline at the end, where "$" is in front of it */
    unsigned walks; /* on tracks, with this subject (warm.h) */
    uint64_t have;  /* rows that are made, one bit each */
    const struct regex_family *family;
    fill_rows *fill;
    struct walk walk; /* the one under way, or the last one */
    /* The words up to the one that has the end, all bits from the end on 0. */
    uint64_t rows[FAMILY_MOST][SUBJECT_WORDS];
    char copy[SUBJECT_WORDS * 64 + 8];
};

/* Behind a subject's end there is always a byte that is not one of these: where one of these is
 * found, there is no need to ask whether the end was passed. */
static inline bool subject_byte_is_inner(unsigned char byte)
{
    return (byte >= 0x20 && byte < 0x80) || byte == '\t';
}

/* A subject stays where it is: its walk points into it. */
void subject_init(struct regex_subject *subject);
/* For subjects of regexes that are not all of one family, before regex_subject_set(). */
void subject_set_family(struct regex_subject *subject, const struct regex_family *family);

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
