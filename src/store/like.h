/*
 * SQLite's LIKE and GLOB once more, under the guard's clock (guard.h): their own take minutes
 * over one long text, and inside a function nobody else can look at the time. They give what
 * SQLite's give; what takes too long ends in SQLITE_INTERRUPT.
 */
#ifndef STORE_LIKE_H
#define STORE_LIKE_H

#include "store/db.h"

/* Returns an SQLite result code. */
int like_register(struct db *db);

#endif
