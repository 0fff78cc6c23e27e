/*
 * Rule files of any bytes are read or refused; an expression that is said to end where it ends
 * stands in parentheses in a statement of ours and stays in them.
 */
#include "audit/expression.h"
#include "audit/rules.h"
#include "store/guarded.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_rules(const uint8_t *data, size_t size)
{
    FILE *file = tmpfile();
    char path[64];
    struct rules *rules = NULL;
    struct err err = ERR_INIT;
    if (!file || fwrite(data, 1, size, file) != size || fflush(file) != 0) {
        abort();
    }
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
    const char *const paths[] = {path};
    int status = rules_read(&rules, paths, 1, &err);
    if ((status == 0) != (rules != NULL) || (status < 0 && !err.text[0])) {
        abort();
    }
    rules_free(rules);
    fclose(file);
}

/* The condition is never true, whatever the expression is: a row would have come from outside
 * of the parentheses. */
static void stay_inside(struct db *db, struct view text)
{
    static const char before[] = "SELECT 1 WHERE 0 AND (\n";
    struct strbuf sql = STRBUF_INIT;
    strbuf_addstr(&sql, before);
    strbuf_addview(&sql, text);
    strbuf_addstr(&sql, "\n)");
    struct view all = strbuf_view(&sql);
    struct guarded_sql statement = {all, view_slice(all, sizeof(before) - 1, all.len - 2), 200};
    struct guarded st = GUARDED_INIT;
    struct err err = ERR_INIT;
    if (guarded_open(&st, db, &statement, &err) == 0 &&
        (guarded_columns(&st) != 1 || guarded_next(&st, &err) > 0)) {
        abort();
    }
    guarded_close(&st);
    strbuf_release(&sql);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view text = expression_trim(view_make((const char *)data, size));
    struct db *db;
    struct err err = ERR_INIT;
    if (size < 20000 && expression_check(text, &err) == 0) {
        if (db_open(&db, "", DB_SCRATCH, &err) < 0) {
            abort();
        }
        stay_inside(db, text);
        db_close(db);
    }
    read_rules(data, size);
    return 0;
}
