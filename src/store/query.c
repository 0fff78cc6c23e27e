#include "store/query.h"

#include "base/guess.h"
#include "store/functions.h"
#include "store/guard.h"
#include "store/rows.h"
#include "store/select.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

struct query {
    struct db *db;
    struct guard guard;
    ms_t span;
    sqlite3_stmt *st;
    struct arena arena; /* columns */
    struct arena cells; /* one row's lists */
    struct table table;
};

/* ---- errors -------------------------------------------------------------------------------
 */

/* The nearest name among the rows of sql (one column of names). */
static void guess_among(struct db *db, const char *sql, struct guess *guess,
                        struct arena *arena)
{
    sqlite3_stmt *st = NULL;
    if (db_prepare(db, view_of(sql), &st, NULL) < 0) {
        return;
    }
    while (db_step(db, st, NULL) > 0) {
        const char *name = arena_dup(arena, db_column(st, 0));
        if (name) {
            guess_offer(guess, name);
        }
    }
    sqlite3_finalize(st);
}

static const char *guess_name(struct db *db, const char *message, struct arena *arena)
{
    static const struct {
        const char *start, *names;
    } kinds[] = {
        {"no such column: ", "SELECT DISTINCT c.name FROM sqlite_schema s,"
                             " pragma_table_info(s.name) c WHERE s.type IN ('table', 'view')"
                             " ORDER BY s.name LIKE '\\_%' ESCAPE '\\'"},
        {"no such table: ", "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"},
        {"no such function: ", NULL},
    };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        size_t len = strlen(kinds[i].start);
        if (strncmp(message, kinds[i].start, len) != 0) {
            continue;
        }
        const char *dot = strrchr(message + len, '.');
        struct guess guess;
        guess_init(&guess, view_of(dot ? dot + 1 : message + len));
        if (kinds[i].names) {
            guess_among(db, kinds[i].names, &guess, arena);
        } else {
            for (const char *const *f = function_names; *f; f++) {
                guess_offer(&guess, *f);
            }
        }
        return guess.best;
    }
    return NULL;
}

/* "text" is the name of a column here. */
static const char *quote_hint(const char *message, struct view near)
{
    return view_starts(near, VIEW("\"")) && strncmp(message, "no such column", 14) == 0
               ? "; a text has single quotes: 'text'"
               : "";
}

int query_explain_error(struct db *db, struct view sql, struct view written, struct err *err)
{
    struct arena arena = ARENA_INIT;
    int rc = sqlite3_errcode(db->handle);
    int offset = sqlite3_error_offset(db->handle);
    const char *message = arena_dup(&arena, view_of(sqlite3_errmsg(db->handle)));
    if (!message || rc == SQLITE_NOMEM) {
        arena_release(&arena);
        return err_nomem(err);
    }
    guard_lift(db);
    const char *guess = guess_name(db, message, &arena);
    char place[160] = "";
    const char *text = "";
    offset -= (int)(written.ptr - sql.ptr);
    if (offset >= 0 && (size_t)offset < written.len) {
        struct view near = view_slice(written, (size_t)offset, (size_t)offset + 40);
        text = quote_hint(message, near);
        snprintf(place, sizeof(place), " at character %d, near \"%.*s\"", offset + 1,
                 VIEW_ARG(near));
    }
    if (rc == SQLITE_AUTH) {
        message = "only reading is allowed here (SELECT)";
    }
    err_set(err, ERR_USAGE, "%s%s%s%s%s%s", message, place, guess ? "" : text,
            guess ? "; did you mean '" : "", guess ? guess : "", guess ? "'?" : "");
    arena_release(&arena);
    return ERR_USAGE;
}

/* ---- running ------------------------------------------------------------------------------
 */

/* select: what sql was made from, or NULL. */
static int prepare(struct query *q, struct view sql, const struct select_text *select,
                   struct err *err)
{
    const char *tail = NULL;
    guard_begin(&q->guard, GUARD_MS);
    if (sqlite3_prepare_v2(q->db->handle, sql.ptr, (int)sql.len, &q->st, &tail) != SQLITE_OK) {
        return select ? select_explain(select, q->db, err)
                      : query_explain_error(q->db, sql, sql, err);
    }
    struct view rest = view_trim(view_make(tail, (size_t)(sql.ptr + sql.len - tail)));
    if (!q->st) {
        return err_set(err, ERR_USAGE, "the query is empty; try: SELECT * FROM TABLE");
    }
    if (rest.len) {
        return err_set(err, ERR_USAGE, "one statement at a time, please; what to do with: %.*s",
                       VIEW_ARG(view_slice(rest, 0, 60)));
    }
    return 0;
}

static int open_query(struct query **out, struct db *db, struct view sql,
                      const struct select_text *select, const char *name, bool trusted,
                      struct err *err)
{
    *out = NULL;
    struct query *q = calloc(1, sizeof(*q));
    if (!q) {
        return err_nomem(err);
    }
    q->db = db;
    q->span = GUARD_MS;
    arena_init(&q->arena, NULL);
    arena_init(&q->cells, NULL);
    guard_close(&q->guard, db);
    q->guard.trusted = trusted;
    int status = prepare(q, sql, select, err);
    if (status == 0) {
        q->table.name = name;
        status = rows_columns(q->st, &q->arena, &q->table, err);
    }
    if (status < 0) {
        query_close(q);
        return status;
    }
    *out = q;
    return 0;
}

int query_open(struct query **out, struct db *db, struct view sql, const char *name,
               struct err *err)
{
    return open_query(out, db, sql, NULL, name, false, err);
}

static bool is_word(struct view text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!isalnum((unsigned char)text.ptr[i]) && !strchr("_-.", text.ptr[i])) {
            return false;
        }
    }
    return true;
}

int query_open_narrowed(struct query **out, struct db *db, const char *asked,
                        const struct filter_options *narrow, const char *name, struct err *err)
{
    struct select_text text = {.sql = STRBUF_INIT};
    struct select_wanted wanted = {narrow->where, narrow->select, narrow->sort};
    struct view query = view_of(asked);
    bool paged = narrow->limit >= 0 || narrow->offset >= 0;
    if (!is_word(query) && !paged && !wanted.where && !wanted.select && !wanted.sort) {
        return query_open(out, db, query, name, err);
    }
    select_make(&text, &wanted, is_word(query) ? asked : NULL, query);
    if (paged) {
        strbuf_addf(&text.sql, " LIMIT %ld OFFSET %ld", narrow->limit,
                    narrow->offset < 0 ? 0 : narrow->offset);
    }
    int status = strbuf_failed(&text.sql)
                     ? err_nomem(err)
                     : open_query(out, db, strbuf_view(&text.sql), &text, name, false, err);
    select_release(&text);
    return status;
}

int query_open_tables(struct query **out, struct db *db, struct err *err)
{
    return open_query(
        out, db,
        VIEW("SELECT s.name AS \"table\", c.name AS \"column\","
             " CASE WHEN c.type LIKE 'JSON LIST%' THEN 'list'"
             " WHEN c.type LIKE '%\"key\"' THEN 'key' ELSE lower(c.type) END AS kind"
             " FROM sqlite_schema s, pragma_table_info(s.name) c"
             " WHERE s.type = 'table' ORDER BY s.name LIKE '\\_%' ESCAPE '\\',"
             " s.rowid, c.cid"),
        NULL, "tables", true, err);
}

const struct table *query_columns(const struct query *q)
{
    return &q->table;
}

static int explain_end(struct query *q, struct err *err)
{
    int rc = sqlite3_errcode(q->db->handle) & 0xFF;
    if (rc == SQLITE_INTERRUPT) {
        return err_set(err, ERR_LIMIT,
                       "the query ran for %.1f s and was stopped; narrow it down",
                       (double)q->span / 1000);
    }
    return err ? err->code : ERR_INPUT;
}

int query_write(struct query *q, struct writer *writer, size_t table, struct err *err)
{
    struct textfsm_cell *cells =
        arena_array(&q->arena, q->table.ncolumns ? q->table.ncolumns : 1, sizeof(*cells));
    if (!cells) {
        return err_nomem(err);
    }
    guard_begin(&q->guard, q->span);
    int got;
    while ((got = db_step(q->db, q->st, err)) > 0) {
        arena_reset(&q->cells);
        int status = rows_cells(q->st, &q->table, &q->cells, cells, err);
        if (status == 0) {
            status = writer_row(writer, table, cells, err);
        }
        if (status < 0) {
            return status;
        }
    }
    return got < 0 ? explain_end(q, err) : 0;
}

void query_limit(struct query *q, ms_t span)
{
    q->span = span;
}

void query_close(struct query *q)
{
    if (!q) {
        return;
    }
    sqlite3_finalize(q->st);
    guard_lift(q->db);
    arena_release(&q->arena);
    arena_release(&q->cells);
    free(q);
}
