/* JSON: one array of objects, a record a line unless pretty. NDJSON: the objects alone, as they
 * come. */
#include "output/cell.h"
#include "output/formats.h"
#include "output/jsontext.h"

#include <stdlib.h>

struct json_table {
    const struct table *table;
    size_t first_name; /* in names and name_ends: its columns' */
};

struct json_writer {
    struct writer base;
    struct block block;
    bool array; /* JSON, else NDJSON */
    bool pretty;
    bool any;            /* a record was written */
    struct strbuf names; /* what stands before each value: `{"host":`, `,"platform":` */
    size_t *name_ends;
    struct json_table *tables;
};

static void json_free(struct json_writer *w)
{
    block_release(&w->block);
    strbuf_release(&w->names);
    free(w->name_ends);
    free(w->tables);
    free(w);
}

static void add_name(struct json_writer *w, const char *name, bool first)
{
    strbuf_addch(&w->names, first ? '{' : ',');
    if (w->pretty) {
        strbuf_addstr(&w->names, w->array ? "\n    " : "\n  ");
    }
    json_add_string(&w->names, view_of(name));
    strbuf_addstr(&w->names, w->pretty ? ": " : ":");
}

/* A reader of an object keeps one of two values of the same name. */
static int check_names(const struct table *table, struct err *err)
{
    for (size_t i = 0; i < table->ncolumns; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(table->columns[i].name, table->columns[j].name) == 0) {
                return err_set(err, ERR_USAGE,
                               "two columns of %s are called '%s', and JSON can hold one: name "
                               "them apart with AS",
                               table->name, table->columns[i].name);
            }
        }
    }
    return 0;
}

static int make_names(struct json_writer *w, const struct table *tables, size_t ntables,
                      struct err *err)
{
    size_t n = 0;
    for (size_t t = 0; t < ntables; t++) {
        if (check_names(&tables[t], err) < 0) {
            return ERR_USAGE;
        }
        n += tables[t].ncolumns;
    }
    w->name_ends = calloc(n + 1, sizeof(*w->name_ends));
    w->tables = calloc(ntables + 1, sizeof(*w->tables));
    if (!w->name_ends || !w->tables) {
        return err_nomem(err);
    }
    n = 0;
    for (size_t t = 0; t < ntables; t++) {
        w->tables[t] = (struct json_table){&tables[t], n};
        for (size_t c = 0; c < tables[t].ncolumns; c++) {
            add_name(w, tables[t].columns[c].name, c == 0);
            w->name_ends[++n] = w->names.len;
        }
    }
    return strbuf_failed(&w->names) ? err_nomem(err) : 0;
}

static void add_value(struct json_writer *w, const struct textfsm_cell *cell,
                      const struct column *column)
{
    if (column->raw && cell->kind == TEXTFSM_TEXT && json_document(cell_view(cell))) {
        json_add_compact(&w->block.buf, cell_view(cell));
        return;
    }
    int indent = !w->pretty ? -1 : w->array ? 2 : 1;
    json_add_cell(&w->block.buf, cell, column, indent);
}

static int json_row(struct writer *base, size_t table, const struct textfsm_cell *cells,
                    struct err *err)
{
    struct json_writer *w = (struct json_writer *)base;
    struct strbuf *out = &w->block.buf;
    if (w->array) {
        strbuf_addstr(out, w->any ? ",\n" : "[\n");
        strbuf_addstr(out, w->pretty ? "  " : "");
    }
    w->any = true;
    const struct json_table *t = &w->tables[table];
    const size_t *ends = w->name_ends + t->first_name;
    for (size_t i = 0; i < t->table->ncolumns; i++) {
        strbuf_add(out, w->names.buf + ends[i], ends[i + 1] - ends[i]);
        add_value(w, &cells[i], &t->table->columns[i]);
    }
    strbuf_addstr(out, !w->pretty ? "}" : w->array ? "\n  }" : "\n}");
    strbuf_addstr(out, w->array ? "" : "\n");
    return block_settle(&w->block, err);
}

static int json_flush(struct writer *base, struct err *err)
{
    return block_flush(&((struct json_writer *)base)->block, err);
}

static int json_close(struct writer *base, struct err *err)
{
    struct json_writer *w = (struct json_writer *)base;
    if (w->array) {
        strbuf_addstr(&w->block.buf, w->any ? "\n]\n" : "[]\n");
    }
    int status = block_flush(&w->block, err);
    json_free(w);
    return status;
}

static void json_abort(struct writer *base)
{
    json_free((struct json_writer *)base);
}

static int open_either(struct writer **out, const struct format *format, struct sink *sink,
                       const struct table *tables, size_t ntables,
                       const struct writer_options *options, struct err *err)
{
    struct json_writer *w = calloc(1, sizeof(*w));
    if (!w) {
        return err_nomem(err);
    }
    w->base = (struct writer){.format = format,
                              .row = json_row,
                              .flush = json_flush,
                              .close = json_close,
                              .abort = json_abort};
    block_init(&w->block, sink);
    strbuf_init(&w->names);
    w->array = format == &format_json;
    w->pretty = options->pretty;
    int status = make_names(w, tables, ntables, err);
    if (status < 0) {
        json_free(w);
        return status;
    }
    *out = &w->base;
    return 0;
}

static int open_json(struct writer **out, struct sink *sink, const struct table *tables,
                     size_t ntables, const struct writer_options *options, struct err *err)
{
    return open_either(out, &format_json, sink, tables, ntables, options, err);
}

static int open_ndjson(struct writer **out, struct sink *sink, const struct table *tables,
                       size_t ntables, const struct writer_options *options, struct err *err)
{
    return open_either(out, &format_ndjson, sink, tables, ntables, options, err);
}

const struct format format_json = {
    .name = "json",
    .extensions = "json",
    .help = "one array of objects, a record a line (--pretty: indented)",
    .open = open_json,
};

const struct format format_ndjson = {
    .name = "ndjson",
    .extensions = "ndjson jsonl",
    .help = "an object a line, as each host ends",
    .streams = true,
    .open = open_ndjson,
};
