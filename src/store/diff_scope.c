#include "store/diff_scope.h"

#include "base/arena.h"
#include "base/guess.h"

#include <string.h>

#define NAMED 5 /* outputs that a note names before it only counts */

bool diff_has_column(struct db *db, const char *table, const char *column)
{
    return sqlite3_table_column_metadata(db->handle, NULL, table, column, NULL, NULL, NULL,
                                         NULL, NULL) == SQLITE_OK;
}

static bool has_table(const struct diff_side *side, const char *table)
{
    return diff_has_column(side->db, table, "_run");
}

/* "run.db", or "run 3 of run.db" */
static void add_side(struct strbuf *out, const struct diff_side *side)
{
    if (side->run) {
        strbuf_addf(out, "run %ld of ", side->run);
    }
    strbuf_addstr(out, side->db->path);
}

static void tell(const struct diff_scope *scope, const struct strbuf *text)
{
    if (scope->options->note && !strbuf_failed(text)) {
        scope->options->note(scope->options->note_user, text->buf);
    }
}

/* ---- tables -------------------------------------------------------------------------------
 */

static bool is_wanted(const struct diff_options *o, const char *table)
{
    bool wanted = !o->tables;
    for (const char *const *t = o->tables; t && *t; t++) {
        wanted = wanted || strcmp(*t, table) == 0;
    }
    return wanted;
}

typedef int (*table_fn)(void *user, const char *name, struct err *err);

/* Every table of records. */
static int each_table(struct db *db, table_fn fn, void *user, struct err *err)
{
    sqlite3_stmt *names = NULL;
    int status = db_prepare(db,
                            VIEW("SELECT name FROM sqlite_schema WHERE type = 'table'"
                                 " AND substr(name, 1, 1) <> '_' ORDER BY rowid"),
                            &names, err);
    int got = 0;
    while (status == 0 && (got = db_step(db, names, err)) > 0) {
        const char *name = (const char *)sqlite3_column_text(names, 0);
        status = name ? fn(user, name, err) : err_nomem(err);
    }
    sqlite3_finalize(names);
    return status < 0 ? status : got;
}

struct each {
    const struct diff_scope *scope;
    table_fn fn;
    void *user;
};

static int each_of_both(void *user, const char *name, struct err *err)
{
    const struct each *each = user;
    bool compared =
        is_wanted(each->scope->options, name) && has_table(each->scope->old_side, name);
    return compared ? each->fn(each->user, name, err) : 0;
}

int diff_scope_each(const struct diff_scope *scope, table_fn fn, void *user, struct err *err)
{
    struct each each = {scope, fn, user};
    return each_table(scope->new_side->db, each_of_both, &each, err);
}

/* A table of one side alone. */
struct lone {
    const struct diff_scope *scope;
    const struct diff_side *here, *there;
};

static int note_lone(void *user, const char *name, struct err *err)
{
    const struct lone *lone = user;
    struct strbuf text = STRBUF_INIT;
    (void)err;
    if (!has_table(lone->there, name)) {
        strbuf_addf(&text, "%s is not compared: it is only in ", name);
        add_side(&text, lone->here);
        tell(lone->scope, &text);
    }
    strbuf_release(&text);
    return 0;
}

static int note_tables(const struct diff_scope *scope, struct err *err)
{
    struct lone sides[] = {{scope, scope->old_side, scope->new_side},
                           {scope, scope->new_side, scope->old_side}};
    int status = 0;
    for (size_t i = 0; i < 2 && status == 0 && !scope->options->tables; i++) {
        status = each_table(sides[i].here->db, note_lone, &sides[i], err);
    }
    return status;
}

/* What guess_offer() keeps by pointer is copied here. */
struct offer {
    struct guess guess;
    struct arena arena;
};

static int offer_table(void *user, const char *name, struct err *err)
{
    struct offer *offer = user;
    const char *copy = arena_dup(&offer->arena, view_of(name));
    if (!copy) {
        return err_nomem(err);
    }
    guess_offer(&offer->guess, copy);
    return 0;
}

static int no_table(const struct diff_scope *scope, const char *name, struct err *err)
{
    struct offer offer = {.arena = ARENA_INIT};
    guess_init(&offer.guess, view_of(name));
    int status = each_table(scope->new_side->db, offer_table, &offer, err);
    if (status == 0) {
        status = each_table(scope->old_side->db, offer_table, &offer, err);
    }
    const char *best = offer.guess.best;
    if (status == 0) {
        status = err_set(err, ERR_USAGE, "neither has records of '%s'%s%s%s", name,
                         best ? "; did you mean '" : "", best ? best : "", best ? "'?" : "");
    }
    arena_release(&offer.arena);
    return status;
}

static int check_tables(const struct diff_scope *scope, struct err *err)
{
    int status = 0;
    for (const char *const *t = scope->options->tables; t && *t && status == 0; t++) {
        bool in_old = has_table(scope->old_side, *t), in_new = has_table(scope->new_side, *t);
        if (!in_old && !in_new) {
            status = no_table(scope, *t, err);
        } else if (!in_old || !in_new) {
            struct strbuf side = STRBUF_INIT;
            add_side(&side, in_old ? scope->new_side : scope->old_side);
            status =
                err_set(err, ERR_INPUT, "%s has no records of '%s' to compare", side.buf, *t);
            strbuf_release(&side);
        }
    }
    return status;
}

/* ---- columns ------------------------------------------------------------------------------
 */

struct ignored {
    const struct diff_scope *scope;
    const char *text; /* "column" or "table.column" */
    bool known;
};

static int look_for_column(void *user, const char *table, struct err *err)
{
    struct ignored *ignored = user;
    size_t len = strlen(table);
    const char *text = ignored->text, *column = text;
    if (strncmp(text, table, len) == 0 && text[len] == '.') {
        column += len + 1;
    }
    ignored->known |= diff_has_column(ignored->scope->new_side->db, table, column) ||
                      diff_has_column(ignored->scope->old_side->db, table, column);
    (void)err;
    return 0;
}

static int check_ignored(const struct diff_scope *scope, struct err *err)
{
    int status = 0;
    for (const char *const *i = scope->options->ignore; i && *i && status == 0; i++) {
        struct ignored ignored = {scope, *i, false};
        status = diff_scope_each(scope, look_for_column, &ignored, err);
        if (status == 0 && !ignored.known) {
            status = err_set(err, ERR_USAGE,
                             "--ignore %s: nothing that is compared has such a column", *i);
        }
    }
    return status;
}

/* ---- outputs ------------------------------------------------------------------------------
 */

#define GOOD_JOBS                                                                              \
    "SELECT host, command, max(status = 'ok') FROM _jobs WHERE ?1 = 0 OR run = ?1"             \
    " GROUP BY host, command"

/* The outputs that `from` lacks, for people. */
struct lacks {
    size_t count;
    struct strbuf names;
};

static void lacks_add(struct lacks *lacks, struct view host, struct view command)
{
    if (lacks->count++ < NAMED) {
        strbuf_addf(&lacks->names, "%s%.*s `%.*s`", lacks->count > 1 ? ", " : "",
                    VIEW_ARG(host), VIEW_ARG(command));
    }
}

static void note_lacks(const struct diff_scope *scope, const struct diff_side *from,
                       const struct lacks *lacks)
{
    struct strbuf text = STRBUF_INIT;
    if (lacks->count > 0) {
        strbuf_addstr(&text, lacks->count == 1 ? "not compared, for it failed in "
                                               : "not compared, for they failed in ");
        add_side(&text, from);
        strbuf_addf(&text, ": %s", lacks->names.buf);
        if (lacks->count > NAMED) {
            strbuf_addf(&text, " and %zu more", lacks->count - NAMED);
        }
        tell(scope, &text);
    }
    strbuf_release(&text);
}

/* Puts the jobs of `from` that never succeeded into `to`'s list of what not to compare. */
static int exclude_failed(const struct diff_side *from, const struct diff_side *to,
                          struct lacks *lacks, struct err *err)
{
    sqlite3_stmt *jobs = NULL, *add = NULL;
    int status = db_prepare(from->db, VIEW(GOOD_JOBS), &jobs, err);
    if (status == 0) {
        status =
            db_prepare(to->db, VIEW("INSERT INTO temp.cannot_compare VALUES(?, ?)"), &add, err);
    }
    int got = 0;
    if (status == 0) {
        sqlite3_bind_int64(jobs, 1, from->run);
    }
    while (status == 0 && (got = db_step(from->db, jobs, err)) > 0) {
        if (!sqlite3_column_int(jobs, 2)) {
            lacks_add(lacks, db_column(jobs, 0), db_column(jobs, 1));
            db_bind(add, 1, db_column(jobs, 0));
            db_bind(add, 2, db_column(jobs, 1));
            status = db_step(to->db, add, err);
            sqlite3_reset(add);
        }
    }
    sqlite3_finalize(jobs);
    sqlite3_finalize(add);
    return status < 0 ? status : got;
}

static int exclude(const struct diff_scope *scope, const struct diff_side *from,
                   const struct diff_side *to, struct err *err)
{
    struct lacks lacks = {.names = STRBUF_INIT};
    int status = exclude_failed(from, to, &lacks, err);
    if (status == 0) {
        note_lacks(scope, from, &lacks);
    }
    strbuf_release(&lacks.names);
    return status;
}

static int prepare_side(const struct diff_side *side, struct err *err)
{
    return db_exec(side->db,
                   "CREATE TEMP TABLE IF NOT EXISTS cannot_compare(host TEXT, command TEXT);"
                   "DELETE FROM temp.cannot_compare",
                   err);
}

static int prepare_sides(const struct diff_scope *scope, struct err *err)
{
    int status = prepare_side(scope->old_side, err);
    if (status == 0 && scope->new_side->db != scope->old_side->db) {
        status = prepare_side(scope->new_side, err);
    }
    if (status == 0) {
        status = exclude(scope, scope->old_side, scope->new_side, err);
    }
    return status < 0 ? status : exclude(scope, scope->new_side, scope->old_side, err);
}

int diff_scope_check(const struct diff_scope *scope, struct err *err)
{
    int (*const steps[])(const struct diff_scope *, struct err *) = {
        check_tables, check_ignored, note_tables, prepare_sides};
    int status = 0;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && status == 0; i++) {
        status = steps[i](scope, err);
    }
    return status;
}
