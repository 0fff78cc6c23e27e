/*
 * The rules that came nearest to a line that none of them took: how far into the line each one
 * got before it stopped matching. Found by matching ever shorter beginnings of the rule's regex
 * that are regexes themselves.
 *
 *     struct nearest *nearest = nearest_new(template);
 *     struct near_miss misses[3];
 *     size_t n = nearest_find(nearest, "Start", line, misses, 3);
 *     nearest_free(nearest);
 */
#ifndef AUTHOR_NEAREST_H
#define AUTHOR_NEAREST_H

#include "base/view.h"
#include "textfsm.h"

struct nearest;

struct near_miss {
    const struct textfsm_rule *rule;
    size_t column; /* 1-based, in characters: the first that the rule could not take */
    /* What the rule wanted there: the rest of its regex as written, borrowed from the rule. */
    struct view wanted;
};

/* The template must outlive it. NULL when memory ran out. */
struct nearest *nearest_new(const struct textfsm_template *t);
void nearest_free(struct nearest *nearest);

/* The rules of state that got furthest, the furthest first, rules of equal reach in the order
 * of the template; rules that take nothing at all are left out. */
size_t nearest_find(struct nearest *nearest, const char *state, struct view line,
                    struct near_miss *misses, size_t most);

#endif
