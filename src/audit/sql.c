#include "audit/sql.h"

#include "audit/expression.h"
#include "base/strbuf.h"

#include <string.h>

int sql_open(struct guarded *st, struct db *db, ms_t span, struct err *err, const char *before,
             struct view text, const char *behind)
{
    struct strbuf sql = STRBUF_INIT;
    strbuf_addstr(&sql, before);
    size_t start = sql.len;
    strbuf_addview(&sql, text);
    strbuf_addstr(&sql, behind);
    struct guarded_sql all = {strbuf_view(&sql),
                              view_slice(strbuf_view(&sql), start, start + text.len), span};
    int status = strbuf_failed(&sql) ? err_nomem(err) : guarded_open(st, db, &all, err);
    strbuf_release(&sql);
    return status;
}

int sql_check_part(struct db *db, const struct sql_part *part, ms_t span, struct err *err)
{
    int status = expression_check(part->text, err);
    if (status < 0) {
        return status;
    }
    struct guarded st = GUARDED_INIT;
    struct strbuf before = STRBUF_INIT;
    strbuf_addstr(&before, "SELECT 1 FROM ");
    if (part->schema) {
        strbuf_addf(&before, "%s.", part->schema);
    }
    sql_add_name(&before, part->table);
    strbuf_addstr(&before, " AS ");
    sql_add_name(&before, part->table);
    /* WHERE has no aggregates and no windows */
    strbuf_addstr(&before, " WHERE (\n");
    status = strbuf_failed(&before)
                 ? err_nomem(err)
                 : sql_open(&st, db, span, err, before.buf, part->text, "\n)");
    guarded_close(&st);
    strbuf_release(&before);
    if (status < 0 && err && strcmp(err->text, "near \")\": syntax error") == 0) {
        /* the parenthesis is ours */
        err_set(err, status, "syntax error: it ends too early");
    }
    return status;
}
