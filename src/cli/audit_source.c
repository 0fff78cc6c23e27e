#include "cli/audit_source.h"

#include "cli/audit_hosts.h"
#include "cli/audit_lay.h"
#include "cli/hosts_query.h"

/* ---- Hosts and plan ------------------------------------------------------------------------
 */

static int prepare_from(struct audit_source *source, struct err *err)
{
    const struct options *options = source->options;
    int rc = saving_path(options)
                 ? err_set(err, ERR_USAGE,
                           "-o FILE.db is for audits that log in: --from %s is saved already",
                           options->from)
                 : past_open(&source->past, options->from, err);
    if (rc == 0 && options->inventory) {
        rc = hosts_query(&source->inventory, options, err);
    }
    source->name = options->from;
    source->hosts = &source->chosen;
    return rc < 0 ? rc
                  : audit_hosts(&source->chosen, &source->past,
                                options->inventory ? &source->inventory : NULL, options, err);
}

static int prepare_live(struct audit_source *source, struct err *err)
{
    const struct options *options = source->options;
    if (!options->inventory && options->hosts.count == 0) {
        return err_set(
            err, ERR_USAGE,
            "of which hosts? give -i FILE or -H HOST, or a saved run: --from DB|DIR");
    }
    int rc = hosts_query(&source->inventory, options, err);
    source->name = source->inventory.path ? source->inventory.path : "command line";
    source->hosts = &source->inventory;
    return rc;
}

/* A platform that is misspelt would let its rule apply to nothing. */
static int check_platforms(struct library *library, const struct rules *rules, struct err *err)
{
    const struct platform_set *set = library_platforms(library, err);
    if (!set) {
        return err && err->code ? err->code : ERR_INPUT;
    }
    for (size_t i = 0; i < rules->nrules; i++) {
        const struct rule *rule = &rules->rules[i];
        for (const char *const *name = rule->platforms; name && *name; name++) {
            if (!platform_find(set, *name)) {
                const char *guess = platform_guess(set, *name);
                return err_set(err, ERR_INPUT, "%s:%d:%d: there is no platform '%s'%s%s%s",
                               rule->path, rule->platforms_at.line, rule->platforms_at.column,
                               *name, guess ? ": did you mean '" : "", guess ? guess : "",
                               guess ? "'?" : "");
            }
        }
    }
    return 0;
}

int audit_source_prepare(struct audit_source *source, const struct rules *rules,
                         const struct rule *rule, struct err *err)
{
    const struct options *options = source->options;
    source->rules = rules;
    source->rule = rule;
    int rc = check_platforms(source->library, rules, err);
    if (rc == 0) {
        rc = options->from ? prepare_from(source, err) : prepare_live(source, err);
    }
    struct audit_want want = {.rules = rules,
                              .rule = rule,
                              .past = options->from != NULL,
                              .allow_changes = options->allow_changes};
    return rc < 0 ? rc
                  : audit_plan(&source->plan, source->hosts, source->library, &want,
                               &source->arena, err);
}

/* ---- Outputs -------------------------------------------------------------------------------
 */

static int open_saving(struct collecting *c, struct writer **writer, struct err *err)
{
    (void)writer;
    return c->saving ? 0 : saving_open(&c->saving, c->options, c->plan, c->inventory, err);
}

/* The plan as it would have been, had the platforms been said. */
static int settle(struct collecting *c, const struct inventory *inventory, struct plan *out,
                  struct err *err)
{
    struct audit_source *source = c->user;
    struct audit_want want = {
        .rules = source->rules, .rule = source->rule, .past = true, .like = &source->plan};
    return audit_plan(out, inventory, source->library, &want, &source->arena, err);
}

static int log_in(struct audit_source *source, struct err *err)
{
    struct db *db = NULL;
    struct collecting *c = &source->collecting;
    c->options = source->options;
    c->inventory = source->hosts;
    c->plan = &source->plan;
    c->open = open_saving;
    c->settle = settle;
    c->user = source;
    c->keep = &db;
    int rc = collecting_run(c, err);
    if (rc == 0) {
        rc = past_take(&source->past, db, source->name, err);
    } else {
        db_close(db);
    }
    return rc;
}

int audit_source_collect(struct audit_source *source, struct err *err)
{
    int rc = source->options->from ? 0 : log_in(source, err);
    const struct plan *plan = source->options->from ? &source->plan : source->collecting.plan;
    return rc < 0 ? rc : audit_lay(&source->db, &source->past, plan, err);
}

void audit_source_release(struct audit_source *source)
{
    db_close(source->db);
    collecting_release(&source->collecting);
    plan_release(&source->plan);
    inventory_release(&source->chosen);
    past_release(&source->past);
    inventory_release(&source->inventory);
    arena_release(&source->arena);
}

/* ---- The baseline --------------------------------------------------------------------------
 */

int audit_source_baseline(struct audit_source *source, const char *path,
                          const struct rules *rules, struct db **out, struct err *err)
{
    struct past past = PAST_INIT;
    struct inventory known = INVENTORY_INIT;
    struct plan plan = PLAN_INIT;
    struct audit_want want = {.rules = rules, .past = true};
    int rc = past_open(&past, path, err);
    if (rc == 0) {
        rc = audit_hosts_known(&known, &past, source->hosts, err);
    }
    if (rc == 0) {
        rc = audit_plan(&plan, &known, source->library, &want, &source->arena, err);
    }
    if (rc == 0) {
        rc = audit_lay(out, &past, &plan, err);
    }
    plan_release(&plan);
    inventory_release(&known);
    past_release(&past);
    return rc;
}
