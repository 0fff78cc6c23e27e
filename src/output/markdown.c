/*
 * Markdown: GitHub's tables, one a table, for tickets, wikis and chats. Everything that
 * Markdown or HTML would act on is escaped; list items and lines are separated by <br>.
 */
#include "base/vis.h"
#include "output/formats.h"
#include "output/sections.h"

#include <stdlib.h>

struct markdown_writer {
    struct writer base;
    struct block block;
    const struct table *tables;
    size_t ntables;
    const char *list_sep;     /* NULL: lines of their own */
    struct sections sections; /* the tables, then the errors */
    struct strbuf scratch, safe;
};

static void markdown_free(struct markdown_writer *w)
{
    sections_release(&w->sections);
    block_release(&w->block);
    strbuf_release(&w->scratch);
    strbuf_release(&w->safe);
    free(w);
}

static void add_char(struct strbuf *out, char c)
{
    switch (c) {
    case '\n':
        strbuf_addstr(out, "<br>");
        break;
    case '&':
        strbuf_addstr(out, "&amp;");
        break;
    case '<':
        strbuf_addstr(out, "&lt;");
        break;
    case '>':
        strbuf_addstr(out, "&gt;");
        break;
    case '@': /* names nobody on the site that shows it */
        strbuf_addstr(out, "&#64;");
        break;
    default:
        if (c && strchr("\\`*_[]|~$#!", c)) {
            strbuf_addch(out, '\\');
        }
        strbuf_addch(out, c);
    }
}

/* Text as one cell's inside. */
static void add_text(struct markdown_writer *w, struct strbuf *out, struct view text)
{
    while (text.len && text.ptr[text.len - 1] == '\n') {
        text.len--;
    }
    strbuf_truncate(&w->safe, 0); /* a failure stays known to the end of the row */
    vis_add(&w->safe, text, VIS_NEWLINE);
    for (size_t i = 0; i < w->safe.len; i++) {
        add_char(out, w->safe.buf[i]);
    }
}

static int keep_row(struct markdown_writer *w, size_t section, const struct table *table,
                    const struct textfsm_cell *cells, struct err *err)
{
    struct strbuf *out = sections_row(&w->sections);
    const char *sep = w->list_sep ? w->list_sep : "\n";
    for (size_t i = 0; i < table->ncolumns; i++) {
        strbuf_addstr(out, i ? " | " : "| ");
        add_text(w, out, cell_flat(&cells[i], &table->columns[i], sep, &w->scratch));
    }
    strbuf_addstr(out, " |\n");
    if (strbuf_failed(&w->scratch) || strbuf_failed(&w->safe)) {
        return err_nomem(err);
    }
    return sections_keep(&w->sections, section, err);
}

static int markdown_row(struct writer *base, size_t table, const struct textfsm_cell *cells,
                        struct err *err)
{
    struct markdown_writer *w = (struct markdown_writer *)base;
    return keep_row(w, table, &w->tables[table], cells, err);
}

static int markdown_extra(struct writer *base, enum writer_extra kind,
                          const struct textfsm_cell *cells, struct err *err)
{
    struct markdown_writer *w = (struct markdown_writer *)base;
    if (kind != EXTRA_ERRORS) {
        return 0;
    }
    return keep_row(w, w->ntables, &extra_tables[EXTRA_ERRORS], cells, err);
}

static void add_heading(struct markdown_writer *w, const struct table *table)
{
    struct strbuf *out = &w->block.buf;
    for (size_t i = 0; i < table->ncolumns; i++) {
        strbuf_addstr(out, i ? " | " : "| ");
        add_text(w, out, view_of(table->columns[i].name));
    }
    strbuf_addstr(out, " |\n");
    for (size_t i = 0; i < table->ncolumns; i++) {
        strbuf_addstr(out, i ? " | ---" : "| ---");
    }
    strbuf_addstr(out, " |\n");
}

static int add_section(struct markdown_writer *w, size_t i, const char *title,
                       const struct table *table, struct err *err)
{
    struct strbuf *out = &w->block.buf;
    if (title) {
        strbuf_addstr(out, i ? "\n## " : "## ");
        add_text(w, out, view_of(title));
        strbuf_addstr(out, "\n\n");
    }
    add_heading(w, table);
    return sections_pour(&w->sections, i, &w->block, err);
}

static int markdown_close(struct writer *base, struct err *err)
{
    struct markdown_writer *w = (struct markdown_writer *)base;
    bool failures = w->sections.items[w->ntables].rows > 0;
    bool titles = w->ntables > 1 || failures;
    int status = 0;
    for (size_t i = 0; i < w->ntables && status == 0; i++) {
        status = add_section(w, i, titles ? w->tables[i].name : NULL, &w->tables[i], err);
    }
    if (status == 0 && failures) {
        status = add_section(w, w->ntables, "Failed", &extra_tables[EXTRA_ERRORS], err);
    }
    if (status == 0) {
        status = block_flush(&w->block, err);
    }
    markdown_free(w);
    return status;
}

static void markdown_abort(struct writer *base)
{
    markdown_free((struct markdown_writer *)base);
}

static int markdown_open(struct writer **out, struct sink *sink, const struct table *tables,
                         size_t ntables, const struct writer_options *options, struct err *err)
{
    struct markdown_writer *w = calloc(1, sizeof(*w));
    if (!w) {
        return err_nomem(err);
    }
    w->base = (struct writer){.format = &format_markdown,
                              .row = markdown_row,
                              .extra = markdown_extra,
                              .close = markdown_close,
                              .abort = markdown_abort};
    block_init(&w->block, sink);
    strbuf_init(&w->scratch);
    strbuf_init(&w->safe);
    w->tables = tables;
    w->ntables = ntables;
    w->list_sep = options->list_sep;
    int status = sections_init(&w->sections, ntables + 1, err);
    if (status < 0) {
        markdown_free(w);
        return status;
    }
    *out = &w->base;
    return 0;
}

const struct format format_markdown = {
    .name = "markdown",
    .extensions = "md markdown",
    .help = "tables for tickets and wikis",
    .open = markdown_open,
};
