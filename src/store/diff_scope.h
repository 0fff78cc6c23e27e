/*
 * What two runs can be compared in (diff.c): the tables that both have, without the outputs
 * that either could not collect. What was asked for and is not there is an error, what is left
 * out is told.
 *
 *     struct diff_scope scope = {options, old_side, new_side};
 *     diff_scope_check(&scope, &err);
 *     diff_scope_each(&scope, on_table, user, &err);
 */
#ifndef STORE_DIFF_SCOPE_H
#define STORE_DIFF_SCOPE_H

#include "store/diff.h"

struct diff_scope {
    const struct diff_options *options;
    const struct diff_side *old_side, *new_side;
};

/* Also fills temp.cannot_compare(host, command) of each side: what the other could not collect.
 * ERR_USAGE: a table or an ignored column that neither has. ERR_INPUT: a table that was asked
 * for and that only one side has. */
int diff_scope_check(const struct diff_scope *scope, struct err *err);

/* Calls on_table for each table to compare, in the order of the newer side, until it returns a
 * negative code. */
int diff_scope_each(const struct diff_scope *scope,
                    int (*on_table)(void *user, const char *name, struct err *err), void *user,
                    struct err *err);

bool diff_has_column(struct db *db, const char *table, const char *column);

#endif
