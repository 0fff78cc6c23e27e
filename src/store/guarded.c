#include "store/guarded.h"

#include "store/query.h"

/* The text must be one statement. */
static int check_whole(const struct guarded *st, const struct guarded_sql *sql,
                       const char *tail, struct err *err)
{
    if (!st->st) {
        return err_set(err, ERR_USAGE, "there is no statement in it");
    }
    if (!sqlite3_stmt_readonly(st->st)) {
        return err_set(err, ERR_USAGE, "only reading is allowed here (SELECT)");
    }
    if (sqlite3_bind_parameter_count(st->st) > 0) {
        const char *name = sqlite3_bind_parameter_name(st->st, 1);
        return err_set(err, ERR_USAGE, "%s has no value here; a text is written 'text'",
                       name ? name : "?");
    }
    struct view rest = view_trim(view_make(tail, (size_t)(sql->sql.ptr + sql->sql.len - tail)));
    if (rest.len) {
        return err_set(err, ERR_USAGE, "one statement at a time; what to do with: %.*s",
                       VIEW_ARG(view_slice(rest, 0, 60)));
    }
    return 0;
}

int guarded_open(struct guarded *st, struct db *db, const struct guarded_sql *sql,
                 struct err *err)
{
    const char *tail = NULL;
    *st = (struct guarded){.db = db,
                           .foreign = sql->written.ptr != NULL,
                           .span = sql->span ? sql->span : GUARD_MS};
    if (!st->foreign) {
        return db_prepare(db, sql->sql, &st->st, err);
    }
    guard_close(&st->guard, db);
    guard_begin(&st->guard, st->span);
    if (sqlite3_prepare_v2(db->handle, sql->sql.ptr, (int)sql->sql.len, &st->st, &tail) !=
        SQLITE_OK) {
        return query_explain_error(db, sql->sql, sql->written, err);
    }
    int status = check_whole(st, sql, tail, err);
    guard_begin(&st->guard, st->span);
    return status;
}

static int explain_end(const struct guarded *st, struct err *err)
{
    switch (sqlite3_errcode(st->db->handle) & 0xFF) {
    case SQLITE_INTERRUPT:
        return err_set(err, ERR_LIMIT, "it ran for %.1f s and was stopped",
                       (double)st->span / 1000);
    case SQLITE_TOOBIG:
        return err_set(err, ERR_LIMIT, "it makes a value that is too large");
    case SQLITE_ERROR:
        return err_set(err, ERR_USAGE, "%s", sqlite3_errmsg(st->db->handle));
    default:
        return db_fail(st->db, "reading", err);
    }
}

int guarded_next(struct guarded *st, struct err *err)
{
    switch (sqlite3_step(st->st)) {
    case SQLITE_ROW:
        return 1;
    case SQLITE_DONE:
        return 0;
    default:
        return explain_end(st, err);
    }
}

struct view guarded_text(const struct guarded *st, int column)
{
    return db_column(st->st, column);
}

int64_t guarded_integer(const struct guarded *st, int column)
{
    return sqlite3_column_int64(st->st, column);
}

struct view guarded_blob(const struct guarded *st, int column)
{
    const char *bytes = sqlite3_column_blob(st->st, column);
    return view_make(bytes, (size_t)sqlite3_column_bytes(st->st, column));
}

void guarded_bind(struct guarded *st, int place, struct view text)
{
    db_bind(st->st, place, text);
}

int guarded_columns(const struct guarded *st)
{
    return sqlite3_column_count(st->st);
}

const char *guarded_name(const struct guarded *st, int column)
{
    return sqlite3_column_name(st->st, column);
}

void guarded_again(struct guarded *st)
{
    sqlite3_reset(st->st);
}

void guarded_close(struct guarded *st)
{
    sqlite3_finalize(st->st);
    if (st->foreign) {
        guard_lift(st->db);
    }
    st->st = NULL;
    st->foreign = false;
}

void guarded_names_only(struct db *db)
{
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
}
