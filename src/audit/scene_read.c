/* The run's hosts, jobs and asks out of its database. */
#include "audit/scene_part.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

const char *scene_keep(struct scene_reader *r, const struct guarded *st, int column)
{
    struct view text = guarded_text(st, column);
    if (!text.ptr) {
        return NULL;
    }
    const char *copy = arena_dup(r->scene->arena, text);
    r->failed = r->failed || !copy;
    return copy;
}

/* Commands, templates and times are the same few texts for thousands of hosts. */
static const char *keep_shared(struct scene_reader *r, const struct guarded *st, int column)
{
    struct view text = guarded_text(st, column);
    if (!text.ptr) {
        return NULL;
    }
    for (size_t i = 0; i < SHARED_TEXTS; i++) {
        if (r->shared[i] && view_equal_str(text, r->shared[i])) {
            return r->shared[i];
        }
    }
    const char *copy = scene_keep(r, st, column);
    r->shared[r->nshared++ % SHARED_TEXTS] = copy;
    return copy;
}

int scene_ask(struct scene_reader *r, struct guarded *st, const char *sql, struct err *err)
{
    struct guarded_sql own = {.sql = view_of(sql)};
    char *run = arena_printf(r->scene->arena, "%ld", r->scene->run);
    int status = run ? guarded_open(st, r->scene->db, &own, err) : err_nomem(err);
    if (status == 0) {
        guarded_bind(st, 1, view_of(run));
    }
    return status;
}

/* All rows of a statement: how many there are comes first, so that they get one array. */
struct rows {
    const char *count, *select;
    size_t each; /* bytes of an item */
    void (*take)(struct scene_reader *r, const struct guarded *st, void *item);
};

static int count_rows(struct scene_reader *r, const char *sql, size_t *n, struct err *err)
{
    struct guarded st = GUARDED_INIT;
    int status = scene_ask(r, &st, sql, err);
    if (status == 0) {
        status = guarded_next(&st, err);
        *n = status > 0 ? (size_t)guarded_integer(&st, 0) : 0;
    }
    guarded_close(&st);
    return status < 0 ? status : 0;
}

static int read_rows(struct scene_reader *r, const struct rows *rows, void **items, size_t *n,
                     struct err *err)
{
    struct guarded st = GUARDED_INIT;
    size_t room = 0;
    int status = count_rows(r, rows->count, &room, err);
    *items = status == 0 ? arena_array(r->scene->arena, room + 1, rows->each) : NULL;
    if (status == 0) {
        status = *items ? scene_ask(r, &st, rows->select, err) : err_nomem(err);
    }
    *n = 0;
    while (status == 0 && *n < room) {
        int got = guarded_next(&st, err);
        if (got <= 0) {
            status = got;
            break;
        }
        rows->take(r, &st, (char *)*items + (*n)++ * rows->each);
        status = r->failed ? err_nomem(err) : 0;
    }
    guarded_close(&st);
    return status;
}

/* ---- Hosts ---------------------------------------------------------------------------------
 */

#define NEWEST_HOSTS                                                                           \
    " FROM main._hosts WHERE rowid IN (SELECT max(rowid) FROM main._hosts"                     \
    " WHERE run = ?1 AND host IS NOT NULL GROUP BY host)"

static void take_host(struct scene_reader *r, const struct guarded *st, void *item)
{
    struct host_seen *host = item;
    host->host.name = scene_keep(r, st, 0);
    host->host.address = scene_keep(r, st, 1);
    host->host.platform = keep_shared(r, st, 2);
    const char *status = keep_shared(r, st, 3);
    const char *reason = scene_keep(r, st, 4);
    host->reason = status && strcmp(status, "ok") == 0 ? NULL
                   : reason                            ? reason
                   : status                            ? status
                                                       : "its status is not known";
    host->groups = keep_shared(r, st, 5);
    host->data = scene_keep(r, st, 6);
}

/* Whether _hosts has a column: databases of earlier versions lack some. */
static int has_later_columns(struct scene_reader *r, bool *has, struct err *err)
{
    size_t n = 0;
    int status = count_rows(r,
                            "SELECT count(*) FROM pragma_table_info('_hosts', 'main')"
                            " WHERE name IN ('place', 'groups', 'data') AND ?1 IS NOT NULL",
                            &n, err);
    *has = n == 3;
    return status;
}

static int read_hosts(struct scene_reader *r, struct err *err)
{
    static const struct rows
        now = {"SELECT count(*)" NEWEST_HOSTS,
               "SELECT host, address, platform, status, reason, groups, data" NEWEST_HOSTS
               " ORDER BY place IS NULL, place, rowid",
               sizeof(struct host_seen), take_host},
        early = {"SELECT count(*)" NEWEST_HOSTS,
                 "SELECT host, address, platform, status, reason, NULL, NULL" NEWEST_HOSTS
                 " ORDER BY rowid",
                 sizeof(struct host_seen), take_host};
    bool later = false;
    void *items = NULL;
    int status = has_later_columns(r, &later, err);
    if (status == 0) {
        status = read_rows(r, later ? &now : &early, &items, &r->scene->nhosts, err);
        r->scene->hosts = items;
    }
    return status;
}

static int by_host_name(const void *a, const void *b)
{
    return strcmp(((const struct named_host *)a)->name, ((const struct named_host *)b)->name);
}

static int sort_hosts(struct scene *scene, struct err *err)
{
    scene->by_name = arena_array(scene->arena, scene->nhosts + 1, sizeof(*scene->by_name));
    if (!scene->by_name) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < scene->nhosts; i++) {
        scene->by_name[i] = (struct named_host){scene->hosts[i].host.name, i};
    }
    qsort(scene->by_name, scene->nhosts, sizeof(*scene->by_name), by_host_name);
    return 0;
}

/* ---- Jobs and asks -------------------------------------------------------------------------
 */

#define OF_RUN(table) " FROM main." table " WHERE run = ?1 AND host IS NOT NULL"

/* Of a rule that needs several commands a device's "% Invalid input" should say of which. What
 * kept a host from its commands at all is no command's. */
static const char *name_command(struct scene_reader *r, const char *command, const char *status,
                                const char *reason)
{
    static const char *const own[] = {"failed",    "incomplete", "timed-out",
                                      "too-large", "question",   NULL};
    for (size_t i = 0; own[i]; i++) {
        if (strcmp(own[i], status) == 0 && !strstr(reason, command)) {
            const char *named = arena_printf(r->scene->arena, "%s: %s", command, reason);
            r->failed = r->failed || !named;
            return named;
        }
    }
    return reason;
}

static void take_job(struct scene_reader *r, const struct guarded *st, void *item)
{
    struct job_seen *job = item;
    job->host = scene_host(r->scene, guarded_text(st, 0));
    job->command = keep_shared(r, st, 1);
    job->template_path = keep_shared(r, st, 2);
    job->fingerprint = keep_shared(r, st, 3);
    const char *status = keep_shared(r, st, 4);
    job->ok = status && strcmp(status, "ok") == 0;
    const char *reason = job->ok ? NULL : scene_keep(r, st, 5);
    if (reason && status && job->command) {
        reason = name_command(r, job->command, status, reason);
    }
    job->reason = job->ok || reason ? reason : status ? status : "its status is not known";
    job->collected_at = keep_shared(r, st, 6);
    job->id = guarded_integer(st, 7);
    job->command = job->command ? job->command : "";
}

static void take_ask(struct scene_reader *r, const struct guarded *st, void *item)
{
    struct ask_seen *ask = item;
    ask->host = scene_host(r->scene, guarded_text(st, 0));
    ask->asked = keep_shared(r, st, 1);
    ask->by_name = guarded_integer(st, 2) != 0;
    ask->command = keep_shared(r, st, 3);
    ask->records = keep_shared(r, st, 4);
    ask->reason = keep_shared(r, st, 5);
    ask->asked = ask->asked ? ask->asked : "";
}

/* Both arrays lie by host when they are read: each host gets its stretch. */
static void share_out(struct scene *scene)
{
    for (size_t i = 0; i < scene->njobs; i++) {
        if (scene->jobs[i].host < scene->nhosts) {
            struct host_seen *host = &scene->hosts[scene->jobs[i].host];
            host->first_job = host->njobs++ ? host->first_job : i;
        }
    }
    for (size_t i = 0; i < scene->nasks; i++) {
        if (scene->asks[i].host < scene->nhosts) {
            struct host_seen *host = &scene->hosts[scene->asks[i].host];
            host->first_ask = host->nasks++ ? host->first_ask : i;
        }
    }
}

static int read_jobs(struct scene_reader *r, struct err *err)
{
    static const struct rows
        jobs = {"SELECT count(*)" OF_RUN("_jobs"),
                "SELECT host, command, template, template_fingerprint, status, reason,"
                " collected_at, rowid" OF_RUN("_jobs") " ORDER BY host, rowid",
                sizeof(struct job_seen), take_job},
        asks = {"SELECT count(*)" OF_RUN("_asks"),
                "SELECT host, asked, by_name, command, records, reason" OF_RUN(
                    "_asks") " ORDER BY host, rowid",
                sizeof(struct ask_seen), take_ask};
    struct scene *scene = r->scene;
    void *items = NULL;
    size_t has_asks = 0;
    int status = read_rows(r, &jobs, &items, &scene->njobs, err);
    scene->jobs = items;
    if (status == 0) {
        status = count_rows(r,
                            "SELECT count(*) FROM main.sqlite_schema WHERE name = '_asks'"
                            " AND ?1 IS NOT NULL",
                            &has_asks, err);
    }
    if (status == 0 && has_asks) {
        status = read_rows(r, &asks, &items, &scene->nasks, err);
        scene->asks = items;
    }
    return status;
}

/* ---- Tables --------------------------------------------------------------------------------
 */

/* Every table of records (they have _run) and every one about the run, column by column. */
#define COLUMNS_OF_TABLES                                                                      \
    " FROM main.sqlite_schema s, pragma_table_info(s.name, 'main') c WHERE s.type = 'table'"   \
    " AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND s.name <> '_runs' AND ?1 IS NOT NULL"

struct column_seen {
    const char *table, *name;
    bool key;
};

static void take_column(struct scene_reader *r, const struct guarded *st, void *item)
{
    struct column_seen *column = item;
    column->table = keep_shared(r, st, 0);
    column->name = scene_keep(r, st, 1);
    column->key = guarded_integer(st, 2) != 0;
}

static void name_own_columns(struct table_seen *table)
{
    for (size_t i = 0; i < table->ncolumns; i++) {
        const char *name = table->columns[i];
        /* where a template has a value of that name, the run's has a `_` in front */
        if (strcmp(name, "_host") == 0 || (!table->host && strcmp(name, "host") == 0)) {
            table->host = name;
        }
        if (strcmp(name, "_command") == 0 ||
            (!table->command && strcmp(name, "command") == 0)) {
            table->command = name;
        }
    }
}

static int add_table(struct scene *scene, const struct column_seen *columns, size_t n,
                     struct err *err)
{
    struct table_seen *table = &scene->tables[scene->ntables++];
    table->name = columns[0].table;
    table->columns = arena_array(scene->arena, n, sizeof(*table->columns));
    table->keys = arena_array(scene->arena, n, sizeof(*table->keys));
    if (!table->columns || !table->keys) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        if (strcmp(columns[i].name, "_run") != 0) {
            table->keys[table->ncolumns] = columns[i].key;
            table->columns[table->ncolumns++] = columns[i].name;
        }
    }
    name_own_columns(table);
    return 0;
}

static int read_tables(struct scene_reader *r, struct err *err)
{
    static const struct rows rows = {
        "SELECT count(*)" COLUMNS_OF_TABLES,
        "SELECT s.name, c.name, c.type LIKE '%\"key\"'" COLUMNS_OF_TABLES
        " ORDER BY s.rowid, c.cid",
        sizeof(struct column_seen), take_column};
    struct scene *scene = r->scene;
    void *items = NULL;
    size_t n = 0;
    int status = read_rows(r, &rows, &items, &n, err);
    const struct column_seen *columns = items;
    if (status == 0) {
        scene->tables = arena_array(scene->arena, n + 1, sizeof(*scene->tables));
        status = scene->tables ? 0 : err_nomem(err);
    }
    for (size_t i = 0, end; i < n && status == 0; i = end) {
        for (end = i + 1; end < n && strcmp(columns[end].table, columns[i].table) == 0;) {
            end++;
        }
        status = add_table(scene, &columns[i], end - i, err);
    }
    return status;
}

int scene_read(struct scene_reader *r, struct err *err)
{
    int status = read_hosts(r, err);
    if (status == 0) {
        status = sort_hosts(r->scene, err);
    }
    if (status == 0) {
        status = read_jobs(r, err);
    }
    if (status == 0) {
        share_out(r->scene);
        status = read_tables(r, err);
    }
    return status;
}
