/*
 * Which rules of a state are worth trying on a line. Three tables say it for all rules at once:
 * by the line's first byte that is no blank, by the number of blanks in front of it, by the
 * line's last byte. A few comparisons are left for each rule. What is passed over cannot match;
 * what is left may.
 *
 * All of it comes from regex_facts, and is made once, with the template. What is known of a
 * line, and how it is held against this, is in look.h.
 */
#ifndef TEXTFSM_DISPATCH_H
#define TEXTFSM_DISPATCH_H

#include "base/arena.h"
#include "regex/regex.h"

/* Rows of the tables, which stand one behind the other. */
#define LEAD(byte)     (unsigned)(byte)
#define LEAD_END       256u /* a line of blanks only */
#define LAST(byte)     (257u + (unsigned)(byte))
#define LAST_NONE      513u /* of an empty line */
#define INDENT(blanks) (514u + (blanks))
#define INDENT_MOST    16u                       /* that many blanks, or more */
#define INDENT_ANY     (INDENT(INDENT_MOST) + 1) /* the first other byte is not ASCII */
#define ROWS           (INDENT_ANY + 1)

/* What only some rules ask for. */
struct more {
    uint64_t second, second_mask;   /* of the first eight bytes of the second word */
    const struct byteset *alphabet; /* the only bytes that may occur, or NULL */
};

/* What else a line must be like for one rule; what decides most comes first. */
struct filter {
    uint64_t prefix, prefix_mask; /* of the eight bytes behind the blanks, as memory has them */
    uint32_t min_length;
    uint16_t need; /* bytes that must occur, a bit each: the lower eight are of wanted[0] */
    const struct more *more; /* or NULL */
};

/* Up to eight bytes that rules need, a bit each: low[c & 15] and high[c >> 4] have both the bit
 * of c, but no other bits in common. */
struct wanted {
    uint8_t low[16], high[16];
};

#define WANTEDS 2

struct dispatch {
    unsigned words;        /* of 64 rules each */
    const uint64_t *masks; /* [ROWS][words]: the state's rules that a row admits */
    struct wanted wanted[WANTEDS];
};

/* For the n rules of a state whose regexes these are; false when memory ran out. */
bool dispatch_init(struct dispatch *dispatch, const struct regex *const *regexes, unsigned n,
                   struct arena *arena);

/* Of a rule of that state. */
bool filter_init(struct filter *filter, const struct regex *re, const struct dispatch *dispatch,
                 struct arena *arena);

#endif
