#include "store/db.h"

#include "store/functions.h"
#include "store/like.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUSY_MS 10000

/* SQLite makes files with 0644; records and raw outputs are nobody else's business. */
static int make_private_file(const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return err_set(err, ERR_OUTPUT, "%s: %s", path, strerror(errno));
    }
    close(fd);
    return 0;
}

/* A run that was killed may have left a journal that must be rolled back before anyone can
 * read: then even reading takes a connection that may write. */
static int connect_file(struct db *db, int flags)
{
    int rc = sqlite3_open_v2(db->path, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_busy_timeout(db->handle, BUSY_MS);
        /* the header is read here, so that a file that is no database is told at once */
        rc = sqlite3_exec(db->handle, "PRAGMA schema_version", NULL, NULL, NULL);
    }
    bool journal = rc == SQLITE_READONLY || rc == SQLITE_CANTOPEN;
    if (!journal || !(flags & SQLITE_OPEN_READONLY)) {
        return rc;
    }
    sqlite3_close(db->handle);
    return connect_file(db, SQLITE_OPEN_READWRITE);
}

/* SQLite sets a table function up when a statement first names it, once a connection, by a
 * CREATE TABLE of its own, which the guard (guard.h) would refuse. */
static int set_up_table_functions(struct db *db, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int status =
        db_prepare(db, VIEW("SELECT 1 FROM json_each('[]'), json_tree('[]')"), &st, err);
    sqlite3_finalize(st);
    return status;
}

static int connect_db(struct db *db, enum db_mode mode, struct err *err)
{
    static const int flags[] = {
        [DB_READ] = SQLITE_OPEN_READONLY,
        [DB_WRITE] = SQLITE_OPEN_READWRITE,
        [DB_SCRATCH] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
    };
    if (connect_file(db, flags[mode]) != SQLITE_OK) {
        return db_fail(db, "opening", err);
    }
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    int rc = functions_register(db->handle);
    if (rc == SQLITE_OK) {
        rc = like_register(db);
    }
    if (rc != SQLITE_OK) {
        return rc == SQLITE_NOMEM ? err_nomem(err) : db_fail(db, "registering functions", err);
    }
    int status = set_up_table_functions(db, err);
    if (status == 0 && mode == DB_SCRATCH) {
        status = db_exec(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", err);
    }
    return status;
}

int db_open(struct db **out, const char *path, enum db_mode mode, struct err *err)
{
    int status = 0;
    struct db *db = calloc(1, sizeof(*db));
    if (!db || !(db->path = strdup(mode == DB_SCRATCH ? "" : path))) {
        status = err_nomem(err);
    } else if (mode == DB_WRITE) {
        status = make_private_file(path, err);
    } else if (mode == DB_READ && access(path, R_OK) < 0) {
        status = err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno));
    }
    if (status == 0) {
        status = connect_db(db, mode, err);
    }
    if (status < 0) {
        db_close(db);
        db = NULL;
    }
    *out = db;
    return status;
}

void db_close(struct db *db)
{
    if (!db) {
        return;
    }
    sqlite3_close_v2(db->handle);
    free(db->path);
    free(db);
}

void db_leave_log(struct db *db)
{
    if (*db->path) {
        sqlite3_busy_timeout(db->handle, 0);
        sqlite3_exec(db->handle, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
        sqlite3_busy_timeout(db->handle, BUSY_MS);
    }
}

static int code_of(int sqlite)
{
    switch (sqlite & 0xFF) {
    case SQLITE_NOMEM:
        return ERR_NOMEM;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_OUTPUT;
    case SQLITE_INTERRUPT:
    case SQLITE_TOOBIG:
        return ERR_LIMIT;
    default:
        return ERR_INPUT;
    }
}

int db_fail(const struct db *db, const char *what, struct err *err)
{
    if (!db->handle) {
        return err_nomem(err);
    }
    int sqlite = sqlite3_extended_errcode(db->handle);
    return err_set(err, code_of(sqlite), "%s%s%s: %s", db->path, *db->path ? ": " : "", what,
                   sqlite3_errmsg(db->handle));
}

int db_exec(struct db *db, const char *sql, struct err *err)
{
    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK) {
        return db_fail(db, "writing", err);
    }
    return 0;
}

int db_prepare(struct db *db, struct view sql, sqlite3_stmt **out, struct err *err)
{
    *out = NULL;
    if (sqlite3_prepare_v2(db->handle, sql.ptr, (int)sql.len, out, NULL) != SQLITE_OK) {
        return db_fail(db, "preparing", err);
    }
    return 0;
}

int db_step(struct db *db, sqlite3_stmt *st, struct err *err)
{
    switch (sqlite3_step(st)) {
    case SQLITE_ROW:
        return 1;
    case SQLITE_DONE:
        return 0;
    default:
        return db_fail(db, "reading or writing", err);
    }
}

void db_bind(sqlite3_stmt *st, int place, struct view text)
{
    if (text.ptr) {
        sqlite3_bind_text64(st, place, text.ptr, text.len, SQLITE_STATIC, SQLITE_UTF8);
    } else {
        sqlite3_bind_null(st, place);
    }
}

struct view db_column(sqlite3_stmt *st, int column)
{
    const char *text = (const char *)sqlite3_column_text(st, column);
    return view_make(text, (size_t)sqlite3_column_bytes(st, column));
}

void sql_add_name(struct strbuf *sql, const char *name)
{
    strbuf_addch(sql, '"');
    for (const char *c = name; *c; c++) {
        strbuf_addstr(sql, *c == '"' ? "\"\"" : (char[]){*c, '\0'});
    }
    strbuf_addch(sql, '"');
}
