#include "regex/parser.h"

struct node *category_node(struct parser *parser, unsigned category, unsigned flags, size_t pos)
{
    struct node *node = parser_node(parser, NODE_SET, flags, pos);
    struct set *set = parser_get(parser, sizeof(*set));
    if (!node || !set) {
        return NULL;
    }
    set->categories = category;
    node->set = set;
    return node;
}

static void add_range(struct parser *parser, struct set *set, uint32_t lo, uint32_t hi)
{
    struct range *range = parser_get(parser, sizeof(*range));
    if (range) {
        *range = (struct range){set->ranges, lo, hi};
        set->ranges = range;
    }
}

static void add_item(struct parser *parser, struct set *set, struct escape item)
{
    if (item.kind == ESCAPE_CATEGORY) {
        set->categories |= item.value;
    } else {
        add_range(parser, set, item.value, item.value);
    }
}

static struct escape parse_item(struct parser *parser, struct token token)
{
    if (token.len == 2) {
        return parse_set_escape(parser, token);
    }
    return (struct escape){ESCAPE_LITERAL, token.c};
}

static void unterminated(struct parser *parser, size_t start)
{
    parser_error(parser, start, "the character set that begins here has no ']'");
}

/* After "lo-": the upper end, or the end of the set. Returns true at the end of the set. */
static bool parse_range(struct parser *parser, struct set *set, struct token low_token,
                        struct escape low, size_t start)
{
    struct token token = tokens_get(&parser->tokens);
    if (token_end(token)) {
        unterminated(parser, start);
        return true;
    }
    if (token_is(token, ']')) {
        add_item(parser, set, low);
        add_range(parser, set, '-', '-');
        return true;
    }
    struct escape high = parse_item(parser, token);
    size_t end = tokens_tell(&parser->tokens);
    size_t pos = end - low_token.len - 1 - token.len;
    if (low.kind != ESCAPE_LITERAL || high.kind != ESCAPE_LITERAL) {
        parser_error(parser, pos, "a class such as \\d cannot be an end of a range");
    } else if (high.value < low.value) {
        parser_error(parser, pos, "the range's end comes before its beginning");
    } else {
        add_range(parser, set, low.value, high.value);
    }
    return parser_failed(parser);
}

static void parse_items(struct parser *parser, struct set *set, size_t start)
{
    struct tokens *tokens = &parser->tokens;
    bool done = false;
    for (bool first = true; !done; first = false) {
        struct token token = tokens_get(tokens);
        if (token_end(token)) {
            unterminated(parser, start);
            return;
        }
        if (!first && token_is(token, ']')) {
            return;
        }
        struct escape item = parse_item(parser, token);
        if (tokens_match(tokens, '-')) {
            done = parse_range(parser, set, token, item, start);
        } else {
            add_item(parser, set, item);
        }
    }
}

struct node *parse_bracket(struct parser *parser, unsigned flags)
{
    size_t start = tokens_tell(&parser->tokens) - 1;
    struct node *node = category_node(parser, 0, flags, start);
    if (node) {
        node->set->negate = tokens_match(&parser->tokens, '^');
        parse_items(parser, node->set, start);
    }
    return node;
}
