/*
 * collect diff: what changed between two saved runs. Text for people by default; with -f or -o
 * records: change, template, host, key, column, old, new.
 */
#include "store/diff.h"
#include "cli/options.h"
#include "cli/setting.h"
#include "cli/talk.h"
#include "output/cell.h"
#include "store/saved.h"

#include "base/outfile.h"
#include "base/vis.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct show {
    const struct options *options;
    struct writer *writer; /* records, or NULL */
    struct outfile *out;   /* text for people, or NULL */
    bool color;
    struct strbuf text, key;
    const struct table *table; /* of the last heading */
    char host[256];
    struct err *err;
};

static const struct column record_columns[] = {
    {.name = "change"}, {.name = "template"}, {.name = "host"}, {.name = "key"},
    {.name = "column"}, {.name = "old"},      {.name = "new"},
};
static const struct table record_table = {"diff", record_columns, 7};

static const char *const kind_names[] = {"added", "removed", "changed"};

/* The columns that tell rows of one host apart, as people would name the row. */
static void add_key(struct strbuf *out, const struct change *change, const struct view *row)
{
    const char *between = "";
    for (size_t i = 0; i < change->table->ncolumns; i++) {
        if (change->table->columns[i].key) {
            strbuf_addf(out, "%s%.*s", between, VIEW_ARG(row[i]));
            between = " ";
        }
    }
}

static bool is_origin(const char *column)
{
    return strcmp(column, "host") == 0 || strcmp(column, "platform") == 0 ||
           strcmp(column, "command") == 0;
}

/* ---- records ------------------------------------------------------------------------------
 */

static void add_object(struct strbuf *out, const struct change *change, const struct view *row)
{
    const char *between = "{";
    for (size_t i = 0; i < change->table->ncolumns; i++) {
        if (is_origin(change->table->columns[i].name)) {
            continue;
        }
        strbuf_addstr(out, between);
        json_add_string(out, view_of(change->table->columns[i].name));
        strbuf_addch(out, ':');
        json_add_string(out, row[i]);
        between = ",";
    }
    strbuf_addstr(out, *between == '{' ? "{}" : "}");
}

static int write_record(struct show *show, const struct change *change, const char *column,
                        struct view before, struct view after)
{
    struct textfsm_cell cells[] = {
        cell_text(view_of(kind_names[change->kind])),
        cell_text(view_of(change->table->name)),
        cell_text(change->host),
        cell_text(strbuf_view(&show->key)),
        cell_text(view_of(column)),
        cell_text(before),
        cell_text(after),
    };
    return writer_row(show->writer, 0, cells, show->err);
}

static int show_record(struct show *show, const struct change *change)
{
    int rc = 0;
    if (change->kind != CHANGE_CHANGED) {
        strbuf_reset(&show->text);
        add_object(&show->text, change, change->new_row ? change->new_row : change->old_row);
        struct view row = strbuf_view(&show->text);
        return change->new_row ? write_record(show, change, "", VIEW(""), row)
                               : write_record(show, change, "", row, VIEW(""));
    }
    for (size_t i = 0; i < change->table->ncolumns && rc == 0; i++) {
        if (change->differs[i]) {
            rc = write_record(show, change, change->table->columns[i].name, change->old_row[i],
                              change->new_row[i]);
        }
    }
    return rc;
}

/* ---- text ---------------------------------------------------------------------------------
 */

static void add_color(struct show *show, const char *sequence)
{
    strbuf_addstr(&show->text, show->color ? sequence : "");
}

static void add_heading(struct show *show, const struct change *change)
{
    if (show->table != change->table || !view_equal_str(change->host, show->host)) {
        add_color(show, "\x1b[1m");
        vis_add(&show->text, change->host, VIS_LINE);
        strbuf_addf(&show->text, "  %s", change->table->name);
        add_color(show, "\x1b[0m");
        strbuf_addch(&show->text, '\n');
    }
    show->table = change->table;
    snprintf(show->host, sizeof(show->host), "%.*s", VIEW_ARG(change->host));
}

static void add_whole_row(struct show *show, const struct change *change,
                          const struct view *row)
{
    for (size_t i = 0; i < change->table->ncolumns; i++) {
        const struct column *column = &change->table->columns[i];
        if (!is_origin(column->name) && !column->key && row[i].len) {
            strbuf_addf(&show->text, "  %s=", column->name);
            vis_add(&show->text, row[i], VIS_LINE);
        }
    }
}

static void add_value(struct strbuf *out, struct view value)
{
    vis_add(out, value.len ? value : VIEW("(none)"), VIS_LINE);
}

static void add_changes(struct show *show, const struct change *change)
{
    for (size_t i = 0; i < change->table->ncolumns; i++) {
        if (change->differs[i]) {
            strbuf_addf(&show->text, "  %s: ", change->table->columns[i].name);
            add_value(&show->text, change->old_row[i]);
            strbuf_addstr(&show->text, " -> ");
            add_value(&show->text, change->new_row[i]);
        }
    }
}

static int show_text(struct show *show, const struct change *change)
{
    static const char signs[] = "+-~";
    static const char *const colors[] = {"\x1b[32m", "\x1b[31m", "\x1b[33m"};
    strbuf_reset(&show->text);
    add_heading(show, change);
    add_color(show, colors[change->kind]);
    strbuf_addf(&show->text, "  %c ", signs[change->kind]);
    vis_add(&show->text, strbuf_view(&show->key), VIS_LINE);
    if (change->kind == CHANGE_CHANGED) {
        add_changes(show, change);
    } else {
        add_whole_row(show, change, change->new_row ? change->new_row : change->old_row);
    }
    add_color(show, "\x1b[0m");
    strbuf_addch(&show->text, '\n');
    if (strbuf_failed(&show->text)) {
        return err_nomem(show->err);
    }
    return outfile_write(show->out, show->text.buf, show->text.len, show->err);
}

static int on_change(void *user, const struct change *change)
{
    struct show *show = user;
    strbuf_reset(&show->key);
    add_key(&show->key, change, change->new_row ? change->new_row : change->old_row);
    return show->writer ? show_record(show, change) : show_text(show, change);
}

/* ---- the verb -----------------------------------------------------------------------------
 */

static int open_run(struct db **db, const char *path, struct err *err)
{
    int rc = db_open(db, path, DB_READ, err);
    return rc < 0 ? rc : saved_check(*db, err);
}

static int open_sides(const struct options *options, struct diff_side *old_side,
                      struct diff_side *new_side, struct err *err)
{
    const struct option_list *words = &options->words;
    if (words->count < 1 || words->count > 2) {
        return err_set(err, ERR_USAGE,
                       "diff compares two databases, or the last two runs of one");
    }
    int rc = open_run(&old_side->db, words->items[0].text, err);
    if (rc == 0 && words->count == 2) {
        return open_run(&new_side->db, words->items[1].text, err);
    }
    new_side->db = old_side->db;
    return rc < 0 ? rc : diff_last_runs(old_side->db, &old_side->run, &new_side->run, err);
}

static const char **list_of(struct arena *arena, const struct option_list *list)
{
    const char **texts = arena_array(arena, list->count + 1, sizeof(*texts));
    for (size_t i = 0; texts && i < list->count; i++) {
        texts[i] = list->items[i].text;
    }
    return texts;
}

static int open_output(struct show *show, struct err *err)
{
    const struct options *options = show->options;
    if (options->format || options->output) {
        return setting_data(&show->writer, options, &record_table, err);
    }
    int rc = setting_fits(options, NULL, err);
    return rc < 0 ? rc : outfile_open(&show->out, NULL, err);
}

static int close_output(struct show *show, int rc, struct err *err)
{
    if (rc < 0) {
        writer_abort(show->writer);
        outfile_abort(show->out);
        return rc;
    }
    return show->writer ? writer_close(show->writer, err) : outfile_commit(show->out, err);
}

static void note(void *user, const char *text)
{
    const struct options *options = user;
    if (!options->quiet) {
        talk_warning("%s", text);
    }
}

/* How many changes, or a negative code. */
static long compare(struct show *show, const struct diff_side *old_side,
                    const struct diff_side *new_side, struct err *err)
{
    struct arena arena = ARENA_INIT;
    const char **tables = list_of(&arena, &show->options->asks);
    const char **ignore = list_of(&arena, &show->options->ignore);
    int rc = tables && ignore ? open_output(show, err) : err_nomem(err);
    long changes = 0;
    if (rc == 0) {
        struct diff_options wanted = {.tables = show->options->asks.count ? tables : NULL,
                                      .ignore = ignore,
                                      .note = note,
                                      .note_user = (void *)(uintptr_t)show->options};
        changes = diff_run(&wanted, old_side, new_side, on_change, show, err);
        rc = close_output(show, changes < 0 ? (int)changes : 0, err);
    }
    arena_release(&arena);
    return rc < 0 ? rc : changes;
}

int verb_diff(const struct options *options)
{
    struct err err = ERR_INIT;
    struct diff_side old_side = {0}, new_side = {0};
    struct show show = {
        .options = options,
        .color = setting_color(options, STDOUT_FILENO),
        .text = STRBUF_INIT,
        .key = STRBUF_INIT,
        .err = &err,
    };
    long rc = open_sides(options, &old_side, &new_side, &err);
    if (rc == 0) {
        rc = compare(&show, &old_side, &new_side, &err);
    }
    if (new_side.db != old_side.db) {
        db_close(new_side.db);
    }
    db_close(old_side.db);
    strbuf_release(&show.text);
    strbuf_release(&show.key);
    return rc < 0 ? talk_failure(&err, "diff") : rc > 0;
}
