#include "output/sheetname.h"

#include "base/utf8.h"

#include <stdio.h>
#include <strings.h>

void sheetnames_init(struct sheetnames *names)
{
    strbuf_init(&names->taken);
}

void sheetnames_release(struct sheetnames *names)
{
    strbuf_release(&names->taken);
}

static bool taken(const struct sheetnames *names, const char *name)
{
    for (size_t at = 0; at < names->taken.len; at += strlen(names->taken.buf + at) + 1) {
        if (strcasecmp(names->taken.buf + at, name) == 0) {
            return true;
        }
    }
    return strcasecmp(name, "History") == 0;
}

static bool illegal(uint32_t cp)
{
    return cp < 0x20 || cp == 0x7F || cp == UTF8_INVALID || cp == 0xFFFE || cp == 0xFFFF ||
           (cp < 0x80 && strchr("[]:*?/\\", (int)cp));
}

/* As much of wanted as fits into units, legal characters only. */
static void add_legal(struct strbuf *out, struct view wanted, size_t units)
{
    for (size_t used = 0; wanted.len;) {
        uint32_t cp;
        size_t n = utf8_decode(wanted, &cp);
        used += cp != UTF8_INVALID && cp > 0xFFFF ? 2 : 1;
        if (used > units) {
            break;
        }
        bool edge = cp == '\'' && (out->len == 0 || used == units || n == wanted.len);
        if (edge || illegal(cp)) {
            strbuf_addch(out, '_');
        } else {
            strbuf_addview(out, view_slice(wanted, 0, n));
        }
        wanted = view_slice(wanted, n, wanted.len);
    }
    if (out->len == 0) {
        strbuf_addch(out, '_');
    }
}

void sheetnames_take(struct sheetnames *names, struct view wanted, struct strbuf *out)
{
    for (int i = 1;; i++) {
        char tail[16] = "";
        if (i > 1) {
            snprintf(tail, sizeof(tail), " (%d)", i);
        }
        strbuf_reset(out);
        add_legal(out, wanted, SHEETNAME_UNITS - strlen(tail));
        strbuf_addstr(out, tail);
        if (strbuf_failed(out) || !taken(names, out->buf)) {
            break;
        }
    }
    strbuf_add(&names->taken, out->buf, out->len + 1);
}
