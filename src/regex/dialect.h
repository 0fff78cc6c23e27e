/*
 * Python's `re` dialect: str patterns as CPython 3.11 reads them.
 *
 *     struct arena arena = ARENA_INIT;
 *     struct tree tree;
 *     if (dialect_parse(&tree, &arena, pattern, &err) < 0) ...
 *     struct view pcre2 = dialect_emit(&tree, &arena, EMIT_ASCII);     ptr NULL: no memory
 *
 * dialect_parse() accepts what Python accepts and refuses what Python refuses, at the same
 * place: the tokens, the order of the checks and the positions of errors follow CPython's
 * Lib/re/_parser.py. Beyond Python it refuses nesting deeper than DIALECT_DEPTH and repeats
 * that PCRE2 cannot count.
 *
 * dialect_emit() writes a PCRE2 pattern that matches the same subjects with the same groups:
 * one for subjects that are all ASCII (no UTF), one for all others (UTF, without UCP: what
 * depends on Unicode properties is spelled out, so that it does not change with PCRE2's
 * version). Both are to be compiled with newline LF and PCRE2_ALT_CIRCUMFLEX, the second also
 * with PCRE2_EXTRA_ALLOW_SURROGATE_ESCAPES.
 */
#ifndef REGEX_DIALECT_H
#define REGEX_DIALECT_H

#include "base/arena.h"
#include "base/err.h"
#include "regex/tree.h"

/* How deep groups may nest: Python's own recursion ends at about as many. Parsing and compiling
 * take stack in proportion, some 2 KiB a level. */
#define DIALECT_DEPTH 490

/* 0, ERR_INPUT with err->column (1-based, in characters), or ERR_NOMEM. The tree's names borrow
 * from text. */
int dialect_parse(struct tree *tree, struct arena *arena, struct view text, struct err *err);

enum emit_kind { EMIT_ASCII, EMIT_UTF };

/* The pattern, NUL-terminated; ptr is NULL when memory ran out. */
struct view dialect_emit(const struct tree *tree, struct arena *arena, enum emit_kind kind);

#endif
