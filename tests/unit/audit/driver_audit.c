/* Rule files as they are understood and judged, for test_cases.py:
 *
 *     driver-audit-audit rules FILE...
 *     driver-audit-audit judge DB FILE...           every finding
 *     driver-audit-audit compare DB OLD.db FILE...  what became worse or better
 *     driver-audit-audit explain DB RULE HOST FILE...
 *     driver-audit-audit check FILE...
 *
 * The environment gives TODAY, TEMPLATES (a folder), RULE_MS, and GROUPS (of every host, for
 * databases that do not know them).
 */
#include "audit/audit.h"
#include "collect/library.h"

#include <stdio.h>
#include <stdlib.h>
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
    printf("%s:%d %s (%s, %s)\n", rule->path, rule->at.line, rule->id,
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
    printf("  at_least: %d; lines %d %d %d %d %d\n", rule->at_least, rule->when_at.line,
           rule->where_at.line, rule->expect_at.line, rule->query_at.line, rule->lines_at.line);
}

static void print_rules(const struct rules *rules)
{
    for (size_t i = 0; i < rules->nrules; i++) {
        print_rule(&rules->rules[i]);
    }
    for (size_t i = 0; i < rules->nwaivers; i++) {
        const struct waiver *waiver = &rules->waivers[i];
        printf("%s:%d waiver of %s until %s by %s: %s\n", waiver->path, waiver->at.line,
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

/* ---- Judging -------------------------------------------------------------------------------
 */

struct setting {
    const char *dirs[1];
    struct library *library;
    struct audit_options options;
    struct audit_known known;
};

static int set_up(struct setting *setting, struct err *err)
{
    const char *ms = getenv("RULE_MS"), *dir = getenv("TEMPLATES");
    *setting = (struct setting){.dirs = {dir}};
    int status = dir && *dir ? library_open(&setting->library, setting->dirs, 1, err) : 0;
    setting->options = (struct audit_options){.library = setting->library,
                                              .today = getenv("TODAY"),
                                              .judged = "2026-11-23T00:00:00Z",
                                              .source = "test",
                                              .rule_ms = ms ? (int)strtol(ms, NULL, 10) : 0};
    if (getenv("GROUPS_OF")) {
        setting->known = (struct audit_known){getenv("GROUPS_OF"), getenv("GROUPS"), NULL};
        setting->options.known = &setting->known;
        setting->options.nknown = 1;
    }
    return status;
}

static void print_evidence(const struct evidence *seen)
{
    printf("    %s:%zu: %s\n", seen->command ? seen->command : "-", seen->line, seen->text);
    printf("      expected %s\n", seen->expected ? seen->expected : "-");
    printf("      %s %.8s at %s, output %.8s\n",
           seen->template_name ? seen->template_name : "-",
           seen->fingerprint ? seen->fingerprint : "-",
           seen->collected_at ? seen->collected_at : "-", seen->sha256 ? seen->sha256 : "-");
}

static void print_finding(const struct audit_finding *finding)
{
    static const char *const trends[] = {"", " (worse)", " (better)"};
    printf("%-6s %s %s%s%s%s\n", verdict_names[finding->verdict], finding->rule->id,
           finding->host->name, trends[finding->trend], finding->reason ? ": " : "",
           finding->reason ? finding->reason : "");
    if (finding->violations != finding->nevidence) {
        printf("    %zu violations\n", finding->violations);
    }
    if (finding->waiver) {
        printf("    waiver of %s\n", finding->waiver->owner);
    }
    for (size_t i = 0; i < finding->nevidence; i++) {
        print_evidence(&finding->evidence[i]);
    }
}

static void print_audit(const struct audit *audit, bool changes)
{
    for (size_t i = 0; i < audit->nfindings; i++) {
        if (!changes || audit->findings[i].trend) {
            print_finding(&audit->findings[i]);
        }
    }
    for (size_t i = 0; i < audit->nwarnings; i++) {
        printf("warning: %s\n", audit->warnings[i]);
    }
    for (int i = 0; i < VERDICTS; i++) {
        printf("%s %zu%s", verdict_names[i], audit->counts[i], i < VERDICTS - 1 ? ", " : "\n");
    }
    if (changes) {
        printf("worse %zu, better %zu\n", audit->worse, audit->better);
    }
}

static int print_look(void *user, const struct evidence *seen, enum look_result result,
                      struct err *err)
{
    (void)user;
    (void)err;
    printf("%s\n", look_names[result]);
    print_evidence(seen);
    return 0;
}

static int judge_db(struct setting *setting, const struct rules *rules, char **args,
                    struct err *err)
{
    struct db *db = NULL, *old = NULL;
    struct audit *audit = NULL;
    bool compare = strcmp(args[0], "compare") == 0, explain = strcmp(args[0], "explain") == 0;
    int status = db_open(&db, args[1], DB_READ, err);
    if (status == 0 && explain) {
        status = audit_explain(&audit, rules, db, &setting->options, args[2], args[3],
                               print_look, NULL, err);
    } else if (status == 0) {
        status = audit_judge(&audit, rules, db, &setting->options, err);
    }
    if (status == 0 && compare) {
        status = db_open(&old, args[2], DB_READ, err);
    }
    if (status == 0 && compare) {
        status = audit_compare(audit, old, err);
    }
    if (status == 0) {
        print_audit(audit, compare);
    }
    audit_free(audit);
    db_close(db);
    db_close(old);
    return status;
}

static int judge(char **args, size_t nfirst, size_t n)
{
    struct err err = ERR_INIT;
    struct setting setting;
    struct rules *rules = NULL;
    int status = set_up(&setting, &err);
    if (status == 0) {
        status = rules_read(&rules, (const char *const *)args + nfirst, n - nfirst, &err);
    }
    if (status == 0) {
        status = judge_db(&setting, rules, args, &err);
    }
    if (status < 0) {
        printf("error: %s\n", err.text);
    }
    rules_free(rules);
    library_free(setting.library);
    return status < 0;
}

static int print_remark(void *user, const struct audit_remark *remark, struct err *err)
{
    (void)user;
    (void)err;
    printf("%s:%d:%d: %s: %s [%s]\n", remark->path, remark->line, remark->column,
           remark->error ? "error" : "hint", remark->text, remark->code);
    return 0;
}

static int check(const char *const *paths, size_t n)
{
    struct err err = ERR_INIT;
    struct setting setting;
    int status = set_up(&setting, &err);
    if (status == 0) {
        status =
            audit_check(paths, n, setting.library, getenv("TODAY"), print_remark, NULL, &err);
    }
    if (status < 0) {
        printf("error: %s\n", err.text);
    } else {
        printf("%d remarks\n", status);
    }
    library_free(setting.library);
    return status != 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int first; /* of the files, behind the command */
    } commands[] = {{"rules", 1}, {"judge", 2}, {"compare", 3}, {"explain", 4}, {"check", 1}};
    for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(argv[1], commands[i].name) != 0 || argc < 2 + commands[i].first) {
            continue;
        }
        const char *const *files = (const char *const *)argv + 2;
        return i == 0   ? show_rules(files, (size_t)argc - 2)
               : i == 4 ? check(files, (size_t)argc - 2)
                        : judge(argv + 1, (size_t)commands[i].first, (size_t)argc - 1);
    }
    fprintf(stderr, "usage: %s rules|judge|compare|explain|check ...\n", argv[0]);
    return 2;
}
