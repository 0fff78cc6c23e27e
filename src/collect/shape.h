/*
 * The shape of a run's tables: which columns, in which order, under which names.
 *
 *     struct shape shape = {.arena = &arena};                        data: may be none
 *     shape_reader(&shape, "show_version", reader, &place, &err);     each, in order
 *     shape_raw(&shape, &place, &err);
 *     shape_finish(&shape, &tables, &ntables, &err);
 *
 * A table grows by the union of its templates' values as they come, so its columns can be given
 * to the writers only at the end; the places handed out stay right.
 */
#ifndef COLLECT_SHAPE_H
#define COLLECT_SHAPE_H

#include "base/arena.h"
#include "base/err.h"
#include "output/writer.h"
#include "textfsm.h"

struct shape_table;

struct shape {
    struct arena *arena;
    const char *const *data; /* columns behind the first four, for the inventory's data */
    size_t ndata;
    struct shape_table *first, *last;
    size_t ntables;
};

/* Where a command's cells go. */
struct shape_place {
    size_t table;
    const size_t *column_of; /* column of the reader -> column of the table */
    size_t ncolumns;
};

/* What a reader gives, into the table of that name. */
int shape_reader(struct shape *shape, const char *table, const struct textfsm_table *reader,
                 struct shape_place *out, struct err *err);
/* Raw text, into the table `output`. */
int shape_raw(struct shape *shape, struct shape_place *out, struct err *err);

int shape_finish(struct shape *shape, struct table **tables, size_t *ntables, struct err *err);

#endif
