/* A template as a whole, and its Values. */
#include "author/lint_part.h"

#include <stdlib.h>

/* ---- Values --------------------------------------------------------------------------------
 */

static bool is_captured(const struct lint_template *t, unsigned value)
{
    for (unsigned s = 0; s < t->nstates; s++) {
        for (unsigned r = 0; r < t->states[s].pub->nrules; r++) {
            const struct textfsm_rule *rule = t->states[s].rules[r].pub;
            for (unsigned i = 0; i < rule->nvalues; i++) {
                if (rule->values[i] == value) {
                    return true;
                }
            }
        }
    }
    return false;
}

static void check_captured(const struct lint_template *t, unsigned i)
{
    const struct textfsm_value *value = textfsm_template_value(t->t, i);
    if (is_captured(t, i)) {
        return;
    }
    unsigned column = lint_column(t->file, value->line, value->name);
    if (value->options & TEXTFSM_REQUIRED) {
        lint_add(t->file, value->line, column, LINT_NEVER_CAPTURED,
                 "Value %s is Required, but no rule captures it", value->name);
    } else {
        lint_add(t->file, value->line, column, LINT_UNUSED_VALUE, "no rule captures Value %s",
                 value->name);
    }
}

/* "(a)|(b)" begins and ends with parentheses, but only "(a)" becomes the value. */
static void check_group(const struct lint_template *t, unsigned i)
{
    const struct textfsm_value *value = textfsm_template_value(t->t, i);
    struct arena arena = ARENA_INIT;
    struct pattern pattern;
    if (pattern_init(&pattern, view_of(value->regex), &arena, NULL) == 0 &&
        !pattern_is_group(&pattern)) {
        lint_add(t->file, value->line, lint_column(t->file, value->line, value->regex),
                 LINT_OUTSIDE_GROUP,
                 "the first group of Value %s ends before its regex does: only that group is "
                 "captured, and a | would split the whole rule",
                 value->name);
    }
    arena_release(&arena);
}

void lint_values(const struct lint_template *t)
{
    for (unsigned i = 0; i < textfsm_template_values(t->t); i++) {
        check_captured(t, i);
        check_group(t, i);
    }
}

/* ---- The whole -----------------------------------------------------------------------------
 */

static int read_state(struct lint_state *state, const struct textfsm_template *t, unsigned s,
                      struct arena *arena)
{
    state->pub = textfsm_template_state(t, s);
    state->rules = arena_array(arena, state->pub->nrules + 1, sizeof(*state->rules));
    for (unsigned r = 0; state->rules && r < state->pub->nrules; r++) {
        struct lint_rule *rule = &state->rules[r];
        rule->pub = textfsm_template_rule(t, s, r);
        int rc = pattern_init(&rule->pattern, view_of(rule->pub->regex), arena, NULL);
        if (rc < 0) {
            return rc;
        }
    }
    return state->rules ? 0 : ERR_NOMEM;
}

static int read_states(struct lint_template *t, struct arena *arena)
{
    t->nstates = textfsm_template_states(t->t);
    t->states = arena_array(arena, t->nstates + 1, sizeof(*t->states));
    int rc = t->states ? 0 : ERR_NOMEM;
    for (unsigned s = 0; rc == 0 && s < t->nstates; s++) {
        rc = read_state(&t->states[s], t->t, s, arena);
    }
    return rc;
}

void lint_template(struct lint_file *file)
{
    struct textfsm_error error;
    struct arena arena = ARENA_INIT;
    struct lint_template t = {.file = file};
    struct textfsm_template *compiled =
        textfsm_template_new(file->text.buf, file->text.len, file->path, NULL, &error);
    if (!compiled && error.code == TEXTFSM_NOMEM) {
        file->lint->failed = true;
    } else if (!compiled) {
        lint_add_error(file, LINT_BAD_TEMPLATE, error.text);
    }
    t.t = compiled;
    if (compiled && read_states(&t, &arena) < 0) {
        file->lint->failed = true;
    } else if (compiled) {
        lint_values(&t);
        lint_names(&t);
        lint_states(&t);
        lint_rules(&t);
        lint_ghost_row(&t);
    }
    arena_release(&arena);
    textfsm_template_free(compiled);
}
