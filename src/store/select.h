/*
 * The SELECT that --where, --select and --sort make of a table or of a query, and which of them
 * is at fault when it does not compile.
 *
 *     struct select_text text = {.sql = STRBUF_INIT};
 *     select_make(&text, &wanted, "show_version", VIEW(""));
 *     if (sqlite3_prepare_v2(..., text.sql.buf, ...) != SQLITE_OK) {
 *         select_explain(&text, db, &err);              "--where on show_version: ..."
 *     }
 *     select_release(&text);
 */
#ifndef STORE_SELECT_H
#define STORE_SELECT_H

#include "base/strbuf.h"
#include "store/db.h"

/* SQL text, NULL = not said. */
struct select_wanted {
    const char *where, *select, *sort;
};

enum { SELECT_COLUMNS, SELECT_FROM, SELECT_WHERE, SELECT_ORDER, SELECT_PARTS };

struct select_text {
    struct strbuf sql;
    const char *table; /* NULL: from a query */
    struct {
        const char *option; /* NULL: nobody wrote it */
        size_t start, end;
    } parts[SELECT_PARTS];
};

/* From the table of that name, or where it is NULL from what query gives. */
void select_make(struct select_text *t, const struct select_wanted *wanted, const char *table,
                 struct view query);
void select_release(struct select_text *t);

/* After the text did not compile on db: one line for a person, ERR_USAGE; the option is named
 * in front of it, where it was one. */
int select_explain(const struct select_text *t, struct db *db, struct err *err);

#endif
