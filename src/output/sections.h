/*
 * Sections: for formats that write one table after the other while rows come in any order. What
 * each table's rows look like waits in a spool of its own, then all leave in turn.
 *
 *     sections_init(&sections, ntables, &err);
 *     struct strbuf *row = sections_row(&sections);  ... add a row's text ...
 *     sections_keep(&sections, table, &err);
 *     sections_pour(&sections, table, &block, &err);       at the end
 *     sections_release(&sections);
 */
#ifndef OUTPUT_SECTIONS_H
#define OUTPUT_SECTIONS_H

#include "base/spool.h"
#include "output/cell.h"

struct section {
    struct spool text;
    size_t rows;
};

struct sections {
    struct section *items;
    size_t n;
    struct strbuf row;
};

int sections_init(struct sections *sections, size_t n, struct err *err);
void sections_release(struct sections *sections);

/* Empty, to be filled. */
struct strbuf *sections_row(struct sections *sections);
int sections_keep(struct sections *sections, size_t i, struct err *err);

/* All text of a section, through block to its sink. */
int sections_pour(struct sections *sections, size_t i, struct block *block, struct err *err);

#endif
