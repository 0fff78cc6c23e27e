/*
 * lines: patterns over an output, or over each of its blocks. A block is a line that `within`
 * is found in and the lines behind it that belong to it (blocks.h); blocks may lie in blocks. A
 * block that a line of it, its head included, matches `except` is left alone.
 */
#include "audit/blocks.h"

#include "base/limits.h"

#include <stdio.h>

struct lining {
    struct engine *e;
    size_t rule;
    const struct rule *r;
    const struct rule_patterns *patterns;
    struct job_seen *job;
    const struct output_lines *lines;
    struct audit_finding *finding;
    int64_t until;     /* now_us(), when the rule's patterns have taken enough */
    size_t at;         /* the line that is looked at, for messages */
    bool stopped;      /* it cannot be judged: the finding says why */
    size_t violations; /* must and must_not that do not hold */
    size_t blocks, bad_blocks;
};

/* ---- Matching ------------------------------------------------------------------------------
 */

static void stop(struct lining *l, const char *pattern, const char *why)
{
    l->stopped = true;
    engine_settle(l->e, l->finding, VERDICT_ERROR, "%s:%d: lines: line %zu of '%s': %s: %s",
                  l->r->path, l->r->lines_at.line, l->at + 1, l->job->command, pattern, why);
}

/* *matched (may be NULL): the text that was. */
static bool match(struct lining *l, const struct regex *re, const char *pattern, size_t line,
                  struct view *matched)
{
    struct err why = ERR_INIT;
    if (l->stopped) {
        return false;
    }
    l->at = line;
    if (now_us() > l->until) {
        stop(l, pattern,
             "the rule's patterns took too long over all outputs, and were stopped");
        return false;
    }
    int got = regex_match(re, l->e->regex, output_line(l->lines, line), matched,
                          matched ? 1 : 0, &why);
    if (got < 0) {
        l->e->failed = l->e->failed || why.code == ERR_NOMEM;
        stop(l, pattern, why.text);
    }
    return got > 0;
}

static bool matches(struct lining *l, const struct regex *re, const char *pattern, size_t line)
{
    return match(l, re, pattern, line, NULL);
}

/* The first pattern of a list that the line matches, or -1. */
static int first_match(struct lining *l, struct regex *const *list, const char *const *texts,
                       size_t line)
{
    for (int i = 0; list && list[i]; i++) {
        if (matches(l, list[i], texts[i], line)) {
            return i;
        }
    }
    return -1;
}

/* ---- Evidence ------------------------------------------------------------------------------
 */

#define NO_LINE ((size_t)-1)

static void set_line(struct piece *piece, size_t line)
{
    if (piece) {
        piece->seen.line = line == NO_LINE ? 0 : line + 1;
    }
}

static void look(struct lining *l, size_t line, const char *what, const char *pattern,
                 enum look_result result)
{
    if (l->job->host != l->e->look_host || l->stopped) {
        return;
    }
    struct view text = line == NO_LINE ? VIEW("") : output_line(l->lines, line);
    const char *expected = arena_printf(l->e->arena, "%s: %s", what, pattern);
    set_line(engine_look(l->e, l->job->host, l->job, text, expected, result), line);
}

static void violates(struct lining *l, size_t line, const char *what, const char *pattern)
{
    look(l, line, what, pattern, LOOK_VIOLATES);
    l->violations++;
    if (!engine_keeps(l->e, l->rule, l->job->host)) {
        return;
    }
    struct view text = line == NO_LINE ? VIEW("") : output_line(l->lines, line);
    const char *expected = arena_printf(l->e->arena, "%s: %s", what, pattern);
    l->e->failed = l->e->failed || !expected;
    set_line(engine_evidence(l->e, l->rule, l->job->host, l->job, text, expected), line);
}

/* ---- Without blocks ------------------------------------------------------------------------
 */

static void check_must_not(struct lining *l, size_t line)
{
    for (int i = 0; l->patterns->must_not && l->patterns->must_not[i]; i++) {
        if (matches(l, l->patterns->must_not[i], l->r->must_not[i], line)) {
            violates(l, line, "must not", l->r->must_not[i]);
        }
    }
}

/* Takes from the list of what is still missing. */
static void check_must(struct lining *l, size_t line, bool *seen)
{
    for (int i = 0; l->patterns->must && l->patterns->must[i]; i++) {
        if (!seen[i] && matches(l, l->patterns->must[i], l->r->must[i], line)) {
            seen[i] = true;
            look(l, line, "must", l->r->must[i], LOOK_HOLDS);
        }
    }
}

static void check_line(struct lining *l, size_t line, bool *seen)
{
    check_must(l, line, seen);
    check_must_not(l, line);
}

static void check_missing(struct lining *l, size_t head, const bool *seen)
{
    for (int i = 0; !l->stopped && l->r->must && l->r->must[i]; i++) {
        if (!seen[i]) {
            violates(l, head, "must", l->r->must[i]);
        }
    }
}

static void judge_whole(struct lining *l, bool *seen)
{
    for (size_t i = 0; i < l->lines->n && !l->stopped; i++) {
        int except = first_match(l, l->patterns->except, l->r->except, i);
        if (except >= 0) {
            look(l, i, "except", l->r->except[except], LOOK_LEFT_OUT);
        } else if (!l->stopped) {
            check_line(l, i, seen);
        }
    }
    check_missing(l, NO_LINE, seen);
}

/* ---- Blocks --------------------------------------------------------------------------------
 */

static bool is_head(struct lining *l, size_t line, struct view *matched)
{
    return !l->lines->items[line].text &&
           match(l, l->patterns->within, l->r->within, line, matched);
}

/* The `set` lines behind the head in which the same text was matched. */
static size_t set_end(struct lining *l, size_t head, struct view matched)
{
    size_t end = head + 1;
    struct view other;
    while (end < l->lines->n && !l->stopped &&
           (l->lines->items[end].text ||
            (blocks_is_set(l->lines, end) && is_head(l, end, &other) &&
             view_equal(matched, other)))) {
        end++;
    }
    return end;
}

static size_t block_end(struct lining *l, size_t head, struct view matched)
{
    struct view other;
    if (blocks_is_set(l->lines, head)) {
        return set_end(l, head, matched);
    }
    size_t end = blocks_end(l->lines, head);
    while (l->lines->flat && end < l->lines->n && !l->stopped &&
           !blocks_is_separator(l->lines, end) && !is_head(l, end, &other)) {
        end++;
    }
    return end;
}

static int block_except(struct lining *l, size_t head, size_t end)
{
    int found = -1;
    for (size_t i = head; l->patterns->except && i < end && found < 0 && !l->stopped; i++) {
        found = first_match(l, l->patterns->except, l->r->except, i);
    }
    return found;
}

static void judge_block(struct lining *l, size_t head, size_t end, bool *seen, size_t nseen)
{
    size_t before = l->violations;
    int except = block_except(l, head, end);
    if (except >= 0) {
        look(l, head, "except", l->r->except[except], LOOK_LEFT_OUT);
        return;
    }
    for (size_t i = 0; i < nseen; i++) {
        seen[i] = false;
    }
    for (size_t i = head; i < end && !l->stopped; i++) {
        check_line(l, i, seen);
    }
    check_missing(l, head, seen);
    l->blocks++;
    if (l->violations > before) {
        l->bad_blocks++;
    } else {
        look(l, head, "within", l->r->within, LOOK_HOLDS);
    }
}

static void judge_blocks(struct lining *l, bool *seen, size_t nseen)
{
    struct view matched;
    for (size_t i = 0; i < l->lines->n && !l->stopped; i++) {
        if (!is_head(l, i, &matched)) {
            continue;
        }
        size_t end = block_end(l, i, matched);
        judge_block(l, i, end, seen, nseen);
        i = blocks_is_set(l->lines, i) ? end - 1 : i;
    }
    if (!l->stopped && l->blocks < (size_t)l->r->at_least) {
        char what[64];
        snprintf(what, sizeof(what), "at least %d within", l->r->at_least);
        violates(l, NO_LINE, what, l->r->within);
    }
}

/* ---- The finding ---------------------------------------------------------------------------
 */

static void settle_blocks(struct lining *l)
{
    if (l->bad_blocks > 0) {
        engine_settle(l->e, l->finding, VERDICT_FAIL, "%zu of %zu block%s of '%s'",
                      l->bad_blocks, l->blocks, l->blocks == 1 ? "" : "s", l->job->command);
    } else {
        engine_settle(l->e, l->finding, VERDICT_FAIL,
                      "%zu block%s of '%s', and there must be at least %d", l->blocks,
                      l->blocks == 1 ? "" : "s", l->job->command, l->r->at_least);
    }
}

static void settle(struct lining *l, const bool *seen)
{
    size_t missing = 0;
    const char *first = NULL;
    l->finding->violations = l->violations;
    if (l->violations == 0) {
        l->finding->verdict = VERDICT_PASS;
        return;
    }
    if (l->r->within) {
        settle_blocks(l);
        return;
    }
    for (size_t i = 0; l->r->must && l->r->must[i]; i++) {
        first = !seen[i] && !first ? l->r->must[i] : first;
        missing += !seen[i];
    }
    size_t bad = l->violations - missing;
    if (missing == 0) {
        engine_settle(l->e, l->finding, VERDICT_FAIL, "%zu line%s of '%s' must not be there",
                      bad, bad == 1 ? "" : "s", l->job->command);
    } else {
        engine_settle(l->e, l->finding, VERDICT_FAIL, "no line of '%s' matches %s%s",
                      l->job->command, first, missing > 1 || bad ? ", and more" : "");
    }
}

void engine_lines(struct engine *e, size_t rule, struct job_seen *job,
                  const struct output_lines *lines)
{
    struct lining l = {.e = e,
                       .rule = rule,
                       .r = engine_rule(e, rule),
                       .patterns = rules_patterns(e->rules, e->first + rule),
                       .job = job,
                       .lines = lines,
                       .finding = engine_finding(e, rule, job->host)};
    int64_t start = now_us();
    bool seen[LIMIT_RULE_LIST] = {false};
    size_t nseen = 0;
    while (l.r->must && l.r->must[nseen]) {
        nseen++;
    }
    l.until = start + e->span * 1000 - e->spent_us[rule];
    if (l.r->within) {
        judge_blocks(&l, seen, nseen);
    } else {
        judge_whole(&l, seen);
    }
    if (!l.stopped) {
        settle(&l, seen);
    }
    e->spent_us[rule] += now_us() - start;
}

int engine_plan_lines(struct engine *e, size_t rule, struct err *err)
{
    for (size_t host = 0; host < e->scene.nhosts; host++) {
        if (engine_finding(e, rule, host)->verdict != VERDICT_OPEN) {
            continue;
        }
        struct line_task *task = arena_get(e->arena, sizeof(*task));
        if (!task) {
            return err_nomem(err);
        }
        *task = (struct line_task){rule, e->tallies[host].job->tasks};
        e->tallies[host].job->tasks = task;
    }
    return 0;
}
