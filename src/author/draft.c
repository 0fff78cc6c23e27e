#include "author/draft_part.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define TOLD_BYTES 512
#define DROPPED    20 /* rows that are left out */

void draft_release(struct draft *draft)
{
    strbuf_release(&draft->text);
    strbuf_release(&draft->output);
    strbuf_release(&draft->records);
    arena_release(&draft->arena);
    *draft = (struct draft)DRAFT_INIT;
}

/* ---- What is told --------------------------------------------------------------------------
 */

/* Room is made for the double whenever the number is a power of two. */
static struct draft_told *room_for_told(struct draft *draft)
{
    unsigned n = draft->ntold;
    if (n == 0 || (n & (n - 1)) == 0) {
        struct draft_told *more = arena_array(&draft->arena, n ? 2 * n : 1, sizeof(*more));
        if (!more) {
            return NULL;
        }
        if (n > 0) {
            memcpy(more, draft->told, n * sizeof(*more));
        }
        draft->told = more;
        return more;
    }
    return (struct draft_told *)(uintptr_t)draft->told;
}

int draft_tell(struct draft *draft, unsigned line, const char *fmt, ...)
{
    char text[TOLD_BYTES];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    struct draft_told *told = room_for_told(draft);
    char *what = arena_dup(&draft->arena, view_of(text));
    if (!told || !what) {
        return ERR_NOMEM;
    }
    told[draft->ntold++] = (struct draft_told){line, what};
    return 0;
}

static int by_line(const void *a, const void *b)
{
    const struct draft_told *x = a, *y = b;
    return (x->line > y->line) - (x->line < y->line);
}

static int tell_passed(struct draft *draft, const struct draft_lines *lines)
{
    for (unsigned l = 0; l < lines->n; l++) {
        const struct draft_line *line = &lines->items[l];
        if (line->kind == DRAFT_TEXT &&
            draft_tell(draft, line->number, "passed over: '%.*s'", VIEW_ARG(line->raw)) < 0) {
            return ERR_NOMEM;
        }
    }
    return 0;
}

/* ---- What must come out --------------------------------------------------------------------
 */

/* The cells of a row and of the lines that add to it, by column. */
static bool want_row(struct draft_wanted *wanted, const struct draft_row *row,
                     const struct draft_row *more, unsigned ncolumns, struct arena *arena)
{
    const struct view **cells = arena_array(arena, ncolumns, sizeof(*cells));
    unsigned *ncells = arena_array(arena, ncolumns, sizeof(*ncells));
    for (unsigned i = 0; cells && ncells && i < ncolumns; i++) {
        struct view *list = arena_array(arena, row->more + 1, sizeof(*list));
        if (!list) {
            return false;
        }
        if (row->cells[i].len > 0) {
            list[ncells[i]++] = row->cells[i];
        }
        for (unsigned m = 0; m < row->more; m++) {
            if (more[row->first_more + m].cells[i].len > 0) {
                list[ncells[i]++] = more[row->first_more + m].cells[i];
            }
        }
        cells[i] = list;
    }
    wanted->cells = cells;
    wanted->ncells = ncells;
    wanted->loose = row->loose;
    return cells && ncells;
}

struct wish {
    const struct draft_row *rows, *more;
    unsigned nrows, ncolumns;
    const char *const *names;
};

static int make_check(struct draft_check *check, const struct wish *wish,
                      const struct draft_lines *lines, struct arena *arena, struct err *err)
{
    struct draft_wanted *wanted = arena_array(arena, wish->nrows + 1, sizeof(*wanted));
    unsigned *failed = arena_get(arena, sizeof(*failed));
    if (!wanted || !failed) {
        return err_nomem(err);
    }
    for (unsigned r = 0; r < wish->nrows; r++) {
        wanted[r].line = lines->items[wish->rows[r].line].number;
        if (!want_row(&wanted[r], &wish->rows[r], wish->more, wish->ncolumns, arena)) {
            return err_nomem(err);
        }
    }
    *check = (struct draft_check){
        wanted, wish->nrows, wish->ncolumns, wish->names, lines->items[0].number - 1, failed};
    return 0;
}

static int refuse(int good, unsigned nrows, struct err *err)
{
    if (good < 0) {
        return good;
    }
    if ((unsigned)good * 2 < nrows) {
        return err_set(err, ERR_PARSE,
                       "of %u rows that there seem to be, a draft would read only %d rightly: "
                       "nothing is written",
                       nrows, good);
    }
    return 0;
}

/* ---- Tables --------------------------------------------------------------------------------
 */

/* Tries the ways of ordering the rules; *best is the one that reads most rows rightly. */
static int try_variants(struct draft *draft, const struct draft_table *table,
                        const struct draft_check *check, const char *command, unsigned *best,
                        struct err *err)
{
    int most = -1;
    unsigned failed = 0;
    for (unsigned v = 0; v < DRAFT_VARIANTS && most < (int)check->nwanted; v++) {
        int rc = draft_table_text(&draft->text, table, command, v, err);
        int good = rc < 0 ? rc : draft_check(draft, check, false, err);
        if (good < 0) {
            return good;
        }
        if (good > most) {
            most = good;
            *best = v;
            failed = *check->failed;
        }
    }
    *check->failed = failed;
    return 0;
}

/* A row out of its columns that no rule takes would end the reading: it is left out. */
static int draft_a_table(struct draft *draft, struct draft_table *table, const char *command,
                         struct err *err)
{
    struct draft_check check;
    unsigned best = 0, failed = 0, tries = 0;
    int rc;
    do {
        struct wish wish = {table->rows, table->more, table->nrows, table->ncolumns,
                            table->names};
        rc = make_check(&check, &wish, table->lines, &draft->arena, err);
        if (rc == 0) {
            rc = try_variants(draft, table, &check, command, &best, err);
        }
        failed = rc == 0 ? *check.failed : 0;
    } while (failed > 0 && tries++ < DROPPED && draft_drop_row(table, failed));
    if (rc == 0) {
        rc = draft_table_text(&draft->text, table, command, best, err);
    }
    if (rc < 0) {
        return rc;
    }
    draft->shape = "a table";
    draft->columns = table->ncolumns;
    return refuse(draft_check(draft, &check, true, err), table->nrows, err);
}

/* ---- Pairs ---------------------------------------------------------------------------------
 */

static int draft_of_pairs(struct draft *draft, struct draft_pairs *pairs, const char *command,
                          struct err *err)
{
    struct draft_check check;
    int rc = draft_pairs_rows(pairs, err);
    if (rc < 0) {
        return rc;
    }
    struct wish wish = {pairs->rows, pairs->more, pairs->nrows, pairs->ncolumns, pairs->names};
    rc = make_check(&check, &wish, pairs->lines, &draft->arena, err);
    if (rc == 0) {
        rc = draft_pairs_text(&draft->text, pairs, command, err);
    }
    if (rc < 0) {
        return rc;
    }
    draft->shape = "`key: value` lines";
    draft->columns = pairs->ncolumns;
    return refuse(draft_check(draft, &check, true, err), pairs->nrows, err);
}

/* ---- Both ----------------------------------------------------------------------------------
 */

static unsigned count_kind(const struct draft_lines *lines, enum draft_kind from,
                           enum draft_kind to)
{
    unsigned n = 0;
    for (unsigned l = 0; l < lines->n; l++) {
        n += lines->items[l].kind >= from && lines->items[l].kind <= to;
    }
    return n;
}

/* Forgets what a table was taken for. */
static void forget_table(struct draft_lines *lines, struct draft *draft, unsigned ntold)
{
    draft->ntold = ntold;
    for (unsigned l = 0; l < lines->n; l++) {
        struct draft_line *line = &lines->items[l];
        line->kind = line->kind > DRAFT_TEXT ? DRAFT_TEXT : line->kind;
    }
}

static int nothing(const struct draft_lines *lines, struct err *err)
{
    unsigned l = 0;
    while (l < lines->n && draft_is_blank(&lines->items[l])) {
        l++;
    }
    if (l == lines->n) {
        return err_set(err, ERR_PARSE, "the output is empty");
    }
    return err_set(err, ERR_PARSE,
                   "neither a table below a header nor `key: value` lines are in it: line %u "
                   "is '%.*s'",
                   lines->items[l].number,
                   (int)(lines->items[l].raw.len < 80 ? lines->items[l].raw.len : 80),
                   lines->items[l].raw.ptr);
}

static int draft_it(struct draft *draft, struct draft_lines *lines, const char *command,
                    struct err *err)
{
    struct draft_blocks blocks;
    struct draft_table table = {.draft = draft, .lines = lines, .blocks = &blocks};
    struct draft_pairs pairs = {.draft = draft, .lines = lines};
    unsigned ntold = draft->ntold, text = count_kind(lines, DRAFT_TEXT, DRAFT_TEXT);
    int rc = draft_blocks(&blocks, lines, &draft->arena, err);
    if (rc == 0) {
        rc = draft_rows(&table, err);
    }
    unsigned tabled = count_kind(lines, DRAFT_HEADER, DRAFT_OTHER);
    if (rc == 0) {
        rc = draft_pairs(&pairs, err);
    }
    if (rc < 0) {
        return rc;
    }
    bool paired = pairs.n > 1 && pairs.nlines * 5 >= text * 3 && pairs.nlines >= tabled;
    if (!paired && table.nrows == 0) {
        return nothing(lines, err);
    }
    if (paired) {
        forget_table(lines, draft, ntold);
        rc = draft_of_pairs(draft, &pairs, command, err);
    } else {
        rc = draft_a_table(draft, &table, command, err);
    }
    return rc < 0 ? rc : tell_passed(draft, lines) < 0 ? err_nomem(err) : 0;
}

int draft_make(struct draft *draft, struct view output, const char *command, struct err *err)
{
    bool failed = false;
    struct draft_lines lines = {.failed = &failed};
    if (output.len > LIMIT_DRAFT_BYTES) {
        return err_set(err, ERR_PARSE,
                       "the output is too long for a draft (the limit is %zu KiB): give the "
                       "beginning of it",
                       (size_t)LIMIT_DRAFT_BYTES >> 10);
    }
    int rc = draft_lines(&lines, draft, output, command, err);
    if (rc == 0) {
        rc = draft_it(draft, &lines, command, err);
    }
    if (failed || strbuf_failed(&draft->output) || strbuf_failed(&draft->records)) {
        rc = err_nomem(err);
    }
    if (rc == 0 && draft->ntold > 1) {
        qsort((void *)(uintptr_t)draft->told, draft->ntold, sizeof(*draft->told), by_line);
    }
    return rc;
}
