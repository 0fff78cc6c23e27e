/*
 * The arguments of an SQL function, as functions.c and bounded.c look at them.
 */
#ifndef STORE_ARGUMENT_H
#define STORE_ARGUMENT_H

#include "base/view.h"

#include <sqlite3.h>
#include <stdbool.h>

/* Its text, SQLite's own; valid until the function returns. */
static inline struct view argument_text(sqlite3_value *value)
{
    const char *text = (const char *)sqlite3_value_text(value);
    return view_make(text, (size_t)sqlite3_value_bytes(value));
}

static inline bool argument_null(int argc, sqlite3_value **argv)
{
    for (int i = 0; i < argc; i++) {
        if (sqlite3_value_type(argv[i]) == SQLITE_NULL) {
            return true;
        }
    }
    return false;
}

#endif
