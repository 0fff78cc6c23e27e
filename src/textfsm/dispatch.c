#include "textfsm/dispatch.h"

#include "textfsm/lines.h"

/* ---- Made with the template ---- */

/* Rare bytes first: the ones that decide most often. Lower is rarer in device output. */
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

static void keep_need(struct filter *filter, unsigned char byte)
{
    unsigned at = filter->nneed;
    while (at > 0 && commonness(filter->need[at - 1]) > commonness(byte)) {
        at--;
    }
    if (at == NEED_MOST) {
        return;
    }
    unsigned last = filter->nneed < NEED_MOST ? filter->nneed : NEED_MOST - 1;
    memmove(filter->need + at + 1, filter->need + at, last - at);
    filter->need[at] = byte;
    filter->nneed = (uint8_t)(last + 1);
}

/* Bytes that the prefix does not already ask for; a blank says nothing. */
static void choose_need(struct filter *filter, const struct regex_facts *facts)
{
    struct byteset known = byteset_of(view_slice(facts->prefix, 0, 8));
    byteset_add(&known, ' ');
    for (unsigned w = 0; w < 4; w++) {
        for (uint64_t left = facts->need.word[w] & ~known.word[w]; left; left &= left - 1) {
            keep_need(filter, (unsigned char)(64 * w + (unsigned)__builtin_ctzll(left)));
        }
    }
}

static bool is_full(const struct byteset *set)
{
    return (set->word[0] & set->word[1] & set->word[2] & set->word[3]) == UINT64_MAX;
}

void filter_init(struct filter *filter, const struct regex *re)
{
    const struct regex_facts *facts = regex_facts(re);
    *filter = (struct filter){.skip_min = facts->skip_min, .skip_max = facts->skip_max};
    size_t n = facts->prefix.len < 8 ? facts->prefix.len : 8;
    if (n) {
        memcpy(&filter->prefix, facts->prefix.ptr, n);
        memset(&filter->prefix_mask, 0xFF, n);
    }
    filter->min_length =
        facts->min_length < UINT32_MAX ? (uint32_t)facts->min_length : UINT32_MAX;
    filter->last = facts->last;
    filter->alphabet = facts->costly && !is_full(&facts->alphabet) ? &facts->alphabet : NULL;
    choose_need(filter, facts);
}

bool dispatch_init(struct dispatch *dispatch, const struct regex *const *regexes, unsigned n,
                   struct arena *arena)
{
    unsigned words = (n + 63) / 64;
    uint64_t *masks = arena_array(arena, LEADS, words * sizeof(*masks));
    if (!masks) {
        return false;
    }
    for (unsigned i = 0; i < n; i++) {
        const struct regex_facts *facts = regex_facts(regexes[i]);
        uint64_t *mask = masks + i / 64;
        uint64_t bit = UINT64_C(1) << (i & 63);
        for (unsigned lead = 0; lead < 256; lead++) {
            if (byteset_has(&facts->lead, (unsigned char)lead)) {
                mask[lead * words] |= bit;
            }
        }
        if (facts->lead_end) {
            mask[LEAD_END * words] |= bit;
        }
    }
    *dispatch = (struct dispatch){words, masks};
    return true;
}

/* ---- Asked for each line ---- */

void look_init(struct look *look, struct view line)
{
    size_t n = line_indent(line);
    look->line = line;
    look->blanks = n;
    look->lead = n < line.len ? (unsigned char)line.ptr[n] : LEAD_END;
    look->head = 0;
    if (line.len - n >= 8) {
        memcpy(&look->head, line.ptr + n, 8);
    } else if (line.len > n) {
        memcpy(&look->head, line.ptr + n, line.len - n);
    }
    look->counted = false;
}

static void count_bytes(struct look *look)
{
    look->counted = true;
    if (++look->stamp == 0) {
        memset(look->seen, 0, 256 * sizeof(*look->seen));
        look->stamp = 1;
    }
    uint32_t *seen = look->seen;
    const uint32_t stamp = look->stamp;
    const char *end = look->line.ptr + look->line.len;
    for (const char *at = look->line.ptr; at < end; at++) {
        seen[(unsigned char)*at] = stamp;
    }
}

/* Counting a line's bytes pays where it often saves a match: each count costs a credit, each
 * match saved gives some, and some lines are counted in any case. */
#define CREDIT_MOST   1000
#define CREDIT_SAVED  4
#define LINES_COUNTED 32 /* one of so many */

static bool may_count(struct look *look)
{
    if (!look->counted) {
        look->lines++;
        if (look->credit == 0 && look->lines % LINES_COUNTED) {
            return false;
        }
        look->credit -= look->credit > 0;
        count_bytes(look);
    }
    return true;
}

static bool has_needed(struct look *look, const struct filter *filter)
{
    if (!may_count(look)) {
        return true;
    }
    for (unsigned i = 0; i < filter->nneed; i++) {
        if (look->seen[filter->need[i]] != look->stamp) {
            look->credit += look->credit < CREDIT_MOST ? CREDIT_SAVED : 0;
            return false;
        }
    }
    return true;
}

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

bool look_slow(struct look *look, const struct filter *filter)
{
    size_t len = look->line.len;
    if (len < filter->min_length) {
        return false;
    }
    if (len && !byteset_has(&filter->last, (unsigned char)look->line.ptr[len - 1])) {
        return false;
    }
    if (filter->nneed && !has_needed(look, filter)) {
        return false;
    }
    return !filter->alphabet || in_alphabet(look, filter->alphabet);
}
