#include "author/pending.h"

#include <stdlib.h>

bool pending_init(struct pending *pending, const struct textfsm_template *t)
{
    unsigned n = textfsm_template_values(t);
    pending->t = t;
    pending->cells = calloc(n ? n : 1, sizeof(*pending->cells));
    for (unsigned i = 0; pending->cells && i < n; i++) {
        strbuf_init(&pending->cells[i].text);
    }
    return pending->cells != NULL;
}

void pending_release(struct pending *pending)
{
    for (unsigned i = 0; pending->cells && i < textfsm_template_values(pending->t); i++) {
        strbuf_release(&pending->cells[i].text);
    }
    free(pending->cells);
    pending->cells = NULL;
}

static void assign(struct pending *pending, unsigned value, const struct textfsm_cell *cell)
{
    struct pending_cell *to = &pending->cells[value];
    bool list = textfsm_template_value(pending->t, value)->options & TEXTFSM_LISTED;
    if (list && to->set) {
        strbuf_addstr(&to->text, ";");
    } else {
        strbuf_reset(&to->text);
    }
    to->set = cell->kind == TEXTFSM_TEXT || (list && to->set);
    if (cell->kind == TEXTFSM_TEXT) {
        strbuf_add(&to->text, cell->u.text, cell->len);
    }
}

static void clear(struct pending *pending, bool all)
{
    for (unsigned i = 0; i < textfsm_template_values(pending->t); i++) {
        if (all || !(textfsm_template_value(pending->t, i)->options & TEXTFSM_FILLDOWN)) {
            pending->cells[i].set = false;
            strbuf_reset(&pending->cells[i].text);
        }
    }
}

void pending_follow(struct pending *pending, const struct textfsm_trace *trace)
{
    const struct textfsm_rule *rule = trace->rule;
    for (unsigned i = 0; rule && i < rule->nvalues; i++) {
        assign(pending, rule->values[i], &trace->cells[i]);
    }
    bool ended = trace->outcome == TEXTFSM_RECORDED || trace->outcome == TEXTFSM_REFUSED;
    if (ended || (rule && rule->record_op == TEXTFSM_CLEAR)) {
        clear(pending, false);
    }
    if (rule && rule->record_op == TEXTFSM_CLEARALL) {
        clear(pending, true);
    }
}

const char *pending_value(const struct pending *pending, unsigned value)
{
    return pending->cells[value].set ? pending->cells[value].text.buf : NULL;
}

unsigned pending_count(const struct pending *pending)
{
    unsigned n = 0;
    for (unsigned i = 0; i < textfsm_template_values(pending->t); i++) {
        n += pending->cells[i].set;
    }
    return n;
}
