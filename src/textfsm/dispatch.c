#include "textfsm/dispatch.h"

/* ---- Tables ---- */

/* Bit c of row r becomes bit r of row c: in squares of 32, then 16 ... */
static void transpose(uint64_t rows[64])
{
    uint64_t low = UINT32_MAX; /* the columns of a square's left half */
    for (unsigned half = 32; half; half /= 2, low ^= low << half) {
        for (unsigned r = 0; r < 64; r = (r + half + 1) & ~half) {
            uint64_t differ = (rows[r] >> half ^ rows[r + half]) & low;
            rows[r] ^= differ << half;
            rows[r + half] ^= differ;
        }
    }
}

/* 64 rules' word of the rows from `row` on: of each byte the rules whose sets have it. */
static void admit_bytes(const struct dispatch *dispatch, uint64_t *masks, unsigned row,
                        const struct byteset *const sets[64])
{
    for (unsigned part = 0; part < 4; part++) {
        uint64_t bits[64];
        for (unsigned i = 0; i < 64; i++) {
            bits[i] = sets[i]->word[part];
        }
        transpose(bits);
        for (unsigned i = 0; i < 64; i++) {
            masks[(row + part * 64 + i) * dispatch->words] = bits[i];
        }
    }
}

static void admit(const struct dispatch *dispatch, uint64_t *masks, unsigned row,
                  uint64_t rules)
{
    masks[row * dispatch->words] |= rules;
}

static void admit_blanks(const struct dispatch *dispatch, uint64_t *masks,
                         const struct regex_facts *facts, uint64_t rule)
{
    for (unsigned n = facts->skip_min; n < INDENT_MOST && n <= facts->skip_max; n++) {
        admit(dispatch, masks, INDENT(n), rule);
    }
    if (facts->skip_max >= INDENT_MOST) {
        admit(dispatch, masks, INDENT(INDENT_MOST), rule);
    }
}

/* A word of all rows: that of up to 64 rules. */
static void admit_rules(const struct dispatch *dispatch, uint64_t *masks,
                        const struct regex *const *regexes, unsigned n)
{
    static const struct byteset none;
    const struct byteset *leads[64], *lasts[64];
    for (unsigned i = 0; i < 64; i++) {
        leads[i] = i < n ? &regex_facts(regexes[i])->lead : &none;
        lasts[i] = i < n ? &regex_facts(regexes[i])->last : &none;
    }
    admit_bytes(dispatch, masks, LEAD(0), leads);
    admit_bytes(dispatch, masks, LAST(0), lasts);
    for (unsigned i = 0; i < n; i++) {
        const struct regex_facts *facts = regex_facts(regexes[i]);
        admit_blanks(dispatch, masks, facts, UINT64_C(1) << i);
        admit(dispatch, masks, LEAD_END, (uint64_t)facts->lead_end << i);
    }
    admit(dispatch, masks, LAST_NONE, UINT64_MAX);
    admit(dispatch, masks, INDENT_ANY, UINT64_MAX);
}

/* ---- Bytes that must occur ---- */

#define WANT_MOST 3 /* by one rule */

/* Bytes that one rule needs, rare ones first. */
struct wants {
    unsigned char byte[WANT_MOST];
    unsigned n;
};

/* Rare bytes decide most often. Lower is rarer in device output. */
static unsigned commonness(unsigned char byte)
{
    if (byte >= 'a' && byte <= 'z') {
        return 4;
    }
    if (byte == ' ') {
        return 6;
    }
    if (byte >= '0' && byte <= '9') {
        return 5;
    }
    return byte >= 'A' && byte <= 'Z' ? 3 : byte == ',' || byte == ':' || byte == '.' ? 2 : 1;
}

static void keep_rarest(struct wants *wants, unsigned char byte)
{
    unsigned at = wants->n;
    while (at > 0 && commonness(wants->byte[at - 1]) > commonness(byte)) {
        at--;
    }
    if (at == WANT_MOST) {
        return;
    }
    unsigned last = wants->n < WANT_MOST ? wants->n : WANT_MOST - 1;
    memmove(wants->byte + at + 1, wants->byte + at, last - at);
    wants->byte[at] = byte;
    wants->n = last + 1;
}

/* Bytes that the prefix does not already ask for; a blank says nothing. */
static struct wants wants_of(const struct regex_facts *facts)
{
    struct wants wants = {.n = 0};
    struct byteset known = byteset_of(view_slice(facts->prefix, 0, 8));
    byteset_add(&known, ' ');
    for (unsigned w = 0; w < 2; w++) {
        for (uint64_t left = facts->need.word[w] & ~known.word[w]; left; left &= left - 1) {
            keep_rarest(&wants, (unsigned char)(64 * w + (unsigned)__builtin_ctzll(left)));
        }
    }
    return wants;
}

/* The one that most rules want, 0 = none. */
static unsigned most_wanted(const unsigned votes[128])
{
    unsigned most = 0;
    for (unsigned byte = 1; byte < 128; byte++) {
        most = votes[byte] > votes[most] ? byte : most;
    }
    return most;
}

static void add_wanted(struct wanted *wanted, unsigned char byte, unsigned bit)
{
    wanted->low[byte & 15] |= (uint8_t)(1u << bit);
    wanted->high[byte >> 4] |= (uint8_t)(1u << bit);
}

/* The bytes that most rules want. */
static void choose_wanted(struct wanted wanted[WANTEDS], const struct regex *const *regexes,
                          unsigned n)
{
    unsigned votes[128] = {0};
    for (unsigned i = 0; i < n; i++) {
        struct wants wants = wants_of(regex_facts(regexes[i]));
        for (unsigned k = 0; k < wants.n; k++) {
            votes[wants.byte[k]] += WANT_MOST - k;
        }
    }
    votes[0] = 0;
    for (unsigned i = 0; i < WANTEDS * 8; i++) {
        unsigned byte = most_wanted(votes);
        if (!byte) {
            return;
        }
        add_wanted(&wanted[i / 8], (unsigned char)byte, i % 8);
        votes[byte] = 0;
    }
}

bool dispatch_init(struct dispatch *dispatch, const struct regex *const *regexes, unsigned n,
                   struct arena *arena)
{
    unsigned words = n ? (n + 63) / 64 : 1; /* that the machine need not ask */
    uint64_t *masks = arena_array(arena, ROWS, words * sizeof(*masks));
    if (!masks) {
        return false;
    }
    *dispatch = (struct dispatch){.words = words, .masks = masks};
    for (unsigned i = 0; i < words; i++) {
        unsigned rules = n - i * 64 < 64 ? n - i * 64 : 64;
        admit_rules(dispatch, masks + i, regexes + i * 64, rules);
    }
    choose_wanted(dispatch->wanted, regexes, n);
    return true;
}

/* ---- Filters ---- */

static bool is_full(const struct byteset *set)
{
    return (set->word[0] & set->word[1] & set->word[2] & set->word[3]) == UINT64_MAX;
}

static void set_prefix(struct filter *filter, const struct regex_facts *facts)
{
    size_t n = facts->prefix.len < 8 ? facts->prefix.len : 8;
    if (n) {
        memcpy(&filter->prefix, facts->prefix.ptr, n);
        memset(&filter->prefix_mask, 0xFF, n);
    }
}

static bool set_more(struct filter *filter, const struct regex_facts *facts,
                     struct arena *arena)
{
    bool few_bytes = facts->costly && !is_full(&facts->alphabet);
    if (!facts->nsecond && !few_bytes) {
        return true;
    }
    struct more *more = arena_get(arena, sizeof(*more));
    if (!more) {
        return false;
    }
    memcpy(&more->second, facts->second, facts->nsecond);
    memset(&more->second_mask, 0xFF, facts->nsecond);
    more->alphabet = few_bytes ? &facts->alphabet : NULL;
    filter->more = more;
    return true;
}

/* The bits that stand for these bytes, as far as they have one. */
static unsigned bits_of(const struct wanted *wanted, const struct wants *wants)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < wants->n; i++) {
        bits |= wanted->low[wants->byte[i] & 15] & wanted->high[wants->byte[i] >> 4];
    }
    return bits;
}

/* Two bytes will do, rather than one more look at the line. */
static uint16_t need_of(const struct wanted wanted[WANTEDS], const struct wants *wants)
{
    unsigned need = bits_of(&wanted[0], wants);
    bool one = (need & (need - 1)) == 0;
    return (uint16_t)(one ? need | bits_of(&wanted[1], wants) << 8 : need);
}

bool filter_init(struct filter *filter, const struct regex *re, const struct dispatch *dispatch,
                 struct arena *arena)
{
    const struct regex_facts *facts = regex_facts(re);
    struct wants wants = wants_of(facts);
    size_t least = facts->min_length;
    *filter = (struct filter){.need = need_of(dispatch->wanted, &wants)};
    filter->min_length = least < UINT32_MAX ? (uint32_t)least : UINT32_MAX;
    set_prefix(filter, facts);
    return set_more(filter, facts, arena);
}
