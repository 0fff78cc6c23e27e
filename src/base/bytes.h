/*
 * Looking at eight bytes at once: whether any of them is one that a writer must treat
 * specially. A result of 0 says no; else the caller looks again byte by byte.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdint.h>
#include <string.h>

#define BYTES_EACH(c) (UINT64_C(0x0101010101010101) * (unsigned char)(c))

static inline uint64_t bytes_load(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return word;
}

/* n up to 128. */
static inline uint64_t bytes_below(uint64_t word, unsigned char n)
{
    return (word - BYTES_EACH(n)) & ~word & BYTES_EACH(0x80);
}

/* each: BYTES_EACH(c), which a caller may keep. */
static inline uint64_t bytes_equal(uint64_t word, uint64_t each)
{
    return bytes_below(word ^ each, 1);
}

static inline uint64_t bytes_not_ascii(uint64_t word)
{
    return word & BYTES_EACH(0x80);
}

#endif
