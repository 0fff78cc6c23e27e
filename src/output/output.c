#include "output/output.h"

#include "base/outfile.h"
#include "base/vis.h"
#include "output/folder.h"
#include "output/formats.h"

#include <stdlib.h>
#include <sys/stat.h>

/* A writer and the file that it writes into. */
struct output {
    struct writer base;
    struct writer *inner;
    struct sink sink;
    struct outfile *file;
    bool safe;           /* a terminal reads it: control characters are escaped on the way */
    struct strbuf shown; /* what becomes of a piece then */
};

static struct output *output_of(struct sink *sink)
{
    return (struct output *)((char *)sink - offsetof(struct output, sink));
}

static int sink_write(struct sink *sink, const char *bytes, size_t len, struct err *err)
{
    struct output *o = output_of(sink);
    if (!o->safe) {
        return outfile_write(o->file, bytes, len, err);
    }
    strbuf_reset(&o->shown);
    vis_add(&o->shown, view_make(bytes, len), VIS_NEWLINE | VIS_TAB);
    if (strbuf_failed(&o->shown)) {
        return err_nomem(err);
    }
    return outfile_write(o->file, o->shown.buf, o->shown.len, err);
}

static int output_row(struct writer *base, size_t table, const struct textfsm_cell *cells,
                      struct err *err)
{
    return writer_row(((struct output *)base)->inner, table, cells, err);
}

static int output_flush(struct writer *base, struct err *err)
{
    return writer_flush(((struct output *)base)->inner, err);
}

static int output_extra(struct writer *base, enum writer_extra kind,
                        const struct textfsm_cell *cells, struct err *err)
{
    return writer_extra(((struct output *)base)->inner, kind, cells, err);
}

static void output_free(struct output *o)
{
    writer_abort(o->inner);
    outfile_abort(o->file);
    strbuf_release(&o->shown);
    free(o);
}

static int output_close(struct writer *base, struct err *err)
{
    struct output *o = (struct output *)base;
    int status = writer_close(o->inner, err);
    o->inner = NULL;
    if (status == 0) {
        status = outfile_commit(o->file, err);
        o->file = NULL;
    }
    output_free(o);
    return status;
}

static void output_abort(struct writer *base)
{
    output_free((struct output *)base);
}

static int open_file(struct writer **out, const char *path, const struct format *format,
                     const struct writer_options *options, const struct table *tables,
                     size_t ntables, struct err *err)
{
    struct output *o = calloc(1, sizeof(*o));
    if (!o) {
        return err_nomem(err);
    }
    o->base = (struct writer){.format = format,
                              .row = output_row,
                              .flush = output_flush,
                              .extra = output_extra,
                              .close = output_close,
                              .abort = output_abort};
    o->sink.write = sink_write;
    strbuf_init(&o->shown);
    o->safe = options->tty && !format->terminal;
    if (format->raw) {
        tables = &raw_table;
        ntables = 1;
    }
    int status = format->open(&o->inner, &o->sink, tables, ntables, options, err);
    if (status == 0) {
        status = outfile_open(&o->file, path, err);
    }
    if (status < 0) {
        output_free(o);
        return status;
    }
    *out = &o->base;
    return 0;
}

/* ---- Which format, which place ----------------------------------------------------------- */

static const char *path_of(const struct output_options *options)
{
    return options->path && strcmp(options->path, "-") != 0 ? options->path : NULL;
}

static bool is_folder(const char *path)
{
    struct stat st;
    size_t len = path ? strlen(path) : 0;
    return len && (path[len - 1] == '/' || (stat(path, &st) == 0 && S_ISDIR(st.st_mode)));
}

/* The dot of an extension, or NULL. */
static const char *extension(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    return dot && dot != base && dot[1] ? dot : NULL;
}

const struct format *output_format_named(const char *name, struct err *err)
{
    const struct format *format = format_find(view_of(name));
    if (!format) {
        char names[256];
        format_names(names, sizeof(names));
        err_set(err, ERR_USAGE, "unknown format %s; there are %s", name, names);
    }
    return format;
}

const struct format *output_format(const struct output_options *options, struct err *err)
{
    const char *path = path_of(options);
    if (options->format) {
        return options->format;
    }
    if (!path) {
        return options->stdout_tty ? &format_table : &format_json;
    }
    if (is_folder(path)) {
        return &format_csv;
    }
    const struct format *format = format_by_extension(path);
    if (!format && extension(path)) {
        char names[256];
        format_names(names, sizeof(names));
        err_set(err, ERR_USAGE, "%s: no format is known by the extension %s; give -f (%s)",
                path, extension(path), names);
        return NULL;
    }
    return format ? format : &format_json;
}

static bool column_exists(const struct table *tables, size_t ntables, struct view name)
{
    for (size_t t = 0; t < ntables; t++) {
        for (size_t c = 0; c < tables[t].ncolumns; c++) {
            if (view_equal_str(name, tables[t].columns[c].name)) {
                return true;
            }
        }
    }
    return false;
}

/* A name that is no column of any table is a mistake worth telling. */
static int check_names(const char *option, const char *names, const struct table *tables,
                       size_t ntables, struct err *err)
{
    while (names && *names) {
        size_t n = strcspn(names, ",");
        if (!column_exists(tables, ntables, view_make(names, n))) {
            return err_set(err, ERR_USAGE, "%s %.*s: there is no such column", option, (int)n,
                           names);
        }
        names += n + (names[n] == ',');
    }
    return 0;
}

int output_open(struct writer **out, const struct output_options *options,
                const struct table *tables, size_t ntables, struct err *err)
{
    const char *path = path_of(options);
    const struct format *format = output_format(options, err);
    if (!format) {
        return ERR_USAGE;
    }
    struct writer_options writer = options->writer;
    int status = check_names("--numeric", writer.numeric, tables, ntables, err);
    if (status < 0) {
        return status;
    }
    writer.tty = !path && options->stdout_tty;
    if (writer.tty && format->binary) {
        return err_set(err, ERR_USAGE, "-f %s is not for a terminal; give -o FILE",
                       format->name);
    }
    if (!is_folder(path)) {
        return open_file(out, path, format, &writer, tables, ntables, err);
    }
    if (format->raw) {
        return err_set(err, ERR_USAGE, "-f %s writes one file, and %s is a folder",
                       format->name, path);
    }
    struct folder_opener opener = {open_file, path, format, &writer};
    return folder_open(out, &opener, tables, ntables, err);
}
