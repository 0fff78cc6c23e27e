/* What is laid over the database for the rules' statements: the run's rows alone, and the
 * hosts with the inventory's data as columns. */
#include "audit/scene_part.h"

#include "base/limits.h"

#include <string.h>

static int run_sql(struct scene_reader *r, struct strbuf *sql, struct err *err)
{
    int status = strbuf_failed(sql) ? err_nomem(err) : db_exec(r->scene->db, sql->buf, err);
    strbuf_reset(sql);
    return status;
}

/* An earlier audit on this connection left its own. */
static int drop_old(struct scene_reader *r, struct strbuf *sql, struct err *err)
{
    struct guarded st = GUARDED_INIT;
    int status = scene_ask(r, &st,
                           "SELECT type, name FROM temp.sqlite_schema"
                           " WHERE type IN ('table', 'view') AND ?1 IS NOT NULL"
                           " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
                           err);
    int got = 0;
    while (status == 0 && (got = guarded_next(&st, err)) > 0) {
        strbuf_addf(sql, "DROP %.*s temp.", VIEW_ARG(guarded_text(&st, 0)));
        const char *name = scene_keep(r, &st, 1);
        sql_add_name(sql, name ? name : "");
        strbuf_addstr(sql, ";");
    }
    guarded_close(&st);
    status = status == 0 && got < 0 ? got : status;
    return status < 0 ? status : run_sql(r, sql, err);
}

/* The tables about the run call the column `run`, those of records `_run`. */
static int lay_view(struct scene_reader *r, const struct table_seen *table, struct strbuf *sql,
                    struct err *err)
{
    bool about = table->ncolumns > 0 && strcmp(table->columns[0], "run") == 0;
    strbuf_addstr(sql, "CREATE TEMP VIEW ");
    sql_add_name(sql, table->name);
    strbuf_addstr(sql, " AS SELECT ");
    for (size_t i = 0; i < table->ncolumns; i++) {
        strbuf_addstr(sql, i ? ", " : "");
        sql_add_name(sql, table->columns[i]);
    }
    strbuf_addstr(sql, " FROM main.");
    sql_add_name(sql, table->name);
    strbuf_addf(sql, " WHERE %s = %ld", about ? "run" : "_run", r->scene->run);
    return run_sql(r, sql, err);
}

/* A host whose data are no JSON object has none that are known. (json_valid() would be shorter,
 * but does not tell when memory runs out.) */
static int insert_known(struct guarded *st, struct host_seen *host, struct err *err)
{
    struct err why = ERR_INIT;
    int status = guarded_next(st, &why);
    guarded_again(st);
    if (status < 0 && why.code == ERR_USAGE && host->data) {
        host->data = NULL;
        guarded_bind(st, 6, VIEW_NONE);
        return insert_known(st, host, err);
    }
    if (status < 0 && err) {
        *err = why;
    }
    return status;
}

static int fill_known(struct scene_reader *r, struct err *err)
{
    const struct scene *scene = r->scene;
    struct guarded st = GUARDED_INIT;
    struct guarded_sql sql = {.sql = VIEW("INSERT INTO temp._known VALUES(?1, ?2, ?3, ?4, ?5,"
                                          " CASE WHEN json_type(?6) = 'object' THEN ?6 END)")};
    int status = guarded_open(&st, scene->db, &sql, err);
    for (size_t i = 0; i < scene->nhosts && status == 0; i++) {
        struct host_seen *host = &scene->hosts[i];
        const char *texts[] = {host->host.name,     host->host.address,
                               host->host.platform, host->reason ? "failed" : "ok",
                               host->groups,        host->data};
        for (int k = 0; k < 6; k++) {
            guarded_bind(&st, k + 1, view_of(texts[k]));
        }
        status = insert_known(&st, host, err);
    }
    guarded_close(&st);
    return status;
}

/* json_extract(data, '$."key"'), a further spelling of the column's key. */
static void add_spelling(struct strbuf *sql, struct view key)
{
    strbuf_addstr(sql, ", json_extract(data, '$.\"");
    for (size_t i = 0; i < key.len; i++) {
        strbuf_addstr(sql, key.ptr[i] == '\'' ? "'" : "");
        strbuf_addch(sql, key.ptr[i]);
    }
    strbuf_addstr(sql, "\"')");
}

static void end_column(struct strbuf *sql, const char *name)
{
    if (name) {
        strbuf_addstr(sql, ") AS ");
        sql_add_name(sql, name);
    }
}

/* Names of columns have no letter case, so all spellings of a key are one column. */
static int add_columns(struct scene_reader *r, struct guarded *st, struct strbuf *sql,
                       struct err *err)
{
    const char *column = NULL, *folded = "";
    int got = 0;
    for (int n = 0; n < LIMIT_DATA_KEYS && (got = guarded_next(st, err)) > 0;) {
        if (!view_equal_str(guarded_text(st, 0), folded)) {
            end_column(sql, column);
            strbuf_addstr(sql, ", coalesce(NULL");
            folded = scene_keep(r, st, 0);
            column = scene_keep(r, st, 1);
            if (!folded || !column) {
                return err_nomem(err);
            }
            n++;
        }
        add_spelling(sql, guarded_text(st, 1));
    }
    end_column(sql, column);
    return got;
}

/* The data's keys become columns behind what every host has. */
static int lay_inventory(struct scene_reader *r, struct strbuf *sql, struct err *err)
{
    struct guarded st = GUARDED_INIT;
    int status = scene_ask(
        r, &st,
        "SELECT DISTINCT lower(k.key), k.key FROM temp._known, json_each(data) k WHERE data IS "
        "NOT NULL"
        " AND ?1 IS NOT NULL AND lower(k.key) NOT IN ('host', 'address', 'platform', 'status',"
        " 'groups', '') AND instr(k.key, '\"') = 0 AND instr(k.key, '\\') = 0"
        " ORDER BY 1, 2",
        err);
    strbuf_addstr(sql, "CREATE TEMP TABLE _inventory AS SELECT host, address, platform, status,"
                       " groups");
    if (status == 0) {
        status = add_columns(r, &st, sql, err);
    }
    guarded_close(&st);
    strbuf_addstr(sql, " FROM temp._known; CREATE UNIQUE INDEX temp._inventory_by_host"
                       " ON _inventory(host); DROP TABLE temp._known");
    return status < 0 ? status : run_sql(r, sql, err);
}

#define KNOWN_TABLE                                                                            \
    "CREATE TEMP TABLE _known(host TEXT, address TEXT, platform TEXT, status TEXT,"            \
    " groups TEXT, data TEXT)"

int scene_lay(struct scene_reader *r, struct err *err)
{
    struct scene *scene = r->scene;
    struct strbuf sql = STRBUF_INIT;
    int status = db_exec(scene->db, "PRAGMA temp_store = MEMORY", err);
    if (status == 0) {
        status = drop_old(r, &sql, err);
    }
    for (size_t i = 0; i < scene->ntables && status == 0; i++) {
        status = lay_view(r, &scene->tables[i], &sql, err);
    }
    if (status == 0) {
        status = db_exec(scene->db, KNOWN_TABLE, err);
    }
    if (status == 0) {
        status = fill_known(r, err);
    }
    if (status == 0) {
        status = lay_inventory(r, &sql, err);
    }
    strbuf_release(&sql);
    return status == 0 && r->failed ? err_nomem(err) : status;
}
