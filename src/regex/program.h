/*
 * A pattern as a program for memo.h: instructions that consume a character, fork, or note where
 * a group begins and ends.
 */
#ifndef REGEX_PROGRAM_H
#define REGEX_PROGRAM_H

#include "base/arena.h"
#include "regex/tree.h"

enum inst_op {
    INST_SET,   /* a character of set, then next */
    INST_FORK,  /* next, and if that fails other */
    INST_JUMP,  /* next */
    INST_SAVE,  /* the position into slot number `arg` */
    INST_AT,    /* enum node_at `arg` holds here */
    INST_ENTER, /* an iteration of loop `arg` begins: it has consumed nothing yet */
    INST_AGAIN, /* an iteration has ended: next if it has consumed something, else other */
    INST_MATCH,
};

struct inst {
    uint64_t set[2];         /* ASCII */
    const struct node *unit; /* for the others */
    uint32_t next, other;
    uint16_t arg;
    uint8_t op;
    uint8_t flags; /* of an INST_AT: enum tree_flags */
};

/* How deep loops whose body may be empty can nest: each doubles the states to remember. */
#define PROGRAM_LOOPS 3

struct program {
    struct inst *inst;
    uint32_t n;
    uint32_t ngroups;
    uint32_t nloops;
    bool ascii_only; /* what its units match beyond ASCII is not known here */
};

/*
 * 0 with *out, in the arena like the tree that it points into; NULL when the pattern has what a
 * program cannot say: back-references, look-arounds, atomic groups, conditions, or when it gets
 * too long. ERR_NOMEM.
 */
int program_make(struct program **out, const struct tree *tree, struct arena *arena);

#endif
