/*
 * --where, --select, --sort, --limit, --offset on rows under way: a writer in front of another.
 * Rows go into a scratch database and come out as the SELECT says. With nothing to sort they
 * come out at once and nothing is kept; a sort keeps them (in memory, then on disk) until the
 * end.
 *
 *     filter_open(&filter, &options, tables, ntables, &err);   a bad expression is told here,
 *                                                              before anything connects
 *     filter_tables(filter, &n)                                for opening the next writer
 *     filter_start(filter, next)
 *     ... use filter as any writer; closing or aborting it does the same to the next ...
 *
 * An expression may name any column of the tables it is used on; a table that lacks one of the
 * columns is an error that names it.
 */
#ifndef STORE_FILTER_H
#define STORE_FILTER_H

#include "output/writer.h"

struct filter_options {
    const char *where, *select, *sort; /* SQL text, NULL = none */
    long limit, offset;                /* of each table; < 0 = none */
};

int filter_open(struct writer **out, const struct filter_options *options,
                const struct table *tables, size_t ntables, struct err *err);
const struct table *filter_tables(const struct writer *filter, size_t *n);
void filter_start(struct writer *filter, struct writer *next);

#endif
