/* What must be collected for rules: each template and command once, on the platforms that some
 * rule wants it of. */
#include "audit/rules_part.h"

#include "base/limits.h"

#include <string.h>

static size_t count(const char *const *list)
{
    size_t n = 0;
    while (list && list[n]) {
        n++;
    }
    return n;
}

static bool has(const char *const *list, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i], word) == 0) {
            return true;
        }
    }
    return false;
}

/* Both lists, each word once; NULL, which is all platforms, stays NULL. */
static int merge(struct arena *arena, const char *const **into, const char *const *more,
                 struct err *err)
{
    size_t n = count(*into), nmore = count(more);
    if (!*into || !more) {
        *into = NULL;
        return 0;
    }
    const char **both = arena_array(arena, n + nmore + 1, sizeof(*both));
    if (!both) {
        return err_nomem(err);
    }
    memcpy(both, *into, n * sizeof(*both));
    for (size_t i = 0; i < nmore; i++) {
        if (!has(both, n, more[i])) {
            both[n++] = more[i];
        }
    }
    if (n > LIMIT_RULE_LIST) {
        return err_set(err, ERR_INPUT, "the rules speak of more than %d platforms",
                       LIMIT_RULE_LIST);
    }
    *into = both;
    return 0;
}

static bool covers(const struct rule_need *need, const char *const *platforms)
{
    size_t n = count(need->platforms);
    for (size_t i = 0; platforms && platforms[i]; i++) {
        if (need->platforms && !has(need->platforms, n, platforms[i])) {
            return false;
        }
    }
    return !need->platforms || platforms;
}

static int add(struct rules_all *all, struct rule_need *needs, const struct rule *rule,
               const char *text, struct err *err)
{
    struct rules *rules = &all->rules;
    bool template = rule->kind != RULE_LINES;
    for (size_t i = 0; i < rules->nneeds; i++) {
        struct rule_need *need = &needs[i];
        if (need->template == template && strcmp(need->text, text) == 0) {
            return covers(need, rule->platforms)
                       ? 0
                       : merge(&all->arena, &need->platforms, rule->platforms, err);
        }
    }
    if (rules->nneeds == LIMIT_RULE_NEEDS) {
        return err_set(err, ERR_INPUT, "the rules need more than %d templates and commands",
                       LIMIT_RULE_NEEDS);
    }
    needs[rules->nneeds++] = (struct rule_need){template, text, rule->platforms};
    return 0;
}

int rules_find_needs(struct rules_all *all, struct err *err)
{
    struct rules *rules = &all->rules;
    size_t most = 0;
    for (size_t i = 0; i < rules->nrules; i++) {
        most += 1 + count(rules->rules[i].templates);
    }
    struct rule_need *needs = arena_array(&all->arena, most + 1, sizeof(*needs));
    int code = needs ? 0 : err_nomem(err);
    for (size_t i = 0; i < rules->nrules && code == 0; i++) {
        const struct rule *rule = &rules->rules[i];
        if (rule->kind == RULE_LINES) {
            code = add(all, needs, rule, rule->command, err);
        }
        for (size_t k = 0; rule->kind != RULE_LINES && rule->templates[k] && code == 0; k++) {
            code = add(all, needs, rule, rule->templates[k], err);
        }
    }
    rules->needs = needs;
    return code;
}
