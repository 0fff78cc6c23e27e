/*
 * -o DIR/: a writer that keeps a file per table, named after it, and _errors.csv, which is
 * always written so that an old one cannot be mistaken for this run's. Every file is put in its
 * place at close, after all of them are complete.
 */
#ifndef OUTPUT_FOLDER_H
#define OUTPUT_FOLDER_H

#include "output/writer.h"

struct folder_opener {
    int (*open_file)(struct writer **out, const char *path, const struct format *format,
                     const struct writer_options *options, const struct table *tables,
                     size_t ntables, struct err *err);
    const char *path; /* of the folder; it is made if it is missing */
    const struct format *format;
    const struct writer_options *options;
};

int folder_open(struct writer **out, const struct folder_opener *opener,
                const struct table *tables, size_t ntables, struct err *err);

#endif
