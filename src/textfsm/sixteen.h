/*
 * Sixteen bytes looked at at once; the answers are one bit a byte, the first one in memory
 * lowest.
 */
#ifndef TEXTFSM_SIXTEEN_H
#define TEXTFSM_SIXTEEN_H

#include <stdint.h>

#if defined(__SSE2__)

#include <emmintrin.h>

static inline __m128i sixteen_load(const char *text)
{
    return _mm_loadu_si128((const __m128i *)(const void *)text);
}

/* Which are ASCII, and above limit. */
static inline unsigned sixteen_above(const char *text, char limit)
{
    return (unsigned)_mm_movemask_epi8(
        _mm_cmpgt_epi8(sixteen_load(text), _mm_set1_epi8(limit)));
}

static inline unsigned sixteen_equal(const char *text, char byte)
{
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(sixteen_load(text), _mm_set1_epi8(byte)));
}

#else

#include <string.h>

#define EIGHT_TIMES(byte) (UINT64_C(0x0101010101010101) * (unsigned char)(byte))

/* Times the lowest bits of eight bytes: these side by side, the first one in memory lowest. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define GATHER_EIGHT UINT64_C(0x8040201008040201)
#else
#define GATHER_EIGHT UINT64_C(0x0102040810204080)
#endif

/* The highest bits of eight bytes. */
static inline unsigned eight_highest(uint64_t bytes)
{
    return (unsigned)((bytes >> 7 & EIGHT_TIMES(1)) * GATHER_EIGHT >> 56);
}

static inline unsigned eight_above(const char *text, char limit)
{
    uint64_t bytes;
    memcpy(&bytes, text, sizeof(bytes));
    uint64_t above = (bytes & EIGHT_TIMES(0x7F)) + EIGHT_TIMES(0x7F - limit);
    return eight_highest(above & ~bytes);
}

static inline unsigned eight_equal(const char *text, char byte)
{
    uint64_t bytes;
    memcpy(&bytes, text, sizeof(bytes));
    bytes ^= EIGHT_TIMES(byte);
    return eight_highest(~(((bytes & EIGHT_TIMES(0x7F)) + EIGHT_TIMES(0x7F)) | bytes));
}

static inline unsigned sixteen_above(const char *text, char limit)
{
    return eight_above(text, limit) | eight_above(text + 8, limit) << 8;
}

static inline unsigned sixteen_equal(const char *text, char byte)
{
    return eight_equal(text, byte) | eight_equal(text + 8, byte) << 8;
}

#endif

#endif
