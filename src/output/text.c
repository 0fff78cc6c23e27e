/*
 * Text: raw outputs for people, under a banner for each host. Every byte of an output is
 * written as it came, but for a terminal, which gets it made safe.
 *
 *     === r1 (cisco_ios) ===
 *     --- show clock
 *     10:20:30.123 UTC Mon Nov 23 2026
 */
#include "base/vis.h"
#include "output/cell.h"
#include "output/formats.h"

#include <stdlib.h>

enum { HOST, PLATFORM, COMMAND, COLLECTED_AT, OUTPUT };

struct text_writer {
    struct writer base;
    struct block block;
    struct strbuf host; /* of the banner that was written last */
    bool any;
    bool tty, color;
};

static void text_free(struct text_writer *w)
{
    block_release(&w->block);
    strbuf_release(&w->host);
    free(w);
}

/* Names stand on one line of their own; they are escaped everywhere, so that a banner is one.
 */
static void add_heading(struct text_writer *w, const char *before, struct view name,
                        struct view more, const char *after)
{
    struct strbuf *out = &w->block.buf;
    strbuf_addstr(out, w->color ? "\033[1m" : "");
    strbuf_addstr(out, before);
    vis_add(out, name, VIS_LINE);
    if (more.len) {
        strbuf_addstr(out, " (");
        vis_add(out, more, VIS_LINE);
        strbuf_addch(out, ')');
    }
    strbuf_addstr(out, after);
    strbuf_addstr(out, w->color ? "\033[0m\n" : "\n");
}

static int text_row(struct writer *base, size_t table, const struct textfsm_cell *cells,
                    struct err *err)
{
    struct text_writer *w = (struct text_writer *)base;
    (void)table;
    struct strbuf *out = &w->block.buf;
    struct view host = cell_view(&cells[HOST]), output = cell_view(&cells[OUTPUT]);
    if (!w->any || !view_equal(host, strbuf_view(&w->host))) {
        strbuf_addstr(out, w->any ? "\n" : "");
        add_heading(w, "=== ", host, cell_view(&cells[PLATFORM]), " ===");
        strbuf_reset(&w->host);
        strbuf_addview(&w->host, host);
        w->any = true;
    }
    add_heading(w, "--- ", cell_view(&cells[COMMAND]), VIEW_NONE, "");
    if (w->tty) {
        vis_add(out, output, VIS_NEWLINE | VIS_TAB);
    } else {
        strbuf_addview(out, output);
    }
    if (output.len && output.ptr[output.len - 1] != '\n') {
        strbuf_addch(out, '\n');
    }
    return strbuf_failed(&w->host) ? err_nomem(err) : block_settle(&w->block, err);
}

static int text_flush(struct writer *base, struct err *err)
{
    return block_flush(&((struct text_writer *)base)->block, err);
}

static int text_close(struct writer *base, struct err *err)
{
    int status = text_flush(base, err);
    text_free((struct text_writer *)base);
    return status;
}

static void text_abort(struct writer *base)
{
    text_free((struct text_writer *)base);
}

static int text_open(struct writer **out, struct sink *sink, const struct table *tables,
                     size_t ntables, const struct writer_options *options, struct err *err)
{
    (void)tables, (void)ntables;
    struct text_writer *w = calloc(1, sizeof(*w));
    if (!w) {
        return err_nomem(err);
    }
    w->base = (struct writer){.format = &format_text,
                              .row = text_row,
                              .flush = text_flush,
                              .close = text_close,
                              .abort = text_abort};
    block_init(&w->block, sink);
    strbuf_init(&w->host);
    w->tty = options->tty;
    w->color = options->color;
    *out = &w->base;
    return 0;
}

const struct format format_text = {
    .name = "text",
    .extensions = "txt",
    .help = "each command's output as it came, under a banner for each host",
    .raw = true,
    .terminal = true,
    .open = text_open,
};
