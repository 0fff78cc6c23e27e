#include "textfsm/lines.h"

#include "regex/regex.h"

#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Goes on while there is no control character and nothing that is not ASCII, eight or sixteen
 * bytes at a time; may stop early. */
#if defined(__SSE2__)

static size_t skip_plain(struct view v, size_t i)
{
    const __m128i blank = _mm_set1_epi8(' '); /* as signed bytes the others are less */
    while (i + 16 <= v.len) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(v.ptr + i));
        int marks = _mm_movemask_epi8(_mm_cmplt_epi8(bytes, blank));
        if (marks) {
            return i + (unsigned)__builtin_ctz((unsigned)marks);
        }
        i += 16;
    }
    return i;
}

#else

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Which of eight bytes has the mark in its highest bit, the first one in memory. */
static size_t first_marked(uint64_t marks)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (size_t)__builtin_ctzll(marks) / 8;
#else
    return (void)marks, 0; /* the caller's loop goes on from here */
#endif
}

/* (A byte below 0x20 borrows into its high bit when 0x20 is taken away; a false alarm can only
 * come from behind a true one.) */
static size_t skip_plain(struct view v, size_t i)
{
    while (i + 8 <= v.len) {
        uint64_t word;
        memcpy(&word, v.ptr + i, 8);
        uint64_t marks = ((word - EACH(0x20)) | word) & EACH(0x80);
        if (marks) {
            return i + first_marked(marks);
        }
        i += 8;
    }
    return i;
}

#endif

/* The first byte at or after i that is a control character or not ASCII. */
static inline size_t next_special(struct view v, size_t i)
{
    i = skip_plain(v, i);
    while (i < v.len && (unsigned char)v.ptr[i] >= 0x20 && (unsigned char)v.ptr[i] < 0x80) {
        i++;
    }
    return i;
}

static bool byte_is(struct view v, size_t i, unsigned char byte)
{
    return i < v.len && (unsigned char)v.ptr[i] == byte;
}

/* Bytes of the separator that begins at i, 0 = none there. */
static size_t separator(struct view v, size_t i)
{
    unsigned char c = (unsigned char)v.ptr[i];
    if (c == '\n') {
        return 1;
    }
    if (c == '\r') {
        return byte_is(v, i + 1, '\n') ? 2 : 1;
    }
    if (c == 0x0B || c == 0x0C || (c >= 0x1C && c <= 0x1E)) {
        return 1;
    }
    if (c == 0xC2) {
        return byte_is(v, i + 1, 0x85) ? 2 : 0;
    }
    if (c == 0xE2 && byte_is(v, i + 1, 0x80)) {
        return byte_is(v, i + 2, 0xA8) || byte_is(v, i + 2, 0xA9) ? 3 : 0;
    }
    return 0;
}

struct line_end line_end_find(struct view text)
{
    bool ascii = true;
    for (size_t i = 0;; i++) {
        i = next_special(text, i);
        if (i >= text.len) {
            return (struct line_end){text.len, 0, ascii};
        }
        size_t len = separator(text, i);
        if (len) {
            return (struct line_end){i, len, ascii};
        }
        ascii = ascii && (unsigned char)text.ptr[i] < 0x80;
    }
}

size_t line_end_across(struct view before, struct view after, size_t *back)
{
    for (*back = 1; *back <= 2 && *back <= before.len; ++*back) {
        char join[4];
        size_t n = after.len < 2 ? after.len : 2;
        memcpy(join, before.ptr + before.len - *back, *back);
        memcpy(join + *back, after.ptr, n);
        size_t len = separator(view_make(join, *back + n), 0);
        if (len > *back) {
            return len - *back;
        }
    }
    return 0;
}
