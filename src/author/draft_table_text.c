/*
 * The template of a table. A row in which a column is empty has a rule of its own, told apart
 * by the width of the gap: one blank more than any row leaves there that has a cell in it.
 */
#include "author/draft_part.h"

#include <stdlib.h>

/* Rows with the same columns. */
struct form {
    uint64_t mask;
    bool headed;
    unsigned inner; /* columns that are empty in front of others */
    unsigned trailing;
};

struct writer {
    struct strbuf *out;
    const struct draft_table *t;
    struct form *forms;
    unsigned nforms;
    unsigned variant;
    uint64_t never; /* columns that no rule captures */
};

static bool has(uint64_t mask, unsigned column)
{
    return mask >> column & 1;
}

/* ---- Forms ---------------------------------------------------------------------------------
 */

static void count_holes(struct form *form, unsigned ncolumns)
{
    unsigned last = 0;
    for (unsigned i = 0; i < ncolumns; i++) {
        last = has(form->mask, i) ? i : last;
    }
    for (unsigned i = 0; i < last; i++) {
        form->inner += !has(form->mask, i);
    }
    form->trailing = ncolumns - 1 - last;
}

static void add_form(struct writer *w, uint64_t mask, bool headed)
{
    for (unsigned f = 0; f < w->nforms; f++) {
        if (w->forms[f].mask == mask && w->forms[f].headed == headed) {
            return;
        }
    }
    struct form *form = &w->forms[w->nforms++];
    *form = (struct form){.mask = mask, .headed = headed};
    count_holes(form, w->t->ncolumns);
}

/* The forms of the rows; and the full one when there are columns that no row has filled. */
static void find_forms(struct writer *w)
{
    const struct draft_table *t = w->t;
    uint64_t all = t->ncolumns < 64 ? (UINT64_C(1) << t->ncolumns) - 1 : UINT64_MAX, any = 0;
    for (unsigned r = 0; r < t->nrows; r++) {
        any |= t->rows[r].mask | (t->rows[r].headed ? 1 : 0);
        if (!t->rows[r].loose) {
            add_form(w, t->rows[r].mask, t->rows[r].headed);
        }
    }
    w->never = all & ~(any | t->lists);
    if (w->never && w->variant < 8) {
        add_form(w, all, false);
        w->never = 0;
    }
}

/* Holes first: their gaps tell them. Then the fullest. */
static int by_holes(const void *a, const void *b)
{
    const struct form *x = a, *y = b;
    if (x->inner != y->inner) {
        return x->inner > y->inner ? -1 : 1;
    }
    return (x->trailing > y->trailing) - (x->trailing < y->trailing);
}

static int by_columns(const void *a, const void *b)
{
    const struct form *x = a, *y = b;
    unsigned m = x->inner + x->trailing, n = y->inner + y->trailing;
    return m != n ? (m > n) - (m < n) : (x->mask > y->mask) - (x->mask < y->mask);
}

/* ---- Gaps ----------------------------------------------------------------------------------
 */

static unsigned blanks_between(struct view a, struct view b)
{
    return (unsigned)(b.ptr - (a.ptr + a.len));
}

/* The widest gap behind column `from` in rows with a cell between it and `to`, or the narrowest
 * one in rows of this form. */
static unsigned gap_behind(const struct draft_table *t, unsigned from, unsigned to,
                           uint64_t form, bool widest)
{
    unsigned found = widest ? 0 : UINT32_MAX;
    for (unsigned r = 0; r < t->nrows; r++) {
        const struct draft_row *row = &t->rows[r];
        unsigned next = from + 1;
        while (next < t->ncolumns && !has(row->mask, next)) {
            next++;
        }
        bool counts = widest ? next < to : row->mask == form && next == to;
        if (row->loose || !counts || !has(row->mask, from) || next == t->ncolumns) {
            continue;
        }
        unsigned gap = blanks_between(row->cells[from], row->cells[next]);
        found = widest ? (gap > found ? gap : found) : (gap < found ? gap : found);
    }
    return found;
}

/* ---- Rules ---------------------------------------------------------------------------------
 */

static void add_blanks(struct strbuf *out, unsigned least)
{
    if (least > 1) {
        strbuf_addf(out, "\\s{%u,}", least);
    } else {
        strbuf_addstr(out, "\\s+");
    }
}

/* The bars in front of the columns [from, to]; false when there are none. */
static bool add_bars(const struct writer *w, unsigned from, unsigned to)
{
    bool any = false;
    for (unsigned i = from; i <= to && i < w->t->ncolumns; i++) {
        if (has(w->t->main->bar, i)) {
            strbuf_addstr(w->out, any ? "\\|\\s*" : "\\s*\\|\\s*");
            any = true;
        }
    }
    return any;
}

/* What stands between column `from` and `to`, the next one that is not empty. */
static void add_gap(const struct writer *w, uint64_t mask, unsigned from, unsigned to)
{
    const struct draft_table *t = w->t;
    if (add_bars(w, from + 1, to)) {
        return;
    }
    unsigned least = 1;
    if (to > from + 1) {
        unsigned wide = gap_behind(t, from, to, mask, true);
        least = wide < gap_behind(t, from, to, mask, false) ? wide + 1 : 1;
    }
    add_blanks(w->out, least);
}

/* Up to the first cell, that of column `first`. */
static void begin_rule(const struct writer *w, unsigned first)
{
    const struct draft_table *t = w->t;
    strbuf_addstr(w->out, "  ^");
    if (add_bars(w, 0, first)) {
        return;
    }
    if (first > 0) {
        add_blanks(w->out, t->indent + 1);
    } else if (t->indent > 0) {
        strbuf_addstr(w->out, "\\s*");
    }
}

/* The columns of mask, one behind the other. */
static void add_columns(const struct writer *w, uint64_t mask)
{
    const struct draft_table *t = w->t;
    unsigned last = t->ncolumns;
    for (unsigned i = 0; i < t->ncolumns; i++) {
        if (!has(mask, i)) {
            continue;
        }
        if (last == t->ncolumns) {
            begin_rule(w, i);
        } else {
            add_gap(w, mask, last, i);
        }
        strbuf_addf(w->out, "${%s}", t->names[i]);
        last = i;
    }
    bool bars = last + 1 < t->ncolumns && add_bars(w, last + 1, t->ncolumns);
    if (t->main->bar_behind) {
        strbuf_addstr(w->out, bars ? "\\|" : "\\s*\\|");
    }
    strbuf_addstr(w->out, "\\s*$$");
}

static void add_rows(const struct writer *w)
{
    const char *action = w->t->lists ? "\n" : " -> Record\n";
    for (unsigned f = 0; f < w->nforms; f++) {
        add_columns(w, w->forms[f].mask);
        strbuf_addstr(w->out, action);
    }
    if (w->t->heads) {
        strbuf_addf(w->out, "  ^%s${%s}\\s*$$\n", w->t->indent > 0 ? "\\s*" : "",
                    w->t->names[0]);
    }
    uint64_t known[8];
    unsigned n = 0;
    for (unsigned i = 0; i < w->t->nmore; i++) {
        bool seen = false;
        for (unsigned k = 0; k < n; k++) {
            seen |= known[k] == w->t->more[i].mask;
        }
        if (!seen && n < 8) {
            known[n++] = w->t->more[i].mask;
            add_columns(w, w->t->more[i].mask);
            strbuf_addch(w->out, '\n');
        }
    }
}

/* ---- Headers -------------------------------------------------------------------------------
 */

static void add_header_line(const struct writer *w, unsigned line, const char *action)
{
    const struct draft_line *l = &w->t->lines->items[line];
    strbuf_addstr(w->out, "  ^\\s*");
    draft_literal(w->out, view_trim(l->raw));
    strbuf_addf(w->out, "\\s*$$%s\n", action);
}

/* The lines of the main header; the last one leads to the rows. */
static void add_headers(const struct writer *w, bool lead)
{
    const struct draft_block *main = w->t->main;
    for (unsigned i = 0; i < main->nheader; i++) {
        add_header_line(w, main->top + i, lead && i + 1 == main->nheader ? " -> Table" : "");
    }
}

static bool has_others(const struct draft_table *t)
{
    for (unsigned b = 0; b < t->blocks->n; b++) {
        if (!draft_is_main(t, &t->blocks->items[b])) {
            return true;
        }
    }
    return false;
}

static void add_others(const struct writer *w)
{
    const struct draft_blocks *blocks = w->t->blocks;
    for (unsigned b = 0; b < blocks->n; b++) {
        const struct draft_block *block = &blocks->items[b];
        bool first = !draft_is_main(w->t, block);
        for (unsigned k = 0; first && k < b; k++) {
            first &= !draft_same_header(&blocks->items[k], block, w->t->lines);
        }
        if (first) {
            add_header_line(w, block->top, " -> Other");
        }
    }
}

static void end_state(const struct writer *w)
{
    draft_end(w->out, w->t->lines);
}

/* ---- Values --------------------------------------------------------------------------------
 */

static bool is_always(const struct draft_table *t, unsigned column)
{
    for (unsigned r = 0; r < t->nrows; r++) {
        bool there = has(t->rows[r].mask, column) || (column == 0 && t->rows[r].headed);
        if (!there) {
            return false;
        }
    }
    return true;
}

static void add_values(const struct writer *w)
{
    const struct draft_table *t = w->t;
    bool required = false;
    for (unsigned i = 0; i < t->ncolumns; i++) {
        bool list = has(t->lists, i);
        bool down = i == 0 && t->filldown;
        bool must = !required && !list && !down && is_always(t, i);
        if (has(w->never, i)) {
            strbuf_addstr(w->out, "# lint: allow unused-value: no row has one yet to go by\n");
        }
        strbuf_addf(w->out, "Value %s%s (%s)\n",
                    list   ? "List "
                    : down ? "Filldown "
                    : must ? "Required "
                           : "",
                    t->names[i],
                    w->variant >= 4 && t->phrases[i] ? t->phrases[i] : t->regexes[i]);
        required |= must;
    }
}

static void begin_rows(const struct writer *w)
{
    unsigned indent = w->t->indent;
    if (w->t->lists && indent > 0) {
        strbuf_addf(w->out, "  ^\\s{0,%u}\\S -> Continue.Record\n", indent);
    } else if (w->t->lists) {
        strbuf_addstr(w->out, "  ^\\S -> Continue.Record\n");
    }
}

/* Which lines may be passed over by the states: in front of the header, and behind it. */
static int write_states(const struct writer *w, struct err *err)
{
    const struct draft_table *t = w->t;
    bool early = w->variant & 2; /* before the rows' rules */
    strbuf_addstr(w->out, "\nStart\n");
    add_headers(w, true);
    add_others(w);
    int rc = draft_passed(w->out, t->lines, 0, t->main->top, err);
    end_state(w);
    strbuf_addstr(w->out, "\nTable\n");
    begin_rows(w);
    add_headers(w, false);
    add_others(w);
    if (rc == 0 && early) {
        rc = draft_passed(w->out, t->lines, t->main->first, t->lines->n, err);
    }
    add_rows(w);
    if (rc == 0 && !early) {
        rc = draft_passed(w->out, t->lines, t->main->first, t->lines->n, err);
    }
    end_state(w);
    if (has_others(t)) {
        strbuf_addstr(w->out, "\n# Tables that another template may read.\nOther\n");
        add_headers(w, true);
        strbuf_addstr(w->out, "  ^.\n");
    }
    return rc;
}

int draft_table_text(struct strbuf *out, const struct draft_table *table, const char *command,
                     unsigned variant, struct err *err)
{
    struct arena arena = ARENA_INIT;
    struct writer w = {.out = out, .t = table, .variant = variant};
    w.forms = arena_array(&arena, table->nrows + 2, sizeof(*w.forms));
    int rc = w.forms ? 0 : err_nomem(err);
    if (rc == 0) {
        find_forms(&w);
        qsort(w.forms, w.nforms, sizeof(*w.forms), variant % 2 ? by_columns : by_holes);
        strbuf_reset(out);
        strbuf_addf(out, "# %s: a record for each row.\n", command);
        add_values(&w);
        rc = write_states(&w, err);
    }
    arena_release(&arena);
    return rc == 0 && strbuf_failed(out) ? err_nomem(err) : rc;
}
