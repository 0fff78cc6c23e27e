#include "regex/subject.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* ---- Rows ---- */

void subject_fill_plain(struct regex_subject *subject, uint64_t rows)
{
    size_t len = subject->text.len;
    subject->have |= rows;
    for (; rows; rows &= rows - 1) {
        unsigned row = (unsigned)__builtin_ctzll(rows);
        const struct nibbles *nibbles = &subject->family->row_nibbles[row];
        for (size_t from = 0; from <= len; from += 64) {
            size_t n = len - from < 64 ? len - from : 64;
            uint64_t bits = 0;
            for (size_t i = 0; i < n; i++) {
                unsigned char c = (unsigned char)subject->from[from + i];
                bits |= (uint64_t)nibbles_have(nibbles, c) << i;
            }
            subject->rows[from / 64][row] = bits;
        }
    }
}

#if defined(__x86_64__)

/* 32 bytes, and for each the bit that its high half stands for in struct nibbles; beyond ASCII
 * any bit, for there a byte finds no other bits. */
struct piece {
    __m256i bytes, bit;
};

__attribute__((target("avx2"))) static inline struct piece load(const char *text)
{
    const __m256i bit_of_high = _mm256_set1_epi64x((long long)UINT64_C(0x8040201008040201));
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)text);
    __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
    return (struct piece){bytes, _mm256_shuffle_epi8(bit_of_high, high)};
}

/* Which of them are in a set. */
__attribute__((target("avx2"))) static inline uint64_t members(struct piece piece,
                                                               __m256i nibbles)
{
    __m256i bits = _mm256_shuffle_epi8(nibbles, piece.bytes);
    __m256i found = _mm256_cmpeq_epi8(_mm256_and_si256(bits, piece.bit), piece.bit);
    return (uint32_t)_mm256_movemask_epi8(found);
}

__attribute__((target("avx2"))) static void fill_avx2(struct regex_subject *subject,
                                                      uint64_t rows)
{
    size_t len = subject->text.len;
    const struct nibbles *nibbles = subject->family->row_nibbles;
    subject->have |= rows;
    for (size_t word = 0; word <= len / 64; word++) {
        struct piece low = load(subject->from + word * 64);
        struct piece high = load(subject->from + word * 64 + 32);
        uint64_t inside = word == len / 64 ? (UINT64_C(1) << len % 64) - 1 : UINT64_MAX;
        for (uint64_t left = rows; left; left &= left - 1) {
            size_t row = (size_t)__builtin_ctzll(left);
            __m256i set = _mm256_broadcastsi128_si256(
                _mm_loadu_si128((const __m128i *)(const void *)&nibbles[row]));
            subject->rows[word][row] = (members(low, set) | members(high, set) << 32) & inside;
        }
    }
}

#define AVX512 __attribute__((target("avx512f,avx512bw")))

/* The same for 64 bytes; what is not inside has no bit, and is in no set. */
struct wide_piece {
    __m512i bytes, bit;
};

AVX512 static inline struct wide_piece load_wide(const char *text, uint64_t inside)
{
    const __m512i bit_of_high = _mm512_set1_epi64((long long)UINT64_C(0x8040201008040201));
    __m512i bytes = _mm512_loadu_si512(text);
    __m512i high = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), _mm512_set1_epi8(0x0F));
    return (struct wide_piece){bytes, _mm512_maskz_shuffle_epi8(inside, bit_of_high, high)};
}

AVX512 static inline uint64_t members_wide(struct wide_piece piece, __m512i nibbles)
{
    return _mm512_test_epi8_mask(_mm512_shuffle_epi8(nibbles, piece.bytes), piece.bit);
}

AVX512 static inline __m512i wide_set(const struct nibbles *nibbles)
{
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)nibbles));
}

/* Two words at a time: most lines have no more. */
AVX512 static void fill_avx512(struct regex_subject *subject, uint64_t rows)
{
    size_t last = subject->text.len / 64, word = 0;
    uint64_t inside = (UINT64_C(1) << subject->text.len % 64) - 1;
    const struct nibbles *nibbles = subject->family->row_nibbles;
    subject->have |= rows;
    for (; word < last; word += 2) {
        struct wide_piece first = load_wide(subject->from + word * 64, UINT64_MAX);
        struct wide_piece second =
            load_wide(subject->from + word * 64 + 64, word + 1 == last ? inside : UINT64_MAX);
        for (uint64_t left = rows; left; left &= left - 1) {
            size_t row = (size_t)__builtin_ctzll(left);
            __m512i set = wide_set(&nibbles[row]);
            subject->rows[word][row] = members_wide(first, set);
            subject->rows[word + 1][row] = members_wide(second, set);
        }
    }
    if (word == last) {
        struct wide_piece piece = load_wide(subject->from + word * 64, inside);
        for (uint64_t left = rows; left; left &= left - 1) {
            size_t row = (size_t)__builtin_ctzll(left);
            subject->rows[word][row] = members_wide(piece, wide_set(&nibbles[row]));
        }
    }
}

static fill_rows *choose_fill(void)
{
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) {
        return fill_avx512;
    }
    return __builtin_cpu_supports("avx2") ? fill_avx2 : subject_fill_plain;
}

#else

static fill_rows *choose_fill(void)
{
    return subject_fill_plain;
}

#endif

/* ---- Life ---- */

void subject_init(struct regex_subject *subject, const struct regex_family *family)
{
    memset(subject, 0, offsetof(struct regex_subject, rows));
    subject->family = family;
    subject->fill = choose_fill();
}

struct regex_subject *regex_subject_new(const struct regex_family *family,
                                        const struct alloc *alloc)
{
    struct regex_subject *subject = alloc_get(alloc, sizeof(*subject));
    if (subject) {
        subject_init(subject, family);
    }
    return subject;
}

void regex_subject_free(struct regex_subject *subject, const struct alloc *alloc)
{
    alloc_free(alloc, subject);
}

void regex_subject_restart(struct regex_subject *subject)
{
    subject->walks = 0;
}

void regex_subject_set(struct regex_subject *subject, struct view text, enum regex_text kind,
                       size_t room)
{
    subject->have = 0;
    subject->text = view_make(text.ptr ? text.ptr : "", text.len);
    subject->kind = kind;
    subject->fits = text.len <= SUBJECT_MOST;
    subject->plain = subject->fits && kind == REGEX_TEXT_ASCII &&
                     !(text.len && text.ptr[text.len - 1] == '\n');
    subject->from = subject->text.ptr;
    if (subject->fits && (room < (text.len | 63) + 9 ||
                          subject_byte_is_inner((unsigned char)text.ptr[text.len]))) {
        memcpy(subject->copy, subject->text.ptr, text.len);
        subject->copy[text.len] = '\0';
        subject->from = subject->copy;
    }
}
