/* The plan of a merge: which columns come from where, and which are compared. See textfsm.h. */
#ifndef TEXTFSM_TABLE_H
#define TEXTFSM_TABLE_H

#include "base/arena.h"
#include "textfsm.h"

struct column_pair {
    unsigned merged; /* column of the table */
    unsigned own;    /* Value of a template */
};

#define KEY_MISSING UINT32_MAX /* as `own`: the template has no such Value */

/* A Key that joins. */
struct join_key {
    struct column_pair pair;
    bool same_names; /* dictionaries of both sides have the same names in the same order */
};

/* What the second or a later template adds. */
struct extension {
    const struct textfsm_template *template;
    struct column_pair *add;
    unsigned nadd;
    struct join_key *keys; /* none: rows are joined by position */
    unsigned nkeys;
};

struct textfsm_table {
    struct alloc alloc_copy;
    const struct alloc *alloc;
    struct arena arena;
    const struct textfsm_template **templates;
    unsigned ntemplates;
    struct textfsm_column *columns;
    unsigned ncolumns;
    struct extension *extensions; /* ntemplates - 1 */
};

#endif
