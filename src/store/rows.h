/*
 * Tables of records in SQL: `struct table` (output/writer.h) -> CREATE TABLE, rows -> INSERT,
 * and result columns back to `struct column` with cells as the writers want them.
 *
 * A text cell is TEXT. A list cell is JSON text in a column declared "JSON LIST", and a query
 * that names such a column gives the list back as a list.
 */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "base/arena.h"
#include "output/writer.h"
#include "store/db.h"

/* Makes the table when it is not there and adds the columns that it lacks; leaves alone those
 * that table does not have. with_run adds `_run INTEGER` in front and an index on host. */
int rows_create(struct db *db, const struct table *table, bool with_run, struct err *err);

struct row_insert {
    struct db *db;
    const struct table *table;
    sqlite3_stmt *st;
    struct strbuf lists; /* JSON of one row's list cells */
    bool with_run;
};

int row_insert_init(struct row_insert *insert, struct db *db, const struct table *table,
                    bool with_run, struct err *err);
void row_insert_release(struct row_insert *insert);
int row_insert(struct row_insert *insert, long run, const struct textfsm_cell *cells,
               struct err *err);

/* The result columns of a prepared statement. Lives in arena. */
int rows_columns(sqlite3_stmt *st, struct arena *arena, struct table *out, struct err *err);

/* The statement's current row as cells for table; they live until the next step or reset of
 * arena. */
int rows_cells(sqlite3_stmt *st, const struct table *table, struct arena *arena,
               struct textfsm_cell *cells, struct err *err);

#endif
