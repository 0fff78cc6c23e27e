#include "textfsm/dispatch.h"

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

/* The rarest ones; want[0..n) are in that order. */
static unsigned keep_rarest(unsigned char want[NEED_MOST], unsigned n, unsigned char byte)
{
    unsigned at = n;
    while (at > 0 && commonness(want[at - 1]) > commonness(byte)) {
        at--;
    }
    if (at == NEED_MOST) {
        return n;
    }
    unsigned last = n < NEED_MOST ? n : NEED_MOST - 1;
    memmove(want + at + 1, want + at, last - at);
    want[at] = byte;
    return last + 1;
}

/* Bytes that the prefix does not already ask for; a blank says nothing. */
static void choose_need(struct filter *filter, const struct regex_facts *facts,
                        struct regex_family *family)
{
    unsigned char want[NEED_MOST];
    unsigned n = 0;
    struct byteset known = byteset_of(view_slice(facts->prefix, 0, 8));
    byteset_add(&known, ' ');
    for (unsigned w = 0; w < 2; w++) {
        for (uint64_t left = facts->need.word[w] & ~known.word[w]; left; left &= left - 1) {
            n = keep_rarest(want, n, (unsigned char)(64 * w + (unsigned)__builtin_ctzll(left)));
        }
    }
    for (unsigned i = 0; i < n; i++) {
        filter->need |= regex_family_byte(family, want[i]);
    }
}

static bool is_full(const struct byteset *set)
{
    return (set->word[0] & set->word[1] & set->word[2] & set->word[3]) == UINT64_MAX;
}

void filter_init(struct filter *filter, const struct regex *re, struct regex_family *family)
{
    const struct regex_facts *facts = regex_facts(re);
    *filter = (struct filter){.skip_min = facts->skip_min, .skip_max = facts->skip_max};
    size_t n = facts->prefix.len < 8 ? facts->prefix.len : 8;
    if (n) {
        memcpy(&filter->prefix, facts->prefix.ptr, n);
        memset(&filter->prefix_mask, 0xFF, n);
    }
    if (facts->nsecond) {
        memcpy(&filter->second, facts->second, facts->nsecond);
        memset(&filter->second_mask, 0xFF, facts->nsecond);
    }
    filter->min_length =
        facts->min_length < UINT32_MAX ? (uint32_t)facts->min_length : UINT32_MAX;
    filter->last = facts->last;
    filter->alphabet = facts->costly && !is_full(&facts->alphabet) ? &facts->alphabet : NULL;
    choose_need(filter, facts, family);
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

/* How many blanks a line begins with: few, as a rule. */
static inline size_t indent(struct view line)
{
    size_t n = 0;
    while (n < line.len && regex_is_blank((unsigned char)line.ptr[n])) {
        n++;
    }
    return n;
}

/* The first eight bytes of v as memory has them, zero behind its end. */
static inline uint64_t head_of(struct view v)
{
    uint64_t head = 0;
    if (v.len >= 8) {
        memcpy(&head, v.ptr, 8);
    } else if (v.len) {
        memcpy(&head, v.ptr, v.len);
    }
    return head;
}

void look_init(struct look *look, struct view line, enum regex_text kind, size_t room)
{
    size_t n = indent(line);
    look->line = line;
    look->blanks = n;
    look->lead = n < line.len ? (unsigned char)line.ptr[n] : LEAD_END;
    look->head = head_of(view_slice(line, n, line.len));
    look->second_known = false;
    regex_subject_set(look->subject, line, kind, room);
}

/* Finds the second word, unless something on the way to it is not ASCII. */
static void find_second(struct look *look)
{
    struct view line = look->line;
    size_t n = look->blanks;
    while (n < line.len && (unsigned char)line.ptr[n] < 0x80 &&
           !regex_is_blank((unsigned char)line.ptr[n])) {
        n++;
    }
    struct view rest = view_slice(line, n, line.len);
    rest = view_slice(rest, indent(rest), rest.len);
    look->second = head_of(rest);
    look->second_mask = rest.len && (unsigned char)rest.ptr[0] >= 0x80 ? 0 : UINT64_MAX;
    look->second_known = true;
}

static inline bool has_second(struct look *look, const struct filter *filter)
{
    if (!look->second_known) {
        find_second(look);
    }
    return ((look->second ^ filter->second) & filter->second_mask & look->second_mask) == 0;
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
    if (filter->second_mask && !has_second(look, filter)) {
        return false;
    }
    if (filter->need && regex_subject_lacks(look->subject, filter->need)) {
        return false;
    }
    return !filter->alphabet || in_alphabet(look, filter->alphabet);
}
