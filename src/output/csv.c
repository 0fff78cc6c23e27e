/* CSV, RFC 4180 (base/csv): a header, then a record a line. Bytes are written as they are. */
#include "base/csv.h"

#include "output/cell.h"
#include "output/formats.h"

#include <stdlib.h>

struct csv_writer {
    struct writer base;
    struct block block;
    struct csv_style style;
    struct strbuf made; /* this record's texts that are not cells as they are */
    struct view *texts; /* one a column */
    const struct table *table;
    const char *list_sep;
    bool guard;
    size_t explode; /* column that gets a line an item; ncolumns = none */
};

static void csv_free(struct csv_writer *w)
{
    block_release(&w->block);
    strbuf_release(&w->made);
    free(w->texts);
    free(w);
}

/* "-12", "+1.5", "-3e4": what a spreadsheet takes for a number and never for a formula. */
static bool plain_number(struct view text)
{
    size_t i = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+');
    size_t digits = 0;
    bool point = false, exponent = false;
    for (; i < text.len; i++) {
        char c = text.ptr[i];
        if (c >= '0' && c <= '9') {
            digits++;
        } else if (c == '.' && !point && !exponent) {
            point = true;
        } else if ((c == 'e' || c == 'E') && digits && !exponent) {
            exponent = true;
            digits = 0;
            i += i + 1 < text.len && (text.ptr[i + 1] == '-' || text.ptr[i + 1] == '+');
        } else {
            return false;
        }
    }
    return digits > 0;
}

static bool formula_like(struct view text)
{
    return text.len && text.ptr[0] && strchr("=+-@\t\r", text.ptr[0]) && !plain_number(text);
}

/* What was appended to w->made from `start` on; it gets its address in settle_texts(), since
 * the buffer may still move. */
static struct view made_since(const struct csv_writer *w, size_t start)
{
    return view_make(NULL, w->made.len - start);
}

static struct view text_of(struct csv_writer *w, const struct textfsm_cell *cell,
                           const struct column *column)
{
    size_t start = w->made.len;
    if (cell->kind == TEXTFSM_TEXT) {
        struct view text = cell_view(cell);
        if (!w->guard || !formula_like(text)) {
            return text.len ? text : VIEW("");
        }
    }
    cell_add_flat(&w->made, cell, column, w->list_sep);
    if (w->guard && formula_like(view_slice(strbuf_view(&w->made), start, w->made.len))) {
        strbuf_truncate(&w->made, start);
        strbuf_addch(&w->made, '\'');
        cell_add_flat(&w->made, cell, column, w->list_sep);
    }
    return made_since(w, start);
}

static int write_texts(struct csv_writer *w, struct err *err)
{
    const char *at = w->made.buf;
    for (size_t i = 0; w->made.len && i < w->table->ncolumns; i++) {
        if (!w->texts[i].ptr) {
            w->texts[i].ptr = at;
            at += w->texts[i].len;
        }
    }
    csv_add_record(&w->style, &w->block.buf, w->texts, w->table->ncolumns);
    return strbuf_failed(&w->made) ? err_nomem(err) : block_settle(&w->block, err);
}

/* exploded: what stands in the column to explode, NULL = its cell as it is. */
static int add_record(struct csv_writer *w, const struct textfsm_cell *cells,
                      const struct textfsm_cell *exploded, struct err *err)
{
    strbuf_reset(&w->made);
    for (size_t i = 0; i < w->table->ncolumns; i++) {
        const struct textfsm_cell *cell = exploded && i == w->explode ? exploded : &cells[i];
        w->texts[i] = text_of(w, cell, &w->table->columns[i]);
    }
    return write_texts(w, err);
}

static int csv_row(struct writer *base, size_t table, const struct textfsm_cell *cells,
                   struct err *err)
{
    struct csv_writer *w = (struct csv_writer *)base;
    (void)table;
    const struct textfsm_cell *list =
        w->explode < w->table->ncolumns ? &cells[w->explode] : NULL;
    if (!list || list->kind != TEXTFSM_LIST || list->len == 0) {
        return add_record(w, cells, NULL, err);
    }
    int status = 0;
    for (uint32_t i = 0; i < list->len && status == 0; i++) {
        status = add_record(w, cells, &list->u.items[i], err);
    }
    return status;
}

static int csv_flush(struct writer *base, struct err *err)
{
    return block_flush(&((struct csv_writer *)base)->block, err);
}

static int csv_close(struct writer *base, struct err *err)
{
    int status = csv_flush(base, err);
    csv_free((struct csv_writer *)base);
    return status;
}

static void csv_abort(struct writer *base)
{
    csv_free((struct csv_writer *)base);
}

static int find_exploded(struct csv_writer *w, const char *name, struct err *err)
{
    w->explode = w->table->ncolumns;
    if (!name) {
        return 0;
    }
    for (size_t i = 0; i < w->table->ncolumns; i++) {
        if (strcmp(w->table->columns[i].name, name) == 0) {
            if (!w->table->columns[i].list) {
                return err_set(err, ERR_USAGE, "--explode %s: this column of %s is no list",
                               name, w->table->name);
            }
            w->explode = i;
            return 0;
        }
    }
    return err_set(err, ERR_USAGE, "--explode %s: %s has no such column", name, w->table->name);
}

static int add_header(struct csv_writer *w, bool bom, struct err *err)
{
    static const struct column plain = {0};
    strbuf_addstr(&w->block.buf, bom ? "\xEF\xBB\xBF" : "");
    for (size_t i = 0; i < w->table->ncolumns; i++) {
        struct textfsm_cell name = cell_text(view_of(w->table->columns[i].name));
        w->texts[i] = text_of(w, &name, &plain);
    }
    return write_texts(w, err);
}

static int csv_check(size_t ntables, char delimiter, struct err *err)
{
    if (ntables != 1) {
        return err_set(err, ERR_USAGE,
                       "one CSV file cannot hold %zu tables; give -o DIR/ for a file each",
                       ntables);
    }
    if (!csv_delimiter_ok(delimiter)) {
        return err_set(
            err, ERR_USAGE,
            "--delimiter must be one ASCII character and no quote, blank or line end");
    }
    return 0;
}

static int csv_open(struct writer **out, struct sink *sink, const struct table *tables,
                    size_t ntables, const struct writer_options *options, struct err *err)
{
    char delimiter = options->delimiter ? options->delimiter : ',';
    int status = csv_check(ntables, delimiter, err);
    if (status < 0) {
        return status;
    }
    struct csv_writer *w = calloc(1, sizeof(*w));
    if (!w) {
        return err_nomem(err);
    }
    w->base = (struct writer){.format = &format_csv,
                              .row = csv_row,
                              .flush = csv_flush,
                              .close = csv_close,
                              .abort = csv_abort};
    block_init(&w->block, sink);
    csv_style_init(&w->style, delimiter, options->crlf && !options->tty);
    strbuf_init(&w->made);
    w->table = &tables[0];
    w->list_sep = options->list_sep ? options->list_sep : ";";
    w->guard = options->guard;
    w->texts = calloc(w->table->ncolumns + 1, sizeof(*w->texts));
    status = w->texts ? find_exploded(w, options->explode, err) : err_nomem(err);
    status = status ? status : add_header(w, options->bom, err);
    if (status < 0) {
        csv_free(w);
        return status;
    }
    *out = &w->base;
    return 0;
}

const struct format format_csv = {
    .name = "csv",
    .extensions = "csv",
    .help = "RFC 4180; list items joined by ';'",
    .one_table = true,
    .open = csv_open,
};
