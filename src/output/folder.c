#include "output/folder.h"

#include "base/safename.h"
#include "output/formats.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

struct folder {
    struct writer base;
    struct writer **files; /* one a table, then _errors.csv */
    size_t nfiles;
    struct strbuf names; /* the files' names, each followed by NUL: no two may be the same */
};

static void folder_free(struct folder *f)
{
    for (size_t i = 0; f->files && i < f->nfiles; i++) {
        writer_abort(f->files[i]);
    }
    free(f->files);
    strbuf_release(&f->names);
    free(f);
}

static int folder_row(struct writer *base, size_t table, const struct textfsm_cell *cells,
                      struct err *err)
{
    return writer_row(((struct folder *)base)->files[table], 0, cells, err);
}

static int folder_extra(struct writer *base, enum writer_extra kind,
                        const struct textfsm_cell *cells, struct err *err)
{
    struct folder *f = (struct folder *)base;
    if (kind == EXTRA_ERRORS) {
        return writer_row(f->files[f->nfiles - 1], 0, cells, err);
    }
    int status = 0;
    for (size_t i = 0; i < f->nfiles - 1 && status == 0; i++) {
        status = writer_extra(f->files[i], kind, cells, err);
    }
    return status;
}

static int folder_close(struct writer *base, struct err *err)
{
    struct folder *f = (struct folder *)base;
    int status = 0;
    for (size_t i = 0; i < f->nfiles && status == 0; i++) {
        status = writer_close(f->files[i], err);
        f->files[i] = NULL;
    }
    folder_free(f);
    return status;
}

static void folder_abort(struct writer *base)
{
    folder_free((struct folder *)base);
}

static bool taken(const struct folder *f, struct view name)
{
    for (size_t at = 0; at < f->names.len;) {
        struct view other = view_of(f->names.buf + at);
        if (safename_same(name, other)) {
            return true;
        }
        at += other.len + 1;
    }
    return false;
}

/* "show_version.csv", or "show_version-2.csv" where the file system may think the first taken.
 */
static bool add_path(struct folder *f, struct strbuf *path, const char *table, struct view ext)
{
    struct strbuf name = STRBUF_INIT;
    for (int i = 1;; i++) {
        strbuf_reset(&name);
        safename_add(&name, view_of(table));
        if (i > 1) {
            strbuf_addf(&name, "-%d", i);
        }
        if (!taken(f, strbuf_view(&name))) {
            break;
        }
    }
    strbuf_addview(path, strbuf_view(&name));
    strbuf_addch(path, '.');
    strbuf_addview(path, ext);
    strbuf_add(&f->names, name.buf, name.len + 1);
    bool ok = !strbuf_failed(&name) && !strbuf_failed(&f->names) && !strbuf_failed(path);
    strbuf_release(&name);
    return ok;
}

static bool has_list(const struct table *table, const char *column)
{
    for (size_t i = 0; i < table->ncolumns; i++) {
        if (table->columns[i].list && strcmp(table->columns[i].name, column) == 0) {
            return true;
        }
    }
    return false;
}

/* Among several tables, the column to explode need not be everywhere, only somewhere. */
static int check_explode(const char *column, const struct table *tables, size_t ntables,
                         struct err *err)
{
    for (size_t i = 0; column && i < ntables; i++) {
        if (has_list(&tables[i], column)) {
            return 0;
        }
    }
    return !column ? 0
                   : err_set(err, ERR_USAGE, "--explode %s: no table has such a list column",
                             column);
}

static int open_one(struct folder *f, size_t i, const struct folder_opener *opener,
                    const struct format *format, const struct table *table, struct err *err)
{
    struct writer_options options = *opener->options;
    if (options.explode && !has_list(table, options.explode)) {
        options.explode = NULL;
    }
    const char *ext = *format->extensions ? format->extensions : "txt";
    struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s%s", opener->path,
                opener->path[strlen(opener->path) - 1] == '/' ? "" : "/");
    bool ok = add_path(f, &path, table->name, view_make(ext, strcspn(ext, " ")));
    int status = ok ? 0 : err_nomem(err);
    if (status == 0) {
        status = opener->open_file(&f->files[i], path.buf, format, &options, table, 1, err);
    }
    strbuf_release(&path);
    return status;
}

static int make_folder(const char *path, struct err *err)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST) {
        return 0;
    }
    char reason[128] = "unknown error";
    strerror_r(errno, reason, sizeof(reason));
    return err_set(err, ERR_OUTPUT, "cannot make the folder %s: %s", path, reason);
}

static int open_all(struct folder *f, const struct folder_opener *opener,
                    const struct table *tables, struct err *err)
{
    int status = check_explode(opener->options->explode, tables, f->nfiles - 1, err);
    status = status ? status : make_folder(opener->path, err);
    for (size_t i = 0; i < f->nfiles - 1 && status == 0; i++) {
        status = open_one(f, i, opener, opener->format, &tables[i], err);
    }
    if (status == 0) {
        status =
            open_one(f, f->nfiles - 1, opener, &format_csv, &extra_tables[EXTRA_ERRORS], err);
    }
    return status;
}

int folder_open(struct writer **out, const struct folder_opener *opener,
                const struct table *tables, size_t ntables, struct err *err)
{
    struct folder *f = calloc(1, sizeof(*f));
    if (!f) {
        return err_nomem(err);
    }
    f->base = (struct writer){.format = opener->format,
                              .row = folder_row,
                              .extra = folder_extra,
                              .close = folder_close,
                              .abort = folder_abort};
    strbuf_init(&f->names);
    f->nfiles = ntables + 1;
    f->files = calloc(f->nfiles, sizeof(struct writer *));
    int status = f->files ? open_all(f, opener, tables, err) : err_nomem(err);
    if (status < 0) {
        folder_free(f);
        return status;
    }
    *out = &f->base;
    return 0;
}
