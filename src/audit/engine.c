#include "audit/engine.h"

#include "base/limits.h"
#include "base/strbuf.h"

#include <stdarg.h>
#include <stdlib.h>

/* A reason is one line, whatever a device or a rule put into it. */
static char *one_line(struct engine *e, struct view text)
{
    char *line = arena_dup(e->arena, text);
    for (char *c = line; c && *c; c++) {
        *c = (unsigned char)*c < 0x20 ? ' ' : *c;
    }
    e->failed = e->failed || !line;
    return line;
}

void engine_settle(struct engine *e, struct audit_finding *finding, enum verdict verdict,
                   const char *fmt, ...)
{
    va_list ap;
    strbuf_reset(e->scratch);
    va_start(ap, fmt);
    strbuf_vaddf(e->scratch, fmt, ap);
    va_end(ap);
    finding->verdict = verdict;
    finding->reason =
        strbuf_failed(e->scratch) ? NULL : arena_dup(e->arena, strbuf_view(e->scratch));
    e->failed = e->failed || !finding->reason;
}

void engine_settle_open(struct engine *e, size_t rule, enum verdict verdict, const char *reason)
{
    for (size_t host = 0; host < e->scene.nhosts; host++) {
        struct audit_finding *finding = engine_finding(e, rule, host);
        if (finding->verdict == VERDICT_OPEN) {
            finding->verdict = verdict;
            finding->reason = reason;
        }
    }
}

int engine_rule_fails(struct engine *e, size_t rule, int line, const char *part,
                      const struct err *why, struct err *err)
{
    if (why->code == ERR_NOMEM || why->code == ERR_OUTPUT) {
        if (err) {
            *err = *why;
        }
        return why->code;
    }
    strbuf_reset(e->scratch);
    strbuf_addf(e->scratch, "%s:%d: %s: %s", engine_rule(e, rule)->path, line, part, why->text);
    const char *reason = one_line(e, strbuf_view(e->scratch));
    if (!reason || strbuf_failed(e->scratch)) {
        return err_nomem(err);
    }
    engine_settle_open(e, rule, VERDICT_ERROR, reason);
    return 0;
}

static int make_room(struct engine *e, struct err *err)
{
    size_t hosts = e->scene.nhosts ? e->scene.nhosts : 1;
    if (e->nrules > LIMIT_FINDINGS / hosts) {
        return err_set(err, ERR_LIMIT, "%zu rules over %zu hosts: more than %d findings",
                       e->nrules, hosts, LIMIT_FINDINGS);
    }
    e->findings = arena_array(e->arena, e->nrules * hosts, sizeof(*e->findings));
    e->marks = calloc(e->nrules * hosts, sizeof(*e->marks));
    e->tallies = calloc(hosts, sizeof(*e->tallies));
    e->spent_us = calloc(e->nrules ? e->nrules : 1, sizeof(*e->spent_us));
    if (!e->findings || !e->marks || !e->tallies || !e->spent_us) {
        return err_nomem(err);
    }
    for (size_t rule = 0; rule < e->nrules; rule++) {
        for (size_t host = 0; host < e->scene.nhosts; host++) {
            *engine_finding(e, rule, host) = (struct audit_finding){
                .rule = engine_rule(e, rule),
                .host = &e->scene.hosts[host].host,
                .verdict = VERDICT_OPEN,
            };
        }
    }
    return 0;
}

static int judge_rule(struct engine *e, size_t rule, struct err *err)
{
    int status = engine_apply(e, rule, err);
    if (status < 0) {
        return status;
    }
    switch (engine_rule(e, rule)->kind) {
    case RULE_EXPECT:
        return engine_expect(e, rule, err);
    case RULE_QUERY:
        return engine_query(e, rule, err);
    default:
        return engine_plan_lines(e, rule, err);
    }
}

int engine_run(struct engine *e, struct err *err)
{
    struct strbuf scratch = STRBUF_INIT, row = STRBUF_INIT;
    e->scratch = &scratch;
    e->row = &row;
    int status = make_room(e, err);
    for (size_t rule = 0; rule < e->nrules && status == 0; rule++) {
        status = judge_rule(e, rule, err);
    }
    if (status == 0) {
        status = engine_outputs(e, err);
    }
    if (status == 0) {
        status = engine_gather(e, err);
    }
    free(e->marks);
    free(e->tallies);
    free(e->spent_us);
    strbuf_release(&scratch);
    strbuf_release(&row);
    return status == 0 && e->failed ? err_nomem(err) : status;
}
