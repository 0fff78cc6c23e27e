/*
 * Where records go: opens the writer that -f and -o ask for, on stdout, a file or a folder.
 *
 *     struct output_options options = {.path = "records.csv", .stdout_tty = isatty(1)};
 *     struct writer *w;
 *     output_open(&w, &options, tables, ntables, &err);      before anything connects
 *     writer_row(...) ...
 *     writer_close(w, &err);          every file is in its place, or none of this one's bytes
 *
 * -o names, in this order: nothing or "-" = stdout; what ends in '/' or is a folder = a file
 * per table in it (made if missing) and _errors.csv; else a file. The format is -f's, else the
 * extension's, else for a folder csv, for a terminal table, for all else json.
 *
 * ERR_USAGE: a format that does not fit (several tables into one CSV file, an unknown
 * extension). ERR_OUTPUT: the place cannot be written.
 */
#ifndef OUTPUT_OUTPUT_H
#define OUTPUT_OUTPUT_H

#include "output/writer.h"

struct output_options {
    const char *path;            /* -o, NULL = stdout */
    const struct format *format; /* -f, NULL = as above */
    bool stdout_tty;
    struct writer_options writer; /* tty is set here: stdout, and a terminal */
};

/* tables must outlive the writer. A `raw` format is given raw_table and ignores them; ask
 * (*out)->format. */
int output_open(struct writer **out, const struct output_options *options,
                const struct table *tables, size_t ntables, struct err *err);

/* The format that output_open would choose; NULL with err. */
const struct format *output_format(const struct output_options *options, struct err *err);

/* -f NAME: its format, or NULL with an error that lists the names. */
const struct format *output_format_named(const char *name, struct err *err);

#endif
