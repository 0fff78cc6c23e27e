/* --bless: the records of a run as a fixture has them. */
#include "author/fixtures.h"

#include <jansson.h>
#include <stdlib.h>

static json_t *cell_json(const struct textfsm_value *value, const struct textfsm_cell *cell);

static json_t *list_json(const struct textfsm_value *value, const struct textfsm_cell *cell)
{
    json_t *list = json_array();
    for (uint32_t i = 0; list && i < cell->len; i++) {
        if (json_array_append_new(list, cell_json(value, &cell->u.items[i])) < 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *dict_json(const struct textfsm_value *value, const struct textfsm_cell *cell)
{
    json_t *map = json_object();
    for (uint32_t i = 0; map && i < cell->len && i < value->nkeys; i++) {
        if (json_object_set_new(map, value->keys[i], cell_json(value, &cell->u.items[i])) < 0) {
            json_decref(map);
            return NULL;
        }
    }
    return map;
}

static json_t *cell_json(const struct textfsm_value *value, const struct textfsm_cell *cell)
{
    switch (cell->kind) {
    case TEXTFSM_TEXT:
        return json_stringn(cell->len ? cell->u.text : "", cell->len);
    case TEXTFSM_LIST:
        return list_json(value, cell);
    case TEXTFSM_DICT:
        return dict_json(value, cell);
    default:
        return json_null();
    }
}

/* A list column without items is an empty list, as everywhere. */
static json_t *column_json(const struct textfsm_value *value, const struct textfsm_cell *cell)
{
    bool empty = cell->kind == TEXTFSM_TEXT && cell->len == 0;
    return empty && (value->options & TEXTFSM_LISTED) ? json_array() : cell_json(value, cell);
}

void fixture_write_begin(struct strbuf *out, bool yaml)
{
    strbuf_addstr(out, yaml ? "---\nparsed_sample:" : "[");
}

static int write_value(struct strbuf *out, const struct fixture_column *column,
                       const struct textfsm_cell *cell, struct err *err)
{
    json_t *json = column_json(column->value, cell);
    char *text = json ? json_dumps(json, JSON_ENCODE_ANY) : NULL;
    json_decref(json);
    if (!text) {
        return err_set(err, ERR_INPUT, "column %s is not UTF-8: no fixture can hold it",
                       column->name);
    }
    strbuf_addstr(out, text);
    free(text);
    return 0;
}

int fixture_write_row(struct strbuf *out, bool yaml, size_t row,
                      const struct fixture_column *columns, const struct textfsm_cell *cells,
                      size_t n, struct err *err)
{
    int rc = 0;
    strbuf_addstr(out, yaml ? "" : row > 0 ? ",\n {" : "\n {");
    for (size_t i = 0; i < n && rc == 0; i++) {
        if (yaml) {
            strbuf_addf(out, "\n  %c %s: ", i == 0 ? '-' : ' ', columns[i].name);
        } else {
            strbuf_addf(out, "%s\"%s\": ", i > 0 ? ", " : "", columns[i].name);
        }
        rc = write_value(out, &columns[i], &cells[i], err);
    }
    strbuf_addstr(out, yaml ? "" : "}");
    return rc;
}

void fixture_write_end(struct strbuf *out, bool yaml, size_t rows)
{
    strbuf_addstr(out, yaml ? (rows > 0 ? "\n" : " []\n") : "\n]\n");
}
