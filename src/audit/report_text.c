#include "audit/report_text.h"

#include "base/vis.h"
#include "output/width.h"

const char *const text_verdict_colors[VERDICTS] = {
    [VERDICT_FAIL] = "\033[31m", [VERDICT_ERROR] = "\033[35m", [VERDICT_WAIVED] = "\033[36m",
    [VERDICT_PASS] = "\033[32m", [VERDICT_SKIP] = TEXT_DIM,
};

void text_colored(struct text *t, const char *color, struct view text)
{
    bool colored = t->options->color && *color;
    strbuf_addstr(&t->block.buf, colored ? color : "");
    strbuf_addview(&t->block.buf, text);
    strbuf_addstr(&t->block.buf, colored ? TEXT_END : "");
}

size_t text_fitted(struct text *t, const char *color, const char *foreign, size_t used)
{
    strbuf_truncate(&t->line, 0); /* a failure stays known */
    vis_add(&t->line, view_of(foreign), VIS_LINE);
    struct view text = strbuf_view(&t->line);
    size_t width = width_of(text), room = t->options->width;
    if (room == 0 || used + width <= room) {
        text_colored(t, color, text);
        return width;
    }
    if (used + 1 >= room) {
        return 0;
    }
    strbuf_truncate(&t->line, width_fit(text, room - used - 1));
    strbuf_addstr(&t->line, "\xE2\x80\xA6");
    text_colored(t, color, strbuf_view(&t->line));
    return room - used;
}

/* The bytes at the front of text that make a line: whole words as far as they fit. */
static size_t line_of_words(struct view text, size_t room)
{
    size_t fit = width_fit(text, room);
    if (fit == text.len) {
        return fit;
    }
    size_t at = fit;
    while (at > 0 && text.ptr[at] != ' ') {
        at--;
    }
    return at ? at : fit ? fit : text.len;
}

/* A line of text, wrapped; the first line stands behind `used` columns, the others under it. */
static void wrap_line(struct text *t, size_t used, struct view foreign)
{
    strbuf_truncate(&t->line, 0);
    vis_add(&t->line, foreign, VIS_LINE);
    struct view rest = strbuf_view(&t->line);
    size_t width = t->options->width;
    size_t room = width > used + TEXT_LEAST ? width - used : width ? TEXT_LEAST : SIZE_MAX;
    for (bool first = true; first || rest.len; first = false) {
        size_t n = line_of_words(rest, room);
        strbuf_addchars(&t->block.buf, ' ', first ? 0 : used);
        strbuf_addview(&t->block.buf, view_slice(rest, 0, n));
        strbuf_addch(&t->block.buf, '\n');
        rest = view_slice(rest, n + strspn(rest.ptr + n, " "), rest.len);
    }
}

void text_wrapped(struct text *t, size_t used, const char *foreign)
{
    size_t indent = 0;
    const char *p = foreign;
    do {
        size_t n = strcspn(p, "\n");
        strbuf_addchars(&t->block.buf, ' ', indent);
        wrap_line(t, used, view_make(p, n));
        p += n + (p[n] == '\n');
        indent = used;
    } while (*p);
}
