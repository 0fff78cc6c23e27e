/*
 * One statement at a time over a database: a text that a person or a rule file wrote, under the
 * guard, or one of our own.
 *
 *     struct guarded st = GUARDED_INIT;
 *     if (guarded_open(&st, db, &(struct guarded_sql){sql, written, span}, &err) == 0)
 *         while ((got = guarded_next(&st, &err)) > 0) ... guarded_text(&st, 0) ...
 *     guarded_close(&st);
 *
 * While a guarded statement is open, nothing else runs on its connection.
 */
#ifndef STORE_GUARDED_H
#define STORE_GUARDED_H

#include "store/guard.h"

struct guarded_sql {
    struct view sql;
    struct view written; /* the part of it that is foreign: places in messages count from its
                            start; ptr NULL = nothing is, and no guard is needed */
    ms_t span;           /* what it may take, 0 = GUARD_MS */
};

struct guarded {
    struct db *db;
    sqlite3_stmt *st;
    struct guard guard;
    bool foreign;
    ms_t span;
};

#define GUARDED_INIT                                                                           \
    {                                                                                          \
        NULL, NULL, {0, false}, false, 0                                                       \
    }

/* ERR_USAGE: it does not compile, in query_explain_error's words (query.h); or it is none, or
 * more than one statement. guarded_close is needed in any case. */
int guarded_open(struct guarded *st, struct db *db, const struct guarded_sql *sql,
                 struct err *err);

/* 1: a row, 0: none any more, < 0: error; ERR_LIMIT when it took too long or grew too large. */
int guarded_next(struct guarded *st, struct err *err);

/* Of the current row, until the next; ptr NULL = NULL. */
struct view guarded_text(const struct guarded *st, int column);
int64_t guarded_integer(const struct guarded *st, int column);
/* Bytes as they are, whatever their kind. */
struct view guarded_blob(const struct guarded *st, int column);

/* Binds text until the statement is closed or bound anew; before the first guarded_next. */
void guarded_bind(struct guarded *st, int place, struct view text);

int guarded_columns(const struct guarded *st);
const char *guarded_name(const struct guarded *st, int column);

/* From its start once more, with what is bound then. */
void guarded_again(struct guarded *st);
void guarded_close(struct guarded *st);

/* From now on "x" is a name on this connection, and never a text: SQLite's fallback would make
 * a condition of every misspelt name. */
void guarded_names_only(struct db *db);

#endif
