/*
 * Which rules of a state are worth trying on a line: a table by the line's first byte that is
 * no blank, then a few comparisons a rule. What is passed over cannot match; what is left may.
 *
 * All of it comes from regex_facts, and is made once, with the template.
 */
#ifndef TEXTFSM_DISPATCH_H
#define TEXTFSM_DISPATCH_H

#include "base/arena.h"
#include "regex/regex.h"

#define LEAD_END  256 /* a line of blanks only */
#define LEADS     257
#define NEED_MOST 3

/* What a line must be like for one rule; what decides most comes first. */
struct filter {
    uint64_t prefix, prefix_mask; /* of the eight bytes behind the blanks, as memory has them */
    uint64_t second, second_mask; /* of those of the second word */
    uint32_t skip_min, skip_max;  /* blanks in front */
    uint32_t min_length;
    uint64_t need;                  /* bytes that must occur somewhere, one bit each */
    struct byteset last;            /* one of these ends the line, all set = any */
    const struct byteset *alphabet; /* the only bytes that may occur, or NULL */
};

/* What is known of the line at hand. */
struct look {
    struct view line;
    size_t blanks;
    unsigned lead; /* the byte behind the blanks, or LEAD_END */
    uint64_t head; /* the eight bytes from there on, zero behind the end */
    bool second_known;
    uint64_t second, second_mask; /* the same of the second word, where that can be told */
    struct regex_subject *subject;
};

struct dispatch {
    unsigned words;        /* of 64 rules each */
    const uint64_t *masks; /* [lead][words]: the state's rules that a lead admits */
};

/* Fills a filter from a rule's regex. */
void filter_init(struct filter *filter, const struct regex *re, struct regex_family *family);

/* masks for the n rules whose regexes regex_at gives; false when memory ran out. */
bool dispatch_init(struct dispatch *dispatch, const struct regex *const *regexes, unsigned n,
                   struct arena *arena);

/* room: the bytes that may be read from the line's start on. */
void look_init(struct look *look, struct view line, enum regex_text kind, size_t room);
bool look_slow(struct look *look, const struct filter *filter);

/* false: the rule cannot match. */
static inline bool look_admits(struct look *look, const struct filter *filter)
{
    if (look->lead < 0x80 || look->lead == LEAD_END) {
        if (look->blanks < filter->skip_min || look->blanks > filter->skip_max ||
            ((look->head ^ filter->prefix) & filter->prefix_mask)) {
            return false;
        }
    }
    return look_slow(look, filter);
}

#endif
