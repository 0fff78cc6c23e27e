#include "store/filter.h"

#include "store/guard.h"
#include "store/query.h"
#include "store/rows.h"
#include "store/select.h"

#include <stdlib.h>

struct one_table {
    struct row_insert insert;
    sqlite3_stmt *select, *clear;
    long skip, left; /* rows; left < 0 = no limit */
};

struct filter {
    struct writer writer; /* first: the writers' vtable */
    struct writer *next;
    struct db *db;
    struct guard guard;
    struct arena arena; /* tables and columns */
    struct arena cells; /* one row's lists */
    struct one_table *each;
    struct table *out;
    size_t ntables;
    struct textfsm_cell *row; /* of the widest table */
    bool keeps;               /* all rows until the end */
};

/* ---- opening ------------------------------------------------------------------------------
 */

static int prepare_select(struct filter *f, const struct filter_options *o,
                          const struct table *table, sqlite3_stmt **st, struct err *err)
{
    struct select_text t = {.sql = STRBUF_INIT};
    struct select_wanted wanted = {o->where, o->select, o->sort};
    select_make(&t, &wanted, table->name, VIEW(""));
    int status = 0;
    const char *tail = NULL;
    if (strbuf_failed(&t.sql)) {
        status = err_nomem(err);
    } else if (sqlite3_prepare_v2(f->db->handle, t.sql.buf, (int)t.sql.len, st, &tail) !=
               SQLITE_OK) {
        status = select_explain(&t, f->db, err);
    } else if (*tail) {
        status =
            err_set(err, ERR_USAGE,
                    "--where, --select and --sort take expressions, not statements: %s", tail);
    }
    select_release(&t);
    return status;
}

static int prepare_clear(struct filter *f, const char *table, sqlite3_stmt **st,
                         struct err *err)
{
    struct strbuf sql = STRBUF_INIT;
    strbuf_addstr(&sql, "DELETE FROM ");
    sql_add_name(&sql, table);
    int status =
        strbuf_failed(&sql) ? err_nomem(err) : db_prepare(f->db, strbuf_view(&sql), st, err);
    strbuf_release(&sql);
    return status;
}

/* All of the schema before any statement, for a change of it compiles statements again. */
static int make_tables(struct filter *f, const struct table *tables, struct err *err)
{
    int status = 0;
    for (size_t i = 0; i < f->ntables && status == 0; i++) {
        status = rows_create(f->db, &tables[i], false, err);
    }
    for (size_t i = 0; i < f->ntables && status == 0; i++) {
        status = row_insert_init(&f->each[i].insert, f->db, &tables[i], false, err);
        if (status == 0) {
            status = prepare_clear(f, tables[i].name, &f->each[i].clear, err);
        }
    }
    /* one transaction around everything: what is kept is never committed */
    return status < 0 ? status : db_exec(f->db, "BEGIN", err);
}

static int open_selects(struct filter *f, const struct filter_options *o,
                        const struct table *tables, struct err *err)
{
    size_t widest = 1;
    for (size_t i = 0; i < f->ntables; i++) {
        struct one_table *one = &f->each[i];
        one->skip = o->offset > 0 ? o->offset : 0;
        one->left = o->limit;
        int status = prepare_select(f, o, &tables[i], &one->select, err);
        if (status == 0) {
            f->out[i].name = tables[i].name;
            status = rows_columns(one->select, &f->arena, &f->out[i], err);
        }
        if (status < 0) {
            return status;
        }
        widest = f->out[i].ncolumns > widest ? f->out[i].ncolumns : widest;
    }
    f->row = arena_array(&f->arena, widest, sizeof(*f->row));
    return f->row ? 0 : err_nomem(err);
}

static int open_tables(struct filter *f, const struct filter_options *o,
                       const struct table *tables, struct err *err)
{
    f->each = arena_array(&f->arena, f->ntables + 1, sizeof(*f->each));
    f->out = arena_array(&f->arena, f->ntables + 1, sizeof(*f->out));
    int status = f->each && f->out ? make_tables(f, tables, err) : err_nomem(err);
    if (status == 0) {
        guard_close(&f->guard, f->db);
        status = open_selects(f, o, tables, err);
    }
    return status;
}

/* A row can be judged alone unless rows are sorted, counted, or compared with others: that is,
 * when --select is a list of columns and --where holds no SELECT of its own. */
static bool needs_all_rows(const struct filter_options *o)
{
    if (o->sort) {
        return true;
    }
    for (const char *c = o->select ? o->select : ""; *c; c++) {
        if (*c == '(' || *c == '\n') {
            return true;
        }
    }
    bool distinct = o->select && sqlite3_strlike("%distinct%", o->select, 0) == 0;
    return distinct || (o->where && sqlite3_strlike("%select%", o->where, 0) == 0);
}

/* ---- rows ---------------------------------------------------------------------------------
 */

/* The rows that the SELECT gives now go on to the next writer. */
static int pass_on(struct filter *f, size_t table, struct err *err)
{
    struct one_table *one = &f->each[table];
    int got, status = 0;
    guard_begin(&f->guard, GUARD_MS);
    while (one->left != 0 && (got = db_step(f->db, one->select, err)) != 0) {
        if (got < 0) {
            status = got;
            break;
        }
        if (one->skip > 0) {
            one->skip--;
            continue;
        }
        arena_reset(&f->cells);
        status = rows_cells(one->select, &f->out[table], &f->cells, f->row, err);
        if (status == 0) {
            status = writer_row(f->next, table, f->row, err);
        }
        if (status < 0) {
            break;
        }
        one->left -= one->left > 0;
    }
    sqlite3_reset(one->select);
    return status;
}

static int write_row(struct writer *w, size_t table, const struct textfsm_cell *cells,
                     struct err *err)
{
    struct filter *f = (struct filter *)w;
    if (f->each[table].left == 0) {
        return 0;
    }
    guard_begin(&f->guard, GUARD_MS);
    f->guard.trusted = true;
    int status = row_insert(&f->each[table].insert, 0, cells, err);
    f->guard.trusted = false;
    if (status < 0 || f->keeps) {
        return status;
    }
    status = pass_on(f, table, err);
    f->guard.trusted = true;
    sqlite3_step(f->each[table].clear);
    sqlite3_reset(f->each[table].clear);
    f->guard.trusted = false;
    return status;
}

static int flush(struct writer *w, struct err *err)
{
    return writer_flush(((struct filter *)w)->next, err);
}

static int extra(struct writer *w, enum writer_extra kind, const struct textfsm_cell *cells,
                 struct err *err)
{
    return writer_extra(((struct filter *)w)->next, kind, cells, err);
}

/* ---- ending -------------------------------------------------------------------------------
 */

static void release(struct filter *f)
{
    for (size_t i = 0; f->each && i < f->ntables; i++) {
        row_insert_release(&f->each[i].insert);
        sqlite3_finalize(f->each[i].select);
        sqlite3_finalize(f->each[i].clear);
    }
    db_close(f->db);
    arena_release(&f->arena);
    arena_release(&f->cells);
    free(f);
}

static int close_filter(struct writer *w, struct err *err)
{
    struct filter *f = (struct filter *)w;
    int status = 0;
    for (size_t i = 0; i < f->ntables && f->keeps && status == 0; i++) {
        status = pass_on(f, i, err);
    }
    /* the next writer uses the tables until it is closed */
    if (status < 0) {
        writer_abort(f->next);
    } else if (f->next) {
        status = writer_close(f->next, err);
    }
    release(f);
    return status;
}

static void abort_filter(struct writer *w)
{
    struct filter *f = (struct filter *)w;
    writer_abort(f->next);
    release(f);
}

int filter_open(struct writer **out, const struct filter_options *options,
                const struct table *tables, size_t ntables, struct err *err)
{
    *out = NULL;
    struct filter *f = calloc(1, sizeof(*f));
    if (!f) {
        return err_nomem(err);
    }
    f->writer = (struct writer){.row = write_row,
                                .flush = flush,
                                .extra = extra,
                                .close = close_filter,
                                .abort = abort_filter};
    arena_init(&f->arena, NULL);
    arena_init(&f->cells, NULL);
    f->ntables = ntables;
    f->keeps = needs_all_rows(options);
    int status = db_open(&f->db, "", DB_SCRATCH, err);
    if (status == 0) {
        status = open_tables(f, options, tables, err);
    }
    if (status < 0) {
        release(f);
        return status;
    }
    *out = &f->writer;
    return 0;
}

const struct table *filter_tables(const struct writer *filter, size_t *n)
{
    const struct filter *f = (const struct filter *)filter;
    *n = f->ntables;
    return f->out;
}

void filter_start(struct writer *filter, struct writer *next)
{
    ((struct filter *)filter)->next = next;
    filter->format = next->format;
}
