/*
 * The functions and the collation that queries know beside SQLite's own:
 *
 *     version_compare(a, b)   -1, 0, 1            COLLATE VERSION sorts by the same order
 *     regexp(pattern, text)   also `text REGEXP pattern`; Python's dialect, searched, under
 *                             limits
 *     cidr_contains(net, ip)  1, 0, NULL when either is no address
 *     ip_sort(x)              a key to sort addresses and prefixes by, NULL for anything else
 *     mac(x)                  aa:bb:cc:dd:ee:ff, NULL for anything else
 *     interface_sort(x)       a key to sort interface names by
 *
 * NULL in, NULL out.
 */
#ifndef STORE_FUNCTIONS_H
#define STORE_FUNCTIONS_H

#include <sqlite3.h>

/* Returns an SQLite result code. */
int functions_register(sqlite3 *handle);

/* Their names, NULL-terminated, for "did you mean". */
extern const char *const function_names[];

#endif
