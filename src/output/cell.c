#include "output/cell.h"

#include "base/utf8.h"

#define BLOCK_BYTES ((size_t)256 << 10)

static void add_dict(struct strbuf *out, const struct textfsm_cell *dict,
                     const struct column *column, int indent);

struct view cell_item_flat(const struct textfsm_cell *item, const struct column *column,
                           struct strbuf *scratch)
{
    if (item->kind == TEXTFSM_TEXT) {
        return cell_view(item);
    }
    strbuf_reset(scratch);
    if (item->kind == TEXTFSM_DICT) {
        add_dict(scratch, item, column, -1);
    }
    return strbuf_view(scratch);
}

struct view cell_flat(const struct textfsm_cell *cell, const struct column *column,
                      const char *sep, struct strbuf *scratch)
{
    if (cell->kind != TEXTFSM_LIST) {
        return cell_item_flat(cell, column, scratch);
    }
    if (cell->len == 1 && cell->u.items[0].kind == TEXTFSM_TEXT) {
        return cell_view(&cell->u.items[0]);
    }
    strbuf_reset(scratch);
    for (uint32_t i = 0; i < cell->len; i++) {
        const struct textfsm_cell *item = &cell->u.items[i];
        if (i) {
            strbuf_addstr(scratch, sep);
        }
        if (item->kind == TEXTFSM_TEXT) {
            strbuf_addview(scratch, cell_view(item));
        } else if (item->kind == TEXTFSM_DICT) {
            add_dict(scratch, item, column, -1);
        }
    }
    return strbuf_view(scratch);
}

/* ---- JSON -------------------------------------------------------------------------------- */

/* What stands in a JSON string as it is, among ASCII. */
static const unsigned char plain[256] = {
    [' '] = 1, ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1, ['&'] = 1, ['\''] = 1, ['('] = 1,
    [')'] = 1, ['*'] = 1, ['+'] = 1, [','] = 1, ['-'] = 1, ['.'] = 1, ['/'] = 1,  ['0'] = 1,
    ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1,  ['8'] = 1,
    ['9'] = 1, [':'] = 1, [';'] = 1, ['<'] = 1, ['='] = 1, ['>'] = 1, ['?'] = 1,  ['@'] = 1,
    ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1,  ['H'] = 1,
    ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1, ['O'] = 1,  ['P'] = 1,
    ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1, ['W'] = 1,  ['X'] = 1,
    ['Y'] = 1, ['Z'] = 1, ['['] = 1, [']'] = 1, ['^'] = 1, ['_'] = 1, ['`'] = 1,  ['a'] = 1,
    ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1,  ['i'] = 1,
    ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1,  ['q'] = 1,
    ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1,  ['y'] = 1,
    ['z'] = 1, ['{'] = 1, ['|'] = 1, ['}'] = 1, ['~'] = 1,
};

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

void json_add_string(struct strbuf *out, struct view text)
{
    strbuf_addch(out, '"');
    size_t i = 0;
    while (i < text.len) {
        size_t start = i;
        while (i < text.len && plain[(unsigned char)text.ptr[i]]) {
            i++;
        }
        strbuf_add(out, text.ptr + start, i - start);
        if (i < text.len) {
            i += add_special(out, text, i);
        }
    }
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
