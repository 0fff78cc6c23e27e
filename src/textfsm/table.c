#include "textfsm/table.h"

#include "textfsm/fail.h"
#include "textfsm/own.h"

#include <string.h>

/* The index of a Value, or KEY_MISSING. */
static unsigned find_value(const struct textfsm_template *t, const char *name)
{
    for (unsigned i = 0; i < textfsm_template_values(t); i++) {
        if (strcmp(textfsm_template_value(t, i)->name, name) == 0) {
            return i;
        }
    }
    return KEY_MISSING;
}

static unsigned find_column(const struct textfsm_table *table, const char *name)
{
    for (unsigned i = 0; i < table->ncolumns; i++) {
        if (strcmp(table->columns[i].value->name, name) == 0) {
            return i;
        }
    }
    return KEY_MISSING;
}

static void add_column(struct textfsm_table *table, unsigned template_index, unsigned value)
{
    const struct textfsm_template *t = table->templates[template_index];
    table->columns[table->ncolumns++] =
        (struct textfsm_column){textfsm_template_value(t, value), template_index, 0};
}

static bool is_key(const struct textfsm_value *value)
{
    return (value->options & TEXTFSM_KEY) != 0;
}

static unsigned count_keys(const struct textfsm_template *t)
{
    unsigned n = 0;
    for (unsigned i = 0; i < textfsm_template_values(t); i++) {
        n += is_key(textfsm_template_value(t, i));
    }
    return n;
}

/* The template whose Keys join: the first one that has any, up to the one that is joined. */
static const struct textfsm_template *key_template(const struct textfsm_table *table,
                                                   unsigned upto)
{
    for (unsigned i = 0; i <= upto && i < table->ntemplates; i++) {
        if (count_keys(table->templates[i])) {
            return table->templates[i];
        }
    }
    return NULL;
}

static bool same_names(const struct textfsm_value *a, const struct textfsm_value *b)
{
    bool same = a->nkeys == b->nkeys;
    for (unsigned i = 0; same && i < a->nkeys; i++) {
        same = strcmp(a->keys[i], b->keys[i]) == 0;
    }
    return same;
}

static struct join_key join_key(const struct textfsm_table *table,
                                const struct textfsm_template *t, unsigned merged,
                                const char *name)
{
    unsigned own = find_value(t, name);
    bool same = own != KEY_MISSING &&
                same_names(table->columns[merged].value, textfsm_template_value(t, own));
    return (struct join_key){{merged, own}, same};
}

static int find_keys(struct textfsm_table *table, struct extension *ext,
                     const struct textfsm_template *keys, struct textfsm_error *error)
{
    for (unsigned i = 0; keys && i < textfsm_template_values(keys); i++) {
        const struct textfsm_value *value = textfsm_template_value(keys, i);
        if (!is_key(value)) {
            continue;
        }
        unsigned merged = find_column(table, value->name);
        if (merged == KEY_MISSING) {
            return fail_at(error, TEXTFSM_BAD_TEMPLATE, textfsm_template_name(keys),
                           value->line, 0,
                           "Key %s is no Value of the templates in front of this one, which it "
                           "is merged with",
                           value->name);
        }
        ext->keys[ext->nkeys++] = join_key(table, ext->template, merged, value->name);
    }
    return 0;
}

static int extend(struct textfsm_table *table, unsigned index, struct textfsm_error *error)
{
    struct extension *ext = &table->extensions[index - 1];
    const struct textfsm_template *t = table->templates[index];
    const struct textfsm_template *keys = key_template(table, index);
    unsigned n = textfsm_template_values(t);
    ext->template = t;
    ext->add = arena_array(&table->arena, n, sizeof(*ext->add));
    ext->keys = arena_array(&table->arena, keys ? count_keys(keys) : 0, sizeof(*ext->keys));
    if (!ext->add || !ext->keys) {
        return fail_nomem(error);
    }
    int rc = find_keys(table, ext, keys, error);
    for (unsigned i = 0; rc == 0 && i < n; i++) {
        if (find_column(table, textfsm_template_value(t, i)->name) == KEY_MISSING) {
            ext->add[ext->nadd++] = (struct column_pair){table->ncolumns, i};
            add_column(table, index, i);
        }
    }
    return rc;
}

static void mark_keys(struct textfsm_table *table)
{
    const struct textfsm_template *keys = key_template(table, table->ntemplates);
    for (unsigned i = 0; keys && i < table->ncolumns; i++) {
        unsigned own = find_value(keys, table->columns[i].value->name);
        table->columns[i].key = own != KEY_MISSING && is_key(textfsm_template_value(keys, own));
    }
}

static int build(struct textfsm_table *table, const struct textfsm_template *const *templates,
                 unsigned n, struct textfsm_error *error)
{
    size_t most = 0;
    for (unsigned i = 0; i < n; i++) {
        most += textfsm_template_values(templates[i]);
    }
    table->templates = arena_array(&table->arena, n, sizeof(struct textfsm_template *));
    table->columns = arena_array(&table->arena, most, sizeof(*table->columns));
    table->extensions = arena_array(&table->arena, n, sizeof(*table->extensions));
    if (!table->templates || !table->columns || !table->extensions) {
        return fail_nomem(error);
    }
    memcpy(table->templates, templates, n * sizeof(struct textfsm_template *));
    table->ntemplates = n;
    for (unsigned i = 0; i < textfsm_template_values(templates[0]); i++) {
        add_column(table, 0, i);
    }
    int rc = 0;
    for (unsigned i = 1; rc == 0 && i < n; i++) {
        rc = extend(table, i, error);
    }
    mark_keys(table);
    return rc;
}

struct textfsm_table *textfsm_table_new(const struct textfsm_template *const *templates,
                                        unsigned n, const struct textfsm_allocator *allocator,
                                        struct textfsm_error *error)
{
    if (n == 0) {
        fail_set(error, TEXTFSM_NO_TEMPLATE, "a table needs at least one template");
        return NULL;
    }
    struct textfsm_table *table = own_new(sizeof(*table), allocator);
    if (!table) {
        fail_nomem(error);
        return NULL;
    }
    table->alloc = own_alloc(&table->alloc_copy, allocator);
    arena_init(&table->arena, table->alloc);
    if (build(table, templates, n, error) < 0) {
        textfsm_table_free(table);
        return NULL;
    }
    return table;
}

void textfsm_table_free(struct textfsm_table *table)
{
    if (table) {
        arena_release(&table->arena);
        own_free(table, table->alloc);
    }
}

unsigned textfsm_table_columns(const struct textfsm_table *table)
{
    return table->ncolumns;
}

const struct textfsm_column *textfsm_table_column(const struct textfsm_table *table, unsigned i)
{
    return i < table->ncolumns ? &table->columns[i] : NULL;
}
