#include "base/csv.h"

#include "base/bytes.h"
#include "base/limits.h"

#include <csv.h>
#include <stdlib.h>

bool csv_delimiter_ok(char c)
{
    return c != '"' && c != '\r' && c != '\n' && c != ' ' && c > 0 && (unsigned char)c < 0x7F;
}

void csv_style_init(struct csv_style *style, char delimiter, bool crlf)
{
    *style = (struct csv_style){.delimiter = delimiter, .crlf = crlf};
    style->special[(unsigned char)delimiter] = true;
    style->special['"'] = style->special['\r'] = style->special['\n'] = true;
}

/* Whether one of eight bytes may be special: CR and LF are not the only ones below the blank.
 */
static bool suspicious(uint64_t word, uint64_t delimiters)
{
    return bytes_below(word, ' ') | bytes_equal(word, BYTES_EACH('"')) |
           bytes_equal(word, delimiters);
}

/* Likewise of all bytes from 8 on: by words, of which the last overlaps the one before. */
static bool suspicious_text(const char *at, size_t len, uint64_t delimiters)
{
    size_t last = len - sizeof(uint64_t);
    for (size_t i = 0; i < last; i += sizeof(uint64_t)) {
        if (suspicious(bytes_load(at + i), delimiters)) {
            return true;
        }
    }
    return suspicious(bytes_load(at + last), delimiters);
}

static bool has_special(const struct csv_style *style, const char *at, size_t len)
{
    if (len >= sizeof(uint64_t) && !suspicious_text(at, len, BYTES_EACH(style->delimiter))) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (style->special[(unsigned char)at[i]]) {
            return true;
        }
    }
    return false;
}

static bool blank_edge(char c)
{
    return c == ' ' || c == '\t';
}

static bool needs_quotes(const struct csv_style *style, struct view cell)
{
    return blank_edge(cell.ptr[0]) || blank_edge(cell.ptr[cell.len - 1]) ||
           has_special(style, cell.ptr, cell.len);
}

/* Room for the record however much of it must be quoted. */
static size_t most(const struct view *cells, size_t ncells)
{
    size_t sum = 4;
    for (size_t i = 0; i < ncells; i++) {
        sum += cells[i].len * 2 + 3;
    }
    return sum;
}

void csv_add_record(const struct csv_style *style, struct strbuf *out, const struct view *cells,
                    size_t ncells)
{
    if (!strbuf_grow(out, most(cells, ncells))) {
        return;
    }
    char *at = out->buf + out->len;
    for (size_t i = 0; i < ncells; i++) {
        struct view cell = cells[i];
        if (i) {
            *at++ = style->delimiter;
        }
        if (cell.len == 0) {
            continue;
        }
        if (needs_quotes(style, cell)) {
            at += csv_write2(at, cell.len * 2 + 2, cell.ptr, cell.len, '"');
        } else {
            memcpy(at, cell.ptr, cell.len);
            at += cell.len;
        }
    }
    out->len = (size_t)(at - out->buf);
    if (ncells == 1 && cells[0].len == 0) {
        strbuf_addstr(out, "\"\"");
    }
    strbuf_addstr(out, style->crlf ? "\r\n" : "\n");
}

/* ---- reading ----------------------------------------------------------------------------- */

struct reader {
    const char *path;
    csv_record_fn *on_record;
    void *user;
    struct err *err;
    int status;
    int line;            /* where the record under way starts */
    bool ended;          /* the library ended a record in this line */
    struct strbuf bytes; /* of the record's fields, each followed by NUL */
    struct view *fields;
    size_t nfields, size;
};

static int add_field(struct reader *r)
{
    if (r->nfields == LIMIT_CSV_FIELDS) {
        return err_set_at(r->err, ERR_LIMIT, r->line, 0,
                          "%s:%d: more than %d fields in a record", r->path, r->line,
                          LIMIT_CSV_FIELDS);
    }
    if (r->nfields < r->size) {
        return 0;
    }
    size_t size = r->size ? r->size * 2 : 16;
    struct view *fields = realloc(r->fields, size * sizeof(*fields));
    if (!fields) {
        return err_nomem(r->err);
    }
    r->fields = fields;
    r->size = size;
    return 0;
}

/* Fields keep only their lengths until the record ends: the buffer may still move. */
static void on_field(void *bytes, size_t len, void *user)
{
    struct reader *r = user;
    if (r->status < 0 || (r->status = add_field(r)) < 0) {
        return;
    }
    strbuf_add(&r->bytes, bytes, len);
    strbuf_addch(&r->bytes, '\0');
    r->fields[r->nfields++].len = len;
}

static void on_end(int terminator, void *user)
{
    (void)terminator;
    struct reader *r = user;
    r->ended = true;
    if (r->status < 0) {
        return;
    }
    if (strbuf_failed(&r->bytes)) {
        r->status = err_nomem(r->err);
        return;
    }
    const char *at = r->bytes.buf;
    for (size_t i = 0; i < r->nfields; i++) {
        r->fields[i].ptr = at;
        at += r->fields[i].len + 1;
    }
    r->status = r->on_record(r->user, r->fields, r->nfields, r->line, r->err);
    r->nfields = 0;
    strbuf_reset(&r->bytes);
}

/* The next line with its end: LF, CR LF, or a CR alone. */
static struct view next_line(struct view text)
{
    for (size_t i = 0; i < text.len; i++) {
        bool cr_alone = text.ptr[i] == '\r' && !(i + 1 < text.len && text.ptr[i + 1] == '\n');
        if (text.ptr[i] == '\n' || cr_alone) {
            return view_slice(text, 0, i + 1);
        }
    }
    return text;
}

static int bad_csv(const struct reader *r, struct csv_parser *parser)
{
    if (csv_error(parser) != CSV_EPARSE) {
        return err_nomem(r->err);
    }
    return err_set_at(r->err, ERR_INPUT, r->line, 0,
                      "%s:%d: not CSV: a quote that is not doubled inside a field, or a field "
                      "whose closing quote is missing",
                      r->path, r->line);
}

static bool blank(struct view line, char delimiter)
{
    return view_trim(line).len == 0 && !memchr(line.ptr, delimiter, line.len);
}

static int feed(struct reader *r, struct csv_parser *parser, struct view text)
{
    bool middle = false;
    for (int line = 1; text.len && r->status == 0; line++) {
        struct view piece = next_line(text);
        text = view_slice(text, piece.len, text.len);
        if (!middle) {
            r->line = line;
            if (blank(piece, (char)csv_get_delim(parser))) {
                continue;
            }
        }
        r->ended = false;
        if (csv_parse(parser, piece.ptr, piece.len, on_field, on_end, r) != piece.len) {
            return r->status ? r->status : bad_csv(r, parser);
        }
        middle = !r->ended;
    }
    if (r->status == 0 && csv_fini(parser, on_field, on_end, r) != 0) {
        return bad_csv(r, parser);
    }
    return r->status;
}

int csv_read(struct view text, const char *path, char delimiter, csv_record_fn *on_record,
             void *user, struct err *err)
{
    if (text.len > LIMIT_CSV_BYTES) {
        return err_set(err, ERR_LIMIT, "%s: larger than %zu MiB", path, LIMIT_CSV_BYTES >> 20);
    }
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        return err_nomem(err);
    }
    csv_set_delim(&parser, (unsigned char)delimiter);
    struct reader reader = {.path = path, .on_record = on_record, .user = user, .err = err};
    strbuf_init(&reader.bytes);
    if (view_starts(text, VIEW("\xEF\xBB\xBF"))) {
        text = view_slice(text, 3, text.len);
    }
    int status = feed(&reader, &parser, text);
    strbuf_release(&reader.bytes);
    free(reader.fields);
    csv_free(&parser);
    return status;
}
