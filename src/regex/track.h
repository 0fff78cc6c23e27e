/*
 * A track: a pattern as one way through an ASCII subject, never going back. Most rules of
 * templates are like that: at each point the next byte says what to do. On a track a line is
 * matched, or refused at its first wrong byte, without PCRE2, and nothing needs to be compiled.
 *
 * A matcher that goes back tries the ways through a pattern in order of preference, and its
 * result is the first one that leads to the end. A track always takes the preferred way among
 * those that the next byte leaves open. So when it gets to the end, that is the result. When it
 * fails, there is no match if each choice on the way was the only one possible; if not
 * ("unsure"), or where a pattern has no track from some point on, PCRE2 has to say.
 */
#ifndef REGEX_TRACK_H
#define REGEX_TRACK_H

#include "base/alloc.h"
#include "base/arena.h"
#include "regex/tree.h"

enum track_op {
    /* these take bytes */
    TRACK_BYTES, /* nbytes literal bytes */
    TRACK_TAKE,  /* of set, as many as there are: min to max */
    TRACK_TRIM,  /* of set, as few as leave nothing but bytes of until up to the end */
    TRACK_UNTIL, /* of set, as few as there are before a byte of until */
    TRACK_BACK,  /* of set, as many as there are before a byte of until */
    TRACK_LAST,  /* of set, as many as there are before nbytes literal bytes */
    /* these look */
    TRACK_NEXT, /* is the next byte in set? */
    TRACK_BEGIN,
    TRACK_END,
    TRACK_BOUNDARY,
    TRACK_NO_BOUNDARY,
    TRACK_AHEAD,     /* does the track that follows, as far as its TRACK_DONE, match? */
    TRACK_NOT_AHEAD, /* or not? both go on at max */
    /* these always work */
    TRACK_OPEN, /* of group min */
    TRACK_CLOSE,
    TRACK_GOTO, /* other */
    TRACK_UNSURE,
    TRACK_DONE,
    TRACK_GIVE_UP, /* from here on only PCRE2 knows */
};

#define TRACK_BYTES_MOST  14
#define TRACK_STEPS_MOST  400
#define TRACK_GROUPS_MOST 64

struct ascii_set {
    uint64_t word[2];
};

/* A set's members have a bit of their own in a table of 128 bytes; eight sets share a table. */
struct track_class {
    uint8_t table;
    uint8_t bit;
};

struct track_table {
    uint8_t bits[128];
};

#define TRACK_TABLES_MOST 8

struct track_step {
    uint8_t op;
    bool unsure;    /* another way may match although what follows does not */
    uint16_t other; /* the step to go to when this one fails, 0 = the match fails */
    struct track_class set, until;
    uint32_t min, max;
    uint8_t group; /* what this step takes is all of that group, 0 = no */
    uint8_t nbytes;
    char bytes[TRACK_BYTES_MOST];
};

struct track {
    const struct track_step *steps;
    const struct track_table *tables;
};

enum track_result {
    TRACK_NO = 0,
    TRACK_YES = 1,
    TRACK_UNKNOWN = 2,
};

/* The track of a pattern that matches at the subject's start, in the arena. steps is NULL when
 * memory ran out, or when there is no track that would help. */
struct track track_make(const struct tree *tree, struct arena *arena, unsigned *nsteps,
                        unsigned *ntables);

/* groups[0..ngroups) are set for TRACK_YES. The subject is ASCII. */
enum track_result track_run(const struct track *track, struct view subject, struct view *groups,
                            unsigned ngroups);

/* What a match of `list`, and then of what stands behind it, can begin with. */
struct first {
    struct ascii_set set;
    bool end;     /* it may be at the subject's end */
    bool accept;  /* it may match nothing, the pattern ends here */
    bool unknown; /* too involved to say */
};

/* What follows when a list has ended. */
struct track_rest {
    const struct node *list;
    const struct track_rest *up;
    const struct node *loop; /* the body of a repeat that may come again */
};

struct first first_of(const struct node *list, const struct track_rest *rest);

static inline bool ascii_has(const struct ascii_set *set, unsigned char c)
{
    return set->word[c >> 6 & 1] >> (c & 63) & 1;
}

static inline bool ascii_meet(const struct ascii_set *a, const struct ascii_set *b)
{
    return ((a->word[0] & b->word[0]) | (a->word[1] & b->word[1])) != 0;
}

#endif
