/*
 * What the draft's files share. The way of an output: lines (draft_lines.c) -> blocks under
 * headers (draft_table.c, draft_cuts.c) -> rows of cells (draft_rows.c) -> template text
 * (draft_table_text.c), or lines -> pairs -> template text (draft_pairs.c, draft_pairs_text.c);
 * then the check (draft_check.c).
 */
#ifndef AUTHOR_DRAFT_PART_H
#define AUTHOR_DRAFT_PART_H

#include "author/draft.h"
#include "base/limits.h"

#include <stdint.h>

/* ---- Lines ---------------------------------------------------------------------------------
 */

enum draft_kind {
    DRAFT_BLANK,
    DRAFT_RULE,   /* a rule of dashes */
    DRAFT_TEXT,   /* nothing that is understood: passed over */
    DRAFT_HEADER, /* of the table */
    DRAFT_ROW,
    DRAFT_HEAD,  /* a row's first cell alone; the next line goes on */
    DRAFT_MORE,  /* a line that adds to the row above */
    DRAFT_OTHER, /* of another table */
    DRAFT_PAIRS,
};

struct draft_line {
    struct view raw;    /* as it came, without its end and blanks before that */
    struct view flat;   /* a byte for each column of the screen; what is not ASCII is 'x' */
    const unsigned *at; /* where each of flat's bytes is in raw, and its end; NULL: there */
    unsigned number;    /* in what was given */
    enum draft_kind kind;
};

struct draft_lines {
    struct draft_line *items;
    unsigned n;
    bool *failed; /* set where memory ran out and nobody else could say so */
};

int draft_lines(struct draft_lines *out, struct draft *draft, struct view text,
                const char *command, struct err *err);

/* The text of the columns [from, to), without blanks around it. */
struct view draft_slice(const struct draft_line *line, unsigned from, unsigned to);

/* Column p of the line, a blank behind its end. */
static inline char draft_at(const struct draft_line *line, unsigned p)
{
    return p < line->flat.len ? line->flat.ptr[p] : ' ';
}

static inline bool draft_is_blank(const struct draft_line *line)
{
    return line->flat.len == 0;
}

/* Nothing but dashes and what stands between them, and what is found in it: three at least. */
bool draft_is_rule(const struct draft_line *line);

/* ---- Names and classes ---------------------------------------------------------------------
 */

/* A column's name from what a header calls it, unlike the n names there are. */
const char *draft_name(struct arena *arena, struct view header, const char *const *names,
                       unsigned n);

/* The narrowest pattern that takes all cells; last: nothing but blanks follows. */
struct draft_cells {
    const struct view *items;
    unsigned n;
    bool last;
    bool sparse; /* a single value says little: no words by their letters */
};

int draft_class(const char **regex, const struct draft_cells *cells, struct arena *arena,
                struct err *err);

/* The texts themselves, when some have blanks and they are few; else NULL. */
int draft_phrases(const char **regex, const struct draft_cells *cells, struct arena *arena,
                  struct err *err);

/* Appends text as a rule's regex: blanks as \s+, all else as it is. */
void draft_literal(struct strbuf *out, struct view text);

/* ---- Tables --------------------------------------------------------------------------------
 */

/* A header and the lines below it. */
struct draft_block {
    unsigned top, nheader; /* header lines */
    unsigned first, end;   /* lines of rows: [first, end) */
    bool bars;             /* some columns are separated by | ... */
    uint64_t bar;          /* ... these: bit i in front of column i */
    bool bar_behind;       /* and behind the last one */
    unsigned ncolumns;
    unsigned gaps[LIMIT_DRAFT_COLUMNS]; /* the blank in front of column i; [0] = 0 */
};

/* Where the columns of a block begin; false when its lines are no table. */
bool draft_cuts(struct draft_block *block, const struct draft_lines *lines);

/* What the header calls column i, its lines one behind the other. */
struct view draft_header(const struct draft_block *block, const struct draft_lines *lines,
                         unsigned column, struct arena *arena);

/* The cells of a line; returns how many columns' edges run through a word. */
unsigned draft_cells_of(struct view *cells, const struct draft_block *block,
                        const struct draft_line *line);

/* All blocks of an output, in the order of the lines. */
struct draft_blocks {
    struct draft_block *items;
    unsigned n;
};

int draft_blocks(struct draft_blocks *out, const struct draft_lines *lines, struct arena *arena,
                 struct err *err);

bool draft_same_header(const struct draft_block *a, const struct draft_block *b,
                       const struct draft_lines *lines);

/* A record that is to come out. */
struct draft_row {
    unsigned line;             /* in struct draft_lines */
    uint64_t mask;             /* columns with a cell */
    bool loose;                /* out of its columns: no telling what it should give */
    bool headed;               /* its first cell is on the line above */
    const struct view *cells;  /* by column */
    unsigned first_more, more; /* lines that add to it: in draft_table's more */
};

struct draft_table {
    struct draft *draft;
    const struct draft_lines *lines;
    const struct draft_blocks *blocks;
    const struct draft_block *main; /* the first with the most rows */
    unsigned ncolumns;
    const char **names;
    const char **regexes;
    const char **phrases; /* the texts of a column one by one; NULL when they are too many */
    struct draft_row *rows;
    unsigned nrows;
    struct draft_row *more;
    unsigned nmore;
    uint64_t lists;  /* columns that lines add to */
    bool filldown;   /* a first cell holds for the rows below */
    bool heads;      /* first cells on lines of their own */
    unsigned indent; /* the widest of a row with a first cell */
};

/* 0 and table->nrows == 0 when the output has no table. */
int draft_rows(struct draft_table *table, struct err *err);

/* Takes the row on that line for a line that carries nothing; false when it is in its columns.
 */
bool draft_drop_row(struct draft_table *table, unsigned number);

/* The template; variant: ways to order the rows' rules, of DRAFT_VARIANTS. */
#define DRAFT_VARIANTS 16
int draft_table_text(struct strbuf *out, const struct draft_table *table, const char *command,
                     unsigned variant, struct err *err);

/* Whether line l is of one of the blocks like the main one. */
bool draft_is_main(const struct draft_table *table, const struct draft_block *block);

/* ---- Pairs ---------------------------------------------------------------------------------
 */

struct draft_pair {
    struct view key, value; /* the value as it stands, quotes and all */
    bool quoted;
    char how;   /* ':', '=', '.' */
    char after; /* what ends the value: ',', ' ' or 0 = the line */
    unsigned line, column;
};

/* A key, and the column that it becomes. */
struct draft_key {
    unsigned count;  /* of its pairs */
    unsigned blocks; /* that it is in */
    bool list;       /* several times in one */
    bool global;     /* only in front of all of them */
    bool empty;      /* at times */
    bool quoted;     /* always */
    bool seen;       /* while counting: in block `row` */
    unsigned row;
};

struct draft_pairs {
    struct draft *draft;
    const struct draft_lines *lines;
    struct draft_pair *items; /* by line */
    unsigned n, nlines;       /* lines that hold pairs */
    unsigned ncolumns;
    struct draft_key *columns;
    const char **names;
    struct view *keys;
    const char **regexes;
    unsigned starter; /* the column that begins a block; ncolumns = there is one block */
    struct draft_row *rows, *more;
    unsigned nrows, nmore;
};

/* Finds the pairs, then what they make: columns, blocks and rows. */
int draft_pairs(struct draft_pairs *pairs, struct err *err);
int draft_pairs_rows(struct draft_pairs *pairs, struct err *err);
int draft_pairs_text(struct strbuf *out, const struct draft_pairs *pairs, const char *command,
                     struct err *err);

/* ---- Text and check ------------------------------------------------------------------------
 */

/* Rules for the lines [from, to) that are passed over, each kind once. */
int draft_passed(struct strbuf *out, const struct draft_lines *lines, unsigned from,
                 unsigned to, struct err *err);

/* What every state ends in: rules of dashes, blank lines, and an error for all else. */
void draft_end(struct strbuf *out, const struct draft_lines *lines);

/* What the template must give of the output: items[row][column] is a list of texts. */
struct draft_wanted {
    unsigned line; /* number of the row's line */
    bool loose;
    const struct view *const *cells;
    const unsigned *ncells;
};

/* Runs the template. Returns how many rows are as they should be, or a negative code. told
 * gets what is not, unless it is NULL. */
struct draft_check {
    const struct draft_wanted *wanted;
    unsigned nwanted, ncolumns;
    const char *const *names;
    unsigned skipped; /* lines that were given in front of draft->output */
    unsigned *failed; /* gets the line that no rule takes, 0 for none */
};

int draft_check(struct draft *draft, const struct draft_check *check, bool tell,
                struct err *err);

/* Notes something for the author. */
int draft_tell(struct draft *draft, unsigned line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
