/* Rows that came against those that are wanted, told as a person would. */
#include "author/test.h"

#define MOST_LINES 20

struct compare {
    struct strbuf *out;
    const struct test_rows *rows;
    const struct expected **wanted;
    size_t lines;
};

/* ---- Equality ------------------------------------------------------------------------------
 */

static bool same_cell(const struct textfsm_value *value, const struct textfsm_cell *cell,
                      const struct expected *want);

static bool same_dict(const struct textfsm_value *value, const struct textfsm_cell *cell,
                      const struct expected *want)
{
    size_t found = 0;
    for (uint32_t i = 0; i < cell->len && i < value->nkeys; i++) {
        for (const struct expected *item = want->first; item; item = item->next) {
            if (view_equal_str(item->key, value->keys[i])) {
                found++;
                if (!same_cell(value, &cell->u.items[i], item)) {
                    return false;
                }
            }
        }
    }
    return found == cell->len && found == want->count;
}

static bool same_list(const struct textfsm_value *value, const struct textfsm_cell *cell,
                      const struct expected *want)
{
    const struct expected *item = want->first;
    for (uint32_t i = 0; i < cell->len && item; i++, item = item->next) {
        if (!same_cell(value, &cell->u.items[i], item)) {
            return false;
        }
    }
    return cell->len == want->count;
}

/* An empty text and a null are the same for who writes YAML; a list without items may come as
 * an empty text. */
static bool same_cell(const struct textfsm_value *value, const struct textfsm_cell *cell,
                      const struct expected *want)
{
    bool empty = cell->kind == TEXTFSM_NULL || (cell->kind == TEXTFSM_TEXT && cell->len == 0);
    switch (want->kind) {
    case EXPECTED_NULL:
        return empty;
    case EXPECTED_TEXT:
        return cell->kind == TEXTFSM_TEXT &&
               view_equal(view_make(cell->u.text, cell->len), want->text);
    case EXPECTED_LIST:
        return cell->kind == TEXTFSM_LIST ? same_list(value, cell, want)
                                          : empty && want->count == 0;
    case EXPECTED_MAP:
        return cell->kind == TEXTFSM_DICT && same_dict(value, cell, want);
    }
    return false;
}

static const struct expected *find_key(const struct expected *map, const char *name)
{
    for (const struct expected *item = map->first; item; item = item->next) {
        if (view_equal_str(item->key, name)) {
            return item;
        }
    }
    return NULL;
}

static bool same_row(const struct test_rows *rows, size_t row, const struct expected *want)
{
    const struct textfsm_cell *cells = textfsm_merge_row(rows->merge, row);
    bool same = want->count == rows->ncolumns;
    for (size_t i = 0; i < rows->ncolumns && same; i++) {
        const struct expected *item = find_key(want, rows->columns[i].name);
        same = item && same_cell(rows->columns[i].value, &cells[i], item);
    }
    return same;
}

/* ---- Words ---------------------------------------------------------------------------------
 */

static void add_cell(struct strbuf *out, const struct textfsm_value *value,
                     const struct textfsm_cell *cell)
{
    if (cell->kind == TEXTFSM_TEXT) {
        strbuf_addf(out, "\"%.*s\"", (int)cell->len, cell->len ? cell->u.text : "");
        return;
    }
    if (cell->kind == TEXTFSM_NULL) {
        strbuf_addstr(out, "null");
        return;
    }
    bool dict = cell->kind == TEXTFSM_DICT;
    strbuf_addch(out, dict ? '{' : '[');
    for (uint32_t i = 0; i < cell->len; i++) {
        strbuf_addstr(out, i > 0 ? ", " : "");
        if (dict && i < value->nkeys) {
            strbuf_addf(out, "%s: ", value->keys[i]);
        }
        add_cell(out, value, &cell->u.items[i]);
    }
    strbuf_addch(out, dict ? '}' : ']');
}

static void add_expected(struct strbuf *out, const struct expected *want)
{
    if (want->kind == EXPECTED_TEXT) {
        strbuf_addf(out, "\"%.*s\"", VIEW_ARG(want->text));
        return;
    }
    if (want->kind == EXPECTED_NULL) {
        strbuf_addstr(out, "null");
        return;
    }
    bool map = want->kind == EXPECTED_MAP;
    strbuf_addch(out, map ? '{' : '[');
    for (const struct expected *item = want->first; item; item = item->next) {
        strbuf_addstr(out, item == want->first ? "" : ", ");
        if (map) {
            strbuf_addf(out, "%.*s: ", VIEW_ARG(item->key));
        }
        add_expected(out, item);
    }
    strbuf_addch(out, map ? '}' : ']');
}

/* Begins a line; false when enough has been said. */
static bool begin_line(struct compare *c)
{
    c->lines++;
    if (c->lines == MOST_LINES + 1) {
        strbuf_addstr(c->out, "\n...");
    }
    if (c->lines > MOST_LINES) {
        return false;
    }
    strbuf_addstr(c->out, c->out->len > 0 ? "\n" : "");
    return true;
}

static void tell_cells(struct compare *c, size_t row, size_t want_row)
{
    const struct textfsm_cell *cells = textfsm_merge_row(c->rows->merge, row);
    const struct expected *want = c->wanted[want_row];
    for (size_t i = 0; i < c->rows->ncolumns; i++) {
        const struct fixture_column *column = &c->rows->columns[i];
        const struct expected *item = find_key(want, column->name);
        if (item && same_cell(column->value, &cells[i], item)) {
            continue;
        }
        if (begin_line(c)) {
            strbuf_addf(c->out, "row %zu, %s: got ", row + 1, column->name);
            add_cell(c->out, column->value, &cells[i]);
            strbuf_addstr(c->out, item ? ", wanted " : ", wanted no such column");
            if (item) {
                add_expected(c->out, item);
            }
        }
    }
    for (const struct expected *item = want->first; item; item = item->next) {
        bool known = false;
        for (size_t i = 0; i < c->rows->ncolumns && !known; i++) {
            known = view_equal_str(item->key, c->rows->columns[i].name);
        }
        if (!known && begin_line(c)) {
            strbuf_addf(c->out, "row %zu: the template has no column %.*s", row + 1,
                        VIEW_ARG(item->key));
        }
    }
}

static void tell_got(struct compare *c, size_t row)
{
    const struct textfsm_cell *cells = textfsm_merge_row(c->rows->merge, row);
    if (!begin_line(c)) {
        return;
    }
    strbuf_addf(c->out, "+ row %zu that is not wanted:", row + 1);
    for (size_t i = 0; i < c->rows->ncolumns; i++) {
        if (cells[i].kind != TEXTFSM_NULL && cells[i].len > 0) {
            strbuf_addf(c->out, " %s=", c->rows->columns[i].name);
            add_cell(c->out, c->rows->columns[i].value, &cells[i]);
        }
    }
}

static void tell_missing(struct compare *c, size_t row)
{
    if (!begin_line(c)) {
        return;
    }
    strbuf_addf(c->out, "- row %zu did not come:", row + 1);
    for (const struct expected *item = c->wanted[row]->first; item; item = item->next) {
        if (item->count > 0 || item->text.len > 0) {
            strbuf_addf(c->out, " %.*s=", VIEW_ARG(item->key));
            add_expected(c->out, item);
        }
    }
}

/* ---- Rows ----------------------------------------------------------------------------------
 */

/* Rows [i, n) that came and [j, m) that are wanted, more of the ones than of the others. */
static void tell_rows(struct compare *c, size_t i, size_t n, size_t j, size_t m)
{
    while (i < n && j < m) {
        size_t same = j;
        while (same < m && !same_row(c->rows, i, c->wanted[same])) {
            same++;
        }
        if (same == m) {
            tell_got(c, i++);
            continue;
        }
        while (j < same) {
            tell_missing(c, j++);
        }
        i++;
        j++;
    }
    while (i < n) {
        tell_got(c, i++);
    }
    while (j < m) {
        tell_missing(c, j++);
    }
}

void test_compare(struct strbuf *out, const struct test_rows *rows,
                  const struct expected *wanted)
{
    struct arena arena = ARENA_INIT;
    struct compare c = {.out = out, .rows = rows};
    size_t n = textfsm_merge_rows(rows->merge), m = 0, start = 0;
    c.wanted = arena_array(&arena, wanted->count + 1, sizeof(const struct expected *));
    for (const struct expected *row = wanted->first; c.wanted && row; row = row->next) {
        c.wanted[m++] = row;
    }
    while (start < n && start < m && same_row(rows, start, c.wanted[start])) {
        start++;
    }
    if (!c.wanted) {
        strbuf_addstr(out, "out of memory");
    } else if (n == m) {
        for (size_t i = start; i < n; i++) {
            tell_cells(&c, i, i);
        }
    } else {
        begin_line(&c);
        strbuf_addf(out, "%zu rows came, %zu are wanted", n, m);
        tell_rows(&c, start, n, start, m);
    }
    arena_release(&arena);
}
