/*
 * Which characters a unit of the tree (a literal, `.`, a set) matches: the ASCII ones exactly,
 * the others as "perhaps some".
 */
#ifndef REGEX_CHARSET_H
#define REGEX_CHARSET_H

#include "regex/byteset.h"
#include "regex/tree.h"

struct charset {
    uint64_t ascii[2];
    bool beyond; /* may match characters that are not ASCII */
};

struct charset charset_of(const struct node *unit);

static inline bool charset_has(const struct charset *set, unsigned c)
{
    return set->ascii[c >> 6] >> (c & 63) & 1;
}

/* The same as bytes of UTF-8 text that may be broken: all bytes from 0x80 for `beyond`. */
struct byteset charset_bytes(const struct charset *set);

/* The ASCII letter (or other character) that a caseless c also matches, as lower case; c itself
 * when there is none: U+017F is an s, U+212A a k, U+0130 and U+0131 are an i. */
uint32_t charset_ascii_fold(uint32_t c);

/* Code points of Python's \s for text, and for the flag ASCII: pairs of first and last. */
struct code_range {
    uint32_t lo, hi;
};
#define SPACE_RANGES 10
extern const struct code_range space_unicode[SPACE_RANGES];

static inline bool is_ascii_letter(uint32_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 0x80;
}

#endif
