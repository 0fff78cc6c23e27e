/*
 * Writers: one vtable, one file a format, one table of them all. A writer knows tables,
 * columns, rows and cells; no host, no template, no socket.
 *
 *     struct writer *w;
 *     format->open(&w, &sink, tables, ntables, &options, &err);
 *     writer_row(w, table, cells, &err);          any number, tables in any order
 *     writer_flush(w, &err);                      what is written so far reaches the sink
 *     writer_close(w, &err);                      or writer_abort(w); both free it
 *
 * Programs open writers with output_open() (output.h), which also finds format and sink.
 *
 * Cells are textfsm's (include/textfsm.h): text, lists, and dictionaries within lists; there
 * are table.ncolumns of them and they are borrowed for the call. A column that is a list writes
 * an array whatever its cell is (empty text: an empty one), so that a shape does not change
 * with the rows. After an error nothing but writer_abort or writer_close makes sense.
 */
#ifndef OUTPUT_WRITER_H
#define OUTPUT_WRITER_H

#include "base/err.h"
#include "base/view.h"
#include "textfsm.h"

#include <stdio.h>

enum tone { TONE_NONE, TONE_GOOD, TONE_BAD, TONE_WARN, TONE_NOTE, TONE_DIM, TONES };

/* Cells of exactly this text have that colour, where a format has colours for cells. */
struct toned {
    const char *text;
    enum tone tone;
};

struct column {
    const char *name; /* as it is written */
    bool list;
    bool key;
    unsigned nkeys; /* nested keys of list items, 0 = plain items */
    const char *const *keys;
    bool raw;     /* a command's whole output: JSON passes it through where it is JSON itself */
    bool numeric; /* holds numbers: XLSX writes them as such */
    bool pinned;  /* stays in view with the columns left of it: XLSX */
    const struct toned *tones; /* ends with a NULL text; NULL = none */
};

struct table {
    const char *name; /* "show_version": sheet, file and SQL table names come from it */
    const struct column *columns;
    size_t ncolumns;
};

/* What the run says beside its records; formats that have no place for it leave it out. */
enum writer_extra {
    EXTRA_ERRORS,  /* host, platform, command, status, reason: a row for each failed command */
    EXTRA_SUMMARY, /* name, value */
    EXTRA_KINDS,
};
extern const struct table extra_tables[EXTRA_KINDS];

/* The one table of formats that are `raw`: host, platform, command, collected_at, output. */
#define RAW_COLUMNS 5
extern const struct table raw_table;

struct writer_options {
    bool tty;             /* stdout is a terminal: fit, escape */
    bool color;           /* escape sequences are welcome */
    unsigned width;       /* of the terminal, 0 = unlimited */
    bool pretty;          /* JSON */
    char delimiter;       /* CSV, 0 = ',' */
    const char *list_sep; /* between list items in one cell, NULL = ";" */
    bool crlf;            /* CSV line ends */
    bool bom;             /* CSV starts with a byte order mark */
    bool guard;           /* CSV cells that a spreadsheet would run as formulas start with ' */
    const char *explode;  /* CSV: this list column gets a line for each item; NULL = none */
    const char *numeric;  /* "a,b": these columns hold numbers, too */
    /* Told once for each thing that could not be written as it is (a cell cut short); may be
     * NULL. One line, without a newline. */
    void (*warn)(void *user, const char *text);
    void *user;
};

struct writer;

/* Where a writer's bytes go: stdout, a file under way (outfile), memory in tests. */
struct sink {
    int (*write)(struct sink *sink, const char *bytes, size_t len, struct err *err);
};

struct format {
    const char *name; /* -f NAME */
    const char
        *extensions; /* "csv" or several with blanks; the first names files in a folder */
    const char *help;
    bool one_table; /* a single file holds one table only */
    bool streams;   /* rows leave as they come */
    bool raw;       /* wants raw outputs (raw_table) instead of records */
    bool terminal;  /* makes its own text terminal-safe when options.tty */
    bool binary;    /* not for a terminal */
    int (*open)(struct writer **out, struct sink *sink, const struct table *tables,
                size_t ntables, const struct writer_options *options, struct err *err);
};

/* What every format implements; the first member of each format's own struct. */
struct writer {
    const struct format *format;
    int (*row)(struct writer *w, size_t table, const struct textfsm_cell *cells,
               struct err *err);
    int (*flush)(struct writer *w, struct err *err); /* NULL: nothing can leave before close */
    int (*extra)(struct writer *w, enum writer_extra kind, const struct textfsm_cell *cells,
                 struct err *err);                   /* NULL: no place for it */
    int (*close)(struct writer *w, struct err *err); /* ends the output and frees w */
    void (*abort)(struct writer *w);                 /* frees w */
};

static inline int writer_row(struct writer *w, size_t table, const struct textfsm_cell *cells,
                             struct err *err)
{
    return w->row(w, table, cells, err);
}

static inline int writer_flush(struct writer *w, struct err *err)
{
    return w->flush ? w->flush(w, err) : 0;
}

static inline int writer_extra(struct writer *w, enum writer_extra kind,
                               const struct textfsm_cell *cells, struct err *err)
{
    return w->extra ? w->extra(w, kind, cells, err) : 0;
}

static inline int writer_close(struct writer *w, struct err *err)
{
    return w->close(w, err);
}

/* NULL is fine. */
static inline void writer_abort(struct writer *w)
{
    if (w) {
        w->abort(w);
    }
}

/* Whether names, separated by commas, has this one. NULL has none. */
bool writer_names(const char *names, const char *name);

/* All formats, NULL-terminated, in the order of --help. */
extern const struct format *const formats[];
const struct format *format_find(struct view name); /* NULL when unknown */
/* By path's extension, in any letter case; NULL when it has none or an unknown one. */
const struct format *format_by_extension(const char *path);
/* "csv, json, ndjson, ..." into buf, for messages. */
void format_names(char *buf, size_t size);

#endif
