#include "store/select.h"

#include "store/query.h"

static void add_part(struct select_text *t, int i, const char *option, struct view text)
{
    t->parts[i].option = option;
    t->parts[i].start = t->sql.len;
    strbuf_addview(&t->sql, text);
    t->parts[i].end = t->sql.len;
}

void select_make(struct select_text *t, const struct select_wanted *wanted, const char *table,
                 struct view query)
{
    t->table = table;
    strbuf_addstr(&t->sql, "SELECT ");
    add_part(t, SELECT_COLUMNS, wanted->select ? "--select" : NULL,
             view_of(wanted->select ? wanted->select : "*"));
    strbuf_addstr(&t->sql, " FROM ");
    if (table) {
        sql_add_name(&t->sql, table);
    } else {
        /* parentheses keep `a OR b` together and stop a text that is more than an expression */
        strbuf_addch(&t->sql, '(');
        add_part(t, SELECT_FROM, "", query);
        strbuf_addstr(&t->sql, "\n)");
    }
    if (wanted->where) {
        strbuf_addstr(&t->sql, " WHERE (");
        add_part(t, SELECT_WHERE, "--where", view_of(wanted->where));
        strbuf_addstr(&t->sql, "\n)");
    }
    if (wanted->sort) {
        strbuf_addstr(&t->sql, " ORDER BY ");
        add_part(t, SELECT_ORDER, "--sort", view_of(wanted->sort));
    }
}

void select_release(struct select_text *t)
{
    strbuf_release(&t->sql);
}

/* The part in which an error stands: the last one that begins at or before it. Where its place
 * is not known it is in the only part that somebody wrote, or in any of them (*nparts). */
static int part_at(const struct select_text *t, int offset, int *nparts)
{
    int found = -1, only = -1;
    *nparts = 0;
    for (int i = 0; i < SELECT_PARTS; i++) {
        if (t->parts[i].option) {
            found = offset >= (int)t->parts[i].start ? i : found;
            only = i;
            ++*nparts;
        }
    }
    return offset >= 0 ? found : *nparts == 1 ? only : -1;
}

static void name_option(const struct select_text *t, int i, int nparts, struct err *err)
{
    const char *option = i < 0 ? "--where, --select or --sort" : t->parts[i].option;
    if (nparts > 0 && *option) {
        err_prefix(err, "%s%s%s", option, t->table ? " on " : "", t->table ? t->table : "");
    }
}

int select_explain(const struct select_text *t, struct db *db, struct err *err)
{
    struct view sql = strbuf_view(&t->sql), written = sql;
    bool early = strcmp(sqlite3_errmsg(db->handle), "incomplete input") == 0;
    int offset = early ? (int)sql.len : sqlite3_error_offset(db->handle);
    int nparts, i = part_at(t, offset, &nparts);
    int status = ERR_USAGE;
    if (i >= 0) {
        written = view_slice(sql, t->parts[i].start, t->parts[i].end);
    }
    if (i >= 0 && offset >= (int)t->parts[i].end) {
        /* SQLite complains of a parenthesis of ours, or of the end of all */
        err_set(err, status, "syntax error: it ends too early, or with a bracket too many");
    } else {
        status = query_explain_error(db, sql, written, err);
    }
    name_option(t, i, nparts, err);
    return status;
}
