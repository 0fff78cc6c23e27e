/*
 * Explain: a template's way through an input, line by line: the state, the rule that took the
 * line, what it captured and did, the record as it builds up; and for lines that no rule took
 * or an Error rule refused, the rules that came nearest.
 *
 *     explain(template, input, &options, &err)
 *
 * Texts go out through options.write in pieces of a few lines. Text for people is safe for a
 * terminal; JSON is an array with an object a line of input:
 *
 *     {"line":3,"text":"...","state":"Start","matches":[{"rule":12,"regex":"^...",
 *      "action":"Record","values":{"A":"1"},"outcome":"recorded"}],"record":{},"nearest":[]}
 */
#ifndef AUTHOR_EXPLAIN_H
#define AUTHOR_EXPLAIN_H

#include "base/err.h"
#include "base/view.h"
#include "textfsm.h"

enum explain_only {
    EXPLAIN_ALL,
    EXPLAIN_UNMATCHED, /* lines that no rule took */
    EXPLAIN_ERRORS,    /* lines that an Error rule took */
    EXPLAIN_RECORDS,   /* lines that recorded a row */
};

struct explain_options {
    enum explain_only only;
    bool json;
    bool color;
    int (*write)(void *user, struct view text, struct err *err);
    void *user;
};

/* 0; ERR_PARSE when the template ended with an error, which is among what was written and in
 * err; or another negative code. */
int explain(const struct textfsm_template *t, struct view input,
            const struct explain_options *options, struct err *err);

#endif
