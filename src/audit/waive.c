/* Waivers: violations that somebody answers for until a day. */
#include "audit/audit_part.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* What became of a waiver. */
struct use {
    bool named, covers; /* some rule and host; some violation of theirs */
};

struct waiving {
    struct audit_all *all;
    struct use *uses;
    const struct waiver **fit; /* those for the rule at hand */
    size_t nfit;
};

static bool in_group(const char *groups, const char *glob)
{
    char name[256];
    for (groups += strspn(groups, ","); *groups; groups += strspn(groups, ",")) {
        size_t len = strcspn(groups, ",");
        if (len < sizeof(name)) {
            memcpy(name, groups, len);
            name[len] = '\0';
            if (fnmatch(glob, name, 0) == 0) {
                return true;
            }
        }
        groups += len;
    }
    return false;
}

static bool is_for(const struct waiver *waiver, const struct host_seen *host)
{
    for (size_t i = 0; waiver->hosts[i]; i++) {
        if (fnmatch(waiver->hosts[i], host->host.name, 0) == 0 ||
            (host->groups && in_group(host->groups, waiver->hosts[i]))) {
            return true;
        }
    }
    return false;
}

/* The reason of a violation that was waived once. */
static void tell_expired(struct waiving *w, struct audit_finding *finding)
{
    const struct waiver *waiver = finding->waiver;
    const char *reason = arena_printf(
        &w->all->arena, "%s (the waiver of %s expired on %s: %s:%d)", finding->reason,
        waiver->owner, waiver->expires, waiver->path, waiver->at.line);
    w->all->engine.failed = w->all->engine.failed || !reason;
    finding->reason = reason;
}

static void waive(struct waiving *w, struct audit_finding *finding,
                  const struct host_seen *host)
{
    const char *today = w->all->options.today;
    for (size_t i = 0; i < w->nfit; i++) {
        const struct waiver *waiver = w->fit[i];
        if (!is_for(waiver, host)) {
            continue;
        }
        struct use *use = &w->uses[waiver - w->all->rules->waivers];
        use->named = true;
        if (finding->verdict != VERDICT_FAIL) {
            continue;
        }
        use->covers = true;
        if (strcmp(today, waiver->expires) <= 0) {
            finding->waiver = waiver;
            finding->verdict = VERDICT_WAIVED;
            return;
        }
        finding->waiver = finding->waiver ? finding->waiver : waiver;
    }
    if (finding->verdict == VERDICT_FAIL && finding->waiver) {
        tell_expired(w, finding);
    }
}

static void waive_rule(struct waiving *w, size_t rule)
{
    struct engine *e = &w->all->engine;
    const struct rules *rules = w->all->rules;
    w->nfit = 0;
    for (size_t i = 0; i < rules->nwaivers; i++) {
        if (fnmatch(rules->waivers[i].rule, engine_rule(e, rule)->id, 0) == 0) {
            w->fit[w->nfit++] = &rules->waivers[i];
        }
    }
    for (size_t host = 0; w->nfit && host < e->scene.nhosts; host++) {
        waive(w, engine_finding(e, rule, host), &e->scene.hosts[host]);
    }
}

/* A waiver that nothing needs is a hole kept open. */
static int warn_of_idle(struct waiving *w)
{
    const struct rules *rules = w->all->rules;
    for (size_t i = 0; i < rules->nwaivers; i++) {
        const struct waiver *waiver = &rules->waivers[i];
        int status = 0;
        if (!w->uses[i].named) {
            status =
                audit_warn(w->all, "%s:%d: no rule and host are meant by this waiver of %s",
                           waiver->path, waiver->at.line, waiver->rule);
        } else if (!w->uses[i].covers) {
            status = audit_warn(w->all, "%s:%d: nothing violates %s where this waiver is for",
                                waiver->path, waiver->at.line, waiver->rule);
        }
        if (status < 0) {
            return status;
        }
    }
    return 0;
}

int audit_waive(struct audit_all *all, struct err *err)
{
    size_t n = all->rules->nwaivers;
    struct waiving w = {.all = all};
    w.uses = calloc(n ? n : 1, sizeof(*w.uses));
    w.fit = calloc(n ? n : 1, sizeof(*w.fit));
    int status = w.uses && w.fit ? 0 : ERR_NOMEM;
    for (size_t rule = 0; n && status == 0 && rule < all->engine.nrules; rule++) {
        waive_rule(&w, rule);
    }
    /* an audit of one rule says nothing of other rules' waivers */
    if (status == 0 && all->engine.nrules == all->rules->nrules) {
        status = warn_of_idle(&w);
    }
    free(w.uses);
    free(w.fit);
    return status < 0 || all->engine.failed ? err_nomem(err) : 0;
}
