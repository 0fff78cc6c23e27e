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

struct look;

/* Whether the line has the wanted bytes of `missing`, none of which were looked for yet. */
typedef bool look_finder(struct look *look, const struct dispatch *dispatch, unsigned missing);

struct look {
    struct view line;
    size_t room;     /* bytes that may be read from the line's start on */
    size_t blanks;   /* in front */
    unsigned lead;   /* rows of the dispatch's tables: of the byte behind the blanks, ... */
    unsigned indent; /* ... of the number of blanks, ... */
    unsigned last;   /* ... of the last byte */
    uint32_t have, have_known; /* of the wanted bytes, those in the line, those looked for */
    bool second_known;
    uint64_t head;      /* the eight bytes behind the blanks, zero behind the line's end */
    uint64_t head_mask; /* 0: the first of them is not ASCII, and may be a blank */
    uint64_t second, second_mask; /* the same of the second word, where that can be told */
    look_finder *find;
    struct regex_subject *subject;
};

/* The ways that suit this machine. */
void look_set_up(struct look *look);

/* For look_init, with the line set: any line. For look_admits. */
void look_closely(struct look *look);
bool look_more(struct look *look, const struct more *more);

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

/* The line may be empty, but its pointer is not NULL. */
static inline void look_init(struct look *look, struct view line, size_t room)
{
    look->line = line;
    look->room = room;
    look->have = look->have_known = 0;
    look->second_known = false;
    if (room < 16 + 8) {
        look_closely(look);
        return;
    }
    unsigned n = (unsigned)__builtin_ctz(~sixteen_equal(line.ptr, ' '));
    unsigned char lead = (unsigned char)line.ptr[n];
    if (n >= line.len || lead <= ' ' || lead >= 0x80) {
        look_closely(look);
        return;
    }
    look->blanks = n;
    look->lead = LEAD(lead);
    look->indent = INDENT(n);
    look->last = LAST((unsigned char)line.ptr[line.len - 1]);
    look->head_mask = UINT64_MAX;
    look->head = first_eight(view_make(line.ptr + n, line.len - n), 8);
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
           ((missing & look->have_known) == 0 && look->find(look, dispatch, missing));
}

/* false: the rule cannot match. */
static inline bool look_admits(struct look *look, const struct dispatch *dispatch,
                               const struct filter *filter)
{
    return ((look->head ^ filter->prefix) & filter->prefix_mask & look->head_mask) == 0 &&
           look->line.len >= filter->min_length && look_has(look, dispatch, filter->need) &&
           (!filter->more || look_more(look, filter->more));
}

#endif
