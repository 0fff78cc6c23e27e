/* The typed getters of yaml.h: they see the tree only, never libyaml. */
#include "base/guess.h"
#include "base/number.h"
#include "base/yaml.h"

#include <limits.h>
#include <stdio.h>

#define KEYS_SHOWN 8 /* of a map that knows no more; others have a manual */

/* "'port' must be", or "this must be" for what has no key. */
static int wrong(const struct yaml *y, const struct yaml_node *node, const char *must,
                 struct err *err)
{
    if (node->kind == YAML_SCALAR && !node->quoted && node->text.len == 0) {
        return node->key.ptr ? yaml_error(y, node, err, "'%.*s' has no value; it must be %s",
                                          VIEW_ARG(node->key), must)
                             : yaml_error(y, node, err, "nothing is here; it must be %s", must);
    }
    const char *got = node->kind == YAML_MAP    ? "a map"
                      : node->kind == YAML_LIST ? "a list"
                                                : NULL;
    struct view text = got ? view_of(got) : view_slice(node->text, 0, 100);
    const char *quote = got ? "" : "'";
    if (node->key.ptr) {
        return yaml_error(y, node, err, "'%.*s' must be %s, not %s%.*s%s", VIEW_ARG(node->key),
                          must, quote, VIEW_ARG(text), quote);
    }
    /* - a text: so that it is one */
    bool colon = node->kind == YAML_MAP && strcmp(must, "text") == 0;
    return yaml_error(y, node, err, "this must be %s, not %s%.*s%s%s", must, quote,
                      VIEW_ARG(text), quote, colon ? "; quote text that contains ': '" : "");
}

bool yaml_is_null(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && !node->quoted &&
           (node->text.len == 0 || view_equal_str(node->text, "~") ||
            view_equal_str(node->text, "null"));
}

int yaml_want(const struct yaml *y, const struct yaml_node *node, enum yaml_kind kind,
              const char *what, struct err *err)
{
    static const char *const words[] = {"text", "a list", "a map"};
    if (node->kind == kind) {
        return 0;
    }
    struct err why = ERR_INIT;
    wrong(y, node, words[kind], &why);
    return err_set_at(err, ERR_INPUT, why.line, why.column, "%s (%s)", why.text, what);
}

int yaml_string(const struct yaml *y, const struct yaml_node *node, const char **out,
                struct err *err)
{
    if (node->kind != YAML_SCALAR || yaml_is_null(node)) {
        return wrong(y, node, "text", err);
    }
    if (node->text.len && memchr(node->text.ptr, '\0', node->text.len)) {
        return wrong(y, node, "text without a NUL byte", err);
    }
    *out = node->text.ptr;
    return 0;
}

int yaml_int(const struct yaml *y, const struct yaml_node *node, int min, int max, int *out,
             struct err *err)
{
    int64_t value;
    if (min == 0 && max == 0) {
        min = INT_MIN;
        max = INT_MAX;
    }
    if (node->kind == YAML_SCALAR && number_int(node->text, min, max, &value)) {
        *out = (int)value;
        return 0;
    }
    char must[64];
    snprintf(must, sizeof(must), "a whole number from %d to %d", min, max);
    return wrong(y, node, min == INT_MIN ? "a whole number" : must, err);
}

int yaml_bool(const struct yaml *y, const struct yaml_node *node, bool *out, struct err *err)
{
    static const char *const words[] = {
        "false", "true", "False", "True", "FALSE", "TRUE", "no",  "yes",
        "No",    "Yes",  "NO",    "YES",  "off",   "on",   "Off", "On",
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (node->kind == YAML_SCALAR && view_equal_str(node->text, words[i])) {
            *out = i % 2 == 1;
            return 0;
        }
    }
    return wrong(y, node, "true or false", err);
}

int yaml_duration(const struct yaml *y, const struct yaml_node *node, ms_t *out,
                  struct err *err)
{
    if (node->kind == YAML_SCALAR && number_duration(node->text, out)) {
        return 0;
    }
    return wrong(y, node, NUMBER_DURATION_WORDS, err);
}

int yaml_size(const struct yaml *y, const struct yaml_node *node, size_t *out, struct err *err)
{
    if (node->kind == YAML_SCALAR && number_size(node->text, out)) {
        return 0;
    }
    return wrong(y, node, NUMBER_SIZE_WORDS, err);
}

int yaml_strings(struct yaml *y, const struct yaml_node *node, const char *const **out,
                 struct err *err)
{
    bool one = node->kind == YAML_SCALAR && !yaml_is_null(node);
    if (node->kind != YAML_LIST && !one) {
        return wrong(y, node, "a list", err);
    }
    const char **list = arena_array(&y->arena, (one ? 1 : node->count) + 1, sizeof(*list));
    if (!list) {
        return err_nomem(err);
    }
    *out = list;
    if (one) {
        return yaml_string(y, node, &list[0], err);
    }
    size_t n = 0;
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        int code = yaml_string(y, item, &list[n++], err);
        if (code < 0) {
            return code;
        }
    }
    return 0;
}

static int read_field(struct yaml *y, const struct yaml_node *node,
                      const struct yaml_field *field, void *out, struct err *err)
{
    void *member = (char *)out + field->offset;
    if (field->type == YAML_NODE) {
        *(const struct yaml_node **)member = node;
        return 0;
    }
    if (node->text.len && yaml_is_null(node)) {
        return 0;
    }
    switch (field->type) {
    case YAML_STRING:
        return yaml_string(y, node, member, err);
    case YAML_INT:
        return yaml_int(y, node, field->min, field->max, member, err);
    case YAML_BOOL:
        return yaml_bool(y, node, member, err);
    case YAML_DURATION:
        return yaml_duration(y, node, member, err);
    case YAML_SIZE:
        return yaml_size(y, node, member, err);
    default:
        return yaml_strings(y, node, member, err);
    }
}

static int unknown_key(const struct yaml *y, const struct yaml_node *node, const char *what,
                       const struct yaml_field *fields, size_t n, struct err *err)
{
    struct yaml_node at = {.line = node->key_line, .column = node->key_column};
    struct guess guess;
    guess_init(&guess, node->key);
    for (size_t i = 0; i < n; i++) {
        guess_offer(&guess, fields[i].key);
    }
    if (guess.best) {
        return yaml_error(y, &at, err, "%s has no key '%.*s'; did you mean '%s'?", what,
                          VIEW_ARG(node->key), guess.best);
    }
    char keys[256] = "";
    size_t len = 0;
    for (size_t i = 0; i < n && n <= KEYS_SHOWN && len < sizeof(keys); i++) {
        len += (size_t)snprintf(keys + len, sizeof(keys) - len, "%s%s", i ? ", " : "",
                                fields[i].key);
    }
    return yaml_error(y, &at, err, "%s has no key '%.*s'%s%s", what, VIEW_ARG(node->key),
                      len ? "; there are " : "", keys);
}

static const struct yaml_field *find_field(const struct yaml_field *fields, size_t n,
                                           struct view key)
{
    for (size_t i = 0; i < n; i++) {
        if (view_equal_str(key, fields[i].key)) {
            return &fields[i];
        }
    }
    return NULL;
}

int yaml_read_map(struct yaml *y, const struct yaml_node *map, const char *what,
                  const struct yaml_field *fields, size_t n, void *out, struct err *err)
{
    int code = yaml_want(y, map, YAML_MAP, what, err);
    if (code < 0) {
        return code;
    }
    for (const struct yaml_node *node = map->first; node; node = node->next) {
        const struct yaml_field *field = find_field(fields, n, node->key);
        code = field ? read_field(y, node, field, out, err)
                     : unknown_key(y, node, what, fields, n, err);
        if (code < 0) {
            return code;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (fields[i].required && !yaml_get(map, fields[i].key)) {
            return yaml_error(y, map, err, "%s needs the key '%s'", what, fields[i].key);
        }
    }
    return 0;
}
