#include "store/jsonlist.h"

#include "base/utf8.h"

struct reader {
    const char *at, *end;
    struct arena *arena;
};

static char peek(const struct reader *r)
{
    return r->at < r->end ? *r->at : '\0';
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end &&
           (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r')) {
        r->at++;
    }
}

static bool take(struct reader *r, char c)
{
    skip_blanks(r);
    if (peek(r) != c) {
        return false;
    }
    r->at++;
    return true;
}

static bool read_hex4(struct reader *r, uint32_t *out)
{
    if (r->end - r->at < 4) {
        return false;
    }
    uint32_t n = 0;
    for (int i = 0; i < 4; i++) {
        char c = *r->at++;
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit > 15) {
            return false;
        }
        n = n << 4 | digit;
    }
    *out = n;
    return true;
}

static bool read_unicode(struct reader *r, char **to)
{
    uint32_t cp, low;
    if (!read_hex4(r, &cp)) {
        return false;
    }
    if (cp >= 0xD800 && cp <= 0xDBFF) {
        if (r->end - r->at < 6 || r->at[0] != '\\' || r->at[1] != 'u') {
            return false;
        }
        r->at += 2;
        if (!read_hex4(r, &low) || low < 0xDC00 || low > 0xDFFF) {
            return false;
        }
        cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
    } else if (cp >= 0xDC00 && cp <= 0xDFFF) {
        return false;
    }
    *to += utf8_encode(cp, *to);
    return true;
}

static bool read_escape(struct reader *r, char **to)
{
    static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (r->at == r->end) {
        return false;
    }
    char c = *r->at++;
    if (c == 'u') {
        return read_unicode(r, to);
    }
    const char *name = c ? strchr(names, c) : NULL;
    if (name) {
        *(*to)++ = meant[name - names];
    }
    return name != NULL;
}

/* The closing quote of a string whose first character is at from, or NULL. */
static const char *string_end(const char *from, const char *end)
{
    for (const char *c = from; c < end; c++) {
        if (*c == '"') {
            return c;
        }
        if (*c == '\\') {
            c++;
        }
    }
    return NULL;
}

static bool read_string(struct reader *r, struct textfsm_cell *cell)
{
    const char *end = take(r, '"') ? string_end(r->at, r->end) : NULL;
    char *text = end ? arena_get(r->arena, (size_t)(end - r->at) + 1) : NULL;
    if (!text) {
        return false;
    }
    char *to = text;
    while (r->at < end) {
        char c = *r->at++;
        if (c != '\\') {
            *to++ = c;
        } else if (!read_escape(r, &to)) {
            return false;
        }
    }
    r->at = end + 1;
    *cell = (struct textfsm_cell){TEXTFSM_TEXT, (uint32_t)(to - text), {.text = text}};
    return true;
}

static bool read_plain(struct reader *r, struct textfsm_cell *cell)
{
    skip_blanks(r);
    if (r->end - r->at >= 4 && memcmp(r->at, "null", 4) == 0) {
        r->at += 4;
        *cell = (struct textfsm_cell){TEXTFSM_NULL, 0, {NULL}};
        return true;
    }
    return read_string(r, cell);
}

/* How many items the collection has at the most whose first item is at r->at. */
static size_t most_items(const struct reader *r)
{
    size_t n = 1, depth = 0;
    for (const char *c = r->at; c && c < r->end; c++) {
        if (*c == '"') {
            c = string_end(c + 1, r->end);
            if (!c) {
                break;
            }
        } else if (*c == '[' || *c == '{') {
            depth++;
        } else if (*c == ']' || *c == '}') {
            if (depth-- == 0) {
                break;
            }
        } else if (*c == ',' && depth == 0) {
            n++;
        }
    }
    return n;
}

static bool read_member(struct reader *r, struct textfsm_cell *value)
{
    struct textfsm_cell key;
    return read_string(r, &key) && take(r, ':') && read_plain(r, value);
}

/* item[, item...]close: how many there were, -1 for anything else. */
static long read_items(struct reader *r, char close, struct textfsm_cell *items,
                       bool (*read_one)(struct reader *, struct textfsm_cell *))
{
    long n = 0;
    if (take(r, close)) {
        return 0;
    }
    do {
        if (!read_one(r, &items[n])) {
            return -1;
        }
        n++;
    } while (take(r, ','));
    return take(r, close) ? n : -1;
}

static bool read_collection(struct reader *r, enum textfsm_kind kind, char close,
                            bool (*read_one)(struct reader *, struct textfsm_cell *),
                            struct textfsm_cell *cell)
{
    struct textfsm_cell *items = arena_array(r->arena, most_items(r), sizeof(*items));
    long n = items ? read_items(r, close, items, read_one) : -1;
    *cell = (struct textfsm_cell){kind, (uint32_t)(n < 0 ? 0 : n), {.items = items}};
    return n >= 0;
}

static bool read_item(struct reader *r, struct textfsm_cell *cell)
{
    if (take(r, '{')) {
        return read_collection(r, TEXTFSM_DICT, '}', read_member, cell);
    }
    return read_plain(r, cell);
}

bool json_list_read(struct view text, struct arena *arena, struct textfsm_cell *cell)
{
    struct reader r = {text.ptr, text.ptr + text.len, arena};
    if (!take(&r, '[') || !read_collection(&r, TEXTFSM_LIST, ']', read_item, cell)) {
        return false;
    }
    skip_blanks(&r);
    return r.at == r.end;
}
