/* Where a query's row comes from: the first row of one of the rule's tables, of that host,
 * that has the same values in all columns of the same names. What is computed or joined from
 * several comes from no single row. */
#include "audit/engine.h"

#include "base/strbuf.h"
#include "store/guarded.h"

#include <stdlib.h>
#include <strings.h>

struct locating {
    struct engine *e;
    const struct table_seen *table;
    size_t *column_of; /* query column -> the table's column + 1, 0 = none */
    size_t ncolumns;
    struct guarded st;
};

/* The columns that both have, but for those that say whose a row is: how many there are. */
static size_t match_columns(struct locating *l, const struct query_columns *columns)
{
    size_t n = 0;
    for (size_t i = 0; i < columns->n; i++) {
        l->column_of[i] = 0;
        for (size_t k = 0; i != columns->host && k < l->table->ncolumns; k++) {
            const char *name = l->table->columns[k];
            if (strcasecmp(columns->names[i], name) == 0 && name != l->table->host) {
                l->column_of[i] = k + 1;
                n++;
                break;
            }
        }
    }
    return n;
}

static int open_table(struct locating *l, struct err *err)
{
    struct strbuf sql = STRBUF_INIT;
    strbuf_addstr(&sql, "SELECT ");
    sql_add_name(&sql, l->table->command);
    for (size_t i = 0; i < l->table->ncolumns; i++) {
        strbuf_addstr(&sql, ", ");
        sql_add_name(&sql, l->table->columns[i]);
    }
    strbuf_addstr(&sql, " FROM main.");
    sql_add_name(&sql, l->table->name);
    strbuf_addf(&sql, " WHERE _run = %ld AND ", l->e->scene.run);
    sql_add_name(&sql, l->table->host);
    strbuf_addstr(&sql, " = ?1 ORDER BY rowid");
    struct guarded_sql own = {.sql = strbuf_view(&sql)};
    int status =
        strbuf_failed(&sql) ? err_nomem(err) : guarded_open(&l->st, l->e->scene.db, &own, err);
    strbuf_release(&sql);
    return status;
}

static bool same_cells(const struct locating *l, const struct view *cells)
{
    bool any = false;
    for (size_t i = 0; i < l->ncolumns; i++) {
        if (!l->column_of[i]) {
            continue;
        }
        struct view value = guarded_text(&l->st, (int)l->column_of[i]);
        if (!view_equal(value, cells[i]) || !value.ptr != !cells[i].ptr) {
            return false;
        }
        any = any || value.len;
    }
    return any;
}

/* The piece waits for its output from now on, as one that was found in a row. */
static void found(struct piece *piece, struct job_seen *job, size_t row)
{
    piece->cells = NULL;
    piece->row = row;
    engine_attach(piece, job);
}

static int locate_pieces(struct locating *l, size_t host, struct piece *first, struct err *err)
{
    int got;
    l->e->passes++;
    guarded_again(&l->st);
    guarded_bind(&l->st, 1, view_of(l->e->scene.hosts[host].host.name));
    while ((got = guarded_next(&l->st, err)) > 0) {
        struct job_seen *job = scene_job(&l->e->scene, host, guarded_text(&l->st, 0));
        size_t row = job ? engine_count_row(l->e, job) : NO_ROW;
        for (struct piece *piece = first; job && piece; piece = piece->next) {
            if (piece->cells && same_cells(l, piece->cells)) {
                found(piece, job, row);
            }
        }
    }
    return got;
}

/* What comes from no single row of the one template is at least of its output. */
static void use_output(struct piece *first, struct job_seen *job)
{
    for (struct piece *piece = first; piece; piece = piece->next) {
        if (piece->cells) {
            found(piece, job, NO_ROW);
        }
    }
}

static int locate_in_table(struct locating *l, size_t rule, struct err *err)
{
    struct engine *e = l->e;
    int status = open_table(l, err);
    for (size_t host = 0; host < e->scene.nhosts && status == 0; host++) {
        struct mark *mark = &e->marks[rule * e->scene.nhosts + host];
        if (mark->kept) {
            status = locate_pieces(l, host, mark->first, err);
        }
        if (status == 0 && host == e->look_host && e->looks.kept) {
            status = locate_pieces(l, host, e->looks.first, err);
        }
    }
    guarded_close(&l->st);
    return status;
}

/* Tables that have more of the columns are asked before those that have fewer. */
static int locate_in_tables(struct locating *l, size_t rule,
                            const struct query_columns *columns, struct err *err)
{
    const struct rule *r = engine_rule(l->e, rule);
    int status = 0;
    for (size_t want = columns->n; want > 0; want--) {
        for (size_t i = 0; r->templates[i] && status == 0; i++) {
            l->table = scene_table(&l->e->scene, r->templates[i]);
            if (l->table && l->table->host && l->table->command &&
                match_columns(l, columns) == want) {
                status = locate_in_table(l, rule, err);
            }
        }
    }
    return status;
}

int engine_locate(struct engine *e, size_t rule, const struct query_columns *columns,
                  struct err *err)
{
    const struct rule *r = engine_rule(e, rule);
    struct locating l = {.e = e, .ncolumns = columns->n};
    l.column_of = arena_array(e->arena, columns->n + 1, sizeof(*l.column_of));
    int status = l.column_of ? locate_in_tables(&l, rule, columns, err) : err_nomem(err);
    for (size_t host = 0; host < e->scene.nhosts && status == 0 && !r->templates[1]; host++) {
        if (e->tallies[host].job) {
            use_output(e->marks[rule * e->scene.nhosts + host].first, e->tallies[host].job);
        }
        if (e->tallies[host].job && host == e->look_host) {
            use_output(e->looks.first, e->tallies[host].job);
        }
    }
    return status;
}
