/*
 * A set of byte values, one bit each: what the facts about a regex and the bytes of a line are
 * compared with.
 */
#ifndef REGEX_BYTESET_H
#define REGEX_BYTESET_H

#include "base/view.h"

#include <stdint.h>

struct byteset {
    uint64_t word[4];
};

static inline void byteset_add(struct byteset *set, unsigned char byte)
{
    set->word[byte >> 6] |= UINT64_C(1) << (byte & 63);
}

static inline bool byteset_has(const struct byteset *set, unsigned char byte)
{
    return set->word[byte >> 6] >> (byte & 63) & 1;
}

static inline void byteset_fill(struct byteset *set)
{
    memset(set, 0xFF, sizeof(*set));
}

static inline void byteset_join(struct byteset *set, const struct byteset *other)
{
    for (int i = 0; i < 4; i++) {
        set->word[i] |= other->word[i];
    }
}

/* The bytes that occur in text. */
static inline struct byteset byteset_of(struct view text)
{
    struct byteset set = {{0, 0, 0, 0}};
    for (size_t i = 0; i < text.len; i++) {
        byteset_add(&set, (unsigned char)text.ptr[i]);
    }
    return set;
}

#endif
