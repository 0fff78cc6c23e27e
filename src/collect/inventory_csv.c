#include "collect/inventory_part.h"

#include "base/csv.h"
#include "base/guess.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/strbuf.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

/* What a column's cells are; data columns are the user's own. */
enum cell_kind { CELL_TEXT, CELL_PORT, CELL_LEGACY, CELL_GROUPS, CELL_DATA };

/* What a line fills. */
struct line {
    struct layer layer;
    struct secret_texts password, enable;
    const char *name;
};

struct column_kind {
    const char *name;
    enum cell_kind kind;
    size_t offset; /* of a text in struct line */
};

static const struct column_kind kinds[] = {
    {"host", CELL_TEXT, offsetof(struct line, name)},
    {"address", CELL_TEXT, offsetof(struct line, layer.address)},
    {"port", CELL_PORT, 0},
    {"platform", CELL_TEXT, offsetof(struct line, layer.platform)},
    {"username", CELL_TEXT, offsetof(struct line, layer.username)},
    {"groups", CELL_GROUPS, 0},
    {"key", CELL_TEXT, offsetof(struct line, layer.key)},
    {"fingerprint", CELL_TEXT, offsetof(struct line, layer.fingerprint)},
    {"legacy", CELL_LEGACY, 0},
    {"password", CELL_TEXT, offsetof(struct line, password.plain)},
    {"password_env", CELL_TEXT, offsetof(struct line, password.env)},
    {"password_file", CELL_TEXT, offsetof(struct line, password.file)},
    {"password_command", CELL_TEXT, offsetof(struct line, password.command)},
    {"enable_password", CELL_TEXT, offsetof(struct line, enable.plain)},
    {"enable_password_env", CELL_TEXT, offsetof(struct line, enable.env)},
    {"enable_password_file", CELL_TEXT, offsetof(struct line, enable.file)},
    {"enable_password_command", CELL_TEXT, offsetof(struct line, enable.command)},
};
#define KINDS       (sizeof(kinds) / sizeof(kinds[0]))
#define DATA_PREFIX "data."

struct csv_column {
    const char *name;               /* of data, its key */
    const struct column_kind *kind; /* NULL = data */
};

struct reader {
    struct inventory_file *file;
    struct csv_column *columns; /* NULL until the header was read */
    size_t ncolumns;
    size_t room; /* of entries */
};

/* ---- The header ----------------------------------------------------------------------------
 */

static const struct column_kind *find_kind(struct view name)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (view_equal_str(name, kinds[i].name)) {
            return &kinds[i];
        }
    }
    return NULL;
}

/* A column that nearly has a name that we know is a slip; data.NAME says it is meant. */
static int set_column(struct reader *r, struct csv_column *column, struct view name, int line,
                      struct err *err)
{
    struct place place = {.line = line};
    column->kind = find_kind(name);
    bool data = view_starts(name, VIEW(DATA_PREFIX));
    if (!column->kind && !data) {
        struct guess guess;
        guess_init(&guess, name);
        for (size_t i = 0; i < KINDS; i++) {
            guess_offer(&guess, kinds[i].name);
        }
        if (guess.best) {
            return place_error(
                r->file, &place, NULL, err,
                "column '%.*s': did you mean '%s'? (data of your own: data.%.*s)",
                VIEW_ARG(name), guess.best, VIEW_ARG(name));
        }
    }
    if (data) {
        name = view_slice(name, sizeof(DATA_PREFIX) - 1, name.len);
    }
    if (name.len == 0) {
        return place_error(r->file, &place, NULL, err, "a column has no name");
    }
    column->name = arena_dup(&r->file->inventory->arena, name);
    return column->name ? 0 : err_nomem(err);
}

static int read_header(struct reader *r, const struct view *fields, size_t n, int line,
                       struct err *err)
{
    struct place place = {.line = line};
    bool has_host = false;
    r->columns = arena_array(&r->file->inventory->arena, n, sizeof(*r->columns));
    if (!r->columns) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        int rc = set_column(r, &r->columns[i], view_trim(fields[i]), line, err);
        if (rc < 0) {
            return rc;
        }
        for (size_t before = 0; before < i; before++) {
            if (strcmp(r->columns[before].name, r->columns[i].name) == 0) {
                return place_error(r->file, &place, NULL, err, "column '%s' is here twice",
                                   r->columns[i].name);
            }
        }
        has_host |= r->columns[i].kind == &kinds[0];
    }
    r->ncolumns = n;
    return has_host ? 0
                    : place_error(r->file, &place, NULL, err,
                                  "the first line must name the columns, `host` among them");
}

/* ---- A line --------------------------------------------------------------------------------
 */

static int bad_cell(struct reader *r, const struct place *place,
                    const struct csv_column *column, struct view text, const char *must,
                    struct err *err)
{
    return place_error(r->file, place, NULL, err, "'%s' must be %s, not '%.*s'", column->name,
                       must, VIEW_ARG(text));
}

/* "core;edge" */
static int set_groups(struct reader *r, struct line *line, struct view text, struct err *err)
{
    struct arena *arena = &r->file->inventory->arena;
    const char **names = arena_array(arena, text.len / 2 + 2, sizeof(*names));
    size_t n = 0;
    while (names && text.len > 0) {
        const char *end = memchr(text.ptr, ';', text.len);
        size_t len = end ? (size_t)(end - text.ptr) : text.len;
        struct view name = view_trim(view_slice(text, 0, len));
        if (name.len > 0 && !(names[n++] = arena_dup(arena, name))) {
            return err_nomem(err);
        }
        text = view_slice(text, len + 1, text.len);
    }
    line->layer.groups = names;
    return names ? 0 : err_nomem(err);
}

static int set_cell(struct reader *r, struct line *line, const struct place *place,
                    const struct csv_column *column, struct view text, struct err *err)
{
    struct layer *layer = &line->layer;
    int64_t number;
    switch (column->kind ? column->kind->kind : CELL_DATA) {
    case CELL_PORT:
        if (!number_int(text, 1, 65535, &number)) {
            return bad_cell(r, place, column, text, "a whole number from 1 to 65535", err);
        }
        layer->port = (int)number;
        return 0;
    case CELL_LEGACY:
        if (!view_equal_str(text, "true") && !view_equal_str(text, "false")) {
            return bad_cell(r, place, column, text, "true or false", err);
        }
        layer->legacy = view_equal_str(text, "true") ? 2 : 1;
        return 0;
    case CELL_GROUPS:
        return set_groups(r, line, text, err);
    default:
        break;
    }
    const char *copy = arena_dup(&r->file->inventory->arena, text);
    if (column->kind) {
        *(const char **)(void *)((char *)line + column->kind->offset) = copy;
    } else {
        struct host_data *data = (struct host_data *)(uintptr_t)layer->data;
        data[layer->ndata++] = (struct host_data){column->name, copy};
    }
    return copy ? 0 : err_nomem(err);
}

static int finish_line(struct reader *r, struct line *line, const struct place *place,
                       struct err *err)
{
    struct layer *layer = &line->layer;
    if (!line->name) {
        return place_error(r->file, place, NULL, err, "'host' is empty");
    }
    int rc = layer_name(r->file, "host", view_of(line->name), place->line, 0, err);
    if (rc == 0) {
        rc = layer_check(r->file, place, layer, err);
    }
    if (rc == 0) {
        rc = layer_secret(r->file, place, "password", &line->password, &layer->password, err);
    }
    if (rc == 0) {
        rc =
            layer_secret(r->file, place, "enable_password", &line->enable, &layer->enable, err);
    }
    for (size_t i = 0; layer->groups && layer->groups[i] && rc == 0; i++) {
        rc = layer_name(r->file, "group", view_of(layer->groups[i]), place->line, 0, err);
    }
    return rc;
}

static int add_entry(struct reader *r, const struct line *line, int number, struct err *err)
{
    struct inventory_file *file = r->file;
    if (file->nentries == r->room) {
        size_t room = r->room ? r->room * 2 : 64;
        struct entry *more = arena_array(&file->inventory->arena, room, sizeof(*more));
        if (!more) {
            return err_nomem(err);
        }
        for (size_t i = 0; i < file->nentries; i++) {
            more[i] = file->entries[i];
        }
        file->entries = more;
        r->room = room;
    }
    file->entries[file->nentries++] =
        (struct entry){.name = line->name, .line = number, .layer = line->layer};
    return 0;
}

static int on_record(void *user, const struct view *fields, size_t n, int number,
                     struct err *err)
{
    struct reader *r = user;
    struct place place = {.line = number};
    struct line line = {.name = NULL};
    if (!r->columns) {
        return read_header(r, fields, n, number, err);
    }
    if (n != r->ncolumns) {
        return place_error(r->file, &place, NULL, err, "%zu cells, but there are %zu columns",
                           n, r->ncolumns);
    }
    line.layer.line = number;
    line.layer.data = arena_array(&r->file->inventory->arena, n, sizeof(struct host_data));
    int rc = line.layer.data ? 0 : err_nomem(err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct view text = view_trim(fields[i]);
        if (text.len > 0) {
            rc = set_cell(r, &line, &place, &r->columns[i], text, err);
        }
    }
    if (rc == 0) {
        rc = finish_line(r, &line, &place, err);
    }
    return rc < 0 ? rc : add_entry(r, &line, number, err);
}

/* ---- Groups: those that some line names; a table says nothing more of them ------------------
 */

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct group *)a)->name, ((const struct group *)b)->name);
}

static int collect_groups(struct inventory_file *file, struct err *err)
{
    size_t most = 0;
    for (size_t i = 0; i < file->nentries; i++) {
        const char *const *group = file->entries[i].layer.groups;
        for (; group && *group; group++) {
            most++;
        }
    }
    struct group *groups = arena_array(&file->inventory->arena, most + 1, sizeof(*groups));
    if (!groups) {
        return err_nomem(err);
    }
    size_t n = 0;
    for (size_t i = 0; i < file->nentries; i++) {
        const char *const *group = file->entries[i].layer.groups;
        for (; group && *group; group++) {
            groups[n++].name = *group;
        }
    }
    qsort(groups, n, sizeof(*groups), by_text);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(groups[file->ngroups - 1].name, groups[i].name) != 0) {
            groups[file->ngroups++] = groups[i];
        }
    }
    file->groups = groups;
    return 0;
}

/* A name twice: hosts.yml cannot have that, a table can. */
static int check_twice(struct inventory_file *file, struct err *err)
{
    struct entry *first;
    int rc = 0;
    for (size_t i = 0; i < file->nentries && rc >= 0; i++) {
        const struct entry *entry = &file->entries[i];
        rc = inventory_file_find(file, entry->name, &first, err);
        if (rc == 1 && first->line != entry->line) {
            struct place place = {.line =
                                      entry->line > first->line ? entry->line : first->line};
            return place_error(file, &place, NULL, err,
                               "host '%s' is here a second time; the first is in line %d",
                               entry->name,
                               entry->line > first->line ? first->line : entry->line);
        }
    }
    return rc < 0 ? rc : 0;
}

int inventory_csv(struct inventory_file *file, const char *path, struct err *err)
{
    struct reader reader = {.file = file};
    struct strbuf text = STRBUF_INIT;
    int rc = 0;
    if (strbuf_read_file(&text, path, LIMIT_CSV_BYTES) < 0) {
        rc = err_set(err, ERR_INPUT, "%s: cannot read it: %s", path, strerror(errno));
    } else {
        rc = csv_read(strbuf_view(&text), path, ',', on_record, &reader, err);
    }
    strbuf_release(&text);
    if (rc == 0 && !reader.columns) {
        struct place place = {.line = 1};
        rc = place_error(file, &place, NULL, err,
                         "the first line must name the columns, `host` among them");
    }
    if (rc == 0) {
        rc = collect_groups(file, err);
    }
    return rc < 0 ? rc : check_twice(file, err);
}
