/*
 * The tokens of a pattern: single characters, or a backslash with the character that follows
 * it. One token is always read ahead, as Python's tokenizer does; so a pattern that ends in a
 * backslash is refused as soon as that backslash comes in sight.
 */
#ifndef REGEX_TOKEN_H
#define REGEX_TOKEN_H

#include "base/view.h"

#include <stdint.h>

struct token {
    uint32_t c;  /* the character; of an escape, the one after the backslash */
    uint8_t len; /* in characters: 1, 2 for an escape, 0 at the end of the pattern */
};

struct tokens {
    const uint32_t *text; /* the pattern's characters */
    size_t n;
    size_t index;       /* after the token ahead */
    struct token ahead; /* the token ahead */
    bool dangling;      /* the token ahead would be a lone backslash: no more tokens */
};

void tokens_init(struct tokens *tokens, const uint32_t *text, size_t n);
struct token tokens_get(struct tokens *tokens);
void tokens_seek(struct tokens *tokens, size_t index);

/* No more tokens, whatever is left. */
void tokens_stop(struct tokens *tokens);

/* Index of the token ahead. */
static inline size_t tokens_tell(const struct tokens *tokens)
{
    return tokens->index - tokens->ahead.len;
}

static inline bool token_is(struct token token, uint32_t c)
{
    return token.len == 1 && token.c == c;
}

static inline bool token_end(struct token token)
{
    return token.len == 0;
}

/* Takes the token ahead if it is c. */
static inline bool tokens_match(struct tokens *tokens, uint32_t c)
{
    if (!token_is(tokens->ahead, c)) {
        return false;
    }
    tokens_get(tokens);
    return true;
}

#endif
