#include "regex/parser.h"

/* Digits up to something else; *any tells whether there were any. Too many saturate. */
static uint64_t parse_digits(struct tokens *tokens, bool *any)
{
    uint64_t value = 0;
    *any = false;
    while (tokens->ahead.len == 1 && tokens->ahead.c >= '0' && tokens->ahead.c <= '9') {
        value = value * 10 + tokens_get(tokens).c - '0';
        if (value > REPEAT_MAX) {
            value = REPEAT_MAX;
        }
        *any = true;
    }
    return value;
}

/* {m}, {m,}, {,n}, {m,n} after the brace; false if it is plain text. */
static bool parse_braces(struct parser *parser, uint64_t *min, uint64_t *max)
{
    struct tokens *tokens = &parser->tokens;
    size_t here = tokens_tell(tokens);
    if (token_is(tokens->ahead, '}')) {
        return false;
    }
    bool any_min, any_max;
    *min = parse_digits(tokens, &any_min);
    *max = *min;
    any_max = any_min;
    if (tokens_match(tokens, ',')) {
        *max = parse_digits(tokens, &any_max);
    }
    if (!tokens_match(tokens, '}')) {
        tokens_seek(tokens, here);
        return false;
    }
    if ((any_min && *min >= REPEAT_MAX) || (any_max && *max >= REPEAT_MAX)) {
        parser_error(parser, here, "the number of repeats is too large");
    }
    if (!any_max) {
        *max = REPEAT_MAX;
    }
    if (*max < *min) {
        parser_error(parser, here, "the least number of repeats is greater than the most");
    }
    return true;
}

static bool parse_bounds(struct parser *parser, struct token token, uint64_t *min,
                         uint64_t *max)
{
    *min = 0;
    *max = REPEAT_MAX;
    if (token.len != 1) {
        return false;
    }
    switch (token.c) {
    case '?':
        *max = 1;
        return true;
    case '*':
        return true;
    case '+':
        *min = 1;
        return true;
    case '{':
        return parse_braces(parser, min, max);
    default:
        return false;
    }
}

static void check_item(struct parser *parser, struct node *const *last, struct token token,
                       size_t pos)
{
    if (!last || !*last || (*last)->kind == NODE_AT) {
        parser_error(parser, pos, "nothing to repeat before '%c'", (int)token.c);
    } else if ((*last)->kind == NODE_REPEAT) {
        parser_error(parser, pos, "a repeat is repeated: '%c' (put the first into (?:...))",
                     (int)token.c);
    }
}

bool parse_quantifier(struct parser *parser, struct token token, unsigned flags,
                      struct node **last)
{
    uint64_t min, max;
    size_t pos = tokens_tell(&parser->tokens) - token.len;
    if (!parse_bounds(parser, token, &min, &max)) {
        return false;
    }
    check_item(parser, last, token, pos);
    if (parser_failed(parser)) {
        return true;
    }
    struct node *repeat = parser_node(parser, NODE_REPEAT, flags, pos);
    if (!repeat) {
        return true;
    }
    repeat->min = (uint32_t)min;
    repeat->max = (uint32_t)max;
    repeat->child = *last;
    if (tokens_match(&parser->tokens, '?')) {
        repeat->mode = REPEAT_LAZY;
    } else if (tokens_match(&parser->tokens, '+')) {
        repeat->mode = REPEAT_POSSESSIVE;
    }
    width_set(parser, repeat);
    *last = repeat;
    return true;
}
