/* Rule files as they are understood, for test_cases.py:
 *
 *     driver-audit-audit rules FILE...
 */
#include "audit/audit.h"

#include <stdio.h>
#include <string.h>

static void print_list(const char *name, const char *const *list)
{
    printf("  %s:", name);
    for (size_t i = 0; list && list[i]; i++) {
        printf(" %s", list[i]);
    }
    printf("%s\n", list ? "" : " -");
}

static void print_text(const char *name, const char *text)
{
    if (text) {
        printf("  %s: %s\n", name, text);
    }
}

static void print_rule(const struct rule *rule)
{
    static const char *const kinds[] = {"expect", "query", "lines"};
    printf("%s:%d %s (%s, %s)\n", rule->path, rule->line, rule->id,
           severity_names[rule->severity], kinds[rule->kind]);
    print_text("title", rule->title);
    print_text("why", rule->why);
    print_text("fix", rule->fix);
    print_list("platforms", rule->platforms);
    print_list("groups", rule->groups);
    print_list("templates", rule->templates);
    print_text("when", rule->when);
    print_text("where", rule->where);
    print_text("expect", rule->expect);
    print_text("query", rule->query);
    print_text("command", rule->command);
    print_text("within", rule->within);
    print_list("except", rule->except);
    print_list("must", rule->must);
    print_list("must_not", rule->must_not);
    printf("  at_least: %d; lines %d %d %d %d %d\n", rule->at_least, rule->when_line,
           rule->where_line, rule->expect_line, rule->query_line, rule->lines_line);
}

static void print_rules(const struct rules *rules)
{
    for (size_t i = 0; i < rules->nrules; i++) {
        print_rule(&rules->rules[i]);
    }
    for (size_t i = 0; i < rules->nwaivers; i++) {
        const struct waiver *waiver = &rules->waivers[i];
        printf("%s:%d waiver of %s until %s by %s: %s\n", waiver->path, waiver->line,
               waiver->rule, waiver->expires, waiver->owner, waiver->reason);
        print_list("hosts", waiver->hosts);
    }
    for (size_t i = 0; i < rules->nneeds; i++) {
        const struct rule_need *need = &rules->needs[i];
        printf("needs %s %s\n", need->template ? "template" : "command", need->text);
        print_list("platforms", need->platforms);
    }
    for (size_t i = 0; i < rules->nfiles; i++) {
        printf("%s %s\n", rules->files[i].sha256, rules->files[i].path);
    }
}

static int show_rules(const char *const *paths, size_t n)
{
    struct err err = ERR_INIT;
    struct rules *rules;
    if (rules_read(&rules, paths, n, &err) < 0) {
        printf("error: %s\n", err.text);
        return 1;
    }
    print_rules(rules);
    rules_free(rules);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "rules") == 0) {
        return show_rules((const char *const *)argv + 2, (size_t)argc - 2);
    }
    fprintf(stderr, "usage: %s rules FILE...\n", argv[0]);
    return 2;
}
