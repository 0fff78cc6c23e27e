/*
 * struct regex, for regex.c that makes it and match.c that matches with it.
 */
#ifndef REGEX_INTERNAL_H
#define REGEX_INTERNAL_H

#include "regex/code.h"
#include "regex/program.h"
#include "regex/regex.h"
#include "regex/track.h"

#include <stdatomic.h>

/* A program with the arena in which it lives, and the tree that it points into. */
struct kept_program {
    struct arena arena;
    struct program *program;
};

struct regex {
    struct track track;                   /* steps NULL: none */
    const struct regex_family *family;    /* whose classes the track's are */
    struct regex_family *own;             /* the same, if nobody else has it */
    atomic_uint track_misses;             /* see match.c; changes behind the const */
    _Atomic(const struct track *) native; /* the track's machine code, see warm.h; as well */
    atomic_uint track_samples;
    struct regex *sibling, **in_family; /* the family's next member, and what points to this */
    unsigned ngroups;
    bool costly;         /* as in facts */
    struct code code[2]; /* by enum emit_kind; changes behind the const */
    struct code_source source;
    struct view *names; /* one a group; NULL if none has a name */
    struct regex_facts facts;
    _Atomic(struct kept_program *) program; /* for memo.h; made when first needed */
    atomic_bool unfit;                      /* there can be no program */
};

/* regex.c: the code for one kind of subject, as code_get(). */
int regex_code(const struct regex *re, enum emit_kind kind, bool *jit, const pcre2_code **out,
               struct err *err);

/* regex.c: the program for memo.h, *out NULL if there can be none. 0 or ERR_NOMEM. */
int regex_program(const struct regex *re, const struct program **out);

#endif
