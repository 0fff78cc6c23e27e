/*
 * Questions about a rule's pattern that its tree answers: does it take every line, is a later
 * one left without any, where does it end.
 */
#ifndef AUTHOR_LINT_PATTERN_H
#define AUTHOR_LINT_PATTERN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "regex/tree.h"

struct pattern {
    struct view text; /* of the pattern, in Python's dialect */
    struct tree tree;
    const struct node **nodes; /* in sequence, plain groups opened; for comparing */
    size_t count;
    size_t kept; /* without the end that matches nothing as well: "^a\s*" is "^a" */
};

/* text must outlive the pattern. */
int pattern_init(struct pattern *pattern, struct view text, struct arena *arena,
                 struct err *err);

enum pattern_reach {
    PATTERN_SOME,    /* some lines */
    PATTERN_VISIBLE, /* every line that is not blank: "^\s*\S" */
    PATTERN_FULL,    /* every line that is not empty: "^." */
    PATTERN_EVERY,   /* every line: "^.*" */
};

enum pattern_reach pattern_reach(const struct pattern *pattern);

/* Whether every line that `later` matches is matched by `earlier` too. "No" may be wrong, "yes"
 * is certain. */
bool pattern_covers(const struct pattern *earlier, const struct pattern *later);

enum pattern_end {
    PATTERN_END_FINE,
    PATTERN_END_LAZY, /* in a group that stops as early as it can */
    PATTERN_END_OPEN, /* in a group that may stop inside a word */
};

/* Whether the pattern is "^" and then anything, as who wants the whole line writes it. */
bool pattern_is_whole_line(const struct pattern *pattern);

/* How the pattern ends, and in which named group (empty = none). */
enum pattern_end pattern_end(const struct pattern *pattern, struct view *group);

/* Whether the whole pattern is one group in parentheses. */
bool pattern_is_group(const struct pattern *pattern);

/* A line of at most 100 characters on which matching takes more than PATTERN_SLOW_STEPS; false
 * when none was found. line is filled and *shown says how it is made: "'a' x 40, 'é'". */
#define PATTERN_SLOW_STEPS 200000
bool pattern_slow_line(const struct pattern *pattern, struct strbuf *line, struct strbuf *how);

#endif
