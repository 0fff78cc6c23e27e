/*
 * What an expression from a person or a rule file may do: read this database, and end. It
 * cannot write, attach, load extensions, read other files, run for ever or grow without bound.
 */
#ifndef STORE_GUARD_H
#define STORE_GUARD_H

#include "base/deadline.h"
#include "store/db.h"

struct guard {
    ms_t deadline; /* of the statement that runs */
    bool trusted;  /* the statement at hand is ours: SQLite may compile it again at any step */
};

#define GUARD_MS 30000 /* what a query may take by default */

/* Closes db to everything but reading from now on; guard must outlive db. */
void guard_close(struct guard *guard, struct db *db);

/* A statement begins: it may take span milliseconds. */
void guard_begin(struct guard *guard, ms_t span);

/* Lifts the guard, for statements of our own on the same connection. */
void guard_lift(struct db *db);

#endif
