/* States and rules: what no line ever gets to, and what takes too many. */
#include "author/lint_part.h"

/* ---- States --------------------------------------------------------------------------------
 */

static const struct lint_state *find_state(const struct lint_template *t, const char *name,
                                           unsigned *number)
{
    for (unsigned s = 0; s < t->nstates; s++) {
        if (strcmp(t->states[s].pub->name, name) == 0) {
            *number = s;
            return &t->states[s];
        }
    }
    return NULL;
}

static void visit(const struct lint_template *t, unsigned s, bool *reached)
{
    const struct lint_state *state = &t->states[s];
    for (unsigned r = 0; r < state->pub->nrules; r++) {
        const struct textfsm_rule *rule = state->rules[r].pub;
        unsigned next;
        if (rule->line_op != TEXTFSM_ERROR && find_state(t, rule->target, &next)) {
            reached[next] = true;
        }
    }
}

/* Each round visits the states that the last one reached. */
static void find_reached(const struct lint_template *t, bool *reached, bool *visited)
{
    bool more = true;
    while (more) {
        more = false;
        for (unsigned s = 0; s < t->nstates; s++) {
            if (reached[s] && !visited[s]) {
                visited[s] = true;
                visit(t, s, reached);
                more = true;
            }
        }
    }
}

/* The rule that takes all lines that come to it, or NULL. */
static const struct lint_rule *catch_all(const struct lint_state *state)
{
    for (unsigned r = 0; r < state->pub->nrules; r++) {
        const struct lint_rule *rule = &state->rules[r];
        if (rule->pub->line_op != TEXTFSM_CONTINUE &&
            pattern_reach(&rule->pattern) != PATTERN_SOME) {
            return rule;
        }
    }
    return NULL;
}

static bool is_eof(const struct lint_state *state)
{
    return strcmp(state->pub->name, "EOF") == 0;
}

void lint_states(const struct lint_template *t)
{
    struct arena arena = ARENA_INIT;
    bool *reached = arena_array(&arena, t->nstates + 1, sizeof(*reached));
    bool *visited = arena_array(&arena, t->nstates + 1, sizeof(*visited));
    unsigned start;
    if (!reached || !visited) {
        t->file->lint->failed = true;
    } else if (find_state(t, "Start", &start)) {
        reached[start] = true;
        find_reached(t, reached, visited);
    }
    for (unsigned s = 0; !t->file->lint->failed && s < t->nstates; s++) {
        const struct lint_state *state = &t->states[s];
        if (!reached[s] && !is_eof(state)) {
            lint_add(t->file, state->pub->line, 1, LINT_UNREACHABLE_STATE,
                     "no rule leads to state %s", state->pub->name);
        }
        /* A state without rules passes over the rest of the input on purpose. */
        if (state->pub->nrules > 0 && !catch_all(state)) {
            lint_add(t->file, state->pub->line, 1, LINT_NO_CATCH_ALL,
                     "state %s passes over lines that none of its rules takes, without a word",
                     state->pub->name);
        }
    }
    arena_release(&arena);
}

/* ---- Rules ---------------------------------------------------------------------------------
 */

static void check_shadow(const struct lint_template *t, const struct lint_state *state,
                         unsigned r)
{
    const struct lint_rule *rule = &state->rules[r];
    for (unsigned e = 0; e < r; e++) {
        const struct lint_rule *earlier = &state->rules[e];
        if (earlier->pub->line_op == TEXTFSM_CONTINUE ||
            !pattern_covers(&earlier->pattern, &rule->pattern)) {
            continue;
        }
        bool same = strcmp(earlier->pub->text, rule->pub->text) == 0;
        lint_add(t->file, rule->pub->line, lint_indent(t->file, rule->pub->line),
                 LINT_SHADOWED_RULE, "no line gets here: line %u, \"%s\", %s",
                 earlier->pub->line, earlier->pub->text,
                 same ? "is the same rule" : "takes all of them");
        return;
    }
}

/* A rule with values that takes every line, blank ones too. */
static void check_takes_all(const struct lint_template *t, const struct lint_rule *rule)
{
    if (rule->pub->nvalues > 0 && pattern_reach(&rule->pattern) == PATTERN_EVERY &&
        !pattern_is_whole_line(&rule->pattern)) {
        lint_add(t->file, rule->pub->line, lint_indent(t->file, rule->pub->line),
                 LINT_TAKES_ALL, "this rule can match nothing at all, and so takes every line");
    }
}

static void check_end(const struct lint_template *t, const struct lint_rule *rule)
{
    struct view group;
    enum pattern_end end = pattern_end(&rule->pattern, &group);
    unsigned line = rule->pub->line;
    if (end == PATTERN_END_FINE) {
        return;
    }
    const char *name = arena_dup(&t->file->lint->arena, group);
    unsigned column = lint_column(t->file, line, name ? name : "$");
    if (end == PATTERN_END_LAZY) {
        lint_add(t->file, line, column, LINT_LAZY_END,
                 "Value %.*s is lazy, and nothing follows it", VIEW_ARG(group));
    } else {
        lint_add(t->file, line, column, LINT_OPEN_END,
                 "nothing follows Value %.*s, which may stop in the middle of a word",
                 VIEW_ARG(group));
    }
}

static void check_slow(const struct lint_template *t, const struct lint_rule *rule)
{
    struct strbuf line = STRBUF_INIT, how = STRBUF_INIT;
    if (pattern_slow_line(&rule->pattern, &line, &how)) {
        lint_add(t->file, rule->pub->line, lint_indent(t->file, rule->pub->line),
                 LINT_SLOW_REGEX,
                 "plain backtracking takes more than %d steps on a line of %zu bytes: %s",
                 PATTERN_SLOW_STEPS, line.len, how.buf);
    }
    strbuf_release(&line);
    strbuf_release(&how);
}

void lint_rules(const struct lint_template *t)
{
    for (unsigned s = 0; s < t->nstates; s++) {
        const struct lint_state *state = &t->states[s];
        for (unsigned r = 0; r < state->pub->nrules; r++) {
            check_shadow(t, state, r);
            check_takes_all(t, &state->rules[r]);
            check_end(t, &state->rules[r]);
            check_slow(t, &state->rules[r]);
        }
    }
}

/* ---- The ghost row -------------------------------------------------------------------------
 */

static bool has_value(const struct textfsm_template *t, unsigned with, unsigned without)
{
    for (unsigned i = 0; i < textfsm_template_values(t); i++) {
        unsigned options = textfsm_template_value(t, i)->options;
        if ((options & with) == with && !(options & without)) {
            return true;
        }
    }
    return false;
}

/* The first rule that records a row that is complete; NULL if some rule ends the ghost, or rows
 * are recorded when the next one begins, so that the end's row is a real one. */
static const struct textfsm_rule *recorder(const struct lint_template *t)
{
    const struct textfsm_rule *found = NULL;
    for (unsigned s = 0; s < t->nstates; s++) {
        for (unsigned r = 0; r < t->states[s].pub->nrules; r++) {
            const struct textfsm_rule *rule = t->states[s].rules[r].pub;
            bool records = rule->record_op == TEXTFSM_RECORD;
            if (rule->record_op == TEXTFSM_CLEARALL || strcmp(rule->target, "End") == 0 ||
                strcmp(rule->target, "EOF") == 0 ||
                (records && rule->line_op == TEXTFSM_CONTINUE)) {
                return NULL;
            }
            found = records && !found ? rule : found;
        }
    }
    return found;
}

void lint_ghost_row(const struct lint_template *t)
{
    unsigned number;
    if (!has_value(t->t, TEXTFSM_FILLDOWN, 0) ||
        has_value(t->t, TEXTFSM_REQUIRED, TEXTFSM_FILLDOWN) || find_state(t, "EOF", &number)) {
        return;
    }
    const struct textfsm_rule *rule = recorder(t);
    if (rule) {
        lint_add(t->file, rule->line, lint_indent(t->file, rule->line), LINT_GHOST_ROW,
                 "after the last Record the end of the input records once more: a row of "
                 "nothing but the Filldown values");
    }
}
