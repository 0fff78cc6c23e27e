/*
 * Writers: one vtable, one file a format, one table of them all. A writer knows tables, columns,
 * rows and cells; no host, no template, no socket.
 *
 *     struct writer *w;
 *     writer_open(&w, format, &sink, tables, ntables, &options, &err);
 *     writer_row(w, table, cells, &err);          any number, tables in any order
 *     writer_close(w, &err);                      or writer_abort(w)
 *
 * Cells are textfsm's (include/textfsm.h): text, lists, and dictionaries within lists.
 */
#ifndef OUTPUT_WRITER_H
#define OUTPUT_WRITER_H

#include "base/err.h"
#include "base/view.h"
#include "textfsm.h"

#include <stdio.h>

struct column {
    const char *name; /* as it is written */
    bool list;
    bool key;
    unsigned nkeys; /* nested keys of list items, 0 = plain items */
    const char *const *keys;
};

struct table {
    const char *name; /* "show_version": sheet, file and SQL table names come from it */
    const struct column *columns;
    size_t ncolumns;
};

struct writer_options {
    bool tty;             /* stdout is a terminal: fit, colour, escape */
    bool color;
    unsigned width;       /* of the terminal, 0 = unlimited */
    bool pretty;          /* JSON */
    char delimiter;       /* CSV, 0 = ',' */
    const char *list_sep; /* CSV and table, NULL = ";" */
    bool crlf;            /* CSV line ends */
};

struct writer;

/* Where a writer's bytes go: stdout, a file under way (outfile), memory in tests. */
struct sink {
    int (*write)(struct sink *sink, const char *bytes, size_t len, struct err *err);
};

struct format {
    const char *name;      /* -f NAME */
    const char *extension; /* "csv": -o FILE.csv implies it */
    const char *help;
    bool one_table;        /* a single file holds one table only */
    bool streams;          /* rows leave as they come */
    bool raw;              /* wants raw outputs (host, platform, command, collected_at, output) */
    int (*open)(struct writer **out, struct sink *sink, const struct table *tables,
                size_t ntables, const struct writer_options *options, struct err *err);
};

/* What every format implements; the first member of each format's own struct. */
struct writer {
    const struct format *format;
    int (*row)(struct writer *w, size_t table, const struct textfsm_cell *cells, struct err *err);
    int (*close)(struct writer *w, struct err *err); /* ends the output and frees w */
    void (*abort)(struct writer *w);                 /* frees w */
};

/* All formats, NULL-terminated, in the order of --help. */
extern const struct format *const formats[];
const struct format *format_find(struct view name);
const struct format *format_by_extension(const char *path);

#endif
