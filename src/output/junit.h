/*
 * JUnit's XML, as CI servers read it. There are two schemas in use, Ant's and Jenkins'; what
 * this writes is valid under both (under Ant's when suites have a timestamp).
 *
 *     junit_open(&out);
 *     junit_suite_open(&out, &suite);
 *     junit_case(&out, &one);                 as many as the suite has tests
 *     junit_suite_close(&out, log);
 *     junit_close(&out);
 *
 * Texts are escaped, whatever is in them. out may be emptied between calls.
 */
#ifndef OUTPUT_JUNIT_H
#define OUTPUT_JUNIT_H

#include "base/strbuf.h"
#include "base/view.h"

struct junit_property {
    const char *name, *value; /* value NULL: left out */
};

struct junit_suite {
    const char *name;
    size_t id; /* its number among the suites, from 0 */
    size_t tests, failures, errors, skipped;
    const char *timestamp; /* ISO 8601, UTC; NULL = unknown */
    const struct junit_property *properties;
    size_t nproperties;
};

enum junit_outcome { JUNIT_PASSED, JUNIT_FAILED, JUNIT_ERROR, JUNIT_SKIPPED };

struct junit_case {
    struct view classname, name;
    enum junit_outcome outcome;
    struct view message; /* of all but passed ones: one line */
    struct view text;    /* of failed ones and errors: lines */
};

void junit_open(struct strbuf *out);
void junit_suite_open(struct strbuf *out, const struct junit_suite *suite);
void junit_case(struct strbuf *out, const struct junit_case *one);
void junit_suite_close(struct strbuf *out, struct view log);
void junit_close(struct strbuf *out);

#endif
