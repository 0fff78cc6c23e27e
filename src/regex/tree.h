/*
 * A parsed pattern: a small tree in the manner of Python's own parser. A sequence is a list of
 * nodes chained by `next`, NULL when it is empty. Everything lives in the arena it was parsed
 * into, and is not changed afterwards.
 *
 * Flags are resolved while parsing: each node carries those in force where it stands, so that
 * no reader of the tree needs to know where they were switched on.
 */
#ifndef REGEX_TREE_H
#define REGEX_TREE_H

#include "base/view.h"

#include <stdint.h>

enum tree_flags {
    FLAG_ICASE = 1,
    FLAG_MULTILINE = 2,
    FLAG_DOTALL = 4,
    FLAG_VERBOSE = 8,
    FLAG_ASCII = 16,   /* \w \d \s \b and caseless matching know ASCII only */
    FLAG_UNICODE = 32, /* the default, spelled out */
    FLAG_TEMPLATE = 64,
    FLAG_LOCALE = 128,
};

enum node_kind {
    NODE_LITERAL,
    NODE_ANY,     /* . */
    NODE_SET,     /* [...], \d and its like */
    NODE_AT,      /* ^ $ \A \Z \b \B */
    NODE_BACKREF, /* \1, (?P=name) */
    NODE_GROUP,   /* child: the body; number 0 = (?:...) and (?flags:...) */
    NODE_BRANCH,  /* child: NODE_SEQ, one for each alternative */
    NODE_SEQ,     /* child: the alternative */
    NODE_REPEAT,  /* child: what is repeated */
    NODE_ATOMIC,  /* (?>...), child: the body */
    NODE_LOOK,    /* (?=...) (?!...) (?<=...) (?<!...), child: the body */
    NODE_COND,    /* (?(n)yes|no), child: yes, other: no or NULL */
};

enum node_at {
    AT_BEGIN,        /* ^ */
    AT_BEGIN_STRING, /* \A */
    AT_END,          /* $ */
    AT_END_STRING,   /* \Z */
    AT_BOUNDARY,     /* \b */
    AT_NO_BOUNDARY,  /* \B */
};

enum repeat_mode { REPEAT_GREEDY, REPEAT_LAZY, REPEAT_POSSESSIVE };

/* One bit each; the complement of a class is the next bit. */
enum set_category {
    CATEGORY_DIGIT = 1,
    CATEGORY_NOT_DIGIT = 2,
    CATEGORY_SPACE = 4,
    CATEGORY_NOT_SPACE = 8,
    CATEGORY_WORD = 16,
    CATEGORY_NOT_WORD = 32,
};

struct range {
    struct range *next;
    uint32_t lo, hi;
};

struct set {
    struct range *ranges;
    unsigned categories;
    bool negate;
};

/* How many characters a node can match; at most WIDTH_MAX, which also stands for "no end". */
struct width {
    uint64_t lo, hi;
};

#define WIDTH_MAX UINT32_MAX

#define REPEAT_MAX UINT32_MAX /* no upper bound */

struct node {
    struct node *next;
    struct node *child;
    union {
        struct node *other;
        struct set *set;
    };
    struct width width;
    union {
        uint32_t literal;
        uint32_t number; /* of a group, of the group referred to */
        uint32_t min;
        uint32_t at;
    };
    uint32_t max;
    uint32_t pos; /* index of its first character in the pattern */
    uint8_t kind;
    uint8_t flags;
    uint8_t mode;
    bool negate; /* of a look-around */
    bool behind;
};

struct tree {
    struct node *root;
    struct view *names; /* one a group, empty if it has none, bytes of the pattern's text */
    unsigned ngroups;   /* group 0, the whole match, included */
    unsigned depth;     /* how deep its groups nest */
};

/* The width of a sequence, cut as Python cuts it. */
struct width width_of_list(const struct node *list);

/* Nodes that match exactly one character. */
static inline bool node_is_unit(const struct node *node)
{
    return node->kind <= NODE_SET;
}

#endif
