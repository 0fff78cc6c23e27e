#include "base/limits.h"
#include "base/utf8.h"
#include "regex/dialect.h"
#include "regex/parser.h"

#include <stdarg.h>
#include <stdio.h>

void parser_error(struct parser *parser, size_t pos, const char *fmt, ...)
{
    if (parser_failed(parser)) {
        return;
    }
    if (parser->tokens.dangling) {
        pos = parser->tokens.n - 1;
        fmt = "the pattern ends in a lone backslash";
    }
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    parser->code = err_set_at(parser->err, ERR_INPUT, 0, (int)pos + 1, "%s", text);
    tokens_stop(&parser->tokens);
}

void parser_nomem(struct parser *parser)
{
    if (!parser_failed(parser)) {
        parser->code = err_nomem(parser->err);
        tokens_stop(&parser->tokens);
    }
}

void *parser_get(struct parser *parser, size_t size)
{
    void *ptr = arena_get(parser->arena, size);
    if (!ptr) {
        parser_nomem(parser);
    }
    return ptr;
}

struct node *parser_node(struct parser *parser, enum node_kind kind, unsigned flags, size_t pos)
{
    struct node *node = parser_get(parser, sizeof(*node));
    if (node) {
        node->kind = (uint8_t)kind;
        node->flags = (uint8_t)flags;
        node->pos = (uint32_t)pos;
    }
    return node;
}

struct view parser_slice(const struct parser *parser, size_t from, size_t to)
{
    return view_slice(parser->text, parser->offsets[from], parser->offsets[to]);
}

static struct node *literal_node(struct parser *parser, uint32_t c, unsigned flags, size_t pos)
{
    struct node *node = parser_node(parser, NODE_LITERAL, flags, pos);
    if (node) {
        node->literal = c;
    }
    return node;
}

static struct node *at_node(struct parser *parser, enum node_at at, unsigned flags, size_t pos)
{
    struct node *node = parser_node(parser, NODE_AT, flags, pos);
    if (node) {
        node->at = at;
    }
    return node;
}

static struct node *escape_node(struct parser *parser, struct token token, unsigned flags,
                                size_t pos)
{
    struct escape escape = parse_escape(parser, token);
    switch (escape.kind) {
    case ESCAPE_CATEGORY:
        return category_node(parser, escape.value, flags, pos);
    case ESCAPE_AT:
        return at_node(parser, (enum node_at)escape.value, flags, pos);
    case ESCAPE_LITERAL:
        return literal_node(parser, escape.value, flags, pos);
    case ESCAPE_BACKREF:
        break;
    }
    struct node *node = parser_node(parser, NODE_BACKREF, flags, pos);
    if (node) {
        node->number = escape.value;
    }
    return node;
}

/* In verbose patterns: blanks, and comments up to the end of the line. */
static bool skip_verbose(struct parser *parser, struct token token)
{
    if (token.len != 1) {
        return false;
    }
    if (token.c == ' ' || (token.c >= '\t' && token.c <= '\r')) {
        return true;
    }
    if (token.c != '#') {
        return false;
    }
    struct token skipped;
    do {
        skipped = tokens_get(&parser->tokens);
    } while (!token_end(skipped) && !token_is(skipped, '\n'));
    return true;
}

static struct node *single_node(struct parser *parser, struct token token, unsigned flags,
                                size_t pos)
{
    if (token.len == 2) {
        return escape_node(parser, token, flags, pos);
    }
    switch (token.c) {
    case '.':
        return parser_node(parser, NODE_ANY, flags, pos);
    case '^':
        return at_node(parser, AT_BEGIN, flags, pos);
    case '$':
        return at_node(parser, AT_END, flags, pos);
    case '[':
        return parse_bracket(parser, flags);
    default:
        return literal_node(parser, token.c, flags, pos);
    }
}

/* A list under construction: where the next node goes, and where the last one hangs. */
struct list {
    struct node *head;
    struct node **end;
    struct node **last;
};

static void list_add(struct parser *parser, struct list *list, struct node *node)
{
    if (!node || parser_failed(parser)) {
        return;
    }
    width_set(parser, node);
    list->last = list->end;
    *list->end = node;
    list->end = &node->next;
}

struct node *parse_sequence(struct parser *parser, unsigned *flags, unsigned depth, bool first)
{
    struct tokens *tokens = &parser->tokens;
    struct list list = {NULL, &list.head, NULL};
    parser->deepest = depth > parser->deepest ? depth : parser->deepest;
    if (depth > DIALECT_DEPTH) {
        parser_error(parser, tokens_tell(tokens),
                     "groups are nested too deeply (more than %d levels)", DIALECT_DEPTH);
    }
    while (!token_end(tokens->ahead) && !token_is(tokens->ahead, '|') &&
           !token_is(tokens->ahead, ')')) {
        size_t pos = tokens_tell(tokens);
        struct token token = tokens_get(tokens);
        if ((*flags & FLAG_VERBOSE) && skip_verbose(parser, token)) {
            continue;
        }
        if (parse_quantifier(parser, token, *flags, list.last)) {
            if (list.last && *list.last) {
                list.end = &(*list.last)->next;
            }
        } else if (token_is(token, '(')) {
            bool may_set_flags = first && !list.head;
            list_add(parser, &list, parse_group(parser, flags, pos, depth, may_set_flags));
        } else {
            list_add(parser, &list, single_node(parser, token, *flags, pos));
        }
    }
    return list.head;
}

struct node *parse_alternatives(struct parser *parser, unsigned flags, unsigned depth)
{
    struct node *seqs = NULL, **end = &seqs;
    size_t start = tokens_tell(&parser->tokens);
    bool more;
    do {
        if (depth == 0) {
            flags = parser->flags;
        }
        size_t pos = tokens_tell(&parser->tokens);
        struct node *list = parse_sequence(parser, &flags, depth, depth == 0 && !seqs);
        more = tokens_match(&parser->tokens, '|');
        if (!more && !seqs) {
            return list;
        }
        struct node *seq = parser_node(parser, NODE_SEQ, flags, pos);
        if (!seq) {
            return NULL;
        }
        seq->child = list;
        width_set(parser, seq);
        *end = seq;
        end = &seq->next;
    } while (more);
    struct node *branch = parser_node(parser, NODE_BRANCH, flags, start);
    if (branch) {
        branch->child = seqs;
        width_set(parser, branch);
    }
    return branch;
}

/* Checks that Python makes after parsing, while it generates code. */
static void check_list(struct parser *parser, const struct node *list)
{
    for (const struct node *node = list; node; node = node->next) {
        if (node->kind == NODE_LOOK && node->behind) {
            struct width width = width_of_list(node->child);
            if (width.lo != width.hi) {
                parser_error(parser, node->pos,
                             "a look-behind needs alternatives and repeats of fixed length");
            } else if (width.lo > UINT16_MAX) {
                parser_error(parser, node->pos,
                             "a look-behind is longer than 65535 characters");
            }
        }
        if (node->kind == NODE_REPEAT && (parser->flags & FLAG_TEMPLATE)) {
            parser_error(parser, node->pos, "the flag 't' allows no repeats");
        }
        check_list(parser, node->child);
        if (node->kind == NODE_COND) {
            check_list(parser, node->other);
        }
    }
}

static void check_end(struct parser *parser)
{
    struct tokens *tokens = &parser->tokens;
    if ((parser->flags & FLAG_ASCII) && (parser->flags & FLAG_UNICODE)) {
        parser_error(parser, 0, "the flags 'a' and 'u' exclude each other");
    }
    if (!token_end(tokens->ahead)) {
        parser_error(parser, tokens_tell(tokens), "unbalanced parenthesis: ')' without '('");
    }
    for (struct group_reference *ref = parser->references; ref; ref = ref->next) {
        if (ref->number >= parser->ngroups) {
            parser_error(parser, ref->pos, "there is no group %u", (unsigned)ref->number);
        }
    }
    if (tokens->dangling) {
        parser_error(parser, 0, "lone backslash");
    }
}

static bool decode(struct parser *parser, struct view text)
{
    uint32_t *chars = arena_array(parser->arena, text.len + 1, sizeof(*chars));
    uint32_t *offsets = arena_array(parser->arena, text.len + 1, sizeof(*offsets));
    if (!chars || !offsets) {
        parser_nomem(parser);
        return false;
    }
    size_t n = 0, at = 0;
    for (; at < text.len; n++) {
        offsets[n] = (uint32_t)at;
        at += utf8_decode(view_slice(text, at, text.len), &chars[n]);
        if (chars[n] == UTF8_INVALID) {
            parser_error(parser, n, "the pattern is not valid UTF-8");
            return false;
        }
    }
    offsets[n] = (uint32_t)at;
    parser->text = text;
    parser->offsets = offsets;
    tokens_init(&parser->tokens, chars, n);
    return true;
}

/* Every group begins with a parenthesis: room for as many as there can be. */
static bool make_room_for_groups(struct parser *parser, struct view text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.len; i++) {
        n += text.ptr[i] == '(';
    }
    parser->groups = arena_array(parser->arena, n, sizeof(*parser->groups));
    parser->names = arena_array(parser->arena, n, sizeof(*parser->names));
    parser->ngroups = 1;
    if (!parser->groups || !parser->names) {
        parser_nomem(parser);
    }
    return !parser_failed(parser);
}

int dialect_parse(struct tree *tree, struct arena *arena, struct view text, struct err *err)
{
    struct parser parser = {.arena = arena, .err = err};
    parser.references_end = &parser.references;
    *tree = (struct tree){.ngroups = 1};
    if (text.len > LIMIT_REGEX_BYTES) {
        return err_set_at(err, ERR_LIMIT, 0, 1,
                          "the regular expression has %zu bytes, more than the %zu allowed",
                          text.len, LIMIT_REGEX_BYTES);
    }
    if (!decode(&parser, text) || !make_room_for_groups(&parser, text)) {
        return parser.code;
    }
    tree->root = parse_alternatives(&parser, 0, 0);
    check_end(&parser);
    if (!parser_failed(&parser)) {
        check_list(&parser, tree->root);
    }
    tree->names = parser.names;
    tree->ngroups = parser.ngroups;
    tree->depth = parser.deepest;
    return parser.code;
}
