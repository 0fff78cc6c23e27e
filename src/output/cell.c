#include "output/cell.h"

#include "base/bytes.h"
#include "base/utf8.h"

#define BLOCK_BYTES ((size_t)256 << 10)

static void add_dict(struct strbuf *out, const struct textfsm_cell *dict,
                     const struct column *column, int indent);

void cell_add_flat(struct strbuf *out, const struct textfsm_cell *cell,
                   const struct column *column, const char *sep)
{
    if (cell->kind == TEXTFSM_TEXT) {
        strbuf_addview(out, cell_view(cell));
    } else if (cell->kind == TEXTFSM_DICT) {
        add_dict(out, cell, column, -1);
    }
    for (uint32_t i = 0; cell->kind == TEXTFSM_LIST && i < cell->len; i++) {
        strbuf_addstr(out, i ? sep : "");
        cell_add_flat(out, &cell->u.items[i], column, sep);
    }
}

struct view cell_flat(const struct textfsm_cell *cell, const struct column *column,
                      const char *sep, struct strbuf *scratch)
{
    if (cell->kind == TEXTFSM_TEXT) {
        return cell_view(cell);
    }
    strbuf_truncate(scratch, 0); /* not reset: what failed before must stay known */
    cell_add_flat(scratch, cell, column, sep);
    return strbuf_view(scratch);
}

/* ---- JSON -------------------------------------------------------------------------------- */

/* What stands in a JSON string as it is, among ASCII. */
static bool plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

/* How many bytes at the front of text are plain. */
static size_t plain_run(const char *text, size_t len)
{
    size_t i = 0;
    for (; i + sizeof(uint64_t) <= len; i += sizeof(uint64_t)) {
        uint64_t word = bytes_load(text + i);
        if (bytes_not_ascii(word) | bytes_below(word, 0x20) |
            bytes_equal(word, BYTES_EACH('"')) | bytes_equal(word, BYTES_EACH('\\')) |
            bytes_equal(word, BYTES_EACH(0x7F))) {
            break;
        }
    }
    while (i < len && plain((unsigned char)text[i])) {
        i++;
    }
    return i;
}

static bool acts_on_terminals(uint32_t cp)
{
    return (cp >= 0x7F && cp <= 0x9F) || cp == 0x61C || cp == 0x200E || cp == 0x200F ||
           (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
}

static void add_escaped(struct strbuf *out, uint32_t cp)
{
    static const char short_forms[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                       ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};
    if (cp < sizeof(short_forms) && short_forms[cp]) {
        strbuf_add(out, (char[]){'\\', short_forms[cp]}, 2);
    } else {
        strbuf_addf(out, "\\u%04x", (unsigned)cp);
    }
}

/* Appends the character at text[at], which is not plain; returns its length in text. */
static size_t add_special(struct strbuf *out, struct view text, size_t at)
{
    uint32_t cp;
    size_t n = utf8_decode(view_slice(text, at, text.len), &cp);
    if (cp == UTF8_INVALID) {
        strbuf_addstr(out, "\xEF\xBF\xBD");
    } else if (cp < 0x80 || acts_on_terminals(cp)) {
        add_escaped(out, cp);
    } else {
        strbuf_add(out, text.ptr + at, n);
    }
    return n;
}

/* The rest of a string whose first bytes, up to `from`, stand there already. */
static void add_string_rest(struct strbuf *out, struct view text, size_t from)
{
    while (from < text.len) {
        from += add_special(out, text, from);
        size_t run = plain_run(text.ptr + from, text.len - from);
        strbuf_add(out, text.ptr + from, run);
        from += run;
    }
}

void json_add_string(struct strbuf *out, struct view text)
{
    if (out->size - out->len < text.len + 3 && !strbuf_grow(out, text.len + 2)) {
        return;
    }
    size_t run = plain_run(text.ptr, text.len);
    char *at = out->buf + out->len;
    *at++ = '"';
    if (run) {
        memcpy(at, text.ptr, run);
    }
    out->len += run + 1;
    add_string_rest(out, text, run);
    strbuf_addch(out, '"');
}

static void add_break(struct strbuf *out, int indent)
{
    if (indent >= 0) {
        strbuf_addch(out, '\n');
        strbuf_addchars(out, ' ', 2 * (size_t)indent);
    }
}

static int deeper(int indent)
{
    return indent < 0 ? indent : indent + 1;
}

static void add_item(struct strbuf *out, const struct textfsm_cell *cell,
                     const struct column *column, int indent)
{
    if (cell->kind == TEXTFSM_TEXT) {
        json_add_string(out, cell_view(cell));
    } else if (cell->kind == TEXTFSM_DICT) {
        add_dict(out, cell, column, indent);
    } else {
        strbuf_addstr(out, "null");
    }
}

static void add_dict(struct strbuf *out, const struct textfsm_cell *dict,
                     const struct column *column, int indent)
{
    strbuf_addch(out, '{');
    uint32_t n = dict->len < column->nkeys ? dict->len : column->nkeys;
    for (uint32_t i = 0; i < n; i++) {
        if (i) {
            strbuf_addch(out, ',');
        }
        add_break(out, deeper(indent));
        json_add_string(out, view_of(column->keys[i]));
        strbuf_addstr(out, indent < 0 ? ":" : ": ");
        add_item(out, &dict->u.items[i], column, deeper(indent));
    }
    if (n) {
        add_break(out, indent);
    }
    strbuf_addch(out, '}');
}

static void add_list(struct strbuf *out, const struct textfsm_cell *items, uint32_t n,
                     const struct column *column, int indent)
{
    strbuf_addch(out, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (i) {
            strbuf_addch(out, ',');
        }
        add_break(out, deeper(indent));
        add_item(out, &items[i], column, deeper(indent));
    }
    if (n) {
        add_break(out, indent);
    }
    strbuf_addch(out, ']');
}

void json_add_cell(struct strbuf *out, const struct textfsm_cell *cell,
                   const struct column *column, int indent)
{
    if (cell->kind == TEXTFSM_LIST) {
        add_list(out, cell->u.items, cell->len, column, indent);
    } else if (column->list) {
        add_list(out, cell, cell->len > 0, column, indent);
    } else {
        add_item(out, cell, column, indent);
    }
}

/* ---- Blocks ------------------------------------------------------------------------------ */

void block_init(struct block *block, struct sink *sink)
{
    strbuf_init(&block->buf);
    block->sink = sink;
}

void block_release(struct block *block)
{
    strbuf_release(&block->buf);
}

int block_flush(struct block *block, struct err *err)
{
    if (strbuf_failed(&block->buf)) {
        return err_nomem(err);
    }
    if (block->buf.len == 0) {
        return 0;
    }
    int status = block->sink->write(block->sink, block->buf.buf, block->buf.len, err);
    strbuf_reset(&block->buf);
    return status;
}

int block_settle(struct block *block, struct err *err)
{
    if (block->buf.len < BLOCK_BYTES && !strbuf_failed(&block->buf)) {
        return 0;
    }
    return block_flush(block, err);
}
