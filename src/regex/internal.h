/*
 * struct regex, for regex.c that makes it and match.c that matches with it.
 */
#ifndef REGEX_INTERNAL_H
#define REGEX_INTERNAL_H

#include "regex/code.h"
#include "regex/regex.h"

struct regex {
    struct code_source source;
    struct view *names; /* one a group; NULL if none has a name */
    unsigned ngroups;
    struct regex_facts facts;
    struct code code[2]; /* by enum emit_kind; changes behind the const */
};

/* regex.c: the code for one kind of subject, as code_get(). */
int regex_code(const struct regex *re, enum emit_kind kind, bool *jit, const pcre2_code **out,
               struct err *err);

#endif
