/*
 * What emit.c and emit_set.c share. Not for other rooms: dialect.h is the way in.
 *
 * The emitter writes into a buffer of fixed size and counts what it would have needed; when
 * that was more, dialect_emit() starts again with a buffer of the right size.
 */
#ifndef REGEX_EMITTER_H
#define REGEX_EMITTER_H

#include "regex/dialect.h"

struct emitter {
    char *buf;
    size_t size;
    size_t len; /* bytes needed so far */
    enum emit_kind kind;
    struct emit_modes {
        bool caseless; /* PCRE2's (?i) is in force here */
        bool dotall;   /* and (?s) */
    } modes;
};

void emit_text(struct emitter *out, const char *text);
void emit_char(struct emitter *out, char c);
void emit_number(struct emitter *out, uint32_t number);

/* A character as itself, inside or outside of a set. */
void emit_literal(struct emitter *out, uint32_t c);

/* Writes (?i) or (?-i) when the other is in force; it holds to the end of the group. */
void emit_caseless(struct emitter *out, bool caseless);

/* A dot with or without the newline, by (?s) and (?-s). */
void emit_dot(struct emitter *out, bool dotall);

/* One character's worth of pattern, ready for a quantifier. */
void emit_unit(struct emitter *out, const struct node *unit);

/* \b and \B with Unicode's idea of a word, which PCRE2 has only under UCP. */
void emit_unicode_boundary(struct emitter *out, bool boundary);

#endif
