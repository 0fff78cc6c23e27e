/*
 * collect query: SQL over a saved run, in every format. One word is the database: its tables
 * and columns; two are a question and the database. The question is SQL or the name of a table,
 * and
 * --where, --select, --sort, --limit and --offset narrow either down.
 */
#include "store/query.h"
#include "cli/options.h"
#include "cli/setting.h"
#include "cli/talk.h"
#include "store/saved.h"

static int check(const struct options *options, struct err *err)
{
    if (options->words.count == 0) {
        return err_set(err, ERR_USAGE, "which database? collect query run.db lists its tables");
    }
    if (options->words.count > 2) {
        return err_set(err, ERR_USAGE, "one question and one database, please: quote the SQL");
    }
    return 0;
}

static bool is_word(const char *text)
{
    return text[strspn(text,
                       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")] ==
           '\0';
}

/* SELECT ... FROM (what was asked) WHERE ... */
static void make_sql(struct strbuf *sql, const struct options *o, const char *asked)
{
    if (!is_word(asked) && !setting_narrows(o)) {
        strbuf_addstr(sql, asked);
        return;
    }
    strbuf_addf(sql, "SELECT %s FROM ", o->select ? o->select : "*");
    if (is_word(asked)) {
        sql_add_name(sql, asked);
    } else {
        strbuf_addf(sql, "(%s\n)", asked);
    }
    if (o->where) {
        strbuf_addf(sql, " WHERE (%s\n)", o->where);
    }
    if (o->sort) {
        strbuf_addf(sql, " ORDER BY %s", o->sort);
    }
    if (o->limit >= 0 || o->offset >= 0) {
        strbuf_addf(sql, " LIMIT %ld OFFSET %ld", o->limit, o->offset < 0 ? 0 : o->offset);
    }
}

static int open_query(struct query **query, struct db *db, const struct options *options,
                      struct err *err)
{
    if (options->words.count == 1) {
        return query_open_tables(query, db, err);
    }
    struct strbuf sql = STRBUF_INIT;
    make_sql(&sql, options, options->words.items[0].text);
    int rc = strbuf_failed(&sql) ? err_nomem(err)
                                 : query_open(query, db, strbuf_view(&sql), "query", err);
    strbuf_release(&sql);
    return rc;
}

static int answer(struct query *query, const struct options *options, struct err *err)
{
    struct writer *writer;
    int rc = setting_data(&writer, options, query_columns(query), err);
    if (rc < 0) {
        return rc;
    }
    rc = query_write(query, writer, 0, err);
    if (rc < 0) {
        writer_abort(writer);
        return rc;
    }
    return writer_close(writer, err);
}

int verb_query(const struct options *options)
{
    struct err err = ERR_INIT;
    struct db *db = NULL;
    struct query *query = NULL;
    int rc = check(options, &err);
    if (rc == 0) {
        rc = db_open(&db, options->words.items[options->words.count - 1].text, DB_READ, &err);
    }
    if (rc == 0 && saved_is_empty(db)) {
        rc = saved_check(db, &err);
    }
    if (rc == 0) {
        rc = open_query(&query, db, options, &err);
    }
    if (rc == 0) {
        rc = answer(query, options, &err);
    }
    query_close(query);
    db_close(db);
    return rc < 0 ? talk_failure(&err, "query") : 0;
}
