/*
 * Queries from people: one SELECT over a store, or --where/--select/--sort/--limit/--offset
 * over rows on their way to a writer. Both run under the guard.
 *
 *     query_open(&q, db, sql, &err);        a bad statement is told here, with "did you mean"
 *     query_columns(q)                      open a writer with this table
 *     query_write(q, writer, &err);         every row into table 0 of the writer
 *     query_close(q);
 */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "base/deadline.h"
#include "output/writer.h"
#include "store/db.h"
#include "store/filter.h"

struct query;

/* name is the result's table name ("query"). db must outlive the query and stays guarded. */
int query_open(struct query **out, struct db *db, struct view sql, const char *name,
               struct err *err);
/* The rows of a table (asked is one word) or of a SELECT, narrowed down. */
int query_open_narrowed(struct query **out, struct db *db, const char *asked,
                        const struct filter_options *narrow, const char *name, struct err *err);
/* What there is to ask: table, column, kind (text, list, key, integer). */
int query_open_tables(struct query **out, struct db *db, struct err *err);
const struct table *query_columns(const struct query *query);
int query_write(struct query *query, struct writer *writer, size_t table, struct err *err);
void query_close(struct query *query);

/* How long query_write may take instead of GUARD_MS (guard.h). */
void query_limit(struct query *query, ms_t span);

/*
 * Turns SQLite's message about a statement that does not compile into one for people: the name
 * or the place, the words around it, the nearest known column, table or function. sql is what
 * was compiled, written the part of it that a person wrote: places count from its start.
 */
int query_explain_error(struct db *db, struct view sql, struct view written, struct err *err);

#endif
