#include "cli/audit_lay.h"

#include "cli/saving.h"
#include "collect/emit.h"

/* ---- The plan ------------------------------------------------------------------------------
 */

static bool wants(const struct rule *rule, const struct rule_need *need)
{
    if (rule->kind == RULE_LINES) {
        return !need->template && strcmp(rule->command, need->text) == 0;
    }
    for (size_t i = 0; rule->templates[i]; i++) {
        if (need->template && strcmp(rule->templates[i], need->text) == 0) {
            return true;
        }
    }
    return false;
}

/* "rules.yml:3:17": where the first rule that needs it names it. */
static const char *who_needs(const struct rules *rules, const struct rule_need *need,
                             struct arena *arena)
{
    size_t i = 0;
    while (i + 1 < rules->nrules && !wants(&rules->rules[i], need)) {
        i++;
    }
    const struct rule *rule = &rules->rules[i];
    struct rule_place at = rule->kind == RULE_LINES ? rule->command_at : rule->templates_at;
    return arena_printf(arena, "%s:%d:%d", rule->path, at.line, at.column);
}

int audit_plan(struct plan *plan, const struct inventory *inventory, struct library *library,
               const struct audit_want *want, struct arena *arena, struct err *err)
{
    const struct rules *rules = want->rules;
    struct plan_ask *asks = arena_array(arena, rules->nneeds + 1, sizeof(*asks));
    struct plan_request request = {.asks = asks,
                                   .allow_changes = want->past || want->allow_changes,
                                   .settled = want->past,
                                   .like = want->like,
                                   .lenient = true};
    if (!asks) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < rules->nneeds; i++) {
        const struct rule_need *need = &rules->needs[i];
        if (!want->rule || wants(want->rule, need)) {
            asks[request.nasks++] = (struct plan_ask){.template = need->template,
                                                      .text = need->text,
                                                      .platforms = need->platforms,
                                                      .raw = !need->template,
                                                      .where = who_needs(rules, need, arena)};
        }
    }
    return plan_make(plan, inventory, library, &request, err);
}

/* ---- The database --------------------------------------------------------------------------
 */

static int lay_host(struct saving *saving, struct emit *emit, struct past *past,
                    const struct job *job, struct err *err)
{
    struct host_result *result = NULL;
    int rc = past_result(past, job, &result, err);
    if (rc == 0) {
        rc = saving_begin(saving, err);
    }
    if (rc == 0) {
        rc = emit_host(emit, result, err);
    }
    if (rc == 0) {
        rc = saving_end(saving, result, err);
    }
    host_result_free(result);
    return rc;
}

int audit_lay(struct db **out, struct past *past, const struct plan *plan, struct err *err)
{
    struct saving *saving = NULL;
    struct emit *emit = NULL;
    struct emit_options as_they_come = {.ordered = false, .lacking_null = true};
    int rc = saving_open_copy(&saving, NULL, plan, past->started, past->ended, err);
    if (rc == 0) {
        rc = emit_new(&emit, plan, saving_writer(saving), &as_they_come, err);
    }
    for (size_t i = 0; i < plan->njobs && rc == 0; i++) {
        rc = lay_host(saving, emit, past, &plan->jobs[i], err);
    }
    if (rc == 0) {
        rc = emit_finish(emit, err);
    }
    if (rc == 0) {
        rc = saving_close(saving, out, err);
        saving = NULL;
    }
    emit_free(emit);
    saving_abort(saving);
    return rc;
}
