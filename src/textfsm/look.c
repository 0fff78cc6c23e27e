#include "textfsm/look.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* ---- The first word ---- */

/* How many blanks a text begins with. */
static size_t count_blanks(struct view text, size_t room)
{
    size_t n = 0;
    if (room >= 16) {
        n = (unsigned)__builtin_ctz(~sixteen_equal(text.ptr, ' '));
        n = n < text.len ? n : text.len;
    }
    while (n < text.len && regex_is_blank((unsigned char)text.ptr[n])) {
        n++;
    }
    return n;
}

void look_closely(struct look *look)
{
    struct view line = look->line;
    size_t n = count_blanks(line, look->room);
    unsigned char lead = n < line.len ? (unsigned char)line.ptr[n] : 0;
    look->blanks = n;
    look->lead = n < line.len ? LEAD(lead) : LEAD_END;
    look->indent = INDENT(n < INDENT_MOST ? (unsigned)n : INDENT_MOST);
    look->last = line.len ? LAST((unsigned char)line.ptr[line.len - 1]) : LAST_NONE;
    look->head_mask = UINT64_MAX;
    if (lead >= 0x80) {
        look->indent = INDENT_ANY;
        look->head_mask = 0;
    }
    look->head = first_eight(view_make(line.ptr + n, line.len - n), look->room - n);
}

/* ---- Wanted bytes ---- */

typedef unsigned find_bytes(const struct wanted *wanted, struct view line);

static inline __attribute__((always_inline)) bool
finds(struct look *look, const struct dispatch *dispatch, unsigned missing, find_bytes *find)
{
    if (missing & 0xFF) {
        look->have |= find(&dispatch->wanted[0], look->line);
        look->have_known |= 0xFF;
        missing &= ~look->have;
    }
    if (missing & ~look->have_known) {
        look->have |= find(&dispatch->wanted[1], look->line) << 8;
        look->have_known |= 0xFF00;
        missing &= ~look->have;
    }
    return !missing;
}

static unsigned bytes_plain(const struct wanted *wanted, struct view line)
{
    unsigned have = 0;
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.ptr[i];
        have |= wanted->low[c & 15] & wanted->high[c >> 4];
    }
    return have;
}

static bool find_plain(struct look *look, const struct dispatch *dispatch, unsigned missing)
{
    return finds(look, dispatch, missing, bytes_plain);
}

#if defined(__x86_64__)

#define AVX2 __attribute__((target("avx2")))

/* The wanted bits of each of 32 bytes. */
AVX2 static inline __m256i bits_of(__m256i low, __m256i high, __m256i bytes)
{
    __m256i half = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
    return _mm256_and_si256(_mm256_shuffle_epi8(low, bytes), _mm256_shuffle_epi8(high, half));
}

AVX2 static inline __m256i load(const void *bytes)
{
    return _mm256_loadu_si256((const __m256i *)bytes);
}

AVX2 static inline __m256i load_twice(const uint8_t bytes[16])
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)bytes));
}

/* Less than 32 bytes, and zeroes. */
AVX2 static inline __m256i load_short(struct view line)
{
    static const char ones[64] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                  -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                  -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    return _mm256_and_si256(load(line.ptr), load(ones + 32 - line.len));
}

/* 32 bytes may be read. */
AVX2 static inline unsigned bytes_avx2(const struct wanted *wanted, struct view line)
{
    __m256i low = load_twice(wanted->low), high = load_twice(wanted->high);
    __m256i bits;
    if (line.len < 32) {
        bits = bits_of(low, high, load_short(line));
    } else {
        bits = bits_of(low, high, load(line.ptr + line.len - 32));
        for (size_t i = 0; i + 32 < line.len; i += 32) {
            bits = _mm256_or_si256(bits, bits_of(low, high, load(line.ptr + i)));
        }
    }
    __m128i half =
        _mm_or_si128(_mm256_castsi256_si128(bits), _mm256_extracti128_si256(bits, 1));
    uint64_t have = (uint64_t)_mm_cvtsi128_si64(_mm_or_si128(half, _mm_srli_si128(half, 8)));
    have |= have >> 32;
    have |= have >> 16;
    return (have | have >> 8) & 0xFF;
}

AVX2 static bool find_avx2(struct look *look, const struct dispatch *dispatch, unsigned missing)
{
    return look->room < 32 ? find_plain(look, dispatch, missing)
                           : finds(look, dispatch, missing, bytes_avx2);
}

void look_set_up(struct look *look)
{
    look->find = __builtin_cpu_supports("avx2") ? find_avx2 : find_plain;
}

#else

void look_set_up(struct look *look)
{
    look->find = find_plain;
}

#endif

/* ---- The second word ---- */

/* Where the first word ends: in front of a blank, or of what is not ASCII. */
static size_t word_end(struct view line, size_t at, size_t room)
{
    while (at < line.len && room - at >= 16) {
        unsigned n = (unsigned)__builtin_ctz(~sixteen_above(line.ptr + at, ' '));
        at += n;
        if (n < 16) {
            break;
        }
    }
    while (at < line.len && (unsigned char)line.ptr[at] < 0x80 &&
           !regex_is_blank((unsigned char)line.ptr[at])) {
        at++;
    }
    return at < line.len ? at : line.len;
}

/* Finds the second word, unless something on the way to it is not ASCII. */
static __attribute__((noinline)) void find_second_closely(struct look *look)
{
    size_t n = word_end(look->line, look->blanks, look->room);
    struct view rest = view_slice(look->line, n, look->line.len);
    n += count_blanks(rest, look->room - n);
    rest = view_slice(look->line, n, look->line.len);
    look->second = first_eight(rest, look->room - n);
    look->second_mask = rest.len && (unsigned char)rest.ptr[0] >= 0x80 ? 0 : UINT64_MAX;
}

/* Where the second of the words in sixteen bytes begins, which begin with the first; 0 for
 * none, or when there is something else than spaces between. */
static inline unsigned second_in_sixteen(const char *words)
{
    unsigned others = ~sixteen_above(words, ' ') & 0xFFFF;
    unsigned end = others & -others;
    unsigned next = (others + end) & ~others & 0xFFFF;
    bool spaces = ((next - end) & ~sixteen_equal(words, ' ')) == 0;
    return next && spaces ? (unsigned)__builtin_ctz(next) : 0;
}

static void find_second(struct look *look)
{
    look->second_known = true;
    if (look->room >= look->blanks + 16 + 8) {
        unsigned from = second_in_sixteen(look->line.ptr + look->blanks);
        size_t n = look->blanks + from;
        if (from && n < look->line.len) {
            look->second = first_eight(view_slice(look->line, n, look->line.len), 8);
            look->second_mask = UINT64_MAX;
            return;
        }
    }
    find_second_closely(look);
}

static bool has_second(struct look *look, const struct more *more)
{
    if (!look->second_known) {
        find_second(look);
    }
    return ((look->second ^ more->second) & more->second_mask & look->second_mask) == 0;
}

/* ---- What is left ---- */

/* Every byte of the line is one that the regex can take. */
static bool in_alphabet(const struct look *look, const struct byteset *alphabet)
{
    for (size_t i = 0; i < look->line.len; i++) {
        if (!byteset_has(alphabet, (unsigned char)look->line.ptr[i])) {
            return false;
        }
    }
    return true;
}

bool look_more(struct look *look, const struct more *more)
{
    return (!more->second_mask || has_second(look, more)) &&
           (!more->alphabet || in_alphabet(look, more->alphabet));
}
