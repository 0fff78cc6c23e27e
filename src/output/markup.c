#include "output/markup.h"

#include "base/vis.h"

struct stand_in {
    const char *text;
    size_t len; /* bytes that it stands for */
};

/* U+FFFE and U+FFFF are no characters to XML. */
static struct stand_in stand_in_for_none(const char *text, size_t end)
{
    bool none = end >= 3 && text[end - 2] == '\xBF' && text[end - 3] == '\xEF';
    const char *instead = text[end - 1] == '\xBE' ? "\\u{fffe}" : "\\u{ffff}";
    return none ? (struct stand_in){instead, 3} : (struct stand_in){NULL, 1};
}

/* What stands for the character that ends before text[end]; its text is NULL when that may
 * stay. */
static struct stand_in stand_in(const char *text, size_t end, bool attribute)
{
    static const char *const always[256] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};
    unsigned char c = (unsigned char)text[end - 1];
    if (c == 0xBE || c == 0xBF) {
        return stand_in_for_none(text, end);
    }
    if (attribute && (c == '\n' || c == '\t')) {
        return (struct stand_in){c == '\n' ? "&#10;" : "&#9;", 1};
    }
    return (struct stand_in){always[c], 1};
}

static size_t growth(const char *text, size_t len, bool attribute)
{
    size_t more = 0;
    for (size_t end = len; end > 0;) {
        struct stand_in in = stand_in(text, end, attribute);
        more += in.text ? strlen(in.text) - in.len : 0;
        end -= in.len;
    }
    return more;
}

/* From the end to the front, in place: what is to be moved is moved once. */
static void add(struct strbuf *out, struct view text, bool attribute)
{
    size_t start = out->len;
    vis_add(out, text, VIS_NEWLINE | VIS_TAB);
    size_t len = out->len - start, more = growth(out->buf + start, len, attribute);
    if (more == 0 || !strbuf_grow(out, more)) {
        return;
    }
    char *bytes = out->buf + start;
    out->len += more;
    bytes[len + more] = '\0';
    for (size_t from = len, to = len + more; from > 0 && from < to;) {
        struct stand_in in = stand_in(bytes, from, attribute);
        size_t size = in.text ? strlen(in.text) : in.len;
        from -= in.len;
        to -= size;
        memmove(bytes + to, in.text ? in.text : bytes + from, size);
    }
}

void markup_add(struct strbuf *out, struct view text)
{
    add(out, text, false);
}

void markup_add_attribute(struct strbuf *out, struct view text)
{
    add(out, text, true);
}
