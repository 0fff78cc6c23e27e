/*
 * collect audit: rules judged over what hosts say, live or from an earlier run, as a report.
 * Its sub-words: explain (audit_explain.c) and check (audit_check.c).
 */
#include "audit/audit.h"
#include "audit/report.h"
#include "cli/audit_part.h"
#include "cli/audit_rules.h"
#include "cli/audit_source.h"
#include "cli/dry_run.h"
#include "cli/setting.h"
#include "cli/talk.h"

#include "base/secret.h"

#include <unistd.h>

struct auditing {
    const struct options *options;
    struct arena arena;
    struct library *library;
    struct rules *rules;
    struct db *baseline;
    struct audit_source source;
    struct audit_report *report;
    struct audit_report_options how; /* of report */
    struct audit *audit;
};

static void warn(void *user, const char *text)
{
    const struct options *options = user;
    if (!options->quiet) {
        talk_warning("%s", text);
    }
}

static int open_report(struct auditing *a, struct err *err)
{
    const struct options *options = a->options;
    bool tty = isatty(STDOUT_FILENO);
    a->how =
        (struct audit_report_options){.path = saving_path(options) ? NULL : options->output,
                                      .stdout_tty = tty,
                                      .color = setting_color(options, STDOUT_FILENO),
                                      .width = tty ? setting_width() : 0,
                                      .all = options->all,
                                      .warn = warn,
                                      .user = (void *)(uintptr_t)options};
    if (options->format && !(a->how.format = audit_format_named(options->format, err))) {
        return ERR_USAGE;
    }
    return audit_report_open(&a->report, &a->how, err);
}

/* Everything that can be found wrong before anything connects. */
static int prepare(struct auditing *a, struct err *err)
{
    const struct options *options = a->options;
    int rc = audit_rules(&a->rules, options, err);
    if (rc == 0) {
        rc = setting_library(&a->library, options, &a->arena, err);
    }
    if (rc == 0) {
        a->source.library = a->library;
        rc = audit_source_prepare(&a->source, a->rules, NULL, err);
    }
    if (rc == 0 && options->baseline) {
        rc = audit_source_baseline(&a->source, options->baseline, a->rules, &a->baseline, err);
    }
    return rc < 0 || options->dry_run ? rc : open_report(a, err);
}

static int judge(struct auditing *a, struct err *err)
{
    struct audit_options options = {
        .library = a->library, .source = a->source.name, .version = COLLECT_VERSION};
    int rc = audit_judge(&a->audit, a->rules, a->source.db, &options, err);
    if (rc == 0 && a->baseline) {
        rc = audit_compare(a->audit, a->baseline, err);
    }
    bool told = a->how.format ? strcmp(a->how.format->name, "table") == 0 : !a->how.path;
    for (size_t i = 0; rc == 0 && !told && i < a->audit->nwarnings; i++) {
        warn((void *)(uintptr_t)a->options, a->audit->warnings[i]);
    }
    if (rc == 0) {
        rc = audit_report_write(a->report, a->audit, err);
        a->report = NULL;
    }
    return rc;
}

int audit_status(const struct audit *audit, int fail_on)
{
    for (size_t i = 0; i < audit->nfindings; i++) {
        const struct audit_finding *finding = &audit->findings[i];
        if (finding->verdict == VERDICT_FAIL && (int)finding->rule->severity >= fail_on) {
            return AUDIT_VIOLATIONS;
        }
    }
    return audit->counts[VERDICT_ERROR] > 0 ? err_exit_status(ERR_HOST) : 0;
}

static int status_of(const struct auditing *a)
{
    if (a->source.collecting.cancelled) {
        return err_exit_status(ERR_CANCELLED);
    }
    return a->audit ? audit_status(a->audit, a->options->fail_on) : 0;
}

static int audit(const struct options *options)
{
    struct err err = ERR_INIT;
    struct auditing a = {
        .options = options, .arena = ARENA_INIT, .source = AUDIT_SOURCE_INIT(options, NULL)};
    int rc = prepare(&a, &err);
    if (rc == 0 && options->dry_run) {
        rc = dry_run(&a.source.plan, options, &err);
    } else if (rc == 0) {
        rc = audit_source_collect(&a.source, &err);
        collecting_summarize(&a.source.collecting);
        rc = rc < 0 ? rc : judge(&a, &err);
    }
    int status = rc < 0 ? talk_failure(&err, "audit") : status_of(&a);
    audit_report_abort(a.report);
    audit_free(a.audit);
    db_close(a.baseline);
    audit_source_release(&a.source);
    rules_free(a.rules);
    library_free(a.library);
    arena_release(&a.arena);
    return status;
}

int verb_audit(const struct options *options)
{
    struct err err = ERR_INIT;
    secret_harden_process();
    if (options->words.count == 0) {
        return audit(options);
    }
    const char *word = options->words.items[0].text;
    if (strcmp(word, "explain") == 0) {
        return audit_explain_word(options);
    }
    if (strcmp(word, "check") == 0) {
        return audit_check_word(options);
    }
    bool file = access(word, F_OK) == 0;
    err_set(&err, ERR_USAGE,
            "`audit` can explain and check, but not '%s' (%s is given with %s %s)", word,
            file ? "a file of rules" : "a host", file ? "-r" : "-H", word);
    return talk_failure(&err, "audit");
}
