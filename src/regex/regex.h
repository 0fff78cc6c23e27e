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
 * each with a scratch of its own. Inside, code is made when it is first needed: PCRE2's for
 * ASCII subjects, that for others, and machine code of each after some uses.
 *
 * Where we differ from Python's re: tests/unit/regex/deviations.txt.
 */
#ifndef REGEX_REGEX_H
#define REGEX_REGEX_H

#include "base/alloc.h"
#include "base/err.h"
#include "base/view.h"
#include "regex/byteset.h"

#include <stdint.h>

struct regex;
struct regex_family;
struct regex_scratch;
struct regex_subject;

enum regex_flags {
    REGEX_SEARCH = 0,   /* anywhere in the subject, as re.search */
    REGEX_ANCHORED = 1, /* at the start of the subject, as re.match */
};

/* What one match may take. A pattern without back-references, look-arounds, conditions, atomic
 * groups (and, on other than ASCII subjects, without ignoring case) does not run into the limit
 * of steps: it goes on by a method whose steps are at most (length of the pattern) x (length of
 * the subject). */
struct regex_limits {
    uint32_t steps;    /* PCRE2's match limit, 0 = LIMIT_MATCH_STEPS, more for long subjects */
    uint32_t heap_kib; /* 0 = LIMIT_MATCH_HEAP_KIB */
    size_t jit_stack_bytes; /* 0 = LIMIT_JIT_STACK_BYTES; with more to do, machine code gives
                               way to the interpreter */
    bool plain;  /* nothing but PCRE2: what a pattern costs without the room's own methods */
    bool walked; /* no machine code but PCRE2's: what that of the room's own saves */
};

/* Compiles a Python pattern. On failure err->column is the 1-based column in pattern
 * (characters) and err->text says what Python's re would refuse, in words a template author
 * understands. Groups may
 * nest 490 deep, as in Python; parsing and compiling take up to 2 KiB of stack a level,
 * matching does not. alloc is kept, and is called by whichever thread matches first. */
int regex_compile(struct regex **out, struct view pattern, unsigned flags,
                  const struct alloc *alloc, struct err *err);
void regex_free(struct regex *re);

/* The same for one of many regexes that will be matched against the same subjects: what they
 * have in common is then looked for in a subject once. The family must outlive its regexes, and
 * does not change any more when the first subject is made for it. */
int regex_compile_in(struct regex **out, struct regex_family *family, struct view pattern,
                     unsigned flags, const struct alloc *alloc, struct err *err);
struct regex_family *regex_family_new(const struct alloc *alloc);
void regex_family_free(struct regex_family *family);

/* Only whether regex_compile() would take the pattern, with the same errors. */
int regex_check(struct view pattern, const struct alloc *alloc, struct err *err);

/* Groups count from 0 (the whole match); the result is the highest group's number + 1. */
unsigned regex_group_count(const struct regex *re);

/* The name of a group as the pattern has it (any length), empty for an unnamed one. */
struct view regex_group_name(const struct regex *re, unsigned group);

/*
 * What is known about every subject that can match, for skipping a rule without running it. All
 * of it is conservative: "no" is certain, "yes" is a maybe.
 *
 * A subject is looked at as n blanks (regex_is_blank), then byte c, or its end. skip_min,
 * skip_max, lead, lead_end and prefix speak of these. They and `first` say "anything" for a
 * pattern that may match elsewhere than at the subject's start. The other facts hold for the
 * subject as a whole.
 */
struct regex_facts {
    uint32_t skip_min; /* blanks before the first other byte: at least, ... */
    uint32_t skip_max; /* ... at most; REGEX_SKIP_ANY = any number */
    bool lead_end;     /* the subject may end after the blanks */
    bool whole;        /* a match begins at the subject's start and ends at its end (or before a
                          last newline) */
    bool can_be_empty;
    bool costly;             /* has nested repeats that may backtrack without end */
    struct byteset lead;     /* the byte after the blanks */
    struct byteset first;    /* the subject's first byte; all set if it may be empty */
    struct byteset need;     /* bytes that must occur in the subject */
    struct byteset alphabet; /* the only bytes that may occur in it; all set unless `whole` */
    struct byteset last; /* its last byte; all set unless `whole`; an empty subject is judged
                            by can_be_empty and min_length */
    size_t min_length;   /* bytes a match takes at least */
    struct view prefix;  /* the bytes that follow the blanks literally, often empty; like the
                            number of blanks only to be held against an ASCII byte c */
    char second[8];      /* the bytes, nsecond of them, that follow literally behind the blanks
                            behind the first word: behind what there is from byte c up to the
                            next blank. Only to be held against ASCII words and blanks */
    uint8_t nsecond;
};

#define REGEX_SKIP_ANY UINT32_MAX

/* ASCII blanks in the sense of Python's \s. */
static inline bool regex_is_blank(unsigned char byte)
{
    return (byte >= 0x09 && byte <= 0x0D) || (byte >= 0x1C && byte <= 0x20);
}

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

/* What kind of bytes a subject holds: a caller that matches one line against many rules finds
 * out once, with regex_text_of(), instead of each rule looking at each byte again. */
enum regex_text {
    REGEX_TEXT_ASCII,
    REGEX_TEXT_UTF8,   /* valid, not all ASCII */
    REGEX_TEXT_BROKEN, /* not valid UTF-8 */
};

enum regex_text regex_text_of(struct view subject);
int regex_match_text(const struct regex *re, struct regex_scratch *scratch, struct view subject,
                     enum regex_text text, struct view *groups, unsigned ngroups,
                     struct err *err);

/*
 * A subject for all regexes of a family. Its text is borrowed until the next one is set; `room`
 * bytes from its start on may be read: more than its length where other text follows, which
 * saves a copy. NULL when memory ran out. The family must outlive it.
 */
struct regex_subject *regex_subject_new(const struct regex_family *family,
                                        const struct alloc *alloc);
void regex_subject_free(struct regex_subject *subject, const struct alloc *alloc);
/* Another text begins, whose lines will be set: what is long enough gets machine code. */
void regex_subject_restart(struct regex_subject *subject);
void regex_subject_set(struct regex_subject *subject, struct view text, enum regex_text kind,
                       size_t room);

/* As regex_match(), for a regex of the subject's family, and with all of its groups, of which
 * there may be something in groups[] without a match, too. */
int regex_match_subject(const struct regex *re, struct regex_scratch *scratch,
                        struct regex_subject *subject, struct view *groups, struct err *err);

/* Of PCRE2, as it runs: "10.42 2022-12-11" into buf. */
void regex_library_version(char *buf, size_t size);

#endif
