/*
 * The little of Unicode's tables that the dialect asks for by itself; PCRE2 has them.
 */
#ifndef REGEX_UNICODE_H
#define REGEX_UNICODE_H

#include "base/alloc.h"
#include "base/view.h"

#include <stdint.h>

/* Is name an identifier in the sense of Python's str.isidentifier()? 1 yes, 0 no, < 0 when
 * memory ran out. */
int unicode_identifier(struct view name, const struct alloc *alloc);

/* Answers about single characters. Zeroed it is empty; what it needs it makes when first asked,
 * and when memory runs out then, `failed` is set and the answers are worth nothing. */
struct unicode {
    const struct alloc *alloc;
    struct unicode_code *code;
    uint32_t last; /* the character last asked about, and what it is */
    int last_kind;
    bool failed;
};

enum unicode_kind { UNICODE_OTHER, UNICODE_WORD, UNICODE_DIGIT /* and so of a word */ };

/* c may be a surrogate. */
enum unicode_kind unicode_kind(struct unicode *unicode, uint32_t c);
void unicode_release(struct unicode *unicode);

#endif
