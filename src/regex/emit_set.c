#include "regex/charset.h"
#include "regex/emitter.h"

/* Matches no character at all. */
#define NOTHING "[^\\x{0}-\\x{ff}]"

/* What one character of text may not tell from others when case is ignored, and PCRE2 does. */
static const uint32_t extra_cases[][4] = {
    {'I', 'i', 0x130, 0x131},
    {0x390, 0x1FD3, 0, 0},
    {0x3B0, 0x1FE3, 0, 0},
    {0xFB05, 0xFB06, 0, 0},
};
#define EXTRA_CASES (sizeof(extra_cases) / sizeof(*extra_cases))

static void emit_range(struct emitter *out, uint32_t lo, uint32_t hi)
{
    emit_literal(out, lo);
    if (hi > lo) {
        if (hi > lo + 1) {
            emit_char(out, '-');
        }
        emit_literal(out, hi);
    }
}

static unsigned count_bits(const struct charset *set)
{
    return (unsigned)(__builtin_popcountll(set->ascii[0]) +
                      __builtin_popcountll(set->ascii[1]));
}

static void emit_ascii_ranges(struct emitter *out, const struct charset *set)
{
    for (uint32_t c = 0; c < 0x80; c++) {
        if (charset_has(set, c)) {
            uint32_t lo = c;
            while (c + 1 < 0x80 && charset_has(set, c + 1)) {
                c++;
            }
            emit_range(out, lo, c);
        }
    }
}

static bool has_caseless_gap(const struct charset *set)
{
    for (uint32_t c = 'a'; c <= 'z'; c++) {
        if (charset_has(set, c) != charset_has(set, c - 0x20)) {
            return true;
        }
    }
    return false;
}

/* Sets that have a short and fast name in PCRE2. */
static bool emit_ascii_class(struct emitter *out, const struct charset *set)
{
    static const struct {
        struct charset set;
        const char *text;
    } classes[] = {
        {{{UINT64_C(0x03FF000000000000), UINT64_C(0x07FFFFFE87FFFFFE)}, false}, "\\w"},
        {{{UINT64_C(0xFC00FFFFFFFFFFFF), UINT64_C(0xF800000178000001)}, false}, "\\W"},
        {{{0, 0}, false}, NOTHING},
    };
    for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
        if (memcmp(classes[i].set.ascii, set->ascii, sizeof(set->ascii)) == 0) {
            emit_text(out, classes[i].text);
            return true;
        }
    }
    return false;
}

/* For subjects that are all ASCII the set of ASCII members is the whole truth, case included.
 */
static void emit_ascii_unit(struct emitter *out, const struct node *unit)
{
    if (unit->kind == NODE_LITERAL && unit->literal < 0x80) {
        if (is_ascii_letter(unit->literal)) {
            emit_caseless(out, unit->flags & FLAG_ICASE);
        }
        emit_literal(out, unit->literal);
        return;
    }
    struct charset set = charset_of(unit);
    uint64_t but_newline = UINT64_MAX ^ 1U << '\n';
    if (set.ascii[1] == UINT64_MAX && (set.ascii[0] | 1U << '\n') == UINT64_MAX) {
        emit_dot(out, set.ascii[0] != but_newline);
        return;
    }
    if (emit_ascii_class(out, &set)) {
        return;
    }
    if (has_caseless_gap(&set)) {
        emit_caseless(out, false);
    }
    if (count_bits(&set) > 64) {
        struct charset rest = {{~set.ascii[0], ~set.ascii[1]}, false};
        emit_text(out, "[^");
        emit_ascii_ranges(out, &rest);
    } else {
        emit_char(out, '[');
        emit_ascii_ranges(out, &set);
    }
    emit_char(out, ']');
}

static bool set_has(const struct set *set, uint32_t c)
{
    for (const struct range *range = set->ranges; range; range = range->next) {
        if (c >= range->lo && c <= range->hi) {
            return true;
        }
    }
    return false;
}

static void emit_extra_cases(struct emitter *out, const struct set *set)
{
    for (size_t i = 0; i < EXTRA_CASES; i++) {
        bool found = false;
        for (size_t k = 0; k < 4; k++) {
            found |= extra_cases[i][k] && set_has(set, extra_cases[i][k]);
        }
        for (size_t k = 0; found && k < 4; k++) {
            if (extra_cases[i][k]) {
                emit_literal(out, extra_cases[i][k]);
            }
        }
    }
}

static void emit_other_ascii_case(struct emitter *out, const struct set *set)
{
    for (uint32_t c = 'a'; c <= 'z'; c++) {
        bool lower = set_has(set, c), upper = set_has(set, c - 0x20);
        if (lower != upper) {
            emit_literal(out, lower ? c - 0x20 : c);
        }
    }
}

static void emit_space_members(struct emitter *out, bool complement)
{
    uint32_t after = 0;
    for (size_t i = 0; i < SPACE_RANGES; i++) {
        const struct code_range *range = &space_unicode[i];
        if (complement) {
            emit_range(out, after, range->lo - 1);
        } else {
            emit_range(out, range->lo, range->hi);
        }
        after = range->hi + 1;
    }
    if (complement) {
        emit_range(out, after, 0x10FFFF);
    }
}

/* The members of the classes in a set, but for Unicode's \W, which no list can hold. */
static void emit_unicode_members(struct emitter *out, unsigned categories)
{
    if (categories & CATEGORY_DIGIT) {
        emit_text(out, "\\p{Nd}");
    }
    if (categories & CATEGORY_NOT_DIGIT) {
        emit_text(out, "\\P{Nd}");
    }
    if (categories & CATEGORY_SPACE) {
        emit_space_members(out, false);
    }
    if (categories & CATEGORY_NOT_SPACE) {
        emit_space_members(out, true);
    }
    if (categories & CATEGORY_WORD) {
        emit_text(out, "\\p{Xan}_");
    }
}

static void emit_ascii_members(struct emitter *out, unsigned categories)
{
    static const struct {
        unsigned category;
        const char *text;
    } members[] = {
        {CATEGORY_DIGIT, "0-9"},
        {CATEGORY_NOT_DIGIT, "\\x{0}-\\/\\:-\\x{10ffff}"},
        {CATEGORY_SPACE, "\\t-\\r\\ "},
        {CATEGORY_NOT_SPACE, "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\!-\\x{10ffff}"},
        {CATEGORY_WORD, "0-9A-Z_a-z"},
        {CATEGORY_NOT_WORD, "\\x{0}-\\/\\:-\\@\\[-\\^\\`\\{-\\x{10ffff}"},
    };
    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        if (categories & members[i].category) {
            emit_text(out, members[i].text);
        }
    }
}

static void emit_members(struct emitter *out, const struct set *set, unsigned flags)
{
    for (const struct range *range = set->ranges; range; range = range->next) {
        emit_range(out, range->lo, range->hi);
    }
    if (flags & FLAG_ASCII) {
        emit_ascii_members(out, set->categories);
    } else {
        emit_unicode_members(out, set->categories);
    }
    if (flags & FLAG_ICASE) {
        if (flags & FLAG_ASCII) {
            emit_other_ascii_case(out, set);
        } else {
            emit_extra_cases(out, set);
        }
    }
}

/* A set with Unicode's \W among others, which PCRE2 can only say in two steps. */
static void emit_with_not_word(struct emitter *out, const struct set *set, unsigned flags)
{
    emit_text(out, set->negate ? "(?:(?![" : "(?:[");
    emit_members(out, set, flags);
    emit_text(out, set->negate ? "])[\\p{Xan}_])" : "]|[^\\p{Xan}_])");
}

static void emit_utf_set(struct emitter *out, const struct set *set, unsigned flags)
{
    bool not_word = (set->categories & CATEGORY_NOT_WORD) && !(flags & FLAG_ASCII);
    bool alone = set->categories == CATEGORY_NOT_WORD && !set->ranges;
    if (set->ranges) {
        emit_caseless(out, (flags & FLAG_ICASE) && !(flags & FLAG_ASCII));
    }
    if (not_word && alone) {
        emit_text(out, set->negate ? "[\\p{Xan}_]" : "[^\\p{Xan}_]");
    } else if (not_word) {
        emit_with_not_word(out, set, flags);
    } else {
        emit_text(out, set->negate ? "[^" : "[");
        emit_members(out, set, flags);
        emit_char(out, ']');
    }
}

static bool has_special_case(uint32_t c, unsigned flags)
{
    if (!(flags & FLAG_ICASE)) {
        return false;
    }
    if (flags & FLAG_ASCII) {
        return is_ascii_letter(c);
    }
    for (size_t i = 0; i < EXTRA_CASES; i++) {
        for (size_t k = 0; k < 4; k++) {
            if (extra_cases[i][k] == c && c) {
                return true;
            }
        }
    }
    return false;
}

static void emit_utf_unit(struct emitter *out, const struct node *unit)
{
    if (unit->kind == NODE_SET) {
        emit_utf_set(out, unit->set, unit->flags);
    } else if (unit->kind == NODE_ANY) {
        emit_dot(out, unit->flags & FLAG_DOTALL);
    } else if (has_special_case(unit->literal, unit->flags)) {
        struct range range = {NULL, unit->literal, unit->literal};
        struct set set = {&range, 0, false};
        emit_utf_set(out, &set, unit->flags);
    } else {
        if (is_ascii_letter(unit->literal) || unit->literal >= 0x80) {
            bool ascii = unit->flags & FLAG_ASCII;
            emit_caseless(out, (unit->flags & FLAG_ICASE) && !ascii);
        }
        emit_literal(out, unit->literal);
    }
}

void emit_unit(struct emitter *out, const struct node *unit)
{
    if (out->kind == EMIT_ASCII) {
        emit_ascii_unit(out, unit);
    } else {
        emit_utf_unit(out, unit);
    }
}

void emit_unicode_boundary(struct emitter *out, bool boundary)
{
    emit_text(out, boundary
                       ? "(?:(?<=[\\p{Xan}_])(?![\\p{Xan}_])|(?<![\\p{Xan}_])(?=[\\p{Xan}_]))"
                       : "(?:(?<=[\\p{Xan}_])(?=[\\p{Xan}_])|(?<![\\p{Xan}_])(?![\\p{Xan}_]))");
}
