#include "store/diff.h"

#include "store/diff_scope.h"
#include "store/rows.h"

#include <stdlib.h>
#include <string.h>

/* One table on one side: its rows in order of their keys, a row at a time. */
struct cursor {
    struct db *db;
    sqlite3_stmt *st;
    struct view *row; /* borrowed from st until the next step */
    bool there;
};

struct table_diff {
    const struct diff_options *options;
    struct table table;
    bool *is_key;
    size_t nkeys;
    bool *differs;
    struct cursor old_side, new_side;
    struct arena arena;
    long changes;
};

static bool is_ignored(const struct diff_options *o, const char *table, const char *column)
{
    if (strcmp(column, "_run") == 0 || strcmp(column, "collected_at") == 0) {
        return true;
    }
    size_t len = strlen(table);
    for (const char *const *i = o->ignore; i && *i; i++) {
        if (strcmp(*i, column) == 0 || (strncmp(*i, table, len) == 0 && (*i)[len] == '.' &&
                                        strcmp(*i + len + 1, column) == 0)) {
            return true;
        }
    }
    return false;
}

/* ---- which columns ------------------------------------------------------------------------
 */

/* The columns of the newer side that the older has too: what is compared. */
static int choose_columns(struct table_diff *d, const char *name, struct db *old_db,
                          struct db *new_db, struct err *err)
{
    struct strbuf sql = STRBUF_INIT;
    sqlite3_stmt *st = NULL;
    struct table all = {0};
    strbuf_addstr(&sql, "SELECT * FROM ");
    sql_add_name(&sql, name);
    int status =
        strbuf_failed(&sql) ? err_nomem(err) : db_prepare(new_db, strbuf_view(&sql), &st, err);
    if (status == 0) {
        status = rows_columns(st, &d->arena, &all, err);
    }
    sqlite3_finalize(st);
    strbuf_release(&sql);
    struct column *kept = arena_array(&d->arena, all.ncolumns + 1, sizeof(*kept));
    d->is_key = arena_array(&d->arena, all.ncolumns + 1, sizeof(bool));
    d->differs = arena_array(&d->arena, all.ncolumns + 1, sizeof(bool));
    if (status < 0 || !kept || !d->is_key || !d->differs) {
        return status < 0 ? status : err_nomem(err);
    }
    size_t n = 0;
    for (size_t i = 0; i < all.ncolumns; i++) {
        if (!is_ignored(d->options, name, all.columns[i].name) &&
            diff_has_column(old_db, name, all.columns[i].name)) {
            d->nkeys += all.columns[i].key;
            kept[n++] = all.columns[i];
        }
    }
    d->table = (struct table){name, kept, n};
    return 0;
}

/* Whether no command of a run gave more than one row: then those rows are the same row, like
 * show_version's, although nothing but the host tells them apart. */
static bool one_row_each(const struct diff_side *side, const char *table)
{
    struct strbuf sql = STRBUF_INIT;
    sqlite3_stmt *st = NULL;
    strbuf_addstr(&sql, "SELECT 1 FROM ");
    sql_add_name(&sql, table);
    strbuf_addstr(&sql, " GROUP BY _run, host, command HAVING count(*) > 1 LIMIT 1");
    bool one = db_prepare(side->db, strbuf_view(&sql), &st, NULL) == 0 &&
               db_step(side->db, st, NULL) == 0;
    sqlite3_finalize(st);
    strbuf_release(&sql);
    return one;
}

static void mark_keys(struct table_diff *d, bool all)
{
    for (size_t i = 0; i < d->table.ncolumns; i++) {
        const struct column *c = &d->table.columns[i];
        d->is_key[i] =
            all || c->key || strcmp(c->name, "host") == 0 || strcmp(c->name, "command") == 0;
    }
}

/* ---- which rows ---------------------------------------------------------------------------
 */

static void add_columns(struct strbuf *sql, const struct table_diff *d, bool keys_only)
{
    bool first = true;
    for (size_t i = 0; i < d->table.ncolumns; i++) {
        if (!keys_only || d->is_key[i]) {
            strbuf_addstr(sql, first ? "" : ", ");
            sql_add_name(sql, d->table.columns[i].name);
            first = false;
        }
    }
}

/* Rows of the wanted run of hosts that the other side could ask too. The other side's good jobs
 * come in as a temporary table, for two files are two connections. */
static int open_cursor(struct table_diff *d, struct cursor *c, const struct diff_side *side,
                       struct err *err)
{
    struct strbuf sql = STRBUF_INIT;
    c->db = side->db;
    c->row = arena_array(&d->arena, d->table.ncolumns + 1, sizeof(*c->row));
    strbuf_addstr(&sql, "SELECT ");
    add_columns(&sql, d, false);
    strbuf_addstr(&sql, " FROM ");
    sql_add_name(&sql, d->table.name);
    strbuf_addstr(&sql, " AS t WHERE _run = (SELECT max(run) FROM _jobs j WHERE j.host = t.host"
                        " AND j.command = t.command AND j.status = 'ok'"
                        " AND (?1 = 0 OR j.run = ?1))"
                        " AND NOT EXISTS (SELECT 1 FROM temp.cannot_compare x"
                        " WHERE x.host = t.host AND x.command = t.command) ORDER BY ");
    add_columns(&sql, d, true);
    strbuf_addstr(&sql, ", rowid");
    int status = strbuf_failed(&sql) || !c->row
                     ? err_nomem(err)
                     : db_prepare(c->db, strbuf_view(&sql), &c->st, err);
    strbuf_release(&sql);
    if (status == 0) {
        sqlite3_bind_int64(c->st, 1, side->run);
    }
    return status;
}

static int step(struct table_diff *d, struct cursor *c, struct err *err)
{
    int got = db_step(c->db, c->st, err);
    c->there = got > 0;
    for (size_t i = 0; c->there && i < d->table.ncolumns; i++) {
        c->row[i] = db_column(c->st, (int)i);
    }
    return got < 0 ? got : 0;
}

/* ---- comparing ----------------------------------------------------------------------------
 */

/* As SQLite sorts: NULL first, then by bytes. */
static int compare_text(struct view a, struct view b)
{
    if (!a.ptr || !b.ptr) {
        return (a.ptr != NULL) - (b.ptr != NULL);
    }
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.ptr, b.ptr, shared) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_keys(const struct table_diff *d)
{
    if (!d->old_side.there || !d->new_side.there) {
        return d->old_side.there ? -1 : 1;
    }
    for (size_t i = 0; i < d->table.ncolumns; i++) {
        int order = d->is_key[i] ? compare_text(d->old_side.row[i], d->new_side.row[i]) : 0;
        if (order) {
            return order;
        }
    }
    return 0;
}

/* A column that came later is NULL in older rows: no value, as an empty text or list is. */
static struct view value_of(const struct table_diff *d, const struct view *row, size_t i)
{
    bool none = !row[i].ptr || (d->table.columns[i].list && view_equal(row[i], VIEW("[]")));
    return none ? VIEW("") : row[i];
}

static bool find_differences(struct table_diff *d)
{
    bool any = false;
    for (size_t i = 0; i < d->table.ncolumns; i++) {
        d->differs[i] =
            compare_text(value_of(d, d->old_side.row, i), value_of(d, d->new_side.row, i)) != 0;
        any = any || d->differs[i];
    }
    return any;
}

static struct view host_of(const struct table_diff *d, const struct view *row)
{
    for (size_t i = 0; i < d->table.ncolumns; i++) {
        if (strcmp(d->table.columns[i].name, "host") == 0) {
            return row[i];
        }
    }
    return VIEW("");
}

/* Moves past the row that was judged: on the old side, the new one, or (order 0) both. */
static int advance(struct table_diff *d, int order, struct err *err)
{
    int status = order <= 0 ? step(d, &d->old_side, err) : 0;
    return status == 0 && order >= 0 ? step(d, &d->new_side, err) : status;
}

static int judge(struct table_diff *d, int order,
                 int (*on_change)(void *, const struct change *), void *user)
{
    if (order == 0 && !find_differences(d)) {
        return 0;
    }
    struct change change = {
        .kind = order < 0   ? CHANGE_REMOVED
                : order > 0 ? CHANGE_ADDED
                            : CHANGE_CHANGED,
        .table = &d->table,
        .old_row = order <= 0 ? d->old_side.row : NULL,
        .new_row = order >= 0 ? d->new_side.row : NULL,
        .differs = d->differs,
    };
    change.host = host_of(d, change.new_row ? change.new_row : change.old_row);
    d->changes++;
    return on_change(user, &change);
}

static int compare_rows(struct table_diff *d, int (*on_change)(void *, const struct change *),
                        void *user, struct err *err)
{
    int status = advance(d, 0, err);
    while (status == 0 && (d->old_side.there || d->new_side.there)) {
        int order = compare_keys(d);
        status = judge(d, order, on_change, user);
        if (status == 0) {
            status = advance(d, order, err);
        }
    }
    return status;
}

static long diff_table(const char *name, const struct diff_options *options,
                       const struct diff_side *old_side, const struct diff_side *new_side,
                       int (*on_change)(void *, const struct change *), void *user,
                       struct err *err)
{
    struct table_diff d = {.options = options};
    arena_init(&d.arena, NULL);
    int status = choose_columns(&d, name, old_side->db, new_side->db, err);
    if (status == 0 && diff_has_column(old_side->db, name, "host")) {
        mark_keys(&d, d.nkeys == 0 &&
                          !(one_row_each(old_side, name) && one_row_each(new_side, name)));
        status = open_cursor(&d, &d.old_side, old_side, err);
        if (status == 0) {
            status = open_cursor(&d, &d.new_side, new_side, err);
        }
        if (status == 0) {
            status = compare_rows(&d, on_change, user, err);
        }
    }
    sqlite3_finalize(d.old_side.st);
    sqlite3_finalize(d.new_side.st);
    arena_release(&d.arena);
    return status < 0 ? status : d.changes;
}

struct diff_work {
    const struct diff_options *options;
    const struct diff_side *old_side, *new_side;
    int (*on_change)(void *user, const struct change *);
    void *user;
    long changes;
};

static int on_table(void *user, const char *name, struct err *err)
{
    struct diff_work *work = user;
    long n = diff_table(name, work->options, work->old_side, work->new_side, work->on_change,
                        work->user, err);
    work->changes += n > 0 ? n : 0;
    return n < 0 ? (int)n : 0;
}

long diff_run(const struct diff_options *options, const struct diff_side *old_side,
              const struct diff_side *new_side,
              int (*on_change)(void *user, const struct change *), void *user, struct err *err)
{
    struct diff_scope scope = {options, old_side, new_side};
    struct diff_work work = {options, old_side, new_side, on_change, user, 0};
    int status = diff_scope_check(&scope, err);
    if (status == 0) {
        status = diff_scope_each(&scope, on_table, &work, err);
    }
    return status < 0 ? status : work.changes;
}

int diff_last_runs(struct db *db, long *old_run, long *new_run, struct err *err)
{
    sqlite3_stmt *st;
    long runs[2] = {0, 0};
    int status =
        db_prepare(db, VIEW("SELECT id FROM _runs ORDER BY id DESC LIMIT 2"), &st, err);
    for (int i = 0; status == 0 && i < 2 && db_step(db, st, NULL) > 0; i++) {
        runs[i] = (long)sqlite3_column_int64(st, 0);
    }
    sqlite3_finalize(st);
    if (status == 0 && !runs[1]) {
        status = err_set(err, ERR_INPUT, "%s: two runs are needed to compare, it holds %d",
                         db->path, runs[0] ? 1 : 0);
    }
    *new_run = runs[0];
    *old_run = runs[1];
    return status;
}
