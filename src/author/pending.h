/*
 * The record that a template is building up, followed from outside: what each Value holds after
 * each rule, as the language's own words say it (Filldown survives a record, List collects).
 *
 *     pending_init(&pending, template);
 *     pending_follow(&pending, trace);        each trace of a run
 *     pending_value(&pending, i)              its text, or NULL when it holds nothing
 *     pending_release(&pending);
 */
#ifndef AUTHOR_PENDING_H
#define AUTHOR_PENDING_H

#include "base/strbuf.h"
#include "textfsm.h"

struct pending {
    const struct textfsm_template *t;
    struct pending_cell {
        bool set;
        struct strbuf text;
    } * cells; /* one a Value; NULL when memory ran out */
};

bool pending_init(struct pending *pending, const struct textfsm_template *t);
void pending_release(struct pending *pending);
void pending_follow(struct pending *pending, const struct textfsm_trace *trace);
const char *pending_value(const struct pending *pending, unsigned value);

/* How many Values hold something. */
unsigned pending_count(const struct pending *pending);

#endif
