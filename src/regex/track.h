/*
 * A track: a pattern as steps along an ASCII subject. Nearly all rules of templates have one.
 * It finds the match that backtracking finds, but knows where the members of each class of
 * characters are (subject.h): a run of them ends where the next 0 is, and a place to go on at
 * is the next or the last 1. Where the next byte leaves only one way nothing is remembered;
 * else the other way is, to come back to when this one fails.
 *
 * Nothing needs to be compiled for it. What a pattern has that no step can say
 * (back-references, look-behinds, conditions, atomic groups) is a step that gives up, and what
 * takes many returns is given up too: then PCRE2 has to say.
 */
#ifndef REGEX_TRACK_H
#define REGEX_TRACK_H

#include "base/arena.h"
#include "regex/subject.h"
#include "regex/tree.h"

enum track_op {
    TRACK_BYTES,   /* nbytes literal bytes */
    TRACK_ONE,     /* one of class */
    TRACK_TAKE,    /* of class, as many as there are, at least min */
    TRACK_TAKE_TO, /* ... and at most max */
    TRACK_TRIM,    /* of class, as few as leave nothing but bytes of until up to the end */
    TRACK_GREEDY,  /* of class, min to max, many first, before a byte of until, and one of then
                    */
    TRACK_LAZY,    /* the same, few first */
    /* several of these in one (track_join.c) */
    TRACK_PAIR,  /* two TAKEs: of class at least min, then of until at least max */
    TRACK_FIELD, /* a PAIR, then BYTES */
    TRACK_MARK,  /* a TAKE, then BYTES */
    TRACK_MARKS, /* max of these */
    TRACK_WORD,  /* one of until, then a TAKE */
    /* these go elsewhere, or look */
    TRACK_FORK,      /* on if the next byte is in class, else or later to other if in until */
    TRACK_FORK_LAZY, /* to other if the next byte is in until, else or later on if in class */
    TRACK_SWITCH,    /* to where the jump table number `other` says for the next byte */
    TRACK_GOTO,      /* other */
    TRACK_OPEN,      /* of group */
    TRACK_CLOSE,
    TRACK_BEGIN,
    TRACK_END,
    TRACK_BOUNDARY,
    TRACK_NO_BOUNDARY,
    TRACK_AHEAD,     /* does the track that follows, as far as its TRACK_DONE, match? */
    TRACK_NOT_AHEAD, /* or not? both go on at other */
    TRACK_DONE,
    TRACK_GIVE_UP, /* from here on only PCRE2 knows */
};

#define TRACK_BYTES_MOST  8
#define TRACK_ANYTHING    UINT8_MAX /* as `then` */
#define TRACK_STEPS_MOST  400
#define TRACK_GROUPS_MOST 64
#define TRACK_TABLES_MOST 16
#define TRACK_JUMPS       129        /* ASCII, and the subject's end */
#define TRACK_ENDLESS     UINT16_MAX /* as max: more than any subject that fits has */

struct walk;
struct track_step;

enum track_result {
    TRACK_NO = 0,
    TRACK_YES = 1,
    TRACK_UNKNOWN = 2,
};

typedef enum track_result taker(struct walk *walk, const struct track_step *step, size_t at);

struct track_step {
    taker *take;    /* walks on from this step to the end */
    uint64_t bytes; /* as they lie in memory, the first ones of the eight */
    uint8_t op;
    uint8_t group; /* what this step takes is all of that group, 0 = no; of a PAIR, a FIELD or
                      a MARK: what the last run takes */
    uint8_t nbytes;
    bool class_end, until_end; /* the subject's end counts as a member */
    uint8_t class, until;      /* the family's rows; of ONE and FORKs, and until of a WORD: its
                                  classes */
    uint8_t then;              /* a row: what may come next but one, or the end */
    uint16_t other;            /* a step */
    uint16_t min, max;
};

/* By the next byte: a step, or 0 for none. */
struct track_jumps {
    uint16_t to[TRACK_JUMPS];
};

struct track {
    const struct track_step *steps;
    const struct track_jumps *jumps;
    unsigned nsteps, njumps;
    uint64_t rows;  /* that the steps look at */
    uint64_t loose; /* the groups that a match may pass by, one bit each */
};

/* The track of a pattern that matches at the subject's start, in the arena; its classes become
 * the family's. steps is NULL when memory ran out, or when there is no track that would help.
 */
struct track track_make(const struct tree *tree, struct regex_family *family,
                        struct arena *arena);

/* Puts steps together where one does the work of several; how many are left. */
unsigned track_join(struct track_step *steps, unsigned nsteps, struct track_jumps *jumps,
                    unsigned njumps);

/* Sets `take` of steps that are complete. */
void track_bind(struct track_step *steps, unsigned nsteps);

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
