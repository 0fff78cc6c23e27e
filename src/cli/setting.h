/*
 * What several verbs build from the options: the template library and the writer.
 */
#ifndef CLI_SETTING_H
#define CLI_SETTING_H

#include "cli/options.h"
#include "collect/library.h"
#include "collect/search_path.h"
#include "output/output.h"

/* Where templates are looked for; everything lives in arena. */
int setting_search_path(struct search_path *out, const struct options *options,
                        struct arena *arena, struct err *err);

/* The library over the search path; arena must outlive it. */
int setting_library(struct library **out, const struct options *options, struct arena *arena,
                    struct err *err);

/* ERR_INPUT when there is no such platform: surely, or only where another is called nearly so, for
 * an index may have platforms of which there is no file. */
int setting_platform(struct library *library, const char *name, bool surely, struct err *err);

/* Opens what -f and -o ask for. */
int setting_output(struct writer **out, const struct options *options,
                   const struct table *tables, size_t ntables, struct err *err);

/* The same for data that are no device's outputs: a format that shows those is refused. */
int setting_data(struct writer **out, const struct options *options, const struct table *table,
                 struct err *err);

/* The same behind --where, --select, --sort, --limit and --offset, when any is given. A bad
 * expression is ERR_USAGE. */
int setting_records(struct writer **out, const struct options *options,
                    const struct table *tables, size_t ntables, struct err *err);

/* For verbs that speak in text unless they are asked for data: whether -f, or else the extension
 * of -o, is a format of records. */
bool setting_wants_data(const struct options *options);

/* Whether setting_records() would do for tables like these, before they are known for sure.
 * Nothing is left behind. */
int setting_check(const struct options *options, const struct table *tables, size_t ntables,
                  struct err *err);

/* Whether all options that are for some formats only (--delimiter, --pretty ...) are for this
 * one; NULL: for what is no format, text for people or a database. ERR_USAGE names one that
 * would have no effect. */
int setting_fits(const struct options *options, const struct format *format, struct err *err);

/* Whether any of these is given. */
bool setting_narrows(const struct options *options);

/* "dir/sw1.lab.txt" -> "sw1.lab"; NULL when memory ran out. */
const char *setting_stem(struct arena *arena, const char *path);

/* A cell of text; NULL is an empty one. */
struct textfsm_cell setting_cell(const char *text);

/* Of the terminal on stdout. */
unsigned setting_width(void);

/* Whether colour is wanted on a descriptor: --color, NO_COLOR, a terminal that can. */
bool setting_color(const struct options *options, int fd);

#endif
