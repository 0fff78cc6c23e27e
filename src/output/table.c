/*
 * Tables for people: one a table that has rows, columns aligned by display width, fitted to the
 * terminal, every cell terminal-safe. Rows wait in a spool until all widths are known.
 */
#include "base/limits.h"
#include "base/spool.h"
#include "base/vis.h"
#include "output/cell.h"
#include "output/fit.h"
#include "output/formats.h"
#include "output/width.h"

#include <stdlib.h>

#define GAP         2  /* blanks between columns */
#define LEAST_WIDTH 16 /* of a cell that is cut */
#define TAB_WIDTH   8

/* What is worth more than this is cut before it is left out. */
#define MISSED_LEAST 2

/* What is learnt about a column while its rows go by. */
struct seen {
    size_t width;
    uint64_t first; /* hash of the first cell */
    size_t filled;  /* cells that are not empty */
    bool varies;    /* cells differ */
    bool words;     /* some cell is not a number */
};

struct waiting_table {
    const struct table *table;
    struct seen *seen;
    struct spool rows; /* each cell as a uint32_t length and its terminal-safe text */
    size_t nrows;
};

struct table_writer {
    struct writer base;
    struct block block;
    struct waiting_table *tables;
    size_t ntables;
    const char *list_sep;
    unsigned width;
    bool color;
    struct strbuf scratch, row;
};

static void table_free(struct table_writer *w)
{
    for (size_t i = 0; w->tables && i < w->ntables; i++) {
        spool_release(&w->tables[i].rows);
        free(w->tables[i].seen);
    }
    free(w->tables);
    block_release(&w->block);
    strbuf_release(&w->scratch);
    strbuf_release(&w->row);
    free(w);
}

/* ---- Rows come in ------------------------------------------------------------------------ */

static struct view next_line(struct view *text)
{
    const char *end = text->len ? memchr(text->ptr, '\n', text->len) : NULL;
    size_t len = end ? (size_t)(end - text->ptr) : text->len;
    struct view line = view_slice(*text, 0, len);
    *text = view_slice(*text, len + (end != NULL), text->len);
    return line;
}

/* A line of text made safe, tabs as blanks to the next stop. */
static void add_safe_line(struct strbuf *out, struct view line)
{
    size_t start = out->len;
    while (line.len) {
        const char *tab = memchr(line.ptr, '\t', line.len);
        size_t len = tab ? (size_t)(tab - line.ptr) : line.len;
        vis_add(out, view_slice(line, 0, len), VIS_LINE);
        if (tab) {
            size_t at = width_of(view_make(out->buf + start, out->len - start));
            strbuf_addchars(out, ' ', TAB_WIDTH - at % TAB_WIDTH);
        }
        line = view_slice(line, len + (tab != NULL), line.len);
    }
}

static void add_safe(struct strbuf *out, struct view text)
{
    while (text.len && text.ptr[text.len - 1] == '\n') {
        text.len--;
    }
    while (text.len) {
        add_safe_line(out, next_line(&text));
        strbuf_addstr(out, text.len ? "\n" : "");
    }
}

static bool number(struct view text)
{
    size_t digits = 0, points = 0;
    for (size_t i = 0; i < text.len; i++) {
        digits += text.ptr[i] >= '0' && text.ptr[i] <= '9';
        points += text.ptr[i] == '.';
    }
    return digits && points <= 1 && digits + points == text.len;
}

static uint64_t hash(struct view text)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < text.len; i++) {
        h = (h ^ (unsigned char)text.ptr[i]) * 1099511628211u;
    }
    return h;
}

static void look_at(struct seen *seen, struct view text, bool first_row)
{
    uint64_t h = hash(text);
    seen->first = first_row ? h : seen->first;
    seen->varies |= h != seen->first;
    seen->filled += text.len > 0;
    seen->words |= text.len > 0 && !number(text);
    while (text.len) {
        size_t width = width_of(next_line(&text));
        seen->width = width > seen->width ? width : seen->width;
    }
}

static int table_row(struct writer *base, size_t table, const struct textfsm_cell *cells,
                     struct err *err)
{
    struct table_writer *w = (struct table_writer *)base;
    struct waiting_table *t = &w->tables[table];
    strbuf_reset(&w->row);
    for (size_t i = 0; i < t->table->ncolumns; i++) {
        size_t start = w->row.len;
        uint32_t len = 0;
        strbuf_add(&w->row, &len, sizeof(len));
        add_safe(&w->row,
                 cell_flat(&cells[i], &t->table->columns[i], w->list_sep, &w->scratch));
        if (strbuf_failed(&w->row) || strbuf_failed(&w->scratch)) {
            return err_nomem(err);
        }
        struct view text = view_slice(strbuf_view(&w->row), start + sizeof(len), w->row.len);
        len = (uint32_t)text.len;
        memcpy(w->row.buf + start, &len, sizeof(len));
        look_at(&t->seen[i], text, t->nrows == 0);
    }
    t->nrows++;
    return spool_add(&t->rows, strbuf_view(&w->row), err);
}

/* ---- Tables go out ----------------------------------------------------------------------- */

static size_t at_most(size_t value, size_t most)
{
    return value > most ? most : value;
}

/* What a reader would miss least: nothing, then when it was collected, then what is the same in
 * every row, then what few rows have, then what stands far right. */
static int worth(const struct waiting_table *t, size_t column)
{
    const char *name = t->table->columns[column].name;
    const struct seen *seen = &t->seen[column];
    if (column == 0) {
        return 10000;
    }
    if (!seen->filled) {
        return 0;
    }
    if (strcmp(name, "collected_at") == 0 || strcmp(name, "_collected_at") == 0) {
        return 1;
    }
    if (!seen->varies && t->nrows > 1) {
        return 2;
    }
    if (t->table->columns[column].key) {
        return MISSED_LEAST + 3;
    }
    bool sparse = seen->filled < t->nrows / 4;
    return MISSED_LEAST + (sparse ? 1 : 2);
}

static struct fit_column *fit_table(const struct waiting_table *t, size_t width)
{
    size_t n = t->table->ncolumns;
    struct fit_column *columns = calloc(n + 1, sizeof(*columns));
    for (size_t i = 0; columns && i < n; i++) {
        size_t name = width_of(view_of(t->table->columns[i].name));
        columns[i].natural = name > t->seen[i].width ? name : t->seen[i].width;
        columns[i].least = at_most(columns[i].natural, LEAST_WIDTH);
        columns[i].worth = worth(t, i);
        columns[i].spare = columns[i].worth <= MISSED_LEAST;
    }
    if (columns) {
        fit_columns(columns, n, GAP, width);
    }
    return columns;
}

/* One cell of one line. Blanks after the last are left out. */
static void add_aligned(struct strbuf *out, struct view text, size_t width, bool right,
                        size_t *due)
{
    size_t natural = width_of(text), cut = natural;
    struct view shown = text;
    if (natural > width) {
        shown.len = width_fit(text, width - 1);
        cut = width_of(shown) + 1;
    }
    size_t blanks = width - cut;
    if (cut) {
        strbuf_addchars(out, ' ', *due + (right ? blanks : 0));
        strbuf_addview(out, shown);
        strbuf_addstr(out, natural > width ? "\xE2\x80\xA6" : "");
        *due = GAP + (right ? 0 : blanks);
    } else {
        *due += width + GAP;
    }
}

/* cells: what is left of each; each gives one line. Whether more lines are to come. */
static bool add_line(struct strbuf *out, const struct waiting_table *t,
                     const struct fit_column *columns, struct view *cells)
{
    bool more = false;
    size_t due = 0;
    for (size_t i = 0; i < t->table->ncolumns; i++) {
        struct view line = next_line(&cells[i]);
        if (columns[i].shown) {
            bool right = t->seen[i].filled && !t->seen[i].words;
            add_aligned(out, line, columns[i].width, right, &due);
            more |= cells[i].len > 0;
        }
    }
    strbuf_addch(out, '\n');
    return more;
}

static void add_heading(struct table_writer *w, const struct waiting_table *t,
                        const struct fit_column *columns, struct view *cells)
{
    struct strbuf *out = &w->block.buf;
    for (size_t i = 0; i < t->table->ncolumns; i++) {
        cells[i] = view_of(t->table->columns[i].name);
    }
    strbuf_addstr(out, w->color ? "\033[1m" : "");
    add_line(out, t, columns, cells);
    strbuf_truncate(out, out->len - 1);
    strbuf_addstr(out, w->color ? "\033[0m\n" : "\n");
    bool first = true;
    for (size_t i = 0; i < t->table->ncolumns; i++) {
        if (columns[i].shown) {
            strbuf_addchars(out, ' ', first ? 0 : GAP);
            strbuf_addchars(out, '-', columns[i].width);
            first = false;
        }
    }
    strbuf_addch(out, '\n');
}

static int add_rows(struct table_writer *w, struct waiting_table *t,
                    const struct fit_column *columns, struct view *cells, struct err *err)
{
    struct spool_cursor cursor;
    spool_seek(&cursor, &t->rows, 0);
    int status = 0;
    for (size_t row = 0; row < t->nrows && status == 0; row++) {
        strbuf_reset(&w->row);
        for (size_t i = 0; i < t->table->ncolumns && status == 0; i++) {
            struct view bytes;
            uint32_t len = 0;
            status = spool_next(&cursor, sizeof(len), &bytes, err);
            if (status == 0) {
                memcpy(&len, bytes.ptr, sizeof(len));
                status = spool_next(&cursor, len, &bytes, err);
            }
            if (status == 0) {
                strbuf_addview(&w->row, bytes);
                cells[i].len = len;
            }
        }
        if (status < 0) {
            break;
        }
        const char *at = w->row.buf;
        for (size_t i = 0; i < t->table->ncolumns; i++) {
            cells[i].ptr = at;
            at += cells[i].len;
        }
        while (add_line(&w->block.buf, t, columns, cells)) {
        }
        status = strbuf_failed(&w->row) ? err_nomem(err) : block_settle(&w->block, err);
    }
    spool_cursor_release(&cursor);
    return status;
}

static void add_hidden(struct table_writer *w, const struct waiting_table *t,
                       const struct fit_column *columns)
{
    const char *between = "(too narrow for: ";
    for (size_t i = 0; i < t->table->ncolumns; i++) {
        if (!columns[i].shown && t->seen[i].filled) {
            strbuf_addstr(&w->block.buf, between);
            strbuf_addstr(&w->block.buf, t->table->columns[i].name);
            between = ", ";
        }
    }
    strbuf_addstr(&w->block.buf, between[0] == ',' ? ")\n" : "");
}

static void add_title(struct table_writer *w, const struct waiting_table *t, bool first)
{
    struct strbuf *out = &w->block.buf;
    strbuf_addstr(out, first ? "" : "\n");
    strbuf_addstr(out, w->color ? "\033[1m" : "");
    vis_add(out, view_of(t->table->name), VIS_LINE);
    strbuf_addstr(out, w->color ? "\033[0m\n" : "\n");
}

static int add_table(struct table_writer *w, struct waiting_table *t, struct err *err)
{
    size_t n = t->table->ncolumns;
    struct view *cells = calloc(n + 1, sizeof(*cells));
    struct fit_column *columns = fit_table(t, w->width);
    int status = cells && columns ? 0 : err_nomem(err);
    if (status == 0) {
        add_heading(w, t, columns, cells);
        status = add_rows(w, t, columns, cells, err);
    }
    if (status == 0) {
        add_hidden(w, t, columns);
    }
    free(cells);
    free(columns);
    return status;
}

static int table_close(struct writer *base, struct err *err)
{
    struct table_writer *w = (struct table_writer *)base;
    int status = 0;
    for (size_t i = 0; i < w->ntables && status == 0; i++) {
        struct waiting_table *t = &w->tables[i];
        if (w->ntables > 1) {
            add_title(w, t, i == 0);
        }
        if (t->nrows) {
            status = add_table(w, t, err);
        } else if (w->ntables > 1) {
            strbuf_addstr(&w->block.buf, "(no records)\n");
        }
    }
    if (status == 0) {
        status = block_flush(&w->block, err);
    }
    table_free(w);
    return status;
}

static void table_abort(struct writer *base)
{
    table_free((struct table_writer *)base);
}

static int make_tables(struct table_writer *w, const struct table *tables, struct err *err)
{
    w->tables = calloc(w->ntables + 1, sizeof(*w->tables));
    if (!w->tables) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < w->ntables; i++) {
        w->tables[i].table = &tables[i];
        spool_init(&w->tables[i].rows, LIMIT_SPOOL_BYTES);
    }
    for (size_t i = 0; i < w->ntables; i++) {
        w->tables[i].seen = calloc(tables[i].ncolumns + 1, sizeof(*w->tables[i].seen));
        if (!w->tables[i].seen) {
            return err_nomem(err);
        }
    }
    return 0;
}

static int table_open(struct writer **out, struct sink *sink, const struct table *tables,
                      size_t ntables, const struct writer_options *options, struct err *err)
{
    struct table_writer *w = calloc(1, sizeof(*w));
    if (!w) {
        return err_nomem(err);
    }
    w->base = (struct writer){
        .format = &format_table, .row = table_row, .close = table_close, .abort = table_abort};
    block_init(&w->block, sink);
    strbuf_init(&w->scratch);
    strbuf_init(&w->row);
    w->ntables = ntables;
    w->list_sep = options->list_sep ? options->list_sep : ", ";
    w->width = options->tty ? options->width : 0;
    w->color = options->color;
    int status = make_tables(w, tables, err);
    if (status < 0) {
        table_free(w);
        return status;
    }
    *out = &w->base;
    return 0;
}

const struct format format_table = {
    .name = "table",
    .extensions = "",
    .help = "aligned columns for people, fitted to the terminal",
    .terminal = true,
    .open = table_open,
};
