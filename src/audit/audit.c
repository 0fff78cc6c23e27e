#include "audit/audit.h"

#include "audit/audit_part.h"
#include "base/deadline.h"
#include "base/limits.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const char *const verdict_names[VERDICTS] = {"FAIL", "ERROR", "WAIVED", "PASS", "SKIP"};

static const char *copy(struct arena *arena, const char *text, bool *failed)
{
    const char *dup = text ? arena_dup(arena, view_of(text)) : NULL;
    *failed = *failed || (text && !dup);
    return dup;
}

/* The clock is only asked where the caller does not say. */
static int set_times(struct audit_all *all, const struct audit_options *options,
                     struct err *err)
{
    char now[UTC_STAMP_SIZE];
    bool failed = false;
    struct audit *audit = &all->audit;
    utc_stamp(now, sizeof(now));
    all->options = *options;
    audit->judged = copy(&all->arena, options->judged ? options->judged : now, &failed);
    audit->source = copy(&all->arena, options->source, &failed);
    audit->version = copy(&all->arena, options->version, &failed);
    if (options->today) {
        all->options.today = copy(&all->arena, options->today, &failed);
    } else {
        all->options.today = arena_dup(&all->arena, view_make(now, 10));
        failed = failed || !all->options.today;
    }
    all->options.rule_ms = options->rule_ms > 0 ? options->rule_ms : LIMIT_RULE_MS;
    return failed ? err_nomem(err) : 0;
}

static int publish_hosts(struct audit_all *all, struct err *err)
{
    const struct scene *scene = &all->engine.scene;
    struct audited_host *hosts = arena_array(&all->arena, scene->nhosts + 1, sizeof(*hosts));
    if (!hosts) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < scene->nhosts; i++) {
        hosts[i] = scene->hosts[i].host;
    }
    for (size_t i = 0; i < all->engine.nrules * scene->nhosts; i++) {
        struct audit_finding *finding = &all->engine.findings[i];
        finding->host = &hosts[i % scene->nhosts];
        if (finding->verdict == VERDICT_OPEN) {
            finding->verdict = VERDICT_ERROR;
            finding->reason = "it was not judged";
        }
    }
    all->audit.hosts = hosts;
    all->audit.nhosts = scene->nhosts;
    all->audit.findings = all->engine.findings;
    all->audit.nfindings = all->engine.nrules * scene->nhosts;
    all->audit.started = scene->started;
    return 0;
}

void audit_count(struct audit *audit)
{
    memset(audit->counts, 0, sizeof(audit->counts));
    for (size_t i = 0; i < audit->nfindings; i++) {
        audit->counts[audit->findings[i].verdict]++;
    }
}

int audit_warn(struct audit_all *all, const char *fmt, ...)
{
    struct audit *audit = &all->audit;
    struct strbuf text = STRBUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    strbuf_vaddf(&text, fmt, ap);
    va_end(ap);
    const char **more = arena_array(&all->arena, audit->nwarnings + 1, sizeof(*more));
    char *line = strbuf_failed(&text) ? NULL : arena_dup(&all->arena, strbuf_view(&text));
    strbuf_release(&text);
    if (!more || !line) {
        return ERR_NOMEM;
    }
    if (audit->nwarnings) {
        memcpy(more, audit->warnings, audit->nwarnings * sizeof(*more));
    }
    more[audit->nwarnings++] = line;
    audit->warnings = more;
    return 0;
}

static int judge(struct audit_all *all, struct db *db, const char *look_host, struct err *err)
{
    struct engine *e = &all->engine;
    int status = scene_open(&e->scene, db, &all->options, &all->arena, err);
    if (status == 0) {
        e->look_host = look_host ? scene_host(&e->scene, view_of(look_host)) : SCENE_NONE;
        status = engine_run(e, err);
    }
    if (status == 0) {
        status = publish_hosts(all, err);
    }
    if (status == 0 && !e->scene.ended &&
        audit_warn(all, "%s: the run did not end: hosts that it had not finished are not here",
                   *db->path || !all->audit.source ? db->path : all->audit.source) < 0) {
        status = err_nomem(err);
    }
    return status;
}

int audit_make(struct audit_all **out, const struct rules *rules, size_t first, size_t nrules,
               struct db *db, const struct audit_options *options, const char *look_host,
               struct err *err)
{
    struct audit_all *all = calloc(1, sizeof(*all));
    *out = NULL;
    if (!all) {
        return err_nomem(err);
    }
    arena_init(&all->arena, NULL);
    int status = set_times(all, options, err);
    if (status == 0) {
        all->rules = rules;
        all->audit.rules = rules;
        all->engine = (struct engine){.rules = rules,
                                      .first = first,
                                      .nrules = nrules,
                                      .options = &all->options,
                                      .span = all->options.rule_ms,
                                      .arena = &all->arena};
        status = judge(all, db, look_host, err);
    }
    if (status == 0) {
        status = audit_waive(all, err);
    }
    if (status < 0) {
        audit_free(&all->audit);
        return status;
    }
    audit_count(&all->audit);
    *out = all;
    return 0;
}

int audit_judge(struct audit **out, const struct rules *rules, struct db *db,
                const struct audit_options *options, struct err *err)
{
    struct audit_all *all;
    int status = audit_make(&all, rules, 0, rules->nrules, db, options, NULL, err);
    *out = (struct audit *)all;
    return status;
}

void audit_free(struct audit *audit)
{
    struct audit_all *all = (struct audit_all *)audit;
    if (all) {
        arena_release(&all->arena);
        free(all);
    }
}

/* ---- Against a baseline --------------------------------------------------------------------
 */

static bool is_bad(enum verdict verdict)
{
    return verdict == VERDICT_FAIL || verdict == VERDICT_ERROR;
}

static void set_trends(struct audit_all *all, const struct audit_all *before)
{
    struct audit *audit = &all->audit;
    audit->worse = audit->better = 0;
    for (size_t i = 0; i < audit->nfindings; i++) {
        struct audit_finding *finding = &all->engine.findings[i];
        size_t host = scene_host(&before->engine.scene, view_of(finding->host->name));
        const struct audit_finding *was =
            host == SCENE_NONE
                ? NULL
                : &before->audit.findings[i / audit->nhosts * before->audit.nhosts + host];
        bool bad = is_bad(finding->verdict), was_bad = was && is_bad(was->verdict);
        finding->trend = bad && !was_bad   ? TREND_WORSE
                         : !bad && was_bad ? TREND_BETTER
                                           : TREND_NONE;
        audit->worse += finding->trend == TREND_WORSE;
        audit->better += finding->trend == TREND_BETTER;
    }
}

int audit_compare(struct audit *audit, struct db *baseline, struct err *err)
{
    struct audit_all *all = (struct audit_all *)audit, *before;
    int status = audit_make(&before, all->rules, all->engine.first, all->engine.nrules,
                            baseline, &all->options, NULL, err);
    if (status == 0) {
        set_trends(all, before);
        audit->compared = true;
        audit_free(&before->audit);
    }
    return status;
}
