/*
 * collect query: SQL over a saved run, in every format. One word is the database: its tables
 * and columns; two are a question and the database, in sqlite3's order, too. The question is
 * SQL or the name of a table, and --where, --select, --sort, --limit and --offset narrow either
 * down.
 */
#include "store/query.h"
#include "cli/options.h"
#include "cli/setting.h"
#include "cli/talk.h"
#include "store/saved.h"

#include <unistd.h>

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

/* Which word is the database: the last, unless only the first is a file. */
static size_t database_word(const struct options *options)
{
    const struct option_item *words = options->words.items;
    size_t last = options->words.count - 1;
    bool swapped =
        last == 1 && access(words[1].text, F_OK) < 0 && access(words[0].text, F_OK) == 0;
    return swapped ? 0 : last;
}

static int open_query(struct query **query, struct db *db, const struct options *o,
                      const char *asked, struct err *err)
{
    struct filter_options narrow = {o->where, o->select, o->sort, o->limit, o->offset};
    return asked ? query_open_narrowed(query, db, asked, &narrow, "query", err)
                 : query_open_tables(query, db, err);
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
    const char *asked = NULL;
    int rc = check(options, &err);
    if (rc == 0) {
        size_t at = database_word(options);
        asked = options->words.count > 1 ? options->words.items[1 - at].text : NULL;
        rc = db_open(&db, options->words.items[at].text, DB_READ, &err);
    }
    if (rc == 0 && saved_is_empty(db)) {
        rc = saved_check(db, &err);
    }
    if (rc == 0) {
        rc = open_query(&query, db, options, asked, &err);
    }
    if (rc == 0) {
        rc = answer(query, options, &err);
    }
    query_close(query);
    db_close(db);
    return rc < 0 ? talk_failure(&err, "query") : 0;
}
