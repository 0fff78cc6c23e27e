#include "store/save.h"

#include "base/deadline.h"
#include "store/rows.h"

#include <stdio.h>
#include <stdlib.h>

struct save {
    struct writer writer; /* first: the writers' vtable */
    struct db *db;
    const struct table *tables;
    size_t ntables;
    struct row_insert *inserts; /* one a table */
    sqlite3_stmt *host, *job, *ask;
    sqlite3_stmt *forget_host, *forget_job, *forget_ask; /* with resume */
    sqlite3_int64 run;
    char ended[UTC_STAMP_SIZE]; /* of the run that is copied */
    bool copied;
};

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS _runs(id INTEGER PRIMARY KEY, started TEXT, ended TEXT, who "
    "TEXT,"
    " inventory TEXT, inventory_sha256 TEXT, options TEXT, version TEXT);"
    "CREATE TABLE IF NOT EXISTS _hosts(run INTEGER, host TEXT, address TEXT, port INTEGER,"
    " platform TEXT, status TEXT, reason TEXT, connect_ms INTEGER, auth_ms INTEGER,"
    " total_ms INTEGER, algorithms TEXT, fingerprint TEXT, place INTEGER, groups TEXT,"
    " data TEXT, platform_why TEXT);"
    "CREATE INDEX IF NOT EXISTS _hosts_by_host ON _hosts(host);"
    "CREATE TABLE IF NOT EXISTS _jobs(run INTEGER, host TEXT, command TEXT, template TEXT,"
    " template_fingerprint TEXT, status TEXT, reason TEXT, collected_at TEXT, took_ms INTEGER,"
    " exit_status INTEGER, output TEXT);"
    "CREATE INDEX IF NOT EXISTS _jobs_by_host ON _jobs(host, command);"
    "CREATE TABLE IF NOT EXISTS _asks(run INTEGER, host TEXT, asked TEXT, by_name INTEGER,"
    " command TEXT, records TEXT, reason TEXT);"
    "CREATE INDEX IF NOT EXISTS _asks_by_host ON _asks(host, asked);";

/* What databases of earlier versions lack. */
static const struct {
    const char *column, *add;
} later_columns[] = {
    {"place", "ALTER TABLE _hosts ADD COLUMN place INTEGER"},
    {"groups", "ALTER TABLE _hosts ADD COLUMN groups TEXT"},
    {"data", "ALTER TABLE _hosts ADD COLUMN data TEXT"},
    {"platform_why", "ALTER TABLE _hosts ADD COLUMN platform_why TEXT"},
};

#define INSERT_HOST                                                                            \
    "INSERT INTO _hosts(run, host, address, port, platform, status, reason, connect_ms, "      \
    "auth_ms,"                                                                                 \
    " total_ms, algorithms, fingerprint, place, groups, data, platform_why) "                  \
    "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

#define INSERT_JOB                                                                             \
    "INSERT INTO _jobs(run, host, command, template, template_fingerprint, status, reason,"    \
    " collected_at, took_ms, exit_status, output) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

#define INSERT_ASK                                                                             \
    "INSERT INTO _asks(run, host, asked, by_name, command, records, reason)"                   \
    " VALUES(?, ?, ?, ?, ?, ?, ?)"

static const struct format format_db = {.name = "db", .extensions = "db", .streams = true};

static int write_row(struct writer *w, size_t table, const struct textfsm_cell *cells,
                     struct err *err)
{
    struct save *save = (struct save *)w;
    return row_insert(&save->inserts[table], (long)save->run, cells, err);
}

static int close_nothing(struct writer *w, struct err *err)
{
    (void)w;
    (void)err;
    return 0;
}

static void abort_nothing(struct writer *w)
{
    (void)w;
}

/* The newest run goes on: 1, or 0 when there is none yet. */
static int continue_run(struct save *save, struct err *err)
{
    sqlite3_stmt *st;
    int status = db_prepare(save->db, VIEW("SELECT max(id) FROM _runs"), &st, err);
    if (status == 0) {
        status = db_step(save->db, st, err);
        save->run = status > 0 ? sqlite3_column_int64(st, 0) : 0;
    }
    sqlite3_finalize(st);
    if (status < 0 || save->run == 0) {
        return status < 0 ? status : 0;
    }
    status = db_prepare(save->db, VIEW("DELETE FROM _hosts WHERE run = ? AND host = ?"),
                        &save->forget_host, err);
    if (status == 0) {
        status = db_prepare(
            save->db, VIEW("DELETE FROM _jobs WHERE run = ? AND host = ? AND command = ?"),
            &save->forget_job, err);
    }
    if (status == 0) {
        status = db_prepare(save->db,
                            VIEW("DELETE FROM _asks WHERE run = ? AND host = ? AND asked = ?"),
                            &save->forget_ask, err);
    }
    return status < 0 ? status : 1;
}

static int begin_run(struct save *save, const struct save_run *run, struct err *err)
{
    sqlite3_stmt *st;
    char now[UTC_STAMP_SIZE];
    utc_stamp(now, sizeof(now));
    int status = db_prepare(save->db,
                            VIEW("INSERT INTO _runs(started, who, inventory, inventory_sha256,"
                                 " options, version) VALUES(?, ?, ?, ?, ?, ?)"),
                            &st, err);
    if (status < 0) {
        return status;
    }
    const char *const texts[] = {run->copied ? run->started : now,
                                 run->who,
                                 run->inventory,
                                 run->inventory_sha256,
                                 run->options,
                                 run->version};
    for (int i = 0; i < 6; i++) {
        db_bind(st, i + 1, view_of(texts[i]));
    }
    status = db_step(save->db, st, err);
    save->run = sqlite3_last_insert_rowid(save->db->handle);
    sqlite3_finalize(st);
    return status;
}

/* Whether _hosts has the column: a statement that names it compiles. */
static bool has_column(struct save *save, const char *column)
{
    sqlite3_stmt *st;
    struct strbuf sql = STRBUF_INIT;
    strbuf_addf(&sql, "SELECT %s FROM _hosts", column);
    bool has = db_prepare(save->db, strbuf_view(&sql), &st, NULL) == 0;
    sqlite3_finalize(st);
    strbuf_release(&sql);
    return has;
}

static int add_later_columns(struct save *save, struct err *err)
{
    int status = 0;
    for (size_t i = 0; i < sizeof(later_columns) / sizeof(later_columns[0]); i++) {
        if (status == 0 && !has_column(save, later_columns[i].column)) {
            status = db_exec(save->db, later_columns[i].add, err);
        }
    }
    return status;
}

static int prepare_inserts(struct save *save, struct err *err)
{
    int status = db_prepare(save->db, VIEW(INSERT_HOST), &save->host, err);
    if (status == 0) {
        status = db_prepare(save->db, VIEW(INSERT_JOB), &save->job, err);
    }
    return status < 0 ? status : db_prepare(save->db, VIEW(INSERT_ASK), &save->ask, err);
}

static int make_row_tables(struct save *save, struct err *err)
{
    int status = 0;
    for (size_t i = 0; i < save->ntables && status == 0; i++) {
        status = rows_create(save->db, &save->tables[i], true, err);
        if (status == 0) {
            status = row_insert_init(&save->inserts[i], save->db, &save->tables[i], true, err);
        }
    }
    return status;
}

static int make_tables(struct save *save, struct err *err)
{
    int status = db_exec(save->db, schema, err);
    if (status == 0) {
        status = add_later_columns(save, err);
    }
    if (status == 0) {
        status = make_row_tables(save, err);
    }
    return status < 0 ? status : prepare_inserts(save, err);
}

/* What is committed survives a kill of the program. A power cut may take the newest hosts, and
 * never harms the others: the log is synced, and moved into the database, once in 128 MB, not
 * at each of thousands of commits. */
static int start(struct save *save, const struct save_run *run, struct err *err)
{
    int status = db_exec(save->db,
                         "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                         "PRAGMA wal_autocheckpoint=32768",
                         err);
    if (status == 0) {
        status = db_exec(save->db, "BEGIN IMMEDIATE", err);
    }
    if (status == 0) {
        status = make_tables(save, err);
    }
    if (status == 0 && run->resume) {
        status = continue_run(save, err);
    }
    if (status == 0) {
        status = begin_run(save, run, err);
    }
    return status < 0 ? status : db_exec(save->db, "COMMIT", err);
}

static int set_tables(struct save *save, const struct table *tables, size_t ntables,
                      struct err *err)
{
    free(save->inserts);
    save->tables = tables;
    save->ntables = ntables;
    save->inserts = calloc(ntables + 1, sizeof(*save->inserts));
    return save->inserts ? 0 : err_nomem(err);
}

int save_tables(struct save *save, const struct table *tables, size_t ntables, struct err *err)
{
    int status = set_tables(save, tables, ntables, err);
    if (status == 0) {
        status = db_exec(save->db, "BEGIN IMMEDIATE", err);
    }
    if (status == 0) {
        status = make_row_tables(save, err);
    }
    return status < 0 ? status : db_exec(save->db, "COMMIT", err);
}

int save_open(struct save **out, const char *path, const struct table *tables, size_t ntables,
              const struct save_run *run, struct err *err)
{
    *out = NULL;
    struct save *save = calloc(1, sizeof(*save));
    if (!save) {
        return err_nomem(err);
    }
    save->writer.format = &format_db;
    save->writer.row = write_row;
    save->writer.close = close_nothing;
    save->writer.abort = abort_nothing;
    save->copied = run->copied;
    snprintf(save->ended, sizeof(save->ended), "%s", run->ended ? run->ended : "");
    int status = set_tables(save, tables, ntables, err);
    if (status == 0) {
        status = db_open(&save->db, path, path ? DB_WRITE : DB_SCRATCH, err);
    }
    if (status == 0) {
        status = start(save, run, err);
    }
    if (status < 0) {
        save_abort(save);
        return status;
    }
    *out = save;
    return 0;
}

struct writer *save_writer(struct save *save)
{
    return &save->writer;
}

int save_host_begin(struct save *save, struct err *err)
{
    return db_exec(save->db, "BEGIN IMMEDIATE", err);
}

int save_host_undo(struct save *save, struct err *err)
{
    int status = db_exec(save->db, "ROLLBACK", err);
    return status < 0 ? status : save_host_begin(save, err);
}

static void bind_number(sqlite3_stmt *st, int place, long n)
{
    if (n < 0) {
        sqlite3_bind_null(st, place);
    } else {
        sqlite3_bind_int64(st, place, n);
    }
}

/* Runs a statement whose first place is the run. */
static int run_bound(struct save *save, sqlite3_stmt *st, struct err *err)
{
    sqlite3_bind_int64(st, 1, save->run);
    int status = db_step(save->db, st, err);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return status;
}

static int forget(struct save *save, sqlite3_stmt *st, const char *host, const char *command,
                  struct err *err)
{
    if (!st) {
        return 0;
    }
    db_bind(st, 2, view_of(host));
    if (command) {
        db_bind(st, 3, view_of(command));
    }
    return run_bound(save, st, err);
}

int save_job(struct save *save, const struct save_job *job, struct err *err)
{
    int status = forget(save, save->forget_job, job->host, job->command, err);
    if (status < 0) {
        return status;
    }
    const char *const texts[] = {
        job->host,   job->command, job->template_name, job->template_fingerprint,
        job->status, job->reason,  job->collected_at};
    for (int i = 0; i < 7; i++) {
        db_bind(save->job, i + 2, view_of(texts[i]));
    }
    bind_number(save->job, 9, job->took_ms);
    bind_number(save->job, 10, job->exit_status);
    db_bind(save->job, 11, job->output);
    return run_bound(save, save->job, err);
}

int save_ask(struct save *save, const struct save_ask *ask, struct err *err)
{
    int status = forget(save, save->forget_ask, ask->host, ask->asked, err);
    if (status < 0) {
        return status;
    }
    db_bind(save->ask, 2, view_of(ask->host));
    db_bind(save->ask, 3, view_of(ask->asked));
    bind_number(save->ask, 4, ask->by_name);
    db_bind(save->ask, 5, view_of(ask->command));
    db_bind(save->ask, 6, view_of(ask->records));
    db_bind(save->ask, 7, view_of(ask->reason));
    return run_bound(save, save->ask, err);
}

int save_host_end(struct save *save, const struct save_host *host, struct err *err)
{
    sqlite3_stmt *st = save->host;
    int status = forget(save, save->forget_host, host->host, NULL, err);
    if (status < 0) {
        return status;
    }
    db_bind(st, 2, view_of(host->host));
    db_bind(st, 3, view_of(host->address));
    bind_number(st, 4, host->port);
    db_bind(st, 5, view_of(host->platform));
    db_bind(st, 6, view_of(host->status));
    db_bind(st, 7, view_of(host->reason));
    bind_number(st, 8, host->connect_ms);
    bind_number(st, 9, host->auth_ms);
    bind_number(st, 10, host->total_ms);
    db_bind(st, 11, view_of(host->algorithms));
    db_bind(st, 12, view_of(host->fingerprint));
    bind_number(st, 13, host->place);
    db_bind(st, 14, view_of(host->groups));
    db_bind(st, 15, view_of(host->data));
    db_bind(st, 16, view_of(host->platform_why));
    status = run_bound(save, st, err);
    return status < 0 ? status : db_exec(save->db, "COMMIT", err);
}

static int end_run(struct save *save, struct err *err)
{
    char now[UTC_STAMP_SIZE];
    utc_stamp(now, sizeof(now));
    const char *ended = save->copied ? save->ended : now;
    sqlite3_stmt *st;
    int status =
        db_prepare(save->db, VIEW("UPDATE _runs SET ended = ? WHERE id = ?"), &st, err);
    if (status < 0) {
        return status;
    }
    db_bind(st, 1, view_of(*ended ? ended : NULL));
    sqlite3_bind_int64(st, 2, save->run);
    status = db_step(save->db, st, err);
    sqlite3_finalize(st);
    if (status == 0) {
        db_leave_log(save->db);
    }
    return status;
}

int save_close_keep(struct save *save, struct db **out, struct err *err)
{
    int status = end_run(save, err);
    *out = status < 0 ? NULL : save->db;
    save->db = status < 0 ? save->db : NULL;
    save_abort(save);
    return status;
}

int save_close(struct save *save, struct err *err)
{
    int status = end_run(save, err);
    save_abort(save);
    return status;
}

void save_abort(struct save *save)
{
    if (!save) {
        return;
    }
    for (size_t i = 0; save->inserts && i < save->ntables; i++) {
        row_insert_release(&save->inserts[i]);
    }
    free(save->inserts);
    sqlite3_finalize(save->host);
    sqlite3_finalize(save->job);
    sqlite3_finalize(save->ask);
    sqlite3_finalize(save->forget_host);
    sqlite3_finalize(save->forget_job);
    sqlite3_finalize(save->forget_ask);
    db_close(save->db);
    free(save);
}

bool save_has(struct db *db, const char *host, const char *command)
{
    sqlite3_stmt *st;
    if (db_prepare(db,
                   VIEW("SELECT status = 'ok' FROM _jobs WHERE host = ? AND command = ?"
                        " ORDER BY run DESC LIMIT 1"),
                   &st, NULL) < 0) {
        return false;
    }
    db_bind(st, 1, view_of(host));
    db_bind(st, 2, view_of(command));
    bool has = db_step(db, st, NULL) > 0 && sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    return has;
}

bool save_platform(struct db *db, const char *host, struct strbuf *out)
{
    sqlite3_stmt *st;
    strbuf_reset(out);
    if (db_prepare(db,
                   VIEW("SELECT platform FROM _hosts WHERE host = ? AND platform <> 'auto'"
                        " ORDER BY run DESC LIMIT 1"),
                   &st, NULL) < 0) {
        return false;
    }
    db_bind(st, 1, view_of(host));
    bool found = db_step(db, st, NULL) > 0 && sqlite3_column_type(st, 0) == SQLITE_TEXT;
    if (found) {
        strbuf_addstr(out, (const char *)sqlite3_column_text(st, 0));
    }
    sqlite3_finalize(st);
    return found && !strbuf_failed(out);
}
