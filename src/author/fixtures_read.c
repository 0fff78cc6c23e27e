/* The records of a fixture, from JSON (by libjansson) or YAML, as one kind of tree. */
#include "author/fixtures.h"

#include "base/limits.h"
#include "base/yaml.h"

#include <errno.h>
#include <jansson.h>

static struct expected *new_node(struct arena *arena, enum expected_kind kind, struct view text)
{
    struct expected *node = arena_get(arena, sizeof(*node));
    char *copy = arena_dup(arena, text);
    if (node && copy) {
        node->kind = kind;
        node->text = view_make(copy, text.len);
        return node;
    }
    return NULL;
}

static void add_child(struct expected *parent, struct expected ***end, struct expected *child)
{
    **end = child;
    *end = &child->next;
    parent->count++;
}

/* ---- JSON ----------------------------------------------------------------------------------
 */

static struct expected *from_json(struct arena *arena, json_t *json);

static struct expected *json_scalar(struct arena *arena, json_t *json)
{
    if (json_is_string(json)) {
        return new_node(arena, EXPECTED_TEXT,
                        view_make(json_string_value(json), json_string_length(json)));
    }
    if (json_is_null(json)) {
        return new_node(arena, EXPECTED_NULL, VIEW_NONE);
    }
    char *text = json_dumps(json, JSON_ENCODE_ANY);
    struct expected *node = text ? new_node(arena, EXPECTED_TEXT, view_of(text)) : NULL;
    free(text);
    return node;
}

static struct expected *json_map(struct arena *arena, json_t *json)
{
    struct expected *map = new_node(arena, EXPECTED_MAP, VIEW_NONE), **end = NULL;
    const char *key;
    json_t *value;
    if (map) {
        end = &map->first;
        json_object_foreach(json, key, value)
        {
            struct expected *child = from_json(arena, value);
            char *copy = arena_dup(arena, view_of(key));
            if (!child || !copy) {
                return NULL;
            }
            child->key = view_of(copy);
            add_child(map, &end, child);
        }
    }
    return map;
}

static struct expected *json_list(struct arena *arena, json_t *json)
{
    struct expected *list = new_node(arena, EXPECTED_LIST, VIEW_NONE), **end = NULL;
    size_t i;
    json_t *value;
    if (list) {
        end = &list->first;
        json_array_foreach(json, i, value)
        {
            struct expected *child = from_json(arena, value);
            if (!child) {
                return NULL;
            }
            add_child(list, &end, child);
        }
    }
    return list;
}

/* The library itself refuses deep nesting. */
static struct expected *from_json(struct arena *arena, json_t *json)
{
    return json_is_object(json)  ? json_map(arena, json)
           : json_is_array(json) ? json_list(arena, json)
                                 : json_scalar(arena, json);
}

static int read_json(struct expected **out, const struct fixture *fixture, struct arena *arena,
                     struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    json_error_t error;
    json_t *json = NULL;
    int rc = 0;
    if (strbuf_read_file(&text, fixture->records, LIMIT_YAML_BYTES) < 0) {
        rc = err_set(err, ERR_INPUT, "%s: %s", fixture->records, strerror(errno));
    } else {
        json = json_loadb(text.buf, text.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
        if (!json) {
            rc = err_set_at(err, ERR_INPUT, error.line, error.column, "%s:%d:%d: %s",
                            fixture->records, error.line, error.column, error.text);
        } else if (!(*out = from_json(arena, json))) {
            rc = err_nomem(err);
        }
    }
    json_decref(json);
    strbuf_release(&text);
    return rc;
}

/* ---- YAML ----------------------------------------------------------------------------------
 */

static struct expected *from_yaml(struct arena *arena, const struct yaml_node *yaml)
{
    enum expected_kind kind = yaml->kind == YAML_LIST  ? EXPECTED_LIST
                              : yaml->kind == YAML_MAP ? EXPECTED_MAP
                              : yaml_is_null(yaml)     ? EXPECTED_NULL
                                                       : EXPECTED_TEXT;
    struct view text = kind == EXPECTED_TEXT ? yaml->text : VIEW_NONE;
    struct expected *node = new_node(arena, kind, text), **end;
    if (!node) {
        return NULL;
    }
    end = &node->first;
    for (const struct yaml_node *item = yaml->kind == YAML_SCALAR ? NULL : yaml->first; item;
         item = item->next) {
        struct expected *child = from_yaml(arena, item);
        char *key = arena_dup(arena, item->key);
        if (!child || !key) {
            return NULL;
        }
        child->key = view_make(key, item->key.len);
        add_child(node, &end, child);
    }
    return node;
}

static int read_yaml(struct expected **out, const struct fixture *fixture, struct arena *arena,
                     struct err *err)
{
    struct yaml yaml = YAML_INIT;
    int rc = yaml_read_file(&yaml, fixture->records, err);
    if (rc == 0) {
        const struct yaml_node *sample =
            yaml.root->kind == YAML_MAP ? yaml_get(yaml.root, "parsed_sample") : NULL;
        if (!sample) {
            rc = yaml_error(&yaml, yaml.root, err, "there is no parsed_sample");
        } else if (!(*out = from_yaml(arena, sample))) {
            rc = err_nomem(err);
        }
    }
    yaml_release(&yaml);
    return rc;
}

int fixture_expected(const struct expected **out, const struct fixture *fixture,
                     struct arena *arena, struct err *err)
{
    struct expected *rows = NULL;
    int rc = fixture->yaml ? read_yaml(&rows, fixture, arena, err)
                           : read_json(&rows, fixture, arena, err);
    if (rc < 0) {
        return rc;
    }
    bool fine = rows->kind == EXPECTED_LIST;
    for (const struct expected *row = rows->first; row && fine; row = row->next) {
        fine = row->kind == EXPECTED_MAP;
    }
    *out = rows;
    return fine ? 0
                : err_set(err, ERR_INPUT, "%s: the records must be a list of objects",
                          fixture->records);
}
