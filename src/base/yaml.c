#include "base/yaml.h"

#include "base/limits.h"
#include "base/strbuf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

/* One collection that is being filled. */
struct open_node {
    struct yaml_node *node;
    struct yaml_node *last;    /* its newest child */
    struct yaml_node *pending; /* MAP: a child whose key has come and whose value has not */
};

struct builder {
    struct yaml *y;
    struct view text; /* all of it */
    yaml_parser_t parser;
    struct open_node open[LIMIT_YAML_DEPTH];
    size_t depth;
    size_t nodes;
    size_t documents;
    struct err *err;
};

static int __attribute__((format(printf, 5, 0)))
error_at(const char *path, int line, int column, struct err *err, const char *fmt, va_list ap)
{
    char text[sizeof(err->text)];
    vsnprintf(text, sizeof(text), fmt, ap);
    return err_set_at(err, ERR_INPUT, line, column, "%s:%d:%d: %s", path, line, column, text);
}

int yaml_error(const struct yaml *y, const struct yaml_node *at, struct err *err,
               const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int code = error_at(y->path, at->line, at->column, err, fmt, ap);
    va_end(ap);
    return code;
}

static int __attribute__((format(printf, 3, 4)))
mark_error(const struct builder *b, yaml_mark_t mark, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int code = error_at(b->y->path, (int)mark.line + 1, (int)mark.column + 1, b->err, fmt, ap);
    va_end(ap);
    return code;
}

/* Bytes that are no characters, or none that YAML takes. libyaml counts them from the
 * beginning. */
static int reader_error(const struct builder *b, const char *problem)
{
    size_t at = b->parser.problem_offset;
    yaml_mark_t mark = {0, 0, 0};
    for (size_t i = 0; i < at && i < b->text.len; i++) {
        bool ends = b->text.ptr[i] == '\n';
        mark.line += ends;
        mark.column = ends ? 0 : mark.column + 1;
    }
    unsigned byte = at < b->text.len ? (unsigned char)b->text.ptr[at] : 0;
    bool utf8 = strstr(problem, "UTF-8") != NULL;
    return mark_error(b, mark, "byte 0x%02x: %s%s", byte, problem,
                      utf8 ? "; save the file as UTF-8" : "; is this a text file?");
}

/* What to do about some of libyaml's problems. */
static const char *hint_for(const char *problem)
{
    static const struct {
        const char *problem, *hint;
    } hints[] = {
        {"cannot start any token",
         "; indent with spaces, not tabs, and quote text that begins with one of %@`"},
        {"mapping values are not allowed", "; quote text that contains ': '"},
        {"unknown escape character", "; in '...' a backslash is itself"},
        {"expected ',' or", "; quote text that contains one of [ ] { } ,"},
        {"tab character", "; indent with spaces, not tabs"},
        {"expected <document start>", "; is a key missing above it?"},
        {"did not find expected",
         "; is it indented as its neighbours are, and every quote closed?"},
    };
    size_t i = 0, n = sizeof(hints) / sizeof(hints[0]);
    while (i < n && !strstr(problem, hints[i].problem)) {
        i++;
    }
    return i < n ? hints[i].hint : "";
}

/* What libyaml did not understand, in its words, and in ours where they are known to help. */
static int syntax_error(const struct builder *b)
{
    const yaml_parser_t *p = &b->parser;
    if (p->error == YAML_MEMORY_ERROR) {
        return err_nomem(b->err);
    }
    const char *problem = p->problem ? p->problem : "not YAML";
    if (p->error == YAML_READER_ERROR) {
        return reader_error(b, problem);
    }
    const char *hint = hint_for(problem);
    if (p->context) {
        return mark_error(b, p->problem_mark, "%s (%s, line %zu)%s", problem, p->context,
                          p->context_mark.line + 1, hint);
    }
    return mark_error(b, p->problem_mark, "%s%s", problem, hint);
}

/* A copy in the arena with a NUL behind it. */
static int keep(struct builder *b, const yaml_event_t *event, struct view *out)
{
    struct view text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    char *copy = arena_dup(&b->y->arena, text);
    *out = view_make(copy, text.len);
    return copy ? 0 : err_nomem(b->err);
}

static int check_tag(const struct builder *b, const yaml_char_t *tag, yaml_mark_t mark)
{
    if (!tag || strcmp((const char *)tag, YAML_STR_TAG) == 0 ||
        strcmp((const char *)tag, "!") == 0) {
        return 0;
    }
    return mark_error(b, mark, "the tag %.100s is not supported here", (const char *)tag);
}

/* A new node, or the one whose key came before, as a child of the innermost open collection. */
static int add_node(struct builder *b, enum yaml_kind kind, yaml_mark_t mark,
                    struct yaml_node **out)
{
    struct open_node *parent = b->depth ? &b->open[b->depth - 1] : NULL;
    struct yaml_node *node = parent ? parent->pending : NULL;
    if (!node) {
        if (++b->nodes > LIMIT_YAML_NODES) {
            return mark_error(b, mark, "more than %d values in one file", LIMIT_YAML_NODES);
        }
        node = arena_get(&b->y->arena, sizeof(*node));
        if (!node) {
            return err_nomem(b->err);
        }
        if (!parent) {
            b->y->root = node;
        } else {
            *(parent->last ? &parent->last->next : &parent->node->first) = node;
            parent->last = node;
            parent->node->count++;
        }
    }
    if (parent) {
        parent->pending = NULL;
    }
    node->kind = kind;
    node->line = (int)mark.line + 1;
    node->column = (int)mark.column + 1;
    *out = node;
    return 0;
}

static bool wants_key(const struct builder *b)
{
    return b->depth && b->open[b->depth - 1].node->kind == YAML_MAP &&
           !b->open[b->depth - 1].pending;
}

static int take_scalar(struct builder *b, const yaml_event_t *event)
{
    bool key = wants_key(b);
    struct yaml_node *node = NULL;
    int code = check_tag(b, event->data.scalar.tag, event->start_mark);
    if (code == 0) {
        code = add_node(b, YAML_SCALAR, event->start_mark, &node);
    }
    if (code < 0) {
        return code;
    }
    if (key) {
        node->key_line = node->line;
        node->key_column = node->column;
        b->open[b->depth - 1].pending = node;
        return keep(b, event, &node->key);
    }
    node->quoted =
        event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE || event->data.scalar.tag;
    return keep(b, event, &node->text);
}

static int open_collection(struct builder *b, const yaml_event_t *event)
{
    bool map = event->type == YAML_MAPPING_START_EVENT;
    struct yaml_node *node = NULL;
    if (wants_key(b)) {
        return mark_error(b, event->start_mark, "a key must be text, not a %s",
                          map ? "map" : "list");
    }
    if (b->depth == LIMIT_YAML_DEPTH) {
        return mark_error(b, event->start_mark, "nested more than %d deep", LIMIT_YAML_DEPTH);
    }
    int code =
        check_tag(b, map ? event->data.mapping_start.tag : event->data.sequence_start.tag,
                  event->start_mark);
    if (code == 0) {
        code = add_node(b, map ? YAML_MAP : YAML_LIST, event->start_mark, &node);
    }
    if (code == 0) {
        b->open[b->depth++] = (struct open_node){node, NULL, NULL};
    }
    return code;
}

static int compare_views(struct view a, struct view b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* By key, then by place, so that of a key's two nodes the earlier one comes first. */
static int by_key(const void *a, const void *b)
{
    const struct yaml_node *x = *(struct yaml_node *const *)a;
    const struct yaml_node *y = *(struct yaml_node *const *)b;
    int order = compare_views(x->key, y->key);
    if (order == 0) {
        order = (x->key_line > y->key_line) - (x->key_line < y->key_line);
    }
    return order ? order : (x->key_column > y->key_column) - (x->key_column < y->key_column);
}

/* Sorts the keys of a finished map, for yaml_get, and finds the ones that are there twice. */
static int close_map(struct builder *b, struct yaml_node *map)
{
    map->sorted = arena_array(&b->y->arena, map->count, sizeof(struct yaml_node *));
    if (!map->sorted) {
        return err_nomem(b->err);
    }
    size_t n = 0;
    for (struct yaml_node *child = map->first; child; child = child->next) {
        map->sorted[n++] = child;
    }
    if (n > 1) {
        qsort(map->sorted, n, sizeof(struct yaml_node *), by_key);
    }
    for (size_t i = 1; i < n; i++) {
        const struct yaml_node *first = map->sorted[i - 1], *again = map->sorted[i];
        if (view_equal(first->key, again->key)) {
            yaml_mark_t mark = {0, (size_t)again->key_line - 1, (size_t)again->key_column - 1};
            return mark_error(b, mark, "'%.*s' is here a second time; the first is in line %d",
                              VIEW_ARG(again->key), first->key_line);
        }
    }
    return 0;
}

static int close_collection(struct builder *b)
{
    struct yaml_node *node = b->open[--b->depth].node;
    return node->kind == YAML_MAP ? close_map(b, node) : 0;
}

static int take_event(struct builder *b, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (b->documents++) {
            return mark_error(b, event->start_mark,
                              "a second document begins here; "
                              "one file holds one");
        }
        return 0;
    case YAML_ALIAS_EVENT:
        return mark_error(b, event->start_mark,
                          "the alias *%.100s: aliases are not supported here; quote text that "
                          "begins with *",
                          (const char *)event->data.alias.anchor);
    case YAML_SCALAR_EVENT:
        return take_scalar(b, event);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return open_collection(b, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_collection(b);
    default:
        return 0;
    }
}

static int build(struct builder *b)
{
    for (bool end = false; !end;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&b->parser, &event)) {
            return syntax_error(b);
        }
        int code = take_event(b, &event);
        end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
        if (code < 0) {
            return code;
        }
    }
    yaml_mark_t top = {0, 0, 0};
    struct yaml_node *root;
    return b->y->root ? 0 : add_node(b, YAML_SCALAR, top, &root);
}

int yaml_read_text(struct yaml *y, const char *name, struct view text, struct err *err)
{
    struct builder b = {.y = y, .text = text, .err = err};
    *y = (struct yaml)YAML_INIT;
    y->path = arena_dup(&y->arena, view_of(name));
    if (!y->path || !yaml_parser_initialize(&b.parser)) {
        yaml_release(y);
        return err_nomem(err);
    }
    int code;
    if (text.len > LIMIT_YAML_BYTES) {
        code = err_set(err, ERR_INPUT, "%s: larger than %zu bytes", name, LIMIT_YAML_BYTES);
    } else {
        yaml_parser_set_input_string(&b.parser, (const unsigned char *)text.ptr, text.len);
        code = build(&b);
    }
    yaml_parser_delete(&b.parser);
    if (code < 0) {
        yaml_release(y);
    }
    return code;
}

int yaml_read_file(struct yaml *y, const char *path, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    int code;
    *y = (struct yaml)YAML_INIT;
    if (strbuf_read_file(&text, path, LIMIT_YAML_BYTES) < 0) {
        code =
            errno == EFBIG
                ? err_set(err, ERR_INPUT, "%s: larger than %zu bytes", path, LIMIT_YAML_BYTES)
                : err_set(err, ERR_INPUT, "%s: cannot read it: %s", path, strerror(errno));
    } else {
        code = yaml_read_text(y, path, strbuf_view(&text), err);
    }
    strbuf_release(&text);
    return code;
}

void yaml_release(struct yaml *y)
{
    arena_release(&y->arena);
    *y = (struct yaml)YAML_INIT;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    size_t low = 0, high = map->kind == YAML_MAP ? map->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_views(view_of(key), map->sorted[middle]->key);
        if (order == 0) {
            return map->sorted[middle];
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

const char *yaml_library_version(void)
{
    return yaml_get_version_string();
}
