#include "store/rows.h"

#include "output/cell.h"
#include "store/jsonlist.h"

#include <stdlib.h>
#include <string.h>

#define LIST_TYPE "JSON LIST"
#define KEY_TYPE  "TEXT \"key\""

static void add_column(struct strbuf *sql, const struct column *column)
{
    sql_add_name(sql, column->name);
    strbuf_addstr(sql, column->list ? " " LIST_TYPE : column->key ? " " KEY_TYPE : " TEXT");
    for (unsigned i = 0; i < column->nkeys; i++) {
        strbuf_addch(sql, ' ');
        sql_add_name(sql, column->keys[i]);
    }
}

static int run_sql(struct db *db, struct strbuf *sql, struct err *err)
{
    int status = strbuf_failed(sql) ? err_nomem(err) : db_exec(db, sql->buf, err);
    strbuf_reset(sql);
    return status;
}

/* Whether the table has a column, as SQLite compares names: without case. */
static bool has_column(struct db *db, const char *table, const char *column)
{
    return sqlite3_table_column_metadata(db->handle, NULL, table, column, NULL, NULL, NULL,
                                         NULL, NULL) == SQLITE_OK;
}

static void add_create(struct strbuf *sql, const struct table *table, bool with_run)
{
    strbuf_addstr(sql, "CREATE TABLE IF NOT EXISTS ");
    sql_add_name(sql, table->name);
    strbuf_addstr(sql, with_run ? "(_run INTEGER, " : "(");
    for (size_t i = 0; i < table->ncolumns; i++) {
        strbuf_addstr(sql, i ? ", " : "");
        add_column(sql, &table->columns[i]);
    }
    strbuf_addstr(sql, ")");
}

static int add_missing_columns(struct db *db, const struct table *table, struct strbuf *sql,
                               struct err *err)
{
    int status = 0;
    for (size_t i = 0; i < table->ncolumns && status == 0; i++) {
        if (has_column(db, table->name, table->columns[i].name)) {
            continue;
        }
        strbuf_addstr(sql, "ALTER TABLE ");
        sql_add_name(sql, table->name);
        strbuf_addstr(sql, " ADD COLUMN ");
        add_column(sql, &table->columns[i]);
        status = run_sql(db, sql, err);
    }
    return status;
}

int rows_create(struct db *db, const struct table *table, bool with_run, struct err *err)
{
    struct strbuf sql = STRBUF_INIT;
    add_create(&sql, table, with_run);
    int status = run_sql(db, &sql, err);
    if (status == 0) {
        status = add_missing_columns(db, table, &sql, err);
    }
    if (status == 0 && with_run) {
        struct strbuf index = STRBUF_INIT;
        strbuf_addf(&index, "%s_by_host", table->name);
        strbuf_addstr(&sql, "CREATE INDEX IF NOT EXISTS ");
        sql_add_name(&sql, index.buf);
        strbuf_addstr(&sql, " ON ");
        sql_add_name(&sql, table->name);
        strbuf_addstr(&sql, "(host)");
        status = run_sql(db, &sql, err);
        strbuf_release(&index);
    }
    strbuf_release(&sql);
    return status;
}

int row_insert_init(struct row_insert *insert, struct db *db, const struct table *table,
                    bool with_run, struct err *err)
{
    *insert = (struct row_insert){db, table, NULL, STRBUF_INIT, with_run};
    struct strbuf sql = STRBUF_INIT;
    strbuf_addstr(&sql, "INSERT INTO ");
    sql_add_name(&sql, table->name);
    strbuf_addstr(&sql, with_run ? "(_run, " : "(");
    for (size_t i = 0; i < table->ncolumns; i++) {
        strbuf_addstr(&sql, i ? ", " : "");
        sql_add_name(&sql, table->columns[i].name);
    }
    strbuf_addstr(&sql, with_run ? ") VALUES(?, ?" : ") VALUES(?");
    for (size_t i = 1; i < table->ncolumns; i++) {
        strbuf_addstr(&sql, ", ?");
    }
    strbuf_addstr(&sql, ")");
    int status = strbuf_failed(&sql) ? err_nomem(err)
                                     : db_prepare(db, strbuf_view(&sql), &insert->st, err);
    strbuf_release(&sql);
    return status;
}

void row_insert_release(struct row_insert *insert)
{
    sqlite3_finalize(insert->st);
    strbuf_release(&insert->lists);
    insert->st = NULL;
}

/* The JSON of all list cells one behind the other, and where each ends: bound only when the
 * buffer has stopped growing. */
static int bind_cells(struct row_insert *insert, const struct textfsm_cell *cells, int place)
{
    strbuf_reset(&insert->lists);
    for (size_t i = 0; i < insert->table->ncolumns; i++) {
        const struct column *column = &insert->table->columns[i];
        if (column->list) {
            json_add_cell(&insert->lists, &cells[i], column, -1);
            strbuf_addch(&insert->lists, '\0');
        }
    }
    const char *list = insert->lists.buf;
    for (size_t i = 0; i < insert->table->ncolumns; i++) {
        struct view text = {cells[i].len ? cells[i].u.text : "", cells[i].len};
        if (insert->table->columns[i].list) {
            text = view_of(list);
            list += text.len + 1;
        }
        if (cells[i].kind == TEXTFSM_NULL) {
            text = VIEW_NONE;
        }
        db_bind(insert->st, place + (int)i, text);
    }
    return strbuf_failed(&insert->lists) ? -1 : 0;
}

int row_insert(struct row_insert *insert, long run, const struct textfsm_cell *cells,
               struct err *err)
{
    if (insert->with_run) {
        sqlite3_bind_int64(insert->st, 1, run);
    }
    if (bind_cells(insert, cells, insert->with_run ? 2 : 1) < 0) {
        return err_nomem(err);
    }
    int status = db_step(insert->db, insert->st, err);
    sqlite3_reset(insert->st);
    sqlite3_clear_bindings(insert->st);
    return status;
}

/* The keys of a list's dictionaries stand quoted behind its type, as add_column wrote them. */
static bool read_keys(const char *type, struct arena *arena, struct column *column)
{
    size_t most = 0;
    for (const char *c = type; *c; c++) {
        most += *c == '"';
    }
    const char **keys = arena_array(arena, most / 2 + 1, sizeof(*keys));
    if (!keys) {
        return false;
    }
    const char *open = strchr(type, '"');
    for (const char *close; open && (close = strchr(open + 1, '"'));
         open = strchr(close + 1, '"')) {
        keys[column->nkeys] = arena_dup(arena, view_make(open + 1, (size_t)(close - open - 1)));
        if (!keys[column->nkeys++]) {
            return false;
        }
    }
    column->keys = keys;
    return true;
}

static bool describe(sqlite3_stmt *st, int i, struct arena *arena, struct column *column)
{
    const char *type = sqlite3_column_decltype(st, i);
    const char *name = sqlite3_column_name(st, i);
    column->name = name ? arena_dup(arena, view_of(name)) : NULL;
    column->list = type && strncmp(type, LIST_TYPE, strlen(LIST_TYPE)) == 0;
    column->key = type && strcmp(type, KEY_TYPE) == 0;
    return column->name && (!column->list || read_keys(type, arena, column));
}

int rows_columns(sqlite3_stmt *st, struct arena *arena, struct table *out, struct err *err)
{
    size_t n = (size_t)sqlite3_column_count(st);
    struct column *columns = arena_array(arena, n, sizeof(*columns));
    for (size_t i = 0; columns && i < n; i++) {
        if (!describe(st, (int)i, arena, &columns[i])) {
            return err_nomem(err);
        }
    }
    if (!columns) {
        return err_nomem(err);
    }
    out->columns = columns;
    out->ncolumns = n;
    return 0;
}

int rows_cells(sqlite3_stmt *st, const struct table *table, struct arena *arena,
               struct textfsm_cell *cells, struct err *err)
{
    for (size_t i = 0; i < table->ncolumns; i++) {
        struct view text = db_column(st, (int)i);
        if (!text.ptr) {
            cells[i] = (struct textfsm_cell){.kind = TEXTFSM_NULL};
            if (sqlite3_column_type(st, (int)i) != SQLITE_NULL) {
                return err_nomem(err);
            }
        } else if (!table->columns[i].list) {
            cells[i] = cell_text(text);
        } else if (!json_list_read(text, arena, &cells[i])) {
            return err_set(err, ERR_INPUT, "column %s holds no JSON list: %.60s",
                           table->columns[i].name, text.ptr);
        }
    }
    return 0;
}
