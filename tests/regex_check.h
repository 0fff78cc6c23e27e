/*
 * One match made in every way that the regex room has, for the tests and the fuzz target: with
 * and without machine code, on a track, on one in machine code, by memo.h, as ASCII and as
 * UTF-8. All must agree, and the facts must not exclude what matched.
 */
#ifndef TESTS_REGEX_CHECK_H
#define TESTS_REGEX_CHECK_H

#include "base/utf8.h"
#include "regex/regex.h"

#include <stdlib.h>

#define CHECK_GROUPS 1000
#define CHECK_WARM   9    /* uses enough for PCRE2's machine code */
#define CHECK_HOT    1400 /* ... and for a track's */
#define CHECK_WAYS   7

struct regex_check {
    struct regex_scratch *jit, *track, *native, *no_jit, *memo;
    struct regex_check_result {
        int rc;
        struct view groups[CHECK_GROUPS];
    } results[CHECK_WAYS];
};

static inline bool regex_check_init(struct regex_check *check)
{
    unsetenv("COLLECT_NO_JIT");
    check->jit = regex_scratch_new(&(struct regex_limits){.plain = true}, NULL);
    check->track = regex_scratch_new(&(struct regex_limits){.walked = true}, NULL);
    check->native = regex_scratch_new(NULL, NULL);
    setenv("COLLECT_NO_JIT", "1", 1);
    check->no_jit = regex_scratch_new(NULL, NULL);
    /* one step is not enough for anything: all that can go there is left to memo.h */
    check->memo = regex_scratch_new(&(struct regex_limits){.steps = 1}, NULL);
    return check->jit && check->track && check->native && check->no_jit && check->memo;
}

static inline void regex_check_release(struct regex_check *check)
{
    regex_scratch_free(check->jit);
    regex_scratch_free(check->track);
    regex_scratch_free(check->native);
    regex_scratch_free(check->no_jit);
    regex_scratch_free(check->memo);
}

/* Uses re often enough for machine code. */
static inline void regex_check_warm(struct regex_check *check, const struct regex *re)
{
    for (int i = 0; i < CHECK_WARM; i++) {
        regex_match_text(re, check->jit, VIEW(""), REGEX_TEXT_ASCII, NULL, 0, NULL);
        regex_match_text(re, check->jit, VIEW(""), REGEX_TEXT_UTF8, NULL, 0, NULL);
    }
    for (int i = 0; i < CHECK_HOT; i++) {
        regex_match_text(re, check->native, VIEW(""), REGEX_TEXT_ASCII, NULL, 0, NULL);
    }
}

/* text without the blanks in front; what is not ASCII ends the question. */
static inline bool regex_check_second(const struct regex_facts *facts, struct view text)
{
    while (text.len && !regex_is_blank((unsigned char)text.ptr[0])) {
        if ((unsigned char)text.ptr[0] >= 0x80) {
            return true;
        }
        text = view_slice(text, 1, text.len);
    }
    while (text.len && regex_is_blank((unsigned char)text.ptr[0])) {
        text = view_slice(text, 1, text.len);
    }
    return (text.len && (unsigned char)text.ptr[0] >= 0x80) ||
           view_starts(text, view_make(facts->second, facts->nsecond));
}

/* Is every byte of inner in outer too? */
static inline bool regex_check_within(const struct byteset *inner, const struct byteset *outer)
{
    uint64_t outside = 0;
    for (int i = 0; i < 4; i++) {
        outside |= inner->word[i] & ~outer->word[i];
    }
    return outside == 0;
}

/* May a subject of n blanks and then byte c (-1: its end) match? The number of blanks is only
 * held against a subject whose byte c is ASCII: other bytes may be blanks of Unicode's. */
static inline bool regex_check_admit(const struct regex_facts *facts, size_t n, int c)
{
    if (c >= 0x80) {
        return byteset_has(&facts->lead, (unsigned char)c);
    }
    return n >= facts->skip_min &&
           (n <= facts->skip_max || facts->skip_max == REGEX_SKIP_ANY) &&
           (c < 0 ? facts->lead_end : byteset_has(&facts->lead, (unsigned char)c));
}

static inline const char *regex_check_facts(const struct regex_facts *facts, struct view text)
{
    struct byteset bytes = byteset_of(text);
    size_t n = 0;
    while (n < text.len && regex_is_blank((unsigned char)text.ptr[n])) {
        n++;
    }
    int c = n < text.len ? (unsigned char)text.ptr[n] : -1;
    if (!regex_check_admit(facts, n, c)) {
        return "facts: lead";
    }
    if (c >= 0 && c < 0x80 && !view_starts(view_slice(text, n, text.len), facts->prefix)) {
        return "facts: prefix";
    }
    if (!regex_check_second(facts, view_slice(text, n, text.len))) {
        return "facts: second";
    }
    if (text.len < facts->min_length || (text.len == 0 && !facts->can_be_empty)) {
        return "facts: length";
    }
    if (!regex_check_within(&facts->need, &bytes)) {
        return "facts: need";
    }
    if (!regex_check_within(&bytes, &facts->alphabet)) {
        return "facts: alphabet";
    }
    if (text.len && !byteset_has(&facts->last, (unsigned char)text.ptr[text.len - 1])) {
        return "facts: last";
    }
    if (text.len && !byteset_has(&facts->first, (unsigned char)text.ptr[0])) {
        return "facts: first";
    }
    return NULL;
}

static inline bool regex_check_same(const struct regex_check_result *a,
                                    const struct regex_check_result *b, unsigned ngroups)
{
    if (a->rc != b->rc) { /* limits: steps are counted differently */
        return a->rc == ERR_LIMIT || b->rc == ERR_LIMIT;
    }
    for (unsigned i = 0; a->rc == 1 && i < ngroups; i++) {
        if (a->groups[i].ptr != b->groups[i].ptr || a->groups[i].len != b->groups[i].len) {
            return false;
        }
    }
    return true;
}

/* NULL, or what does not agree. *result is the first way that met no limit, ngroups of which
 * are to be looked at. */
static inline const char *regex_check_match(struct regex_check *check, const struct regex *re,
                                            struct view text,
                                            const struct regex_check_result **result,
                                            unsigned *ngroups)
{
    const struct {
        const char *complaint;
        struct regex_scratch *scratch;
        bool utf;
    } ways[] = {{"interpreter", check->no_jit, false},
                {"jit and interpreter", check->jit, false},
                {"track and interpreter", check->track, false},
                {"native track and interpreter", check->native, false},
                {"memo and interpreter", check->memo, false},
                {"utf and ascii interpreter", check->no_jit, true},
                {"utf jit and ascii interpreter", check->jit, true}};
    bool ascii = ascii_only(text);
    unsigned n = regex_group_count(re);
    *ngroups = n = n < CHECK_GROUPS ? n : CHECK_GROUPS;
    *result = &check->results[0];
    for (unsigned i = 0; i < CHECK_WAYS && (ascii || !ways[i].utf); i++) {
        struct regex_check_result *got = &check->results[i];
        enum regex_text kind = ways[i].utf ? REGEX_TEXT_UTF8 : regex_text_of(text);
        got->rc = regex_match_text(re, ways[i].scratch, text, kind, got->groups, n, NULL);
        if (got->rc < 0 && got->rc != ERR_LIMIT) {
            return "the code cannot be made";
        }
        *result = (*result)->rc < 0 ? got : *result;
        if (!regex_check_same(*result, got, n)) {
            return ways[i].complaint;
        }
    }
    return (*result)->rc == 1 ? regex_check_facts(regex_facts(re), text) : NULL;
}

#endif
