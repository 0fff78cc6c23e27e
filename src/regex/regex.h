/*
 * Regular expressions in Python's `re` dialect (str patterns, re.match semantics), matched by
 * PCRE2 under limits. This room is the only user of PCRE2; templates, index cells, platform.yml
 * patterns, prompts and audit patterns all come through here.
 *
 *     struct regex *re;
 *     if (regex_compile(&re, VIEW("^(?P<A>\\w+)"), REGEX_ANCHORED, NULL, &err) < 0) ...
 *     struct regex_scratch *scratch = regex_scratch_new(NULL, NULL);       one a thread or a
 * run struct view groups[8]; int n = regex_match(re, scratch, subject, groups, 8, &err);     1
 * match, 0 none, < 0 error
 *
 * A compiled regex is immutable for its users: any number of threads may match with it at once,
 * each with a scratch of its own. (JIT code is made inside after some uses, safely.)
 */
#ifndef REGEX_REGEX_H
#define REGEX_REGEX_H

#include "base/alloc.h"
#include "base/err.h"
#include "base/view.h"

#include <stdint.h>

struct regex;
struct regex_scratch;

enum regex_flags {
    REGEX_SEARCH = 0,   /* anywhere in the subject, as re.search */
    REGEX_ANCHORED = 1, /* at the start of the subject, as re.match */
};

struct regex_limits {
    uint32_t steps;         /* PCRE2 match limit a call, 0 = LIMIT_MATCH_STEPS */
    uint32_t heap_kib;      /* 0 = LIMIT_MATCH_HEAP_KIB */
    size_t jit_stack_bytes; /* 0 = LIMIT_JIT_STACK_BYTES */
};

/* Compiles a Python pattern. On failure err->column is the 1-based column in pattern
 * (characters) and err->text says what Python's re would refuse, in words a template author
 * understands. */
int regex_compile(struct regex **out, struct view pattern, unsigned flags,
                  const struct alloc *alloc, struct err *err);
void regex_free(struct regex *re);

/* Groups count from 0 (the whole match); the result is the highest group's number + 1. */
unsigned regex_group_count(const struct regex *re);

/* The name of a group as the pattern has it (any length), empty for an unnamed one. */
struct view regex_group_name(const struct regex *re, unsigned group);

/* What is known about every subject that can match, for skipping a rule without running it. All
 * of it is conservative: "no" is certain, "yes" is a maybe. */
struct regex_facts {
    uint32_t first[8];    /* bitmap of first bytes that can begin a match; all set = anything */
    uint32_t alphabet[8]; /* for patterns that must consume the whole subject: bytes that occur
                             in any match; all set = anything */
    uint8_t skip_min;     /* the match may begin with that many to skip_max blanks ... */
    uint8_t skip_max;
    size_t min_length; /* bytes a match needs at least */
    bool whole;        /* the match must reach the end of the subject */
    bool can_be_empty;
    struct view prefix; /* literal bytes that every match starts with */
};
const struct regex_facts *regex_facts(const struct regex *re);

/* NULL when memory ran out. limits may be NULL. The environment's COLLECT_NO_JIT=1, read here,
 * makes this scratch use the interpreter. */
struct regex_scratch *regex_scratch_new(const struct regex_limits *limits,
                                        const struct alloc *alloc);
void regex_scratch_free(struct regex_scratch *scratch);

/*
 * Matches once. Returns 1 and fills groups[0..ngroups) (a group that took no part has ptr
 * NULL), 0 for no match, or a negative code with err: ERR_LIMIT when a limit ended the match,
 * ERR_NOMEM. The subject may hold any bytes: NUL is ordinary, bytes that are not UTF-8 match
 * `.` and negated classes one by one, as Python sees them through surrogateescape.
 */
int regex_match(const struct regex *re, struct regex_scratch *scratch, struct view subject,
                struct view *groups, unsigned ngroups, struct err *err);

/* The same for a subject that the caller knows to be ASCII (ascii_only of base/utf8.h): saves
 * looking at each byte for each rule. */
int regex_match_ascii(const struct regex *re, struct regex_scratch *scratch,
                      struct view subject, struct view *groups, unsigned ngroups,
                      struct err *err);

#endif
