#include "store/saved.h"

#include <stdlib.h>

void saved_close(struct saved *saved)
{
    if (saved) {
        sqlite3_finalize(saved->job);
        arena_release(&saved->arena);
        free(saved);
    }
}

static const char *keep(struct saved *saved, sqlite3_stmt *st, int column)
{
    struct view text = db_column(st, column);
    return text.ptr ? arena_dup(&saved->arena, text) : NULL;
}

static long number(sqlite3_stmt *st, int column)
{
    return sqlite3_column_type(st, column) == SQLITE_NULL
               ? -1
               : (long)sqlite3_column_int64(st, column);
}

/* Whether the database has what a statement names. */
static bool compiles(struct db *db, const char *sql)
{
    sqlite3_stmt *st;
    bool fine = db_prepare(db, view_of(sql), &st, NULL) == 0;
    sqlite3_finalize(st);
    return fine;
}

int saved_check(struct db *db, struct err *err)
{
    return compiles(db, "SELECT run FROM _hosts") && compiles(db, "SELECT run FROM _jobs") &&
                   compiles(db, "SELECT started FROM _runs")
               ? 0
               : err_set(err, ERR_INPUT,
                         "%s is no saved run: `collect run -o FILE.db` makes one", db->path);
}

bool saved_is_empty(struct db *db)
{
    sqlite3_stmt *st;
    bool empty = db_prepare(db, VIEW("SELECT 1 FROM sqlite_schema LIMIT 1"), &st, NULL) == 0 &&
                 db_step(db, st, NULL) == 0;
    sqlite3_finalize(st);
    return empty;
}

static int read_run(struct saved *saved, struct err *err)
{
    sqlite3_stmt *st;
    if (saved_check(saved->db, err) < 0) {
        return ERR_INPUT;
    }
    int rc = db_prepare(saved->db,
                        VIEW("SELECT id, started, who, inventory, inventory_sha256, options,"
                             " version, ended FROM _runs ORDER BY id DESC LIMIT 1"),
                        &st, err);
    if (rc == 0) {
        rc = db_step(saved->db, st, err);
    }
    if (rc > 0) {
        saved->id = sqlite3_column_int64(st, 0);
        saved->run = (struct save_run){.started = keep(saved, st, 1),
                                       .who = keep(saved, st, 2),
                                       .inventory = keep(saved, st, 3),
                                       .inventory_sha256 = keep(saved, st, 4),
                                       .options = keep(saved, st, 5),
                                       .version = keep(saved, st, 6),
                                       .ended = keep(saved, st, 7)};
    } else if (rc == 0) {
        rc = err_set(err, ERR_INPUT, "%s holds no run", saved->db->path);
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : 0;
}

/* ---- Hosts ---------------------------------------------------------------------------------
 */

#define HOST_COLUMNS                                                                           \
    "SELECT host, address, port, platform, status, reason, connect_ms, auth_ms, total_ms,"     \
    " algorithms, fingerprint"

static void read_host(struct saved *saved, sqlite3_stmt *st, struct save_host *host)
{
    *host = (struct save_host){.host = keep(saved, st, 0),
                               .address = keep(saved, st, 1),
                               .port = (int)number(st, 2),
                               .platform = keep(saved, st, 3),
                               .status = keep(saved, st, 4),
                               .reason = keep(saved, st, 5),
                               .connect_ms = number(st, 6),
                               .auth_ms = number(st, 7),
                               .total_ms = number(st, 8),
                               .algorithms = keep(saved, st, 9),
                               .fingerprint = keep(saved, st, 10),
                               .place = number(st, 11),
                               .groups = keep(saved, st, 12),
                               .data = keep(saved, st, 13)};
}

/* A host is in a run once; should it be there twice, the later row counts. */
static int prepare_hosts(struct saved *saved, sqlite3_stmt **st, struct err *err)
{
    bool places = compiles(saved->db, "SELECT place, groups, data FROM _hosts");
    struct view sql =
        places ? VIEW(HOST_COLUMNS ", place, groups, data FROM _hosts WHERE run = ?1 AND rowid"
                                   " IN (SELECT max(rowid) FROM _hosts WHERE run = ?1 GROUP BY"
                                   " host) ORDER BY place, rowid")
               : VIEW(HOST_COLUMNS ", NULL, NULL, NULL FROM _hosts WHERE run = ?1 AND rowid IN"
                                   " (SELECT max(rowid) FROM _hosts WHERE run = ?1 GROUP BY"
                                   " host) ORDER BY rowid");
    int rc = db_prepare(saved->db, sql, st, err);
    if (rc == 0) {
        sqlite3_bind_int64(*st, 1, saved->id);
    }
    return rc;
}

static int count_hosts(struct saved *saved, size_t *n, struct err *err)
{
    sqlite3_stmt *st;
    int rc = db_prepare(saved->db, VIEW("SELECT count(*) FROM _hosts WHERE run = ?"), &st, err);
    if (rc == 0) {
        sqlite3_bind_int64(st, 1, saved->id);
        rc = db_step(saved->db, st, err);
        *n = rc > 0 ? (size_t)sqlite3_column_int64(st, 0) : 0;
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : 0;
}

static int read_hosts(struct saved *saved, struct err *err)
{
    size_t n = 0;
    sqlite3_stmt *st = NULL;
    int rc = count_hosts(saved, &n, err);
    if (rc == 0 && !(saved->hosts = arena_array(&saved->arena, n + 1, sizeof(*saved->hosts)))) {
        rc = err_nomem(err);
    }
    if (rc == 0) {
        rc = prepare_hosts(saved, &st, err);
    }
    while (rc == 0 && saved->nhosts < n && (rc = db_step(saved->db, st, err)) > 0) {
        struct save_host *host = &saved->hosts[saved->nhosts];
        read_host(saved, st, host);
        saved->nhosts += host->host != NULL;
        rc = 0;
    }
    sqlite3_finalize(st);
    return rc;
}

int saved_open(struct saved **out, struct db *db, struct err *err)
{
    *out = NULL;
    struct saved *saved = calloc(1, sizeof(*saved));
    if (!saved) {
        return err_nomem(err);
    }
    arena_init(&saved->arena, NULL);
    saved->db = db;
    int rc = read_run(saved, err);
    if (rc == 0) {
        rc = read_hosts(saved, err);
    }
    if (rc == 0) {
        rc = db_prepare(db,
                        VIEW("SELECT template, template_fingerprint, status, reason,"
                             " collected_at, took_ms, exit_status, output FROM _jobs"
                             " WHERE run = ? AND host = ? AND command = ?"
                             " ORDER BY rowid DESC LIMIT 1"),
                        &saved->job, err);
    }
    if (rc < 0) {
        saved_close(saved);
        return rc;
    }
    *out = saved;
    return 0;
}

/* ---- Jobs ----------------------------------------------------------------------------------
 */

static const char *text(sqlite3_stmt *st, int column)
{
    return (const char *)sqlite3_column_text(st, column);
}

int saved_job(struct saved *saved, const char *host, const char *command, struct save_job *out,
              struct err *err)
{
    sqlite3_stmt *st = saved->job;
    sqlite3_reset(st);
    sqlite3_bind_int64(st, 1, saved->id);
    db_bind(st, 2, view_of(host));
    db_bind(st, 3, view_of(command));
    int rc = db_step(saved->db, st, err);
    if (rc > 0) {
        *out = (struct save_job){.host = host,
                                 .command = command,
                                 .template_name = text(st, 0),
                                 .template_fingerprint = text(st, 1),
                                 .status = text(st, 2),
                                 .reason = text(st, 3),
                                 .collected_at = text(st, 4),
                                 .took_ms = number(st, 5),
                                 .exit_status = (int)number(st, 6),
                                 .output = db_column(st, 7)};
    }
    return rc;
}
