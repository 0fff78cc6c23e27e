/*
 * Rows as bytes, for records that wait in a spool: table, then cells with their items. The form
 * is this process's own and never leaves it.
 */
#ifndef COLLECT_ROWPACK_H
#define COLLECT_ROWPACK_H

#include "base/arena.h"
#include "base/spool.h"
#include "textfsm.h"

/* Appends a row. */
void rowpack_add(struct strbuf *out, uint32_t table, const struct textfsm_cell *cells,
                 size_t ncells);

/* The row at cursor. Its cells live in arena and in the cursor, until its next call. */
struct rowpack_row {
    uint32_t table;
    uint32_t ncells;
    const struct textfsm_cell *cells;
};
int rowpack_next(struct spool_cursor *cursor, struct arena *arena, struct rowpack_row *row,
                 struct err *err);

#endif
