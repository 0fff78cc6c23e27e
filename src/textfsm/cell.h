/*
 * One cell of an index: a regex, most of them plain words with [[completion]]. Those are
 * matched here by comparing; of the others the plain beginning is, and only what passes meets
 * the regex, which is compiled when the first subject gets that far: of an index of hundreds of
 * rows a program that parses one output needs a few.
 */
#ifndef TEXTFSM_CELL_H
#define TEXTFSM_CELL_H

#include "base/arena.h"
#include "base/view.h"
#include "regex/regex.h"

#include <stdatomic.h>

/* Literal text, then letters of which any number of first ones may follow: "sh[[ow]]". */
struct segment {
    struct view literal, completion;
};

struct cell {
    struct view text;    /* as written */
    struct view pattern; /* the regex, completions written as groups */
    const struct segment *segments;
    unsigned nsegments;
    bool any;    /* empty or ".*": matches everything */
    bool plain;  /* the segments are all there is, ... */
    bool at_end; /* ... but for "$" */
    const struct alloc *alloc;
    _Atomic(struct regex *) re; /* NULL until it is needed */
    struct cell *next;          /* for who owns it */
};

/* text must live as long as the cell, whose parts go to arena. completes: [[...]] is special.
 * Returns 0 or a negative err_code; err->column counts in text. */
int cell_init(struct cell *cell, struct view text, bool completes, struct arena *arena,
              const struct alloc *alloc, struct err *err);
void cell_release(struct cell *cell);

/* As re.match: 1 and how many bytes matched, 0 for no match, or a negative err_code. Any number
 * of threads may match at once, each with a scratch of its own. */
int cell_match(struct cell *cell, struct regex_scratch *scratch, struct view subject,
               size_t *matched);

/* Whether cell_match wants a scratch for this cell. */
static inline bool cell_needs_scratch(const struct cell *cell)
{
    return !cell->any && !cell->plain;
}

/* The cell with its completions written out, when that is literal text; else ptr NULL. */
struct view cell_written_out(const struct cell *cell, struct arena *arena);

#endif
