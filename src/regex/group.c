#include "regex/parser.h"

void check_group_is_usable(struct parser *parser, uint32_t number, size_t pos)
{
    bool closed = number < parser->ngroups && parser->groups[number].closed;
    if (!closed) {
        parser_error(parser, pos, "this refers to a group that is still open");
    } else if (parser->behind_groups && number >= parser->behind_groups) {
        parser_error(parser, tokens_tell(&parser->tokens),
                     "this refers to a group inside the same look-behind");
    }
}

static uint32_t find_name(const struct parser *parser, struct view name)
{
    for (uint32_t i = 1; i < parser->ngroups; i++) {
        if (view_equal(parser->names[i], name)) {
            return i;
        }
    }
    return 0;
}

static struct view identifier(struct parser *parser, uint32_t terminator, size_t *pos)
{
    struct view name = parse_name(parser, terminator, "group name", pos);
    if (!parser_failed(parser) && !is_identifier(parser, name)) {
        parser_error(parser, *pos, "'%.*s' cannot be a group's name (letters, digits, _)",
                     PARSER_ARG(name));
    }
    return name;
}

static void expect_close(struct parser *parser, size_t start)
{
    if (!tokens_match(&parser->tokens, ')')) {
        parser_error(parser, start, "the parenthesis that opens here is not closed");
    }
}

static struct node *named_reference(struct parser *parser, unsigned flags, size_t start)
{
    size_t pos;
    struct view name = identifier(parser, ')', &pos);
    if (parser_failed(parser)) {
        return NULL;
    }
    uint32_t number = find_name(parser, name);
    if (!number) {
        parser_error(parser, pos, "there is no group '%.*s' before this", PARSER_ARG(name));
    } else if (!parser->groups[number].closed) {
        parser_error(parser, pos, "this refers to a group that is still open");
    } else {
        check_group_is_usable(parser, number, pos);
    }
    struct node *node = parser_node(parser, NODE_BACKREF, flags, start);
    if (node) {
        node->number = parser_failed(parser) ? 0 : number;
    }
    return node;
}

static void parse_comment(struct parser *parser, size_t start)
{
    struct token token;
    do {
        if (token_end(parser->tokens.ahead)) {
            parser_error(parser, start, "the comment that begins here has no ')'");
        }
        token = tokens_get(&parser->tokens);
    } while (!token_is(token, ')') && !parser_failed(parser));
}

static struct node *look_around(struct parser *parser, struct token token, unsigned flags,
                                size_t start, unsigned depth)
{
    bool behind = token_is(token, '<');
    unsigned groups_before = parser->behind_groups;
    if (behind) {
        token = tokens_get(&parser->tokens);
        if (token_end(token)) {
            parser_error(parser, tokens_tell(&parser->tokens), "the pattern ends after '(?<'");
        } else if (!token_is(token, '=') && !token_is(token, '!')) {
            parser_error(parser, start + 1,
                         "Python's re knows no (?<...: a named group is written (?P<name>...)");
        }
        if (!groups_before) {
            parser->behind_groups = parser->ngroups;
        }
    }
    struct node *body = parse_alternatives(parser, flags, depth + 1);
    parser->behind_groups = groups_before;
    expect_close(parser, start);
    struct node *node = parser_node(parser, NODE_LOOK, flags, start);
    if (node) {
        node->child = body;
        node->behind = behind;
        node->negate = token_is(token, '!');
    }
    return node;
}

static uint32_t condition(struct parser *parser)
{
    size_t pos;
    uint32_t number = 0;
    struct view name = parse_name(parser, ')', "group name", &pos);
    if (parser_failed(parser)) {
        return 0;
    }
    if (is_identifier(parser, name)) {
        number = find_name(parser, name);
        if (!number) {
            parser_error(parser, pos, "there is no group '%.*s' before this", PARSER_ARG(name));
        }
    } else if (!parse_integer(name, &number)) {
        parser_error(parser, pos, "'%.*s' is neither a group's name nor its number",
                     PARSER_ARG(name));
    } else if (number == 0) {
        parser_error(parser, pos, "groups count from 1");
    }
    struct group_reference *ref = parser_get(parser, sizeof(*ref));
    if (ref) {
        *ref = (struct group_reference){NULL, number, pos};
        *parser->references_end = ref;
        parser->references_end = &ref->next;
    }
    if (parser->behind_groups) {
        check_group_is_usable(parser, number, tokens_tell(&parser->tokens));
    }
    return number;
}

static struct node *conditional(struct parser *parser, unsigned flags, size_t start,
                                unsigned depth)
{
    uint32_t number = condition(parser);
    struct node *node = parser_node(parser, NODE_COND, flags, start);
    if (!node) {
        return NULL;
    }
    node->number = number;
    node->child = parse_sequence(parser, &flags, depth + 1, false);
    if (tokens_match(&parser->tokens, '|')) {
        node->other = parse_sequence(parser, &flags, depth + 1, false);
        if (token_is(parser->tokens.ahead, '|')) {
            parser_error(parser, tokens_tell(&parser->tokens),
                         "a conditional group has two alternatives at most");
        }
    }
    expect_close(parser, start);
    return node;
}

static uint32_t open_group(struct parser *parser, struct view name, size_t pos)
{
    uint32_t earlier = name.len ? find_name(parser, name) : 0;
    if (earlier) {
        parser_error(parser, pos, "the name '%.*s' is taken by group %u", PARSER_ARG(name),
                     (unsigned)earlier);
    }
    parser->names[parser->ngroups] = name;
    return parser->ngroups++;
}

static struct node *body_group(struct parser *parser, enum node_kind kind, uint32_t number,
                               unsigned flags, size_t start, unsigned depth)
{
    struct node *body = parse_alternatives(parser, flags, depth + 1);
    expect_close(parser, start);
    struct node *node = parser_node(parser, kind, flags, start);
    if (!node) {
        return NULL;
    }
    node->child = body;
    node->number = number;
    if (number) {
        parser->groups[number] = (struct group_state){width_of_list(body), true};
    }
    return node;
}

/* After "(?P". */
static struct node *python_group(struct parser *parser, unsigned flags, size_t start,
                                 unsigned depth)
{
    if (tokens_match(&parser->tokens, '<')) {
        size_t pos;
        struct view name = identifier(parser, '>', &pos);
        if (parser_failed(parser)) {
            return NULL;
        }
        uint32_t number = open_group(parser, name, pos);
        return body_group(parser, NODE_GROUP, number, flags, start, depth);
    }
    if (tokens_match(&parser->tokens, '=')) {
        return named_reference(parser, flags, start);
    }
    if (token_end(tokens_get(&parser->tokens))) {
        parser_error(parser, tokens_tell(&parser->tokens), "the pattern ends after '(?P'");
    }
    parser_error(parser, start + 1, "after '(?P' there can only be '<name>' or '=name'");
    return NULL;
}

static struct node *flags_group(struct parser *parser, struct token letter, unsigned *flags,
                                size_t start, unsigned depth, bool may_set_flags)
{
    bool global;
    unsigned changed = parse_flags(parser, letter, *flags, &global);
    if (!global) {
        return body_group(parser, NODE_GROUP, 0, changed, start, depth);
    }
    if (!may_set_flags) {
        parser_error(parser, start,
                     "flags for the whole pattern must stand at its start (or: (?%c:...))",
                     (int)letter.c);
    }
    *flags = changed;
    return NULL;
}

/* After "(?", whose next token has been taken. */
static struct node *extension(struct parser *parser, struct token token, unsigned *flags,
                              size_t start, unsigned depth, bool may_set_flags)
{
    if (token_end(token)) {
        parser_error(parser, tokens_tell(&parser->tokens), "the pattern ends after '(?'");
        return NULL;
    }
    if (is_flag_letter(token) || token_is(token, '-')) {
        return flags_group(parser, token, flags, start, depth, may_set_flags);
    }
    switch (token.len == 1 ? token.c : 0) {
    case 'P':
        return python_group(parser, *flags, start, depth);
    case ':':
        return body_group(parser, NODE_GROUP, 0, *flags, start, depth);
    case '>':
        return body_group(parser, NODE_ATOMIC, 0, *flags, start, depth);
    case '#':
        parse_comment(parser, start);
        return NULL;
    case '=':
    case '!':
    case '<':
        return look_around(parser, token, *flags, start, depth);
    case '(':
        return conditional(parser, *flags, start, depth);
    default:
        parser_error(parser, start + 1, "Python's re knows no such group after '(?'");
        return NULL;
    }
}

struct node *parse_group(struct parser *parser, unsigned *flags, size_t start, unsigned depth,
                         bool may_set_flags)
{
    if (tokens_match(&parser->tokens, '?')) {
        struct token token = tokens_get(&parser->tokens);
        return extension(parser, token, flags, start, depth, may_set_flags);
    }
    uint32_t number = open_group(parser, VIEW_NONE, start);
    return body_group(parser, NODE_GROUP, number, *flags, start, depth);
}
