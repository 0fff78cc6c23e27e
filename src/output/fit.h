/*
 * Fitting a table's columns into a terminal: all at their natural width where that fits; else
 * the wide ones are cut, down to a width where something can still be read; and only when that
 * is not enough the columns that are worth least are left out.
 */
#ifndef OUTPUT_FIT_H
#define OUTPUT_FIT_H

#include <stdbool.h>
#include <stddef.h>

struct fit_column {
    size_t natural; /* widest cell or heading */
    size_t least;   /* readable still */
    int worth;      /* the lowest goes first; of equals the last */
    bool spare;     /* goes before any other is cut */
    bool shown;     /* result */
    size_t width;   /* result */
};

/* width 0 = unlimited; gap = blanks between two columns. At least one column is shown. */
void fit_columns(struct fit_column *columns, size_t n, size_t gap, size_t width);

#endif
