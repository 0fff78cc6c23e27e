#include "regex/charset.h"

const struct code_range space_unicode[SPACE_RANGES] = {
    {0x09, 0x0D},     {0x1C, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},     {0x1680, 0x1680},
    {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000},
};

static void add(struct charset *set, uint32_t lo, uint32_t hi)
{
    if (hi >= 0x80) {
        set->beyond = true;
        hi = 0x7F;
    }
    if (lo <= hi && lo < 64) {
        set->ascii[0] |= UINT64_MAX << lo & UINT64_MAX >> (63 - (hi < 63 ? hi : 63));
    }
    if (lo <= hi && hi >= 64) {
        set->ascii[1] |= UINT64_MAX << (lo > 64 ? lo - 64 : 0) & UINT64_MAX >> (127 - hi);
    }
}

static void invert(struct charset *set)
{
    set->ascii[0] = ~set->ascii[0];
    set->ascii[1] = ~set->ascii[1];
}

static void join(struct charset *set, const struct charset *other)
{
    set->ascii[0] |= other->ascii[0];
    set->ascii[1] |= other->ascii[1];
    set->beyond |= other->beyond;
}

/* A class and its complement both have members beyond ASCII, unless the flag ASCII is set. */
static struct charset category(unsigned which, unsigned flags)
{
    struct charset set = {{0, 0}, false};
    if (which & (CATEGORY_DIGIT | CATEGORY_NOT_DIGIT)) {
        add(&set, '0', '9');
    } else if (which & (CATEGORY_SPACE | CATEGORY_NOT_SPACE)) {
        add(&set, '\t', '\r');
        add(&set, flags & FLAG_ASCII ? ' ' : 0x1C, ' ');
    } else {
        add(&set, '0', '9');
        add(&set, 'A', 'Z');
        add(&set, 'a', 'z');
        add(&set, '_', '_');
    }
    bool complement = which & (CATEGORY_NOT_DIGIT | CATEGORY_NOT_SPACE | CATEGORY_NOT_WORD);
    if (complement) {
        invert(&set);
    }
    set.beyond = complement || !(flags & FLAG_ASCII);
    return set;
}

uint32_t charset_ascii_fold(uint32_t c)
{
    switch (c) {
    case 0x17F:
        return 's';
    case 0x212A:
        return 'k';
    case 0x130:
    case 0x131:
        return 'i';
    default:
        return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
    }
}

static void add_case(struct charset *set, uint32_t lower)
{
    add(set, lower, lower);
    add(set, lower - 0x20, lower - 0x20);
}

static bool within(uint32_t c, const struct range *range)
{
    return c >= range->lo && c <= range->hi;
}

/* Closes set under case: ASCII letters among themselves, and with what folds to them. */
static void close_case(struct charset *set, const struct range *ranges, unsigned flags)
{
    static const uint32_t folding[] = {0x17F, 0x212A, 0x130, 0x131};
    for (uint32_t c = 'a'; c <= 'z'; c++) {
        if (charset_has(set, c) || charset_has(set, c - 0x20)) {
            add_case(set, c);
            set->beyond |= !(flags & FLAG_ASCII) && (c == 's' || c == 'k' || c == 'i');
        }
    }
    if (flags & FLAG_ASCII) {
        return;
    }
    for (const struct range *range = ranges; range; range = range->next) {
        for (size_t i = 0; i < sizeof(folding) / sizeof(*folding); i++) {
            if (within(folding[i], range)) {
                add_case(set, charset_ascii_fold(folding[i]));
            }
        }
    }
}

static struct charset bracket(const struct set *source, unsigned flags)
{
    struct charset set = {{0, 0}, false};
    for (const struct range *range = source->ranges; range; range = range->next) {
        add(&set, range->lo, range->hi);
    }
    if (flags & FLAG_ICASE) {
        close_case(&set, source->ranges, flags);
    }
    for (unsigned bit = 1; bit <= CATEGORY_NOT_WORD; bit <<= 1) {
        if (source->categories & bit) {
            struct charset members = category(bit, flags);
            join(&set, &members);
        }
    }
    if (source->negate) {
        invert(&set);
        set.beyond = true;
    }
    return set;
}

struct charset charset_of(const struct node *unit)
{
    struct charset set = {{0, 0}, false};
    if (unit->kind == NODE_SET) {
        return bracket(unit->set, unit->flags);
    }
    if (unit->kind == NODE_ANY) {
        add(&set, 0, 0x10FFFF);
        if (!(unit->flags & FLAG_DOTALL)) {
            set.ascii[0] &= ~(UINT64_C(1) << '\n');
        }
        return set;
    }
    if (!(unit->flags & FLAG_ICASE)) {
        add(&set, unit->literal, unit->literal);
        return set;
    }
    struct range literal = {NULL, unit->literal, unit->literal};
    struct set one = {&literal, 0, false};
    return bracket(&one, unit->flags);
}

struct byteset charset_bytes(const struct charset *set)
{
    uint64_t high = set->beyond ? UINT64_MAX : 0;
    return (struct byteset){{set->ascii[0], set->ascii[1], high, high}};
}
