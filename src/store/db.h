/*
 * One SQLite database, opened for a purpose: what every part of the store starts from. This
 * room is the only user of SQLite.
 *
 *     struct db *db;
 *     db_open(&db, "run.db", DB_WRITE, &err);
 *     sqlite3_stmt *st;
 *     db_prepare(db, VIEW("SELECT 1"), &st, &err);
 *     while ((got = db_step(db, st, &err)) > 0) ...
 *     sqlite3_finalize(st);
 *     db_close(db);
 *
 * Every connection knows the query functions (functions.h). Expressions that come from people
 * run only on connections that db_guard() has closed to everything but reading (guard.h).
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/err.h"
#include "base/strbuf.h"
#include "base/view.h"

#include <sqlite3.h>

enum db_mode {
    DB_READ,    /* an existing file, read only */
    DB_WRITE,   /* a file, made with mode 0600 when it is not there */
    DB_SCRATCH, /* nameless: in memory, on disk when it grows, gone when closed */
};

struct guard;

struct db {
    sqlite3 *handle;
    char *path;                /* "" for scratch */
    const struct guard *guard; /* NULL: what runs is our own */
};

int db_open(struct db **out, const char *path, enum db_mode mode, struct err *err);
void db_close(struct db *db); /* NULL is fine */

/* Fills err from SQLite's own words: "PATH: doing WHAT: reason". Returns err's code. */
int db_fail(const struct db *db, const char *what, struct err *err);

/* Ends write-ahead logging where it is on. At rest a database is one file then: who may not
 * write it, or nothing beside it, can read it, and reading leaves no log behind. Where somebody
 * else has it open it stays as it is. */
void db_leave_log(struct db *db);

int db_exec(struct db *db, const char *sql, struct err *err);
int db_prepare(struct db *db, struct view sql, sqlite3_stmt **out, struct err *err);

/* 1: a row is there, 0: done, < 0: error. */
int db_step(struct db *db, sqlite3_stmt *st, struct err *err);

/* Binds text for as long as the statement is not stepped again; ptr NULL binds NULL. */
void db_bind(sqlite3_stmt *st, int place, struct view text);

/* A column's bytes as they are, valid until the next step. */
struct view db_column(sqlite3_stmt *st, int column);

/* Appends "name" quoted as an SQL identifier. */
void sql_add_name(struct strbuf *sql, const char *name);

#endif
