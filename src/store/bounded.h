/*
 * SQLite's printf() and format(), instr(), replace() and trim() once more, in time that their
 * arguments' sizes bound: inside a function no guard can look at the clock (guard.h), SQLite's
 * own spend seconds in printf('%.*c', 2000000000, 'x') and days in an instr() of some
 * megabytes.
 */
#ifndef STORE_BOUNDED_H
#define STORE_BOUNDED_H

#include <sqlite3.h>

/* Returns an SQLite result code. */
int bounded_register(sqlite3 *handle);

#endif
