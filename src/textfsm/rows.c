/* Rows: given out at once, or kept until no Fillup can reach them or as long as the run lives.
 */
#include "textfsm/grow.h"
#include "textfsm/run.h"

static size_t cell_bytes(const struct textfsm_cell *cell)
{
    if (cell->kind == TEXTFSM_NULL || cell->kind == TEXTFSM_TEXT) {
        return cell->kind == TEXTFSM_TEXT ? cell->len : 0;
    }
    size_t bytes = cell->len * sizeof(*cell);
    for (uint32_t i = 0; i < cell->len; i++) {
        bytes += cell_bytes(&cell->u.items[i]);
    }
    return bytes;
}

/* Copies src to dst; items come from *items, text from *text. */
static void cell_copy(struct textfsm_cell *dst, const struct textfsm_cell *src,
                      struct textfsm_cell **items, char **text)
{
    *dst = *src;
    if (src->kind == TEXTFSM_TEXT) {
        dst->u.text = *text;
        if (src->len) {
            memcpy(*text, src->u.text, src->len);
        }
        *text += src->len;
    } else if (src->kind != TEXTFSM_NULL) {
        struct textfsm_cell *to = *items;
        dst->u.items = to;
        *items += src->len;
        for (uint32_t i = 0; i < src->len; i++) {
            cell_copy(&to[i], &src->u.items[i], items, text);
        }
    }
}

static size_t cell_items(const struct textfsm_cell *cell)
{
    if (cell->kind == TEXTFSM_NULL || cell->kind == TEXTFSM_TEXT) {
        return 0;
    }
    size_t n = cell->len;
    for (uint32_t i = 0; i < cell->len; i++) {
        n += cell_items(&cell->u.items[i]);
    }
    return n;
}

/* One allocation a row: its cells, all items below them, all text. */
static struct textfsm_cell *row_copy(struct rows *rows, const struct textfsm_cell *cells,
                                     unsigned n)
{
    size_t bytes = n * sizeof(*cells), nitems = 0;
    for (unsigned i = 0; i < n; i++) {
        bytes += cell_bytes(&cells[i]);
        nitems += cell_items(&cells[i]);
    }
    struct textfsm_cell *row = arena_get(&rows->arena, bytes);
    if (!row) {
        return NULL;
    }
    struct textfsm_cell *items = row + n;
    char *text = (char *)(items + nitems);
    for (unsigned i = 0; i < n; i++) {
        cell_copy(&row[i], &cells[i], &items, &text);
    }
    return row;
}

COLD int rows_too_many(const struct textfsm_run *run, struct textfsm_error *error)
{
    return fail_set(error, TEXTFSM_LIMIT, "%s: input line %zu: more than %zu rows",
                    run->t->name, run->stats.lines, run->max_rows);
}

COLD int rows_stopped(const struct textfsm_run *run, struct textfsm_error *error)
{
    return fail_set(error, TEXTFSM_STOPPED, "%s: stopped by the receiver of the rows",
                    run->t->name);
}

static int give(struct textfsm_run *run, const struct textfsm_cell *cells,
                struct textfsm_error *error)
{
    int rc = run->options.on_row(run->options.user, cells, run->t->nvalues);
    return rc == 0 ? 0 : rows_stopped(run, error);
}

/* How many of the kept rows nothing can change any more: a Fillup goes up as far as the first
 * cell that is not empty. */
static size_t final_rows(const struct textfsm_run *run)
{
    size_t n = run->rows.n;
    for (unsigned i = 0; i < run->t->nvalues; i++) {
        if ((run->t->values[i].pub.options & TEXTFSM_FILLUP) && run->rows.final[i] < n) {
            n = run->rows.final[i];
        }
    }
    return n;
}

static int give_up_to(struct textfsm_run *run, size_t n, struct textfsm_error *error)
{
    struct rows *rows = &run->rows;
    while (rows->sent < n) {
        int rc = give(run, rows->row[rows->sent++], error);
        if (rc < 0) {
            return rc;
        }
    }
    if (rows->sent == rows->n) {
        rows_reset(rows);
        memset(rows->final, 0, run->t->nvalues * sizeof(*rows->final));
    }
    return 0;
}

void rows_reset(struct rows *rows)
{
    arena_reset(&rows->arena);
    rows->n = rows->sent = 0;
}

static bool cell_empty(const struct textfsm_cell *cell)
{
    return cell->len == 0;
}

int rows_keep(struct textfsm_run *run, struct textfsm_error *error)
{
    struct rows *rows = &run->rows;
    if (!grow(run->alloc, &rows->row, &rows->cap, rows->n, sizeof(*rows->row))) {
        return fail_nomem(error);
    }
    struct textfsm_cell *row = row_copy(rows, run->cells, run->t->nvalues);
    if (!row) {
        return fail_nomem(error);
    }
    rows->row[rows->n++] = row;
    for (unsigned i = 0; run->t->fills_up && i < run->t->nvalues; i++) {
        if (!cell_empty(&row[i])) {
            rows->final[i] = rows->n;
        }
    }
    return run->options.on_row ? give_up_to(run, final_rows(run), error) : 0;
}

int rows_fill_up(struct textfsm_run *run, unsigned value, struct view text,
                 struct textfsm_error *error)
{
    struct rows *rows = &run->rows;
    const char *copy = NULL;
    for (size_t i = rows->n; i > rows->sent && cell_empty(&rows->row[i - 1][value]); i--) {
        if (!copy) {
            copy = arena_dup(&rows->arena, text);
        }
        if (!copy) {
            return fail_nomem(error);
        }
        rows->row[i - 1][value] =
            (struct textfsm_cell){TEXTFSM_TEXT, (uint32_t)text.len, {.text = copy}};
    }
    rows->final[value] = rows->n;
    return run->options.on_row ? give_up_to(run, final_rows(run), error) : 0;
}

int rows_flush(struct textfsm_run *run, struct textfsm_error *error)
{
    return run->options.on_row ? give_up_to(run, run->rows.n, error) : 0;
}
