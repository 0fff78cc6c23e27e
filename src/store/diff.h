/*
 * What changed between two saved runs: rows added, removed and changed, per template and host.
 *
 * Rows are the same row when host, command and the template's Key columns agree; where a
 * template has no Key, all columns are its key, and a change is a row removed and a row added.
 * Rows that agree in all of that and stand several times are paired in order.
 *
 *     side old = {old_db, 0}, new = {new_db, 0};       0: the newest good rows of each command
 *     diff_run(&options, &old, &new, on_change, user, &err)
 *
 * Only what both sides could collect is compared: a host whose command failed in the newer run
 * has not lost its rows. options.note hears of it. A table or an ignored column that neither
 * side has is ERR_USAGE, a wanted table that one side lacks ERR_INPUT.
 */
#ifndef STORE_DIFF_H
#define STORE_DIFF_H

#include "output/writer.h"
#include "store/db.h"

enum change_kind { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_CHANGED };

struct change {
    enum change_kind kind;
    const struct table *table; /* its columns without _run and the ignored ones */
    struct view host;
    const struct view *old_row, *new_row; /* a view a column; NULL when there is no such row */
    const bool *differs;                  /* CHANGED: which columns */
};

struct diff_side {
    struct db *db;
    long run; /* _runs.id, or 0 */
};

struct diff_options {
    const char *const *tables; /* NULL-terminated; NULL = all that both have */
    /* NULL-terminated "column" or "template.column"; collected_at is always left out. */
    const char *const *ignore;
    /* Told, a line at a time, what is left out: a table that only one side has, outputs that
     * failed. NULL = nobody wants to know. */
    void (*note)(void *user, const char *text);
    void *note_user;
};

/* on_change returns 0 or a negative code that ends the diff. The result is how many changes
 * there were, or a negative code. */
long diff_run(const struct diff_options *options, const struct diff_side *old_side,
              const struct diff_side *new_side,
              int (*on_change)(void *user, const struct change *), void *user, struct err *err);

/* The ids of the newest two runs: *old_run < *new_run. ERR_INPUT when there are fewer. */
int diff_last_runs(struct db *db, long *old_run, long *new_run, struct err *err);

#endif
