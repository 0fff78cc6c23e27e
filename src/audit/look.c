/* explain: one rule on one host, with everything that it looked at. */
#include "audit/audit_part.h"

#include "base/guess.h"

#include <string.h>

const char *const look_names[LOOK_RESULTS] = {"holds", "violates", "unknown", "left out"};

static int find_rule(const struct rules *rules, const char *id, size_t *out, struct err *err)
{
    struct guess guess;
    guess_init(&guess, view_of(id));
    for (size_t i = 0; i < rules->nrules; i++) {
        if (strcmp(rules->rules[i].id, id) == 0) {
            *out = i;
            return 0;
        }
        guess_offer(&guess, rules->rules[i].id);
    }
    return err_set(err, ERR_USAGE, "there is no rule '%s'%s%s%s", id,
                   guess.best ? "; did you mean '" : "", guess.best ? guess.best : "",
                   guess.best ? "'?" : "");
}

static int no_host(const struct scene *scene, const char *name, struct err *err)
{
    struct guess guess;
    guess_init(&guess, view_of(name));
    for (size_t i = 0; i < scene->nhosts; i++) {
        guess_offer(&guess, scene->hosts[i].host.name);
    }
    return err_set(err, ERR_USAGE, "the run has no host '%s'%s%s%s", name,
                   guess.best ? "; did you mean '" : "", guess.best ? guess.best : "",
                   guess.best ? "'?" : "");
}

/* The audit shrinks to the one finding. */
static int narrow(struct audit_all *all, size_t rule, struct err *err)
{
    struct audit *audit = &all->audit;
    size_t host = all->engine.look_host;
    struct rules *one = arena_get(&all->arena, sizeof(*one));
    if (!one) {
        return err_nomem(err);
    }
    *one = *all->rules;
    one->rules = &all->rules->rules[rule];
    one->nrules = 1;
    audit->rules = one;
    audit->hosts = &audit->hosts[host];
    audit->findings = &audit->findings[host];
    audit->nhosts = audit->nfindings = 1;
    audit_count(audit);
    return 0;
}

static int show_looks(const struct audit_all *all, audit_look_fn *on_look, void *user,
                      struct err *err)
{
    int status = 0;
    for (const struct piece *piece = all->engine.looks.first; piece && status >= 0;
         piece = piece->next) {
        status = on_look(user, &piece->seen, piece->result, err);
    }
    return status < 0 ? status : 0;
}

int audit_explain(struct audit **out, const struct rules *rules, struct db *db,
                  const struct audit_options *options, const char *rule, const char *host,
                  audit_look_fn *on_look, void *user, struct err *err)
{
    struct audit_all *all = NULL;
    size_t at = 0;
    *out = NULL;
    int status = find_rule(rules, rule, &at, err);
    if (status == 0) {
        status = audit_make(&all, rules, at, 1, db, options, host, err);
    }
    if (status == 0 && all->engine.look_host == SCENE_NONE) {
        status = no_host(&all->engine.scene, host, err);
    }
    if (status == 0) {
        status = narrow(all, at, err);
    }
    if (status == 0) {
        status = show_looks(all, on_look, user, err);
    }
    if (status < 0) {
        audit_free((struct audit *)all);
        return status;
    }
    *out = &all->audit;
    return 0;
}
