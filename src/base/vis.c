#include "base/vis.h"

#include "base/utf8.h"

/* U+061C, U+200E..F, U+202A..E, U+2066..9 reorder the text around them (CVE-2021-42574). */
static bool reorders(uint32_t cp)
{
    return cp == 0x61C || cp == 0x200E || cp == 0x200F || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2066 && cp <= 0x2069);
}

static bool shown_as_is(uint32_t cp, unsigned flags)
{
    if (cp == '\n') {
        return flags & VIS_NEWLINE;
    }
    if (cp == '\t') {
        return flags & VIS_TAB;
    }
    return cp >= 0x20 && cp != 0x7F && !(cp >= 0x80 && cp <= 0x9F) && !reorders(cp) &&
           cp != 0x2028 && cp != 0x2029;
}

static void add_escape(struct strbuf *out, uint32_t cp, unsigned char byte)
{
    if (cp == UTF8_INVALID) {
        strbuf_addf(out, "\\x%02x", byte);
    } else if (cp == '\n') {
        strbuf_addstr(out, "\\n");
    } else if (cp == '\r') {
        strbuf_addstr(out, "\\r");
    } else if (cp == '\t') {
        strbuf_addstr(out, "\\t");
    } else if (cp < 0x100) {
        strbuf_addf(out, "\\x%02x", (unsigned)cp);
    } else {
        strbuf_addf(out, "\\u{%x}", (unsigned)cp);
    }
}

void vis_add(struct strbuf *out, struct view text, unsigned flags)
{
    size_t start = 0;
    for (size_t i = 0; i < text.len;) {
        uint32_t cp;
        size_t n = utf8_decode(view_slice(text, i, text.len), &cp);
        if (cp == UTF8_INVALID || !shown_as_is(cp, flags)) {
            strbuf_addview(out, view_slice(text, start, i));
            add_escape(out, cp, (unsigned char)text.ptr[i]);
            start = i + n;
        }
        i += n;
    }
    strbuf_addview(out, view_slice(text, start, text.len));
}
