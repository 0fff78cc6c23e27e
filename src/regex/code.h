/*
 * PCRE2's code for a pattern, made when it is first needed: one for subjects that are all
 * ASCII, one for the others, and after some uses machine code of each. Threads may ask at the
 * same time; code that has been handed out stays valid and unchanged until code_release().
 */
#ifndef REGEX_CODE_H
#define REGEX_CODE_H

#include "base/alloc.h"
#include "base/err.h"
#include "regex/dialect.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdatomic.h>

struct code {
    _Atomic(pcre2_code *) plain; /* for the interpreter */
    _Atomic(pcre2_code *) jit;   /* a copy with machine code */
    atomic_uint uses;            /* before there was machine code */
};

/* What code is made from. */
struct code_source {
    struct view pattern; /* Python's */
    uint32_t options;    /* PCRE2's, beside those that all code has */
    bool costly;         /* machine code at once */
    bool no_jit;         /* machine code never */
    const struct alloc *alloc;
};

/* 0 or an error. *jit tells whether *out has machine code; with it false on entry none is made
 * or given. */
int code_get(struct code *code, const struct code_source *source, enum emit_kind kind,
             bool *jit, const pcre2_code **out, struct err *err);
void code_release(struct code *code);

/* PCRE2's memory functions over alloc; NULL when memory ran out. */
pcre2_general_context *code_general_context(const struct alloc *alloc);

#endif
