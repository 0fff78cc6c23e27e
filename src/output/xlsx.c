/*
 * XLSX: a sheet a table, header frozen and filtered, then a Summary of the run and what failed.
 * The only user of libxlsxwriter, in its constant-memory mode: rows wait in its temporary
 * files.
 *
 * Every cell is text, so that 1/1, 100E10 and 007 stay what they are and nothing is a formula;
 * a column that is declared numeric holds numbers where they are plain ones. Rows that a sheet
 * has no place for go on in the next; what Excel has no place for in a cell is cut, marked and
 * told.
 */
#include "base/spool.h"
#include "base/tempfile.h"
#include "base/utf8.h"
#include "output/cell.h"
#include "output/formats.h"
#include "output/sheetname.h"
#include "output/width.h"

#include <stdlib.h>

#ifdef HAVE_XLSXWRITER

#include "base/limits.h"
#include "output/libxlsxwriter.h"

#include <errno.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define CELL_UNITS   32767 /* Excel's limit, in UTF-16 units */
#define CUT_MARK     "\xE2\x80\xA6 (cut)"
#define CUT_UNITS    7
#define WIDTH_ROWS   1000 /* rows that are looked at for column widths */
#define WIDTH_LEAST  8
#define WIDTH_MOST   60
#define NUMBER_CHARS 15 /* digits that a double keeps */
#define ZIP64_BYTES  ((uint64_t)2 << 30)

struct sheet {
    lxw_worksheet *ws;
    const struct table *table;
    lxw_row_t next;
    size_t *widths;
    bool *numeric; /* columns that hold numbers */
};

struct xlsx_writer {
    struct writer base;
    struct block block;
    struct tempfile *temp; /* what the library makes before it goes to the sink */
    lxw_workbook *book;
    lxw_format *bold;
    lxw_format *tones[TONES]; /* [TONE_NONE] is NULL */
    struct sheet *sheets;     /* one a table: the one that rows go to now */
    size_t ntables;
    struct sheetnames names;
    struct spool extras; /* summary and errors, until their sheet's turn */
    size_t nextras[EXTRA_KINDS];
    const char *list_sep;
    void (*warn)(void *user, const char *text);
    void *user;
    size_t ncut;
    struct strbuf scratch, text;
};

static void xlsx_free(struct xlsx_writer *w)
{
    if (w->book) {
        lxw_workbook_free(w->book);
    }
    for (size_t i = 0; w->sheets && i < w->ntables; i++) {
        free(w->sheets[i].widths);
        free(w->sheets[i].numeric);
    }
    free(w->sheets);
    tempfile_remove(w->temp);
    sheetnames_release(&w->names);
    spool_release(&w->extras);
    block_release(&w->block);
    strbuf_release(&w->scratch);
    strbuf_release(&w->text);
    free(w);
}

static int fail(lxw_error error, struct err *err)
{
    if (error == LXW_ERROR_MEMORY_MALLOC_FAILED) {
        return err_nomem(err);
    }
    return err_set(err, ERR_OUTPUT,
                   "cannot make the XLSX file in %s: %s (TMPDIR chooses another)",
                   tempfile_folder(), lxw_strerror(error));
}

/* ---- Cells ---------------------------------------------------------------------------------
 */

/* The bytes of text that fit into units; all of it when *cut comes out false. */
static size_t fit_units(struct view text, size_t units, bool *cut)
{
    size_t used = 0, at = 0;
    while (at < text.len) {
        uint32_t cp;
        size_t n = utf8_decode(view_slice(text, at, text.len), &cp);
        used += cp != UTF8_INVALID && cp > 0xFFFF ? 2 : 1;
        if (used > units) {
            *cut = true;
            return at;
        }
        at += n;
    }
    *cut = false;
    return at;
}

/* XML has no place for these, escaped or not. */
static bool unspeakable(uint32_t cp)
{
    return cp == 0 || cp == 0xFFFE || cp == 0xFFFF || cp == UTF8_INVALID;
}

/* "_x0041_" stands for a character in XLSX; where it is meant as it is, its first underscore is
 * written so. */
static bool like_escape(struct view text)
{
    static const char hex[] = "0123456789abcdefABCDEF";
    return text.len >= 7 && text.ptr[1] == 'x' && text.ptr[6] == '_' &&
           strspn(text.ptr + 2, hex) == 4;
}

/* Appends text as valid UTF-8 without NUL. */
static void add_valid(struct strbuf *out, struct view text)
{
    size_t start = 0;
    for (size_t i = 0; i < text.len;) {
        uint32_t cp;
        size_t n = utf8_decode(view_slice(text, i, text.len), &cp);
        const char *instead = unspeakable(cp) ? "\xEF\xBF\xBD" : NULL;
        if (cp == '_' && like_escape(view_slice(text, i, text.len))) {
            instead = "_x005F_";
        }
        if (instead) {
            strbuf_addview(out, view_slice(text, start, i));
            strbuf_addstr(out, instead);
            start = i + n;
        }
        i += n;
    }
    strbuf_addview(out, view_slice(text, start, text.len));
}

/* The text as the library wants it, in w->text. */
static void prepare(struct xlsx_writer *w, struct view text)
{
    strbuf_truncate(&w->text, 0); /* a failure stays known to the end of the row */
    add_valid(&w->text, text);
    bool cut = false;
    if (w->text.len > CELL_UNITS) { /* else it fits whatever it is */
        fit_units(strbuf_view(&w->text), CELL_UNITS, &cut);
    }
    if (cut) {
        w->ncut++;
        size_t keep = fit_units(strbuf_view(&w->text), CELL_UNITS - CUT_UNITS, &cut);
        strbuf_truncate(&w->text, keep);
        strbuf_addstr(&w->text, CUT_MARK);
    }
}

/* "-12.5": what Excel keeps exactly, and writes as it was. "007" and "1e3" it would not. */
static bool plain_number(struct view text)
{
    size_t i = text.len && text.ptr[0] == '-', digits = 0, first = i;
    bool point = false;
    for (; i < text.len; i++) {
        if (text.ptr[i] == '.' && !point && digits && i + 1 < text.len) {
            point = true;
        } else if (text.ptr[i] >= '0' && text.ptr[i] <= '9') {
            digits++;
        } else {
            return false;
        }
    }
    bool leading_zero = digits > 1 && text.ptr[first] == '0' && text.ptr[first + 1] != '.';
    return digits > 0 && digits <= NUMBER_CHARS && !leading_zero;
}

static enum tone tone_of(const struct column *column, struct view text)
{
    const struct toned *toned = column->tones;
    while (toned && toned->text && !view_equal_str(text, toned->text)) {
        toned++;
    }
    return toned && toned->text ? toned->tone : TONE_NONE;
}

static lxw_error write_cell(struct xlsx_writer *w, struct sheet *sheet, size_t column,
                            struct view text)
{
    lxw_col_t col = (lxw_col_t)column;
    if (text.len == 0) {
        return LXW_NO_ERROR;
    }
    lxw_format *format = w->tones[tone_of(&sheet->table->columns[column], text)];
    prepare(w, text);
    if (sheet->numeric[column] && plain_number(text)) {
        return worksheet_write_number(sheet->ws, sheet->next, col, strtod(w->text.buf, NULL),
                                      format);
    }
    return worksheet_write_string(sheet->ws, sheet->next, col, w->text.buf, format);
}

static void look_at(struct sheet *sheet, size_t column, struct view text)
{
    const char *end = text.len ? memchr(text.ptr, '\n', text.len) : NULL;
    size_t width = width_of(end ? view_slice(text, 0, (size_t)(end - text.ptr)) : text);
    if (width > sheet->widths[column]) {
        sheet->widths[column] = width;
    }
}

/* ---- Sheets --------------------------------------------------------------------------------
 */

static int add_sheet(struct xlsx_writer *w, struct sheet *sheet, struct err *err)
{
    sheetnames_take(&w->names, view_of(sheet->table->name), &w->text);
    if (strbuf_failed(&w->text) || strbuf_failed(&w->names.taken)) {
        return err_nomem(err);
    }
    sheet->ws = workbook_add_worksheet(w->book, w->text.buf);
    if (!sheet->ws) {
        return err_set(err, ERR_OUTPUT, "cannot add the sheet %s", w->text.buf);
    }
    for (size_t i = 0; i < sheet->table->ncolumns; i++) {
        struct view name = view_of(sheet->table->columns[i].name);
        prepare(w, name);
        lxw_error error =
            worksheet_write_string(sheet->ws, 0, (lxw_col_t)i, w->text.buf, w->bold);
        if (error) {
            return fail(error, err);
        }
        sheet->widths[i] = width_of(name) + 3; /* the filter's arrow */
    }
    sheet->next = 1;
    return 0;
}

static lxw_col_t pinned_columns(const struct table *table)
{
    size_t n = table->ncolumns;
    while (n > 0 && !table->columns[n - 1].pinned) {
        n--;
    }
    return (lxw_col_t)n;
}

/* What can only be said once the rows are there. */
static void finish_sheet(struct sheet *sheet)
{
    size_t n = sheet->table->ncolumns;
    for (size_t i = 0; i < n; i++) {
        size_t width = sheet->widths[i] + 1;
        width = width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
        worksheet_set_column(sheet->ws, (lxw_col_t)i, (lxw_col_t)i, (double)width, NULL);
    }
    worksheet_freeze_panes(sheet->ws, 1, pinned_columns(sheet->table));
    if (n) {
        worksheet_autofilter(sheet->ws, 0, 0, sheet->next - 1, (lxw_col_t)(n - 1));
    }
    worksheet_ignore_errors(sheet->ws, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576");
}

static int write_row(struct xlsx_writer *w, struct sheet *sheet,
                     const struct textfsm_cell *cells, struct err *err)
{
    if (sheet->next == LXW_ROW_MAX) {
        finish_sheet(sheet);
        int status = add_sheet(w, sheet, err);
        if (status < 0) {
            return status;
        }
    }
    for (size_t i = 0; i < sheet->table->ncolumns; i++) {
        const struct column *column = &sheet->table->columns[i];
        struct view text = cell_flat(&cells[i], column, w->list_sep, &w->scratch);
        lxw_error error = write_cell(w, sheet, i, text);
        if (error) {
            return fail(error, err);
        }
        if (sheet->next <= WIDTH_ROWS) {
            look_at(sheet, i, text);
        }
    }
    sheet->next++;
    return strbuf_failed(&w->scratch) || strbuf_failed(&w->text) ? err_nomem(err) : 0;
}

static int xlsx_row(struct writer *base, size_t table, const struct textfsm_cell *cells,
                    struct err *err)
{
    struct xlsx_writer *w = (struct xlsx_writer *)base;
    return write_row(w, &w->sheets[table], cells, err);
}

/* ---- The Summary sheet ---------------------------------------------------------------------
 */

/* Kept as kind, then each cell as length and bytes. */
static int xlsx_extra(struct writer *base, enum writer_extra kind,
                      const struct textfsm_cell *cells, struct err *err)
{
    struct xlsx_writer *w = (struct xlsx_writer *)base;
    uint32_t head = kind;
    strbuf_reset(&w->scratch);
    strbuf_add(&w->scratch, &head, sizeof(head));
    for (size_t i = 0; i < extra_tables[kind].ncolumns; i++) {
        strbuf_add(&w->scratch, &cells[i].len, sizeof(cells[i].len));
        strbuf_addview(&w->scratch, cell_view(&cells[i]));
    }
    w->nextras[kind]++;
    return strbuf_failed(&w->scratch) ? err_nomem(err)
                                      : spool_add(&w->extras, strbuf_view(&w->scratch), err);
}

static int next_number(struct spool_cursor *cursor, uint32_t *number, struct err *err)
{
    struct view bytes;
    int status = spool_next(cursor, sizeof(*number), &bytes, err);
    if (status == 0) {
        memcpy(number, bytes.ptr, sizeof(*number));
    }
    return status;
}

/* The next extra, written when it is of the kind wanted. */
static int next_extra(struct xlsx_writer *w, struct spool_cursor *cursor,
                      enum writer_extra kind, struct sheet *sheet, struct err *err)
{
    uint32_t found;
    int status = next_number(cursor, &found, err);
    for (size_t i = 0; status == 0 && i < extra_tables[found].ncolumns; i++) {
        uint32_t len;
        struct view text;
        status = next_number(cursor, &len, err);
        status = status ? status : spool_next(cursor, len, &text, err);
        if (status == 0 && found == kind && sheet->next < LXW_ROW_MAX) {
            lxw_error error = write_cell(w, sheet, i, text);
            status = error ? fail(error, err) : 0;
            look_at(sheet, i, text);
        }
    }
    status = status == 0 && strbuf_failed(&w->text) ? err_nomem(err) : status;
    sheet->next += status == 0 && found == kind && sheet->next < LXW_ROW_MAX;
    return status;
}

static int write_extras(struct xlsx_writer *w, enum writer_extra kind, struct sheet *sheet,
                        struct err *err)
{
    struct spool_cursor cursor;
    spool_seek(&cursor, &w->extras, 0);
    size_t n = w->nextras[EXTRA_ERRORS] + w->nextras[EXTRA_SUMMARY];
    int status = 0;
    for (size_t i = 0; i < n && status == 0; i++) {
        status = next_extra(w, &cursor, kind, sheet, err);
    }
    spool_cursor_release(&cursor);
    return status;
}

static int write_errors(struct xlsx_writer *w, struct sheet *sheet, struct err *err)
{
    if (!w->nextras[EXTRA_ERRORS]) {
        return 0;
    }
    const struct table *errors = &extra_tables[EXTRA_ERRORS];
    sheet->next++; /* a line between */
    for (size_t i = 0; i < errors->ncolumns; i++) {
        struct view name = view_of(errors->columns[i].name);
        worksheet_write_string(sheet->ws, sheet->next, (lxw_col_t)i, name.ptr, w->bold);
        look_at(sheet, i, name);
    }
    sheet->next++;
    return write_extras(w, EXTRA_ERRORS, sheet, err);
}

static int write_summary(struct xlsx_writer *w, struct err *err)
{
    if (!w->nextras[EXTRA_SUMMARY] && !w->nextras[EXTRA_ERRORS]) {
        return 0;
    }
    /* As wide as the errors; the numbers stand in the first two columns. */
    size_t widths[8] = {0};
    bool numeric[8] = {false, true};
    struct column columns[8] = {{0}};
    const struct table table = {"Summary", columns, extra_tables[EXTRA_ERRORS].ncolumns};
    struct sheet sheet = {.table = &table, .widths = widths, .numeric = numeric};
    sheetnames_take(&w->names, view_of(table.name), &w->text);
    sheet.ws = strbuf_failed(&w->text) ? NULL : workbook_add_worksheet(w->book, w->text.buf);
    if (!sheet.ws) {
        return err_nomem(err);
    }
    int status = write_extras(w, EXTRA_SUMMARY, &sheet, err);
    status = status ? status : write_errors(w, &sheet, err);
    for (size_t i = 0; i < table.ncolumns; i++) {
        size_t width = widths[i] + 2 < WIDTH_MOST ? widths[i] + 2 : WIDTH_MOST;
        worksheet_set_column(sheet.ws, (lxw_col_t)i, (lxw_col_t)i, (double)width, NULL);
    }
    return status;
}

/* ---- The end -------------------------------------------------------------------------------
 */

static void tell_cuts(struct xlsx_writer *w)
{
    if (!w->ncut || !w->warn) {
        return;
    }
    char text[160];
    snprintf(
        text, sizeof(text),
        "%zu cells were longer than the %d characters that Excel holds: they are cut and end "
        "in '" CUT_MARK "'",
        w->ncut, CELL_UNITS);
    w->warn(w->user, text);
}

/*
 * The library does not look at the results of writing its temporary files, so this does: that
 * the rows are all there, and that there is room for them once more, in the form they have in
 * the file. *total: how many bytes they take.
 */
static int check_rows(struct xlsx_writer *w, uint64_t *total, struct err *err)
{
    lxw_worksheet *ws;
    *total = 0;
    STAILQ_FOREACH(ws, w->book->worksheets, list_pointers)
    {
        FILE *rows = ws->optimize_tmpfile;
        if (!rows) {
            continue;
        }
        if (fflush(rows) != 0 || ferror(rows)) {
            return fail(LXW_ERROR_CREATING_TMPFILE, err);
        }
        off_t size = ftello(rows);
        *total += size > 0 ? (uint64_t)size : 0;
    }
    struct statvfs room;
    if (statvfs(tempfile_folder(), &room) == 0 &&
        (uint64_t)room.f_bavail * room.f_frsize < *total + MIB(1)) {
        return err_set(
            err, ERR_OUTPUT,
            "no room in %s for the XLSX file's parts, %llu MiB (TMPDIR chooses another "
            "folder)",
            tempfile_folder(), (unsigned long long)(*total >> 20) + 1);
    }
    return 0;
}

static int make_file(struct xlsx_writer *w, struct err *err)
{
    uint64_t total;
    int status = check_rows(w, &total, err);
    if (status < 0) {
        return status;
    }
    w->book->options.use_zip64 = total > ZIP64_BYTES;
    lxw_workbook *book = w->book;
    w->book = NULL; /* closing frees it, whatever comes of it */
    lxw_error error = workbook_close(book);
    return error ? fail(error, err) : 0;
}

static int copy_file(struct xlsx_writer *w, struct err *err)
{
    /* The library made a file of its own at the path. */
    FILE *made = fopen(tempfile_path(w->temp), "rb");
    int status = made ? 0 : fail(LXW_ERROR_CREATING_XLSX_FILE, err);
    char piece[65536];
    for (size_t n = 1; n > 0 && status == 0;) {
        n = fread(piece, 1, sizeof(piece), made);
        strbuf_add(&w->block.buf, piece, n);
        status = block_settle(&w->block, err);
    }
    if (status == 0 && ferror(made)) {
        status = fail(LXW_ERROR_CREATING_XLSX_FILE, err);
    }
    if (made) {
        fclose(made);
    }
    return status ? status : block_flush(&w->block, err);
}

static int xlsx_close(struct writer *base, struct err *err)
{
    struct xlsx_writer *w = (struct xlsx_writer *)base;
    for (size_t i = 0; i < w->ntables; i++) {
        finish_sheet(&w->sheets[i]);
    }
    int status = write_summary(w, err);
    status = status ? status : make_file(w, err);
    status = status ? status : copy_file(w, err);
    if (status == 0) {
        tell_cuts(w);
    }
    xlsx_free(w);
    return status;
}

static void xlsx_abort(struct writer *base)
{
    xlsx_free((struct xlsx_writer *)base);
}

/* ---- The beginning -------------------------------------------------------------------------
 */

/* Excel's own pairs for good, bad and neutral, and two more of their kind. */
static int make_tones(struct xlsx_writer *w, struct err *err)
{
    static const struct {
        lxw_color_t back, text;
    } colors[TONES] = {
        [TONE_GOOD] = {0xC6EFCE, 0x006100}, [TONE_BAD] = {0xFFC7CE, 0x9C0006},
        [TONE_WARN] = {0xFFEB9C, 0x7F4F00}, [TONE_NOTE] = {0xDDEBF7, 0x1F4E78},
        [TONE_DIM] = {0xF2F2F2, 0x666666},
    };
    for (size_t i = TONE_NONE + 1; i < TONES; i++) {
        w->tones[i] = workbook_add_format(w->book);
        if (!w->tones[i]) {
            return err_nomem(err);
        }
        format_set_bg_color(w->tones[i], colors[i].back);
        format_set_font_color(w->tones[i], colors[i].text);
    }
    return 0;
}

static int make_book(struct xlsx_writer *w, struct err *err)
{
    strbuf_reset(&w->text);
    strbuf_addf(&w->text, "%s/xlsx", tempfile_folder());
    w->temp = strbuf_failed(&w->text) ? NULL : tempfile_new(w->text.buf);
    if (!w->temp) {
        return fail(LXW_ERROR_CREATING_TMPFILE, err);
    }
    tempfile_close(w->temp);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE,
                                    .tmpdir = (char *)tempfile_folder()};
    w->book = workbook_new_opt(tempfile_path(w->temp), &options);
    w->bold = w->book ? workbook_add_format(w->book) : NULL;
    if (!w->bold) {
        return err_nomem(err);
    }
    format_set_bold(w->bold);
    return make_tones(w, err);
}

static int prepare_sheet(struct sheet *sheet, const char *numeric, struct err *err)
{
    size_t n = sheet->table->ncolumns;
    sheet->widths = calloc(n + 1, sizeof(*sheet->widths));
    sheet->numeric = calloc(n + 1, sizeof(*sheet->numeric));
    if (!sheet->widths || !sheet->numeric) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        const struct column *column = &sheet->table->columns[i];
        sheet->numeric[i] = column->numeric || writer_names(numeric, column->name);
    }
    return 0;
}

static int make_sheets(struct xlsx_writer *w, const struct table *tables, const char *numeric,
                       struct err *err)
{
    w->sheets = calloc(w->ntables + 1, sizeof(*w->sheets));
    if (!w->sheets) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < w->ntables; i++) {
        w->sheets[i].table = &tables[i];
        int status = prepare_sheet(&w->sheets[i], numeric, err);
        status = status ? status : add_sheet(w, &w->sheets[i], err);
        if (status < 0) {
            return status;
        }
    }
    return 0;
}

static int xlsx_open(struct writer **out, struct sink *sink, const struct table *tables,
                     size_t ntables, const struct writer_options *options, struct err *err)
{
    struct xlsx_writer *w = calloc(1, sizeof(*w));
    if (!w) {
        return err_nomem(err);
    }
    w->base = (struct writer){.format = &format_xlsx,
                              .row = xlsx_row,
                              .extra = xlsx_extra,
                              .close = xlsx_close,
                              .abort = xlsx_abort};
    block_init(&w->block, sink);
    spool_init(&w->extras, LIMIT_SPOOL_BYTES);
    sheetnames_init(&w->names);
    strbuf_init(&w->scratch);
    strbuf_init(&w->text);
    w->ntables = ntables;
    w->list_sep = options->list_sep ? options->list_sep : ";";
    w->warn = options->warn;
    w->user = options->user;
    int status = libxlsxwriter_load(err);
    status = status ? status : make_book(w, err);
    status = status ? status : make_sheets(w, tables, options->numeric, err);
    if (status < 0) {
        xlsx_free(w);
        return status;
    }
    *out = &w->base;
    return 0;
}

#else

static int xlsx_open(struct writer **out, struct sink *sink, const struct table *tables,
                     size_t ntables, const struct writer_options *options, struct err *err)
{
    (void)out, (void)sink, (void)tables, (void)ntables, (void)options;
    return err_set(err, ERR_USAGE,
                   "this collect was built without libxlsxwriter and cannot write XLSX; -f csv "
                   "--excel is what Excel opens right");
}

#endif

const struct format format_xlsx = {
    .name = "xlsx",
    .extensions = "xlsx",
    .help = "a spreadsheet: a sheet a template, every cell text, and a summary",
    .binary = true,
    .open = xlsx_open,
};
