#include "author/nearest.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "regex/regex.h"

#include <string.h>

/* A beginning of a rule's regex. */
struct beginning {
    struct regex *re;
    size_t len; /* bytes of the regex */
};

struct rule_beginnings {
    bool made;
    struct beginning *list; /* the longest first */
    size_t n;
};

struct nearest {
    const struct textfsm_template *t;
    struct arena arena;
    struct regex_scratch *scratch;
    struct rule_beginnings **states; /* [state][rule] */
};

struct nearest *nearest_new(const struct textfsm_template *t)
{
    struct arena arena = ARENA_INIT;
    struct nearest *nearest = arena_get(&arena, sizeof(*nearest));
    struct rule_beginnings **states =
        arena_array(&arena, textfsm_template_states(t) + 1, sizeof(*states));
    struct regex_scratch *scratch = regex_scratch_new(NULL, NULL);
    if (!nearest || !states || !scratch) {
        regex_scratch_free(scratch);
        arena_release(&arena);
        return NULL;
    }
    for (unsigned i = 0; i < textfsm_template_states(t); i++) {
        const struct textfsm_state *state = textfsm_template_state(t, i);
        states[i] = arena_array(&arena, state->nrules + 1, sizeof(**states));
        if (!states[i]) {
            states[i] = NULL;
        }
    }
    *nearest = (struct nearest){t, arena, scratch, states};
    return nearest;
}

void nearest_free(struct nearest *nearest)
{
    if (!nearest) {
        return;
    }
    for (unsigned i = 0; i < textfsm_template_states(nearest->t); i++) {
        const struct textfsm_state *state = textfsm_template_state(nearest->t, i);
        for (unsigned k = 0; nearest->states[i] && k < state->nrules; k++) {
            for (size_t b = 0; b < nearest->states[i][k].n; b++) {
                regex_free(nearest->states[i][k].list[b].re);
            }
        }
    }
    regex_scratch_free(nearest->scratch);
    struct arena arena = nearest->arena; /* nearest itself lives in it */
    arena_release(&arena);
}

/* Compiles every beginning that is a regex and ends a whole item: what is followed by a repeat
 * or lies inside an escape is none. */
static void make_beginnings(struct nearest *nearest, const char *regex,
                            struct rule_beginnings *beginnings)
{
    size_t len = strlen(regex);
    beginnings->made = true;
    beginnings->list = arena_array(&nearest->arena, len + 1, sizeof(*beginnings->list));
    for (size_t cut = len; beginnings->list && cut > 0; cut--) {
        struct regex *re;
        if ((cut < len && strchr("*+?{", regex[cut])) ||
            regex_compile(&re, view_make(regex, cut), REGEX_ANCHORED, NULL, NULL) < 0) {
            continue;
        }
        beginnings->list[beginnings->n++] = (struct beginning){re, cut};
    }
}

/* How far the rule gets: bytes of the line, and of the regex that took them. */
static bool reach(struct nearest *nearest, const struct textfsm_rule *rule,
                  struct rule_beginnings *beginnings, struct view line, size_t *bytes,
                  size_t *taken)
{
    if (!beginnings->made) {
        make_beginnings(nearest, rule->regex, beginnings);
    }
    for (size_t i = 0; i < beginnings->n; i++) {
        struct view whole;
        if (regex_match(beginnings->list[i].re, nearest->scratch, line, &whole, 1, NULL) == 1) {
            *bytes = whole.len;
            *taken = beginnings->list[i].len;
            return whole.len > 0;
        }
    }
    return false;
}

/* Keeps misses sorted by column, rules of equal reach in their order. */
static size_t insert(struct near_miss *misses, size_t n, size_t most, struct near_miss miss)
{
    size_t at = n;
    while (at > 0 && misses[at - 1].column < miss.column) {
        at--;
    }
    if (at >= most) {
        return n;
    }
    size_t kept = n < most ? n : most - 1;
    memmove(&misses[at + 1], &misses[at], (kept - at) * sizeof(*misses));
    misses[at] = miss;
    return kept + 1;
}

static size_t find_in_state(struct nearest *nearest, unsigned s, struct view line,
                            struct near_miss *misses, size_t most)
{
    size_t n = 0;
    const struct textfsm_state *state = textfsm_template_state(nearest->t, s);
    for (unsigned i = 0; nearest->states[s] && i < state->nrules; i++) {
        const struct textfsm_rule *rule = textfsm_template_rule(nearest->t, s, i);
        size_t bytes, taken;
        if (reach(nearest, rule, &nearest->states[s][i], line, &bytes, &taken)) {
            size_t column = utf8_length(view_slice(line, 0, bytes)) + 1;
            struct view wanted = view_of(rule->regex + taken);
            n = insert(misses, n, most, (struct near_miss){rule, column, wanted});
        }
    }
    return n;
}

size_t nearest_find(struct nearest *nearest, const char *state, struct view line,
                    struct near_miss *misses, size_t most)
{
    for (unsigned s = 0; s < textfsm_template_states(nearest->t); s++) {
        if (strcmp(textfsm_template_state(nearest->t, s)->name, state) == 0) {
            return find_in_state(nearest, s, line, misses, most);
        }
    }
    return 0;
}
