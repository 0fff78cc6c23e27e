/* Statements around the texts of rules. */
#ifndef AUDIT_SQL_H
#define AUDIT_SQL_H

#include "store/guarded.h"

/* An expression over the rows of one table. */
struct sql_part {
    const char *schema, *table; /* schema NULL: as names are looked up */
    struct view text;
};

/* Whether it is one expression of single rows (and no aggregate, which would make one row of
 * all) that compiles over the table. ERR_USAGE says why not, places counting in its text. */
int sql_check_part(struct db *db, const struct sql_part *part, ms_t span, struct err *err);

/* Opens before + text + behind, text being the foreign part. */
int sql_open(struct guarded *st, struct db *db, ms_t span, struct err *err, const char *before,
             struct view text, const char *behind);

#endif
