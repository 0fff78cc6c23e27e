#include "collect/shape.h"

#include "collect/plan.h"

#define RAW_NAME "output"

static const char *const base_names[PLAN_BASE_COLUMNS] = {"host", "platform", "command",
                                                          "collected_at"};

struct shape_column {
    struct column column;
    struct shape_column *next;
    size_t index; /* among the table's own columns */
};

struct shape_table {
    const char *name;
    struct shape_column *first, *last;
    size_t ncolumns, index;
    bool raw;
    struct shape_table *next;
};

/* How many columns stand before the templates' own. */
static size_t shape_base(const struct shape *shape)
{
    return PLAN_BASE_COLUMNS + shape->ndata;
}

static struct shape_table *find_table(struct shape *shape, const char *name, bool raw)
{
    for (struct shape_table *t = shape->first; t; t = t->next) {
        if (t->raw == raw && strcmp(t->name, name) == 0) {
            return t;
        }
    }
    struct shape_table *t = arena_get(shape->arena, sizeof(*t));
    if (t) {
        t->name = name;
        t->raw = raw;
        t->index = shape->ntables++;
        if (shape->last) {
            shape->last->next = t;
        } else {
            shape->first = t;
        }
        shape->last = t;
    }
    return t;
}

static struct shape_column *find_column(const struct shape_table *t, const char *name)
{
    struct shape_column *c = t->first;
    while (c && strcmp(c->column.name, name) != 0) {
        c = c->next;
    }
    return c;
}

static struct shape_column *add_column(struct shape *shape, struct shape_table *t,
                                       const struct column *column)
{
    struct shape_column *c = arena_get(shape->arena, sizeof(*c));
    if (c) {
        c->column = *column;
        c->index = t->ncolumns++;
        if (t->last) {
            t->last->next = c;
        } else {
            t->first = c;
        }
        t->last = c;
    }
    return c;
}

/* ---- Values --------------------------------------------------------------------------------
 */

static char *lower(struct arena *arena, const char *name)
{
    char *out = arena_dup(arena, view_of(name));
    for (char *p = out; p && *p; p++) {
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
    }
    return out;
}

/* Whether an earlier value of the same command has taken the column already. */
static bool taken(const size_t *column_of, size_t n, size_t place)
{
    for (size_t i = 0; i < n; i++) {
        if (column_of[i] == place) {
            return true;
        }
    }
    return false;
}

static bool same_keys(const struct column *a, const struct column *b)
{
    bool same = a->nkeys == b->nkeys;
    for (unsigned i = 0; same && i < a->nkeys; i++) {
        same = strcmp(a->keys[i], b->keys[i]) == 0;
    }
    return same;
}

/* The column for a value: the one of its lower-case name, where another platform's template may
 * have made it already. Two values of one template whose names differ in case only keep apart:
 * the second is written as the template has it. */
static int place_value(struct shape *shape, struct shape_table *t,
                       const struct textfsm_column *from, size_t *column_of, size_t n,
                       struct err *err)
{
    const struct textfsm_value *value = from->value;
    struct column column = {.name = lower(shape->arena, value->name),
                            .list = (value->options & TEXTFSM_LISTED) != 0,
                            .key = from->key != 0,
                            .nkeys = value->nkeys,
                            .keys = value->keys};
    if (!column.name) {
        return err_nomem(err);
    }
    struct shape_column *c = find_column(t, column.name);
    if (c && taken(column_of, n, shape_base(shape) + c->index)) {
        column.name = value->name;
        c = find_column(t, column.name);
    }
    if (c && c->column.nkeys && column.nkeys && !same_keys(&c->column, &column)) {
        return err_set(err, ERR_INPUT,
                       "the templates called %s disagree about what the items of %s hold; "
                       "run their platforms one by one",
                       t->name, column.name);
    }
    if (!c && !(c = add_column(shape, t, &column))) {
        return err_nomem(err);
    }
    c->column.list |= column.list;
    c->column.key |= column.key;
    if (column.nkeys) {
        c->column.nkeys = column.nkeys;
        c->column.keys = column.keys;
    }
    column_of[n] = shape_base(shape) + c->index;
    return 0;
}

int shape_reader(struct shape *shape, const char *table, const struct textfsm_table *reader,
                 struct shape_place *out, struct err *err)
{
    unsigned n = textfsm_table_columns(reader);
    struct shape_table *t = find_table(shape, table, false);
    size_t *column_of = arena_array(shape->arena, n + 1, sizeof(*column_of));
    if (!t || !column_of) {
        return err_nomem(err);
    }
    int rc = 0;
    for (unsigned i = 0; i < n && rc == 0; i++) {
        rc = place_value(shape, t, textfsm_table_column(reader, i), column_of, i, err);
    }
    *out = (struct shape_place){t->index, column_of, n};
    return rc;
}

int shape_raw(struct shape *shape, struct shape_place *out, struct err *err)
{
    size_t *column_of = arena_array(shape->arena, 1, sizeof(*column_of));
    struct shape_table *t = find_table(shape, RAW_NAME, true);
    if (!t || !column_of) {
        return err_nomem(err);
    }
    if (!t->first && !add_column(shape, t, &(struct column){.name = RAW_NAME, .raw = true})) {
        return err_nomem(err);
    }
    column_of[0] = shape_base(shape);
    *out = (struct shape_place){t->index, column_of, 1};
    return 0;
}

/* ---- The writers' tables -------------------------------------------------------------------
 */

/* `host`, or `_host` where a value is called host, and so on. */
static const char *base_name(struct shape *shape, const struct shape_table *t, const char *name)
{
    while (name && find_column(t, name)) {
        name = arena_printf(shape->arena, "_%s", name);
    }
    return name;
}

static int finish_table(struct shape *shape, const struct shape_table *t, struct table *out,
                        struct err *err)
{
    size_t base = shape_base(shape), n = base + t->ncolumns;
    struct column *columns = arena_array(shape->arena, n, sizeof(*columns));
    if (!columns) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < base; i++) {
        columns[i].name = base_name(shape, t,
                                    i < PLAN_BASE_COLUMNS ? base_names[i]
                                                          : shape->data[i - PLAN_BASE_COLUMNS]);
        if (!columns[i].name) {
            return err_nomem(err);
        }
    }
    for (const struct shape_column *c = t->first; c; c = c->next) {
        columns[base + c->index] = c->column;
    }
    *out = (struct table){t->name, columns, n};
    return 0;
}

int shape_finish(struct shape *shape, struct table **tables, size_t *ntables, struct err *err)
{
    *ntables = shape->ntables;
    *tables = arena_array(shape->arena, shape->ntables + 1, sizeof(**tables));
    int rc = *tables ? 0 : err_nomem(err);
    for (const struct shape_table *t = shape->first; t && rc == 0; t = t->next) {
        rc = finish_table(shape, t, &(*tables)[t->index], err);
    }
    return rc;
}
