/* Which hosts a rule is for, and whether what it needs of them is there. */
#include "audit/engine.h"

#include "audit/expression.h"
#include "audit/sql.h"
#include "base/strbuf.h"

#include <fnmatch.h>
#include <string.h>

/* ---- Platforms and groups ------------------------------------------------------------------
 */

static void apply_platforms(struct engine *e, const struct rule *rule,
                            struct audit_finding *finding)
{
    const char *own = scene_platform(&e->scene, finding->host->platform);
    if (!own) {
        engine_settle(e, finding, VERDICT_ERROR, "its platform is not known");
        return;
    }
    for (size_t i = 0; rule->platforms[i]; i++) {
        if (strcmp(scene_platform(&e->scene, rule->platforms[i]), own) == 0) {
            return;
        }
    }
    engine_settle(e, finding, VERDICT_SKIP, "not for platform %s", own);
}

/* Names with a comma before and behind each against globs. */
static bool in_group(struct engine *e, const char *groups, const char *const *globs)
{
    const char *name = groups + strspn(groups, ",");
    while (*name) {
        size_t len = strcspn(name, ",");
        strbuf_reset(e->scratch);
        strbuf_add(e->scratch, name, len);
        e->failed = e->failed || strbuf_failed(e->scratch);
        for (size_t i = 0; globs[i]; i++) {
            if (fnmatch(globs[i], e->scratch->buf, 0) == 0) {
                return true;
            }
        }
        name += len;
        name += strspn(name, ",");
    }
    return false;
}

static void apply_groups(struct engine *e, const struct rule *rule, size_t host,
                         struct audit_finding *finding)
{
    const char *groups = e->scene.hosts[host].groups;
    if (!groups) {
        engine_settle(e, finding, VERDICT_ERROR,
                      "its groups are not known: the database does not say them, and no "
                      "inventory was given");
    } else if (!in_group(e, groups, rule->groups)) {
        engine_settle(e, finding, VERDICT_SKIP, "in none of the rule's groups");
    }
}

/* ---- when ----------------------------------------------------------------------------------
 */

static void take_when(struct engine *e, const struct rule *rule, size_t host,
                      struct audit_finding *finding, struct view answer)
{
    if (finding->verdict != VERDICT_OPEN || view_equal_str(answer, "1")) {
        return;
    }
    if (!answer.ptr && !e->scene.hosts[host].data) {
        engine_settle(e, finding, VERDICT_ERROR,
                      "%s:%d: when: it gives NULL, and the inventory's data of this host are "
                      "not known",
                      rule->path, rule->when_at.line);
        return;
    }
    struct strbuf line = STRBUF_INIT;
    expression_add_line(&line, view_of(rule->when), 200);
    engine_settle(e, finding, VERDICT_SKIP, "when: %s: %s", line.buf,
                  answer.ptr ? "it is not" : "not known of this host");
    strbuf_release(&line);
}

static int apply_when(struct engine *e, size_t rule, struct err *err)
{
    const struct rule *r = engine_rule(e, rule);
    struct sql_part part = {"temp", "_inventory", expression_trim(view_of(r->when))};
    struct guarded st = GUARDED_INIT;
    struct err why = ERR_INIT;
    int got = sql_check_part(e->scene.db, &part, e->span, &why);
    if (got == 0) {
        got = sql_open(&st, e->scene.db, e->span, &why, "SELECT host, NOT NOT (\n", part.text,
                       "\n) FROM temp._inventory");
    }
    while (got >= 0 && (got = guarded_next(&st, &why)) > 0) {
        size_t host = scene_host(&e->scene, guarded_text(&st, 0));
        if (host != SCENE_NONE) {
            take_when(e, r, host, engine_finding(e, rule, host), guarded_text(&st, 1));
        }
    }
    guarded_close(&st);
    return got < 0 ? engine_rule_fails(e, rule, r->when_at.line, "when", &why, err) : 0;
}

/* ---- What is needed ------------------------------------------------------------------------
 */

/* Whether the host has answered everything; else that is the finding. */
static void apply_needs(struct engine *e, const struct rule *rule, size_t host,
                        struct audit_finding *finding)
{
    const char *commands[] = {rule->command, NULL};
    const char *const *needs = rule->kind == RULE_LINES ? commands : rule->templates;
    struct tally *tally = &e->tallies[host];
    *tally = (struct tally){0};
    for (size_t i = 0; needs[i]; i++) {
        const char *why = NULL;
        struct job_seen *job =
            scene_answer(&e->scene, host, needs[i], rule->kind != RULE_LINES, &why);
        if (!job) {
            e->failed = e->failed || !why;
            finding->verdict = VERDICT_ERROR;
            finding->reason = why;
            return;
        }
        tally->job = tally->job ? tally->job : job;
    }
}

int engine_apply(struct engine *e, size_t rule, struct err *err)
{
    const struct rule *r = engine_rule(e, rule);
    for (size_t host = 0; host < e->scene.nhosts; host++) {
        struct audit_finding *finding = engine_finding(e, rule, host);
        if (r->platforms) {
            apply_platforms(e, r, finding);
        }
        if (r->groups && finding->verdict == VERDICT_OPEN) {
            apply_groups(e, r, host, finding);
        }
    }
    int status = r->when ? apply_when(e, rule, err) : 0;
    for (size_t host = 0; host < e->scene.nhosts && status == 0; host++) {
        struct audit_finding *finding = engine_finding(e, rule, host);
        if (finding->verdict == VERDICT_OPEN) {
            apply_needs(e, r, host, finding);
        }
    }
    return status;
}
