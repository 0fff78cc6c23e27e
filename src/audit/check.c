/* check: what is wrong in rule files, without any device's output. */
#include "audit/check_part.h"

#include "base/deadline.h"
#include "base/guess.h"
#include "base/strbuf.h"
#include "collect/library.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void check_remark(struct check *check, const char *path, struct rule_place at, bool error,
                  const char *code, const char *fmt, ...)
{
    struct strbuf text = STRBUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    strbuf_vaddf(&text, fmt, ap);
    va_end(ap);
    struct remark_link *link = arena_get(&check->arena, sizeof(*link));
    char *words = strbuf_failed(&text) ? NULL : arena_dup(&check->arena, strbuf_view(&text));
    strbuf_release(&text);
    if (!link || !words) {
        check->failed = true;
        return;
    }
    for (char *c = words; *c; c++) {
        *c = (unsigned char)*c < 0x20 ? ' ' : *c;
    }
    while (link->file < check->npaths && strcmp(check->paths[link->file], path) != 0) {
        link->file++;
    }
    link->remark = (struct audit_remark){code, path, at.line, at.column, error, words};
    link->place = check->nremarks++;
    link->next = check->remarks;
    check->remarks = link;
}

/* ---- lines ---------------------------------------------------------------------------------
 */

static bool has(const char *const *list, const char *text)
{
    for (size_t i = 0; list && list[i]; i++) {
        if (strcmp(list[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static void contradicts(struct check *check, const struct rule *rule, const char *pattern,
                        const char *other)
{
    check_remark(check, rule->path, rule->lines_at, true, "contradiction",
                 "%s: '%s' is in must_not and in %s: nothing can hold both", rule->id, pattern,
                 other);
}

static void check_lines(struct check *check, const struct rule *rule)
{
    for (size_t i = 0; rule->must_not && rule->must_not[i]; i++) {
        const char *pattern = rule->must_not[i];
        if (has(rule->must, pattern)) {
            contradicts(check, rule, pattern, "must");
        } else if (rule->within && strcmp(rule->within, pattern) == 0) {
            contradicts(check, rule, pattern, "within");
        }
    }
    for (size_t i = 0; rule->except && rule->except[i]; i++) {
        if (has(rule->must, rule->except[i]) && !rule->within) {
            check_remark(check, rule->path, rule->lines_at, true, "contradiction",
                         "%s: '%s' is in must and in except, which leaves such lines alone",
                         rule->id, rule->except[i]);
        } else if (rule->within && strcmp(rule->within, rule->except[i]) == 0) {
            check_remark(check, rule->path, rule->lines_at, true, "contradiction",
                         "%s: '%s' is in within and in except: no block is left", rule->id,
                         rule->except[i]);
        }
    }
    if (rule->within && rule->at_least == 0 && rule->must) {
        check_remark(check, rule->path, rule->lines_at, false, "no-block-passes",
                     "%s: an output without any such block passes; 'at_least: 1' makes it fail",
                     rule->id);
    }
}

/* ---- Waivers -------------------------------------------------------------------------------
 */

static void check_waiver(struct check *check, const struct waiver *waiver)
{
    const struct rules *rules = &check->all->rules;
    struct guess guess;
    bool known = false;
    guess_init(&guess, view_of(waiver->rule));
    for (size_t i = 0; i < rules->nrules && !known; i++) {
        known = fnmatch(waiver->rule, rules->rules[i].id, 0) == 0;
        guess_offer(&guess, rules->rules[i].id);
    }
    for (size_t i = 0; i < check->all->nfaulty && !known; i++) {
        known = fnmatch(waiver->rule, check->all->faulty[i], 0) == 0;
    }
    if (!known) {
        check_remark(check, waiver->path, waiver->at, true, "unknown-rule",
                     "there is no rule '%s' to be waived%s%s%s", waiver->rule,
                     guess.best ? "; did you mean '" : "", guess.best ? guess.best : "",
                     guess.best ? "'?" : "");
    }
    if (strcmp(check->today, waiver->expires) > 0) {
        check_remark(check, waiver->path, waiver->at, false, "expired-waiver",
                     "the waiver of %s by %s expired on %s", waiver->rule, waiver->owner,
                     waiver->expires);
    }
}

/* ---- All -----------------------------------------------------------------------------------
 */

static int take_fault(void *user, const char *path, struct rule_place at, const char *text,
                      struct err *err)
{
    (void)err;
    struct check *check = user;
    bool twin = strstr(text, "is there already, at ") != NULL;
    bool pattern = strncmp(text, "this pattern is not usable", 26) == 0;
    check_remark(check, path, at, true,
                 twin      ? "duplicate-id"
                 : pattern ? "bad-regex"
                           : "bad-rule",
                 "%s", text);
    return 0;
}

static int check_all(struct check *check, struct err *err)
{
    int status = rules_gather(&check->all, check->paths, check->npaths, take_fault, check, err);
    for (size_t i = 0; status == 0 && i < check->all->rules.nrules; i++) {
        const struct rule *rule = &check->all->rules.rules[i];
        if (rule->kind == RULE_LINES) {
            check_lines(check, rule);
        }
        status = check->library ? check_rule_sql(check, rule, err) : 0;
    }
    for (size_t i = 0; status == 0 && i < check->all->rules.nwaivers; i++) {
        check_waiver(check, &check->all->rules.waivers[i]);
    }
    if (status == 0 && check->all->rules.nrules == 0 && check->nremarks == 0) {
        check_remark(check, check->paths[0], (struct rule_place){0, 0}, true, "bad-rule",
                     "there is no rule in it");
    }
    return status;
}

static int in_order(const void *a, const void *b)
{
    const struct remark_link *x = *(const struct remark_link *const *)a;
    const struct remark_link *y = *(const struct remark_link *const *)b;
    if (x->file != y->file) {
        return x->file < y->file ? -1 : 1;
    }
    if (x->remark.line != y->remark.line) {
        return x->remark.line < y->remark.line ? -1 : 1;
    }
    if (x->remark.column != y->remark.column) {
        return x->remark.column < y->remark.column ? -1 : 1;
    }
    return x->place < y->place ? -1 : x->place > y->place;
}

static int tell(struct check *check, audit_remark_fn *on_remark, void *user, struct err *err)
{
    struct remark_link **sorted =
        arena_array(&check->arena, check->nremarks + 1, sizeof(*sorted));
    if (!sorted || check->failed) {
        return err_nomem(err);
    }
    size_t n = 0;
    for (struct remark_link *link = check->remarks; link; link = link->next) {
        sorted[n++] = link;
    }
    qsort(sorted, n, sizeof(struct remark_link *), in_order);
    int status = 0;
    for (size_t i = 0; i < n && status >= 0; i++) {
        status = on_remark(user, &sorted[i]->remark, err);
    }
    return status < 0 ? status : (int)n;
}

int audit_check(const char *const *paths, size_t npaths, struct library *library,
                const char *today, audit_remark_fn *on_remark, void *user, struct err *err)
{
    char now[UTC_STAMP_SIZE];
    utc_stamp(now, sizeof(now));
    now[10] = '\0';
    struct check check = {
        .paths = paths, .npaths = npaths, .library = library, .today = today ? today : now};
    arena_init(&check.arena, NULL);
    int status = check_all(&check, err);
    if (status == 0) {
        status = tell(&check, on_remark, user, err);
    }
    rules_free((struct rules *)check.all);
    arena_release(&check.arena);
    return status;
}
