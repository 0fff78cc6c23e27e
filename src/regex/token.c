#include "regex/token.h"

static void read_ahead(struct tokens *tokens)
{
    tokens->ahead = (struct token){0, 0};
    if (tokens->index >= tokens->n) {
        return;
    }
    uint32_t c = tokens->text[tokens->index];
    uint8_t len = 1;
    if (c == '\\') {
        if (tokens->index + 1 >= tokens->n) {
            tokens->dangling = true;
            return;
        }
        c = tokens->text[tokens->index + 1];
        len = 2;
    }
    tokens->index += len;
    tokens->ahead = (struct token){c, len};
}

void tokens_init(struct tokens *tokens, const uint32_t *text, size_t n)
{
    *tokens = (struct tokens){.text = text, .n = n};
    read_ahead(tokens);
}

struct token tokens_get(struct tokens *tokens)
{
    struct token token = tokens->ahead;
    read_ahead(tokens);
    return token;
}

void tokens_seek(struct tokens *tokens, size_t index)
{
    tokens->index = index;
    read_ahead(tokens);
}

void tokens_stop(struct tokens *tokens)
{
    tokens->index = tokens->n;
    tokens->ahead = (struct token){0, 0};
}
