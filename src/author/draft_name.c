/* Names of columns, and what a device wrote as a rule's text. */
#include "author/draft_part.h"

#include "author/usual.h"

#include <ctype.h>
#include <stdlib.h>

#define NAME_BYTES 48

/* "Serial No." -> "serial_no", "5Min" -> "n_5min", "Switch#" -> "switch_number" */
static void plain_name(struct strbuf *out, struct view header)
{
    for (size_t i = 0; i < header.len && out->len < NAME_BYTES; i++) {
        unsigned char c = (unsigned char)header.ptr[i];
        if (isalnum(c) && c < 0x80) {
            if (out->len == 0 && isdigit(c)) {
                strbuf_addstr(out, "n_");
            }
            strbuf_addch(out, (char)tolower(c));
            continue;
        }
        if (out->len > 0 && out->buf[out->len - 1] != '_') {
            strbuf_addch(out, '_');
        }
        if (c == '#') {
            strbuf_addstr(out, "number");
        }
    }
    while (out->len > 0 && out->buf[out->len - 1] == '_') {
        strbuf_truncate(out, out->len - 1);
    }
}

static bool is_taken(const char *name, const char *const *names, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

const char *draft_name(struct arena *arena, struct view header, const char *const *names,
                       unsigned n)
{
    struct strbuf plain = STRBUF_INIT, usual = STRBUF_INIT;
    char *name = NULL;
    plain_name(&plain, header);
    const char *whole = usual_word(strbuf_view(&plain));
    if (whole) {
        strbuf_addstr(&usual, whole);
    } else {
        usual_words(&usual, plain.buf);
    }
    if (!strbuf_failed(&plain) && !strbuf_failed(&usual)) {
        name = usual.len > 0 ? arena_dup(arena, strbuf_view(&usual))
                             : arena_printf(arena, "column_%u", n + 1);
    }
    for (char *p = name; p && *p; p++) {
        *p = (char)toupper((unsigned char)*p);
    }
    const char *once = name;
    for (unsigned i = 2; once && is_taken(once, names, n); i++) {
        once = arena_printf(arena, "%s_%u", name, i);
    }
    strbuf_release(&usual);
    strbuf_release(&plain);
    return once;
}

void draft_literal(struct strbuf *out, struct view text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ' ' || c == '\t') {
            strbuf_addstr(out, "\\s+");
            while (i + 1 < text.len && (text.ptr[i + 1] == ' ' || text.ptr[i + 1] == '\t')) {
                i++;
            }
        } else if (c == '$') {
            strbuf_addstr(out, "\\$$");
        } else {
            if (c != '\0' && strchr("\\.^*+?()[]{}|", c)) {
                strbuf_addch(out, '\\');
            }
            strbuf_addch(out, c);
        }
    }
}
