/*
 * What is known of the line at hand, to pass over rules that cannot match it (dispatch.h).
 *
 *     look_init(&look, line, room);
 *     for the rules in look_left(&look, dispatch, word):
 *         if (look_admits(&look, dispatch, filter)) ...
 *
 * What only some rules ask for is found out when the first one does.
 */
#ifndef TEXTFSM_LOOK_H
#define TEXTFSM_LOOK_H

#include "regex/regex.h"
#include "textfsm/dispatch.h"
#include "textfsm/sixteen.h"

/* Which wanted bytes occur in a line. */
typedef unsigned find_bytes(const struct wanted *wanted, struct view line, size_t room);

struct look {
    struct view line;
    size_t room;        /* bytes that may be read from the line's start on */
    size_t blanks;      /* in front */
    unsigned lead;      /* rows of the dispatch's tables: of the byte behind the blanks, ... */
    unsigned indent;    /* ... of the number of blanks, ... */
    unsigned last;      /* ... of the last byte */
    uint64_t head;      /* the eight bytes behind the blanks, zero behind the line's end */
    uint64_t head_mask; /* 0: the first of them is not ASCII, and may be a blank */
    bool second_known;
    unsigned have, have_known;    /* of the wanted bytes */
    uint64_t second, second_mask; /* as head, of the second word, where that can be told */
    find_bytes *find;
    struct regex_subject *subject;
};

/* The ways that suit this machine. */
void look_set_up(struct look *look);

/* For look_admits: whether the line has the wanted bytes of `missing`, which were not looked
 * for yet; whether it is as the rest of a filter with `more` says. */
bool look_finds(struct look *look, const struct dispatch *dispatch, unsigned missing);
bool look_more(struct look *look, const struct filter *filter);

/* How many blanks a text begins with. */
static inline size_t count_blanks(struct view text, size_t room)
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

/* Of eight bytes the first n (less than eight) in memory, the others zero. */
static inline uint64_t cut_bytes(uint64_t bytes, size_t n)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return bytes & ~(UINT64_MAX >> (8 * n));
#else
    return bytes & ~(UINT64_MAX << (8 * n));
#endif
}

/* The first eight bytes of a text as memory has them, zero behind its end. */
static inline uint64_t first_eight(struct view text, size_t room)
{
    uint64_t bytes = 0;
    if (room < 8) {
        memcpy(&bytes, text.ptr, text.len);
        return bytes;
    }
    memcpy(&bytes, text.ptr, 8);
    return text.len < 8 ? cut_bytes(bytes, text.len) : bytes;
}

/* What follows n blanks: ASCII, or all of the rest. */
static inline void look_ahead(struct look *look, struct view line, size_t n, size_t room)
{
    unsigned char lead = n < line.len ? (unsigned char)line.ptr[n] : 0;
    look->lead = n < line.len ? LEAD(lead) : LEAD_END;
    look->indent = n <= INDENT_MOST ? INDENT((unsigned)n) : INDENT_MORE;
    look->head_mask = UINT64_MAX;
    if (lead >= 0x80) {
        look->indent = INDENT_ANY;
        look->head_mask = 0;
    }
    look->head = first_eight(view_make(line.ptr + n, line.len - n), room - n);
}

/* The line may be empty, but its pointer is not NULL. */
static inline void look_init(struct look *look, struct view line, size_t room)
{
    size_t n = count_blanks(line, room);
    look->line = line;
    look->room = room;
    look->blanks = n;
    look->last = line.len ? LAST((unsigned char)line.ptr[line.len - 1]) : LAST_NONE;
    look->second_known = false;
    look->have = look->have_known = 0;
    look_ahead(look, line, n, room);
}

/* The 64 rules from number 64 * word on that are left, one bit each. */
static inline uint64_t look_left(const struct look *look, const struct dispatch *dispatch,
                                 unsigned word)
{
    const uint64_t *masks = dispatch->masks + word;
    size_t words = dispatch->words;
    return masks[look->lead * words] & masks[look->indent * words] & masks[look->last * words];
}

static inline bool look_has(struct look *look, const struct dispatch *dispatch, unsigned need)
{
    unsigned missing = need & ~look->have;
    return !missing ||
           ((missing & look->have_known) == 0 && look_finds(look, dispatch, missing));
}

/* false: the rule cannot match. */
static inline bool look_admits(struct look *look, const struct dispatch *dispatch,
                               const struct filter *filter)
{
    return ((look->head ^ filter->prefix) & filter->prefix_mask & look->head_mask) == 0 &&
           look->line.len >= filter->min_length && look_has(look, dispatch, filter->need) &&
           (!filter->more || look_more(look, filter));
}

#endif
