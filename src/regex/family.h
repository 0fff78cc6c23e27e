/*
 * A family: the regexes that are matched against the same subjects (a template's rules). What
 * they have in common is their sets of ASCII characters, here called classes: \s, \d, [^,] and
 * so on. Those that a single character is held against have a number; those of which runs are
 * looked for have the number of a row (subject.h), which says where in a subject their members
 * are.
 */
#ifndef REGEX_FAMILY_H
#define REGEX_FAMILY_H

#include "base/alloc.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct ascii_set {
    uint64_t word[2];
};

/* A set as vector instructions look it up: bit (c >> 4) of of[c & 15] says whether c is in it.
 */
struct nibbles {
    uint8_t of[16];
};

struct native;
struct regex;

#define FAMILY_MOST 64 /* as many as a word has bits */

struct regex_family {
    const struct alloc *alloc;
    unsigned nclasses, nrows;
    struct ascii_set classes[FAMILY_MOST];
    uint64_t classes_of[256]; /* by byte: which classes it is in, one bit each; only ASCII is */
    struct ascii_set row_sets[FAMILY_MOST];
    struct nibbles row_nibbles[FAMILY_MOST];
    struct regex *members;  /* those that have a track */
    struct native *natives; /* machine code for their tracks (warm.h) */
    atomic_flag making;     /* ... is being made */
    size_t native_bytes;    /* of it */
    bool refused;           /* no more can be made, or may be */
};

/* The number of a set's class, or of its row, a new one if need be; -1 when there are too many.
 */
int family_class(struct regex_family *family, struct ascii_set set);
int family_row(struct regex_family *family, struct ascii_set set);

static inline bool nibbles_have(const struct nibbles *nibbles, unsigned char c)
{
    return nibbles->of[c & 15] >> (c >> 4) & 1;
}

#endif
