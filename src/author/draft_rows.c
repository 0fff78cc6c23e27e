/* The rows of a table: which lines are records, parts of records, or nothing. */
#include "author/draft_part.h"

#include "regex/regex.h"

#include <stdlib.h>

struct reader {
    struct draft_table *table;
    struct arena *arena;
    struct err *err;
};

static struct draft_line *line_at(const struct draft_table *table, unsigned l)
{
    return &table->lines->items[l];
}

static unsigned rows_below(const struct draft_table *table, const struct draft_block *header)
{
    unsigned rows = 0;
    for (unsigned b = 0; b < table->blocks->n; b++) {
        const struct draft_block *block = &table->blocks->items[b];
        if (draft_same_header(block, header, table->lines)) {
            rows += block->end - block->first;
        }
    }
    return rows;
}

static void choose_main(struct draft_table *table)
{
    unsigned best = 0;
    for (unsigned b = 0; b < table->blocks->n; b++) {
        const struct draft_block *block = &table->blocks->items[b];
        if (table->main && draft_same_header(block, table->main, table->lines)) {
            continue;
        }
        unsigned rows = rows_below(table, block);
        if (rows > best) {
            best = rows;
            table->main = block;
        }
    }
}

bool draft_is_main(const struct draft_table *table, const struct draft_block *block)
{
    return draft_same_header(block, table->main, table->lines);
}

/* ---- One line ------------------------------------------------------------------------------
 */

/* A row out of its columns, but with as many words as there are columns. */
static bool cells_by_words(struct view *cells, const struct draft_block *block,
                           const struct draft_line *line)
{
    struct view text = line->raw;
    unsigned n = 0;
    for (size_t i = 0, end; !block->bars && i < text.len; i = end + 1) {
        end = i;
        while (end < text.len && text.ptr[end] != ' ' && text.ptr[end] != '\t') {
            end++;
        }
        if (end > i && n == block->ncolumns) {
            return false;
        }
        if (end > i) {
            cells[n++] = view_slice(text, i, end);
        }
    }
    return n == block->ncolumns;
}

static int read_cells(struct draft_row *row, struct reader *r, const struct draft_block *block,
                      unsigned l)
{
    struct view *cells = arena_array(r->arena, block->ncolumns, sizeof(*cells));
    if (!cells) {
        return err_nomem(r->err);
    }
    *row = (struct draft_row){.line = l, .cells = cells};
    if (draft_cells_of(cells, block, line_at(r->table, l)) > 0) {
        struct view words[LIMIT_DRAFT_COLUMNS];
        row->loose = !cells_by_words(words, block, line_at(r->table, l));
        if (!row->loose) {
            memcpy(cells, words, block->ncolumns * sizeof(*cells));
        }
    }
    for (unsigned i = 0; i < block->ncolumns; i++) {
        row->mask |= cells[i].len > 0 ? UINT64_C(1) << i : 0;
    }
    return 0;
}

static unsigned count_cells(uint64_t mask)
{
    unsigned n = 0;
    for (; mask; mask &= mask - 1) {
        n++;
    }
    return n;
}

static unsigned indent_of(const struct draft_line *line)
{
    unsigned n = 0;
    while (draft_at(line, n) == ' ' && n < line->flat.len) {
        n++;
    }
    return n;
}

static bool is_one_word(const struct draft_line *line)
{
    struct view text = view_trim(line->flat);
    return text.len > 0 && !memchr(text.ptr, ' ', text.len);
}

/* Does the next line begin with an empty first cell, and hold several? */
static bool next_goes_on(struct reader *r, const struct draft_block *block, unsigned l)
{
    struct view cells[LIMIT_DRAFT_COLUMNS];
    unsigned filled = 0;
    if (l + 1 >= block->end) {
        return false;
    }
    const struct draft_line *next = line_at(r->table, l + 1);
    if (draft_cells_of(cells, block, next) > 0 || cells[0].len > 0) {
        return false;
    }
    for (unsigned i = 1; i < block->ncolumns; i++) {
        filled += cells[i].len > 0;
    }
    return filled * 2 >= block->ncolumns;
}

/* Footers: what stands alone in the first column, or out of all columns, at the end. */
static bool is_footer(struct reader *r, const struct draft_block *block, unsigned l,
                      const struct draft_row *row)
{
    struct view cells[LIMIT_DRAFT_COLUMNS];
    if (count_cells(row->mask) > 1 && !row->loose) {
        return false;
    }
    for (l++; l < block->end; l++) {
        unsigned crossed = draft_cells_of(cells, block, line_at(r->table, l));
        if (crossed == 0 && cells[0].len > 0 && cells[1].len > 0) {
            return false;
        }
    }
    return true;
}

/* ---- What a line is ------------------------------------------------------------------------
 */

static enum draft_kind kind_of_row(struct reader *r, const struct draft_block *block,
                                   const struct draft_row *row)
{
    struct draft_table *table = r->table;
    bool after_head =
        row->line > block->first && line_at(table, row->line - 1)->kind == DRAFT_HEAD;
    bool first = row->mask & 1;
    if (first && is_one_word(line_at(table, row->line)) && next_goes_on(r, block, row->line)) {
        return DRAFT_HEAD;
    }
    if (!first && !after_head && table->nrows > 0 && !row->loose &&
        (block->ncolumns == 2 || count_cells(row->mask) * 2 < block->ncolumns)) {
        return DRAFT_MORE;
    }
    if ((!first && !after_head && table->nrows == 0) || is_footer(r, block, row->line, row)) {
        return DRAFT_TEXT;
    }
    return DRAFT_ROW;
}

static void take_row(struct reader *r, struct draft_row *row)
{
    struct draft_table *table = r->table;
    struct draft_line *line = line_at(table, row->line);
    struct draft_row *last = table->nrows > 0 ? &table->rows[table->nrows - 1] : NULL;
    bool headed = row->line > 0 && line_at(table, row->line - 1)->kind == DRAFT_HEAD;
    if (line->kind == DRAFT_MORE) {
        last->first_more = last->more == 0 ? table->nmore : last->first_more;
        last->more++;
        table->lists |= row->mask;
        table->more[table->nmore++] = *row;
        return;
    }
    if (line->kind == DRAFT_HEAD) {
        table->heads = true;
        return;
    }
    if (line->kind != DRAFT_ROW) {
        return;
    }
    row->headed = headed && !(row->mask & 1);
    table->filldown |= !row->headed && !(row->mask & 1);
    if (row->mask & 1) {
        unsigned indent = indent_of(line);
        table->indent = indent > table->indent ? indent : table->indent;
    }
    table->rows[table->nrows++] = *row;
}

/* The first cell that is not on the row's own line. */
static int complete_row(struct reader *r, struct draft_row *row)
{
    struct draft_table *table = r->table;
    struct view *cells = (struct view *)(uintptr_t)row->cells;
    if (row->headed) {
        cells[0] = view_trim(line_at(table, row->line - 1)->raw);
    } else if (!(row->mask & 1) && row > table->rows) {
        cells[0] = row[-1].cells[0];
    }
    return 0;
}

static int read_block(struct reader *r, const struct draft_block *block)
{
    int rc = 0;
    for (unsigned l = block->top; l < block->first; l++) {
        struct draft_line *line = line_at(r->table, l);
        line->kind = line->kind == DRAFT_RULE ? DRAFT_RULE : DRAFT_HEADER;
    }
    for (unsigned l = block->first; l < block->end && rc == 0; l++) {
        struct draft_row row;
        struct draft_line *line = line_at(r->table, l);
        if (line->kind != DRAFT_TEXT) {
            continue;
        }
        rc = read_cells(&row, r, block, l);
        if (rc == 0) {
            line->kind = kind_of_row(r, block, &row);
            take_row(r, &row);
        }
    }
    return rc;
}

static int pass_block(struct draft_table *table, const struct draft_block *block,
                      struct arena *arena)
{
    struct strbuf names = STRBUF_INIT;
    for (unsigned l = block->top; l < block->end; l++) {
        line_at(table, l)->kind = DRAFT_OTHER;
    }
    for (unsigned i = 0; i < block->ncolumns; i++) {
        strbuf_addstr(&names, i > 0 ? ", " : "");
        strbuf_addview(&names, draft_header(block, table->lines, i, arena));
    }
    *table->lines->failed |= strbuf_failed(&names);
    int rc = draft_tell(table->draft, line_at(table, block->top)->number,
                        "another table begins (%s): passed over; draft one from its lines "
                        "alone",
                        names.buf);
    strbuf_release(&names);
    return rc;
}

/* ---- Names and classes ---------------------------------------------------------------------
 */

static int name_columns(struct reader *r)
{
    struct draft_table *table = r->table;
    for (unsigned i = 0; i < table->ncolumns; i++) {
        struct view header = draft_header(table->main, table->lines, i, r->arena);
        table->names[i] = draft_name(r->arena, header, table->names, i);
        if (!table->names[i]) {
            return err_nomem(r->err);
        }
    }
    return 0;
}

static int class_of_column(struct reader *r, unsigned column, struct view *room)
{
    struct draft_table *table = r->table;
    struct draft_cells cells = {.items = room, .last = column + 1 == table->ncolumns};
    for (int loose = 0; loose < 2 && cells.n == 0; loose++) {
        for (unsigned i = 0; i < table->nrows; i++) {
            struct view cell = table->rows[i].cells[column];
            if (cell.len > 0 && (loose || !table->rows[i].loose)) {
                room[cells.n++] = cell;
            }
        }
    }
    for (unsigned i = 0; i < table->nmore; i++) {
        if (table->more[i].cells[column].len > 0) {
            room[cells.n++] = table->more[i].cells[column];
        }
    }
    int rc = draft_class(&table->regexes[column], &cells, r->arena, r->err);
    return rc < 0 ? rc : draft_phrases(&table->phrases[column], &cells, r->arena, r->err);
}

static int make_room(struct reader *r)
{
    struct draft_table *table = r->table;
    unsigned n = table->lines->n;
    table->ncolumns = table->main->ncolumns;
    table->names = arena_array(r->arena, table->ncolumns, sizeof(*table->names));
    table->regexes = arena_array(r->arena, table->ncolumns, sizeof(*table->regexes));
    table->phrases = arena_array(r->arena, table->ncolumns, sizeof(*table->phrases));
    table->rows = arena_array(r->arena, n + 1, sizeof(*table->rows));
    table->more = arena_array(r->arena, n + 1, sizeof(*table->more));
    bool made = table->names && table->regexes && table->phrases && table->rows && table->more;
    return made ? 0 : err_nomem(r->err);
}

static int read_blocks(struct reader *r)
{
    struct draft_table *table = r->table;
    int rc = 0;
    for (unsigned b = 0; b < table->blocks->n && rc == 0; b++) {
        const struct draft_block *block = &table->blocks->items[b];
        rc = draft_is_main(table, block) ? read_block(r, block)
                                         : pass_block(table, block, r->arena);
    }
    for (unsigned i = 0; i < table->nrows && rc == 0; i++) {
        rc = complete_row(r, &table->rows[i]);
    }
    return rc;
}

/* ---- Rows behind blank lines ---------------------------------------------------------------
 */

static bool has_mask(const struct draft_table *table, uint64_t mask)
{
    for (unsigned i = 0; i < table->nrows; i++) {
        if (table->rows[i].mask == mask) {
            return true;
        }
    }
    return false;
}

/* 1 when all cells are such as their columns have. */
static int cells_fit(struct reader *r, const struct draft_row *row,
                     struct regex *const *regexes, struct regex_scratch *scratch)
{
    int rc = 1;
    for (unsigned i = 0; i < r->table->ncolumns && rc == 1; i++) {
        if (row->cells[i].len > 0) {
            rc = regex_match(regexes[i], scratch, row->cells[i], NULL, 0, r->err);
        }
    }
    return rc;
}

/* Lines [from, to) below a block, behind blank lines: rows like those above are rows. */
static int extend_block(struct reader *r, const struct draft_block *block, unsigned to,
                        struct regex *const *regexes, struct regex_scratch *scratch)
{
    int rc = 0;
    for (unsigned l = block->end; l < to && rc >= 0; l++) {
        struct draft_line *line = line_at(r->table, l);
        struct draft_row row;
        if (line->kind != DRAFT_TEXT) {
            continue;
        }
        rc = read_cells(&row, r, block, l);
        bool like = rc == 0 && !row.loose && (row.mask & 1) && count_cells(row.mask) > 1 &&
                    has_mask(r->table, row.mask);
        rc = like ? cells_fit(r, &row, regexes, scratch) : rc;
        if (rc == 1) {
            line->kind = DRAFT_ROW;
            take_row(r, &row);
        }
    }
    return rc < 0 ? rc : 0;
}

static int by_line(const void *a, const void *b)
{
    const struct draft_row *x = a, *y = b;
    return (x->line > y->line) - (x->line < y->line);
}

static int extend_blocks(struct reader *r, struct regex *const *regexes)
{
    const struct draft_blocks *blocks = r->table->blocks;
    struct regex_scratch *scratch = regex_scratch_new(NULL, NULL);
    int rc = scratch ? 0 : err_nomem(r->err);
    for (unsigned b = 0; b < blocks->n && rc == 0; b++) {
        unsigned to = b + 1 < blocks->n ? blocks->items[b + 1].top : r->table->lines->n;
        if (draft_is_main(r->table, &blocks->items[b])) {
            rc = extend_block(r, &blocks->items[b], to, regexes, scratch);
        }
    }
    qsort(r->table->rows, r->table->nrows, sizeof(*r->table->rows), by_line);
    regex_scratch_free(scratch);
    return rc;
}

static int find_more_rows(struct reader *r)
{
    struct draft_table *table = r->table;
    struct regex **regexes = arena_array(r->arena, table->ncolumns, sizeof(*regexes));
    int rc = regexes ? 0 : err_nomem(r->err);
    for (unsigned i = 0; i < table->ncolumns && rc == 0; i++) {
        const char *text = arena_printf(r->arena, "(?:%s)$", table->regexes[i]);
        rc = text ? regex_compile(&regexes[i], view_of(text), REGEX_ANCHORED, NULL, r->err)
                  : err_nomem(r->err);
    }
    if (rc == 0) {
        rc = extend_blocks(r, regexes);
    }
    for (unsigned i = 0; regexes && i < table->ncolumns; i++) {
        regex_free(regexes[i]);
    }
    return rc;
}

bool draft_drop_row(struct draft_table *table, unsigned number)
{
    for (unsigned i = 0; i < table->nrows; i++) {
        struct draft_row *row = &table->rows[i];
        struct draft_line *line = line_at(table, row->line);
        if (line->number == number && row->loose && row->more == 0) {
            line->kind = DRAFT_TEXT;
            table->nrows--;
            memmove(row, row + 1, (table->nrows - i) * sizeof(*row));
            return true;
        }
    }
    return false;
}

int draft_rows(struct draft_table *table, struct err *err)
{
    struct reader r = {table, &table->draft->arena, err};
    choose_main(table);
    if (!table->main) {
        return 0;
    }
    int rc = make_room(&r);
    if (rc == 0) {
        rc = read_blocks(&r);
    }
    if (rc == 0) {
        rc = name_columns(&r);
    }
    struct view *room = arena_array(r.arena, table->nrows + table->nmore + 1, sizeof(*room));
    rc = rc == 0 && !room ? err_nomem(err) : rc;
    for (unsigned i = 0; i < table->ncolumns && rc == 0; i++) {
        rc = class_of_column(&r, i, room);
    }
    return rc < 0 ? rc : find_more_rows(&r);
}
