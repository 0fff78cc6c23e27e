#include "regex/charset.h"
#include "regex/emitter.h"

#include <stdio.h>

/* PCRE2 counts repeats in 16 bits. */
#define COUNT_MAX UINT16_MAX

void emit_text(struct emitter *out, const char *text)
{
    size_t n = strlen(text);
    if (out->len + n < out->size) {
        memcpy(out->buf + out->len, text, n + 1);
    }
    out->len += n;
}

void emit_char(struct emitter *out, char c)
{
    char text[2] = {c, '\0'};
    emit_text(out, text);
}

void emit_number(struct emitter *out, uint32_t number)
{
    char text[16];
    snprintf(text, sizeof(text), "%u", (unsigned)number);
    emit_text(out, text);
}

void emit_literal(struct emitter *out, uint32_t c)
{
    char text[16];
    if (c < 0x20 || c >= 0x7F) {
        snprintf(text, sizeof(text), "\\x{%x}", (unsigned)c);
        emit_text(out, text);
        return;
    }
    if (!is_ascii_letter(c) && (c < '0' || c > '9')) {
        emit_char(out, '\\');
    }
    emit_char(out, (char)c);
}

void emit_caseless(struct emitter *out, bool caseless)
{
    if (out->modes.caseless != caseless) {
        emit_text(out, caseless ? "(?i)" : "(?-i)");
        out->modes.caseless = caseless;
    }
}

void emit_dot(struct emitter *out, bool dotall)
{
    if (out->modes.dotall != dotall) {
        emit_text(out, dotall ? "(?s)" : "(?-s)");
        out->modes.dotall = dotall;
    }
    emit_char(out, '.');
}

static void emit_list(struct emitter *out, const struct node *list);

/* What stands between a parenthesis and its partner. */
static void emit_body(struct emitter *out, const struct node *list)
{
    if (!list || list->kind != NODE_BRANCH) {
        emit_list(out, list);
        return;
    }
    for (const struct node *seq = list->child; seq; seq = seq->next) {
        emit_list(out, seq->child);
        if (seq->next) {
            emit_char(out, '|');
        }
    }
}

static void emit_parens(struct emitter *out, const char *open, const struct node *list)
{
    struct emit_modes modes = out->modes;
    emit_text(out, open);
    emit_body(out, list);
    emit_char(out, ')');
    out->modes = modes;
}

static void emit_at(struct emitter *out, const struct node *node)
{
    bool multiline = node->flags & FLAG_MULTILINE;
    bool unicode = out->kind == EMIT_UTF && !(node->flags & FLAG_ASCII);
    switch ((enum node_at)node->at) {
    case AT_BEGIN:
        emit_text(out, multiline ? "(?m:^)" : "^");
        break;
    case AT_BEGIN_STRING:
        emit_text(out, "\\A");
        break;
    case AT_END:
        emit_text(out, multiline ? "(?m:$)" : "$");
        break;
    case AT_END_STRING:
        emit_text(out, "\\z");
        break;
    case AT_BOUNDARY:
    case AT_NO_BOUNDARY:
        if (node->at == AT_NO_BOUNDARY) {
            emit_text(out, "(?!\\A\\z)"); /* Python: an empty subject has no \B */
        }
        if (unicode) {
            emit_unicode_boundary(out, node->at == AT_BOUNDARY);
        } else {
            emit_text(out, node->at == AT_BOUNDARY ? "\\b" : "\\B");
        }
        break;
    }
}

static void emit_mode(struct emitter *out, const struct node *repeat)
{
    if (repeat->mode == REPEAT_LAZY) {
        emit_char(out, '?');
    } else if (repeat->mode == REPEAT_POSSESSIVE) {
        emit_char(out, '+');
    }
}

static void emit_bounds(struct emitter *out, uint32_t min, uint32_t max)
{
    if (max == REPEAT_MAX && min <= 1) {
        emit_char(out, min ? '+' : '*');
        return;
    }
    if (min == 0 && max == 1) {
        emit_char(out, '?');
        return;
    }
    emit_char(out, '{');
    emit_number(out, min);
    if (max != min) {
        emit_char(out, ',');
    }
    if (max != min && max != REPEAT_MAX) {
        emit_number(out, max);
    }
    emit_char(out, '}');
}

/* x{70000,} as x{65535}x{4465,} and x{0,70000} as x{0,65535}x{0,4465}: the counts are tried in
 * the same order, some of them again. */
static void emit_long_unit_repeat(struct emitter *out, const struct node *repeat,
                                  const struct node *unit)
{
    uint32_t min = repeat->min, max = repeat->max;
    for (; min > COUNT_MAX; min -= COUNT_MAX) {
        emit_unit(out, unit);
        emit_bounds(out, COUNT_MAX, COUNT_MAX);
        emit_mode(out, repeat);
        max -= max == REPEAT_MAX ? 0 : COUNT_MAX;
    }
    while (max != REPEAT_MAX && max > COUNT_MAX) {
        emit_unit(out, unit);
        emit_bounds(out, min, COUNT_MAX);
        emit_mode(out, repeat);
        max -= COUNT_MAX;
        min = 0;
    }
    emit_unit(out, unit);
    emit_bounds(out, min, max);
    emit_mode(out, repeat);
}

/* The one node that parentheses without meaning wrap, or list itself. */
static const struct node *unwrap(const struct node *list)
{
    while (list && !list->next && list->kind == NODE_GROUP && list->number == 0 &&
           !(list->child && list->child->kind == NODE_BRANCH)) {
        list = list->child;
    }
    return list;
}

static void emit_node(struct emitter *out, const struct node *node);

static void emit_repeat(struct emitter *out, const struct node *repeat)
{
    const struct node *body = unwrap(repeat->child);
    if (body && !body->next && node_is_unit(body)) {
        emit_long_unit_repeat(out, repeat, body);
        return;
    }
    bool capture = body && !body->next && body->kind == NODE_GROUP && body->number;
    if (repeat->mode == REPEAT_POSSESSIVE) {
        emit_parens(out, "(?>", body); /* Python never goes back into an iteration */
    } else if (capture) {
        emit_node(out, body);
    } else {
        emit_parens(out, "(?:", body);
    }
    emit_bounds(out, repeat->min, repeat->max);
    emit_mode(out, repeat);
}

/* Bodies whose length PCRE2 works out by itself. */
static bool plain_behind(const struct node *list)
{
    for (const struct node *node = list; node; node = node->next) {
        switch ((enum node_kind)node->kind) {
        case NODE_LITERAL:
        case NODE_ANY:
        case NODE_SET:
        case NODE_AT:
            break;
        case NODE_GROUP:
        case NODE_BRANCH:
        case NODE_SEQ:
            if (!plain_behind(node->child)) {
                return false;
            }
            break;
        default:
            return false;
        }
    }
    return true;
}

static void emit_look(struct emitter *out, const struct node *look)
{
    if (!look->behind) {
        emit_parens(out, look->negate ? "(?!" : "(?=", look->child);
        return;
    }
    struct emit_modes modes = out->modes;
    const char *open = look->negate ? "(?<!" : "(?<=";
    if (plain_behind(look->child)) {
        emit_parens(out, open, look->child);
        return;
    }
    /* as Python does it: go back by the body's width, then look ahead */
    emit_text(out, open);
    emit_parens(out, "(?=", look->child);
    emit_dot(out, true);
    emit_char(out, '{');
    emit_number(out, (uint32_t)width_of_list(look->child).lo);
    emit_text(out, "})");
    out->modes = modes;
}

static void emit_cond(struct emitter *out, const struct node *cond)
{
    struct emit_modes modes = out->modes;
    emit_text(out, "(?(");
    emit_number(out, cond->number);
    emit_char(out, ')');
    emit_list(out, cond->child);
    if (cond->other) {
        emit_char(out, '|');
        emit_list(out, cond->other);
    }
    emit_char(out, ')');
    out->modes = modes;
}

static void emit_group(struct emitter *out, const struct node *group)
{
    if (group->number) {
        emit_parens(out, "(", group->child);
    } else if (group->child && group->child->kind == NODE_BRANCH) {
        emit_parens(out, "(?:", group->child);
    } else {
        emit_list(out, group->child);
    }
}

/* Caseless beyond ASCII PCRE2 takes more for the same than Python does: the callout looks at what
 * it took (caseless.h). */
static void emit_backref(struct emitter *out, const struct node *node)
{
    bool caseless = node->flags & FLAG_ICASE;
    bool checked = caseless && out->kind == EMIT_UTF;
    emit_caseless(out, caseless);
    emit_text(out, checked ? "(?:\\g{" : "\\g{");
    emit_number(out, node->number);
    emit_char(out, '}');
    if (checked) {
        emit_text(out, node->flags & FLAG_ASCII ? "(?C\"a" : "(?C\"u");
        emit_number(out, node->number);
        emit_text(out, "\"))");
    }
}

static void emit_node(struct emitter *out, const struct node *node)
{
    switch ((enum node_kind)node->kind) {
    case NODE_LITERAL:
    case NODE_ANY:
    case NODE_SET:
        emit_unit(out, node);
        break;
    case NODE_AT:
        emit_at(out, node);
        break;
    case NODE_BACKREF:
        emit_backref(out, node);
        break;
    case NODE_GROUP:
        emit_group(out, node);
        break;
    case NODE_REPEAT:
        emit_repeat(out, node);
        break;
    case NODE_ATOMIC:
        emit_parens(out, "(?>", node->child);
        break;
    case NODE_LOOK:
        emit_look(out, node);
        break;
    case NODE_COND:
        emit_cond(out, node);
        break;
    case NODE_BRANCH:
    case NODE_SEQ:
        emit_body(out, node);
        break;
    }
}

static void emit_list(struct emitter *out, const struct node *list)
{
    for (const struct node *node = list; node; node = node->next) {
        emit_node(out, node);
    }
}

struct view dialect_emit(const struct tree *tree, struct arena *arena, enum emit_kind kind)
{
    struct emitter out = {.size = 512, .kind = kind};
    for (;;) {
        out.buf = arena_get(arena, out.size);
        out.len = 0;
        out.modes = (struct emit_modes){false, false};
        if (!out.buf) {
            return VIEW_NONE;
        }
        emit_body(&out, tree->root);
        if (out.len < out.size) {
            return view_make(out.buf, out.len);
        }
        out.size = out.len + 1;
    }
}
