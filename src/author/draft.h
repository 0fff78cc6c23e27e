/*
 * Draft: a first template from one output, with the fixture that it passes.
 *
 *     struct draft draft = DRAFT_INIT;
 *     if (draft_make(&draft, output, "show fans", &err) == 0)
 *         draft.text is the template, draft.output and draft.records the fixture
 *     draft_release(&draft);
 *
 * Two shapes are understood: a table (columns under a header of up to three lines, with a rule
 * of dashes or without) and `key: value` (also `key = value`, `key .... value`, several of them
 * on a line, and blocks of them, a record each). What covers more of the output wins; of
 * several tables the one with the most rows.
 *
 * The draft is run over the output before it is given away. What it does not do is told line by
 * line in `told`: lines that carry nothing and are passed over by a rule of their own, rows
 * that are out of their columns, rows that are read as something else than they look. A draft
 * that would read less than half of its rows rightly is an error instead.
 */
#ifndef AUTHOR_DRAFT_H
#define AUTHOR_DRAFT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"

struct draft_told {
    unsigned line; /* of the output as it was given; 0 = of no single one */
    const char *what;
};

struct draft {
    struct arena arena;
    struct strbuf text;    /* the template */
    struct strbuf output;  /* what was given, without the prompts around it */
    struct strbuf records; /* its records, as a fixture has them */
    const char *shape;     /* "a table", "`key: value` lines" */
    unsigned rows, columns;
    const struct draft_told *told; /* by line */
    unsigned ntold;
};

#define DRAFT_INIT                                                                             \
    {                                                                                          \
        ARENA_INIT, STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, NULL, 0, 0, NULL, 0                 \
    }

/* ERR_PARSE, in one line, for what is no text, is too large, or has no shape that a template
 * could follow. The draft must be released in any case. */
int draft_make(struct draft *draft, struct view output, const char *command, struct err *err);
void draft_release(struct draft *draft);

#endif
