/*
 * HTML: one page that needs nothing else, for people without a terminal: the run's summary,
 * what failed, then the tables, each sortable and all of them searchable. Every text is
 * escaped, and the page's own policy lets nothing but its own script run.
 */
#include "output/formats.h"
#include "output/html_page.h"
#include "output/markup.h"
#include "output/sections.h"

#include <stdlib.h>

struct html_writer {
    struct writer base;
    struct block block;
    const struct table *tables;
    size_t ntables;
    const char *list_sep;
    struct sections sections; /* the tables, then the errors, then the summary */
    struct strbuf scratch;
};

static void html_free(struct html_writer *w)
{
    sections_release(&w->sections);
    block_release(&w->block);
    strbuf_release(&w->scratch);
    free(w);
}

static int html_keep(struct html_writer *w, size_t section, struct err *err)
{
    return strbuf_failed(&w->scratch) ? err_nomem(err)
                                      : sections_keep(&w->sections, section, err);
}

static int keep_row(struct html_writer *w, size_t section, const struct table *table,
                    const struct textfsm_cell *cells, struct err *err)
{
    struct strbuf *out = sections_row(&w->sections);
    strbuf_addstr(out, "<tr>");
    for (size_t i = 0; i < table->ncolumns; i++) {
        const struct column *column = &table->columns[i];
        strbuf_addstr(out, column->raw ? "<td class=raw>" : "<td>");
        markup_add(out, cell_flat(&cells[i], column, w->list_sep, &w->scratch));
    }
    strbuf_addstr(out, "</td>\n");
    return html_keep(w, section, err);
}

static int html_row(struct writer *base, size_t table, const struct textfsm_cell *cells,
                    struct err *err)
{
    struct html_writer *w = (struct html_writer *)base;
    return keep_row(w, table, &w->tables[table], cells, err);
}

static int html_extra(struct writer *base, enum writer_extra kind,
                      const struct textfsm_cell *cells, struct err *err)
{
    struct html_writer *w = (struct html_writer *)base;
    if (kind == EXTRA_ERRORS) {
        return keep_row(w, w->ntables, &extra_tables[EXTRA_ERRORS], cells, err);
    }
    struct strbuf *out = sections_row(&w->sections);
    strbuf_addstr(out, "<li>");
    markup_add(out, cell_view(&cells[0]));
    strbuf_addstr(out, " <b>");
    markup_add(out, cell_view(&cells[1]));
    strbuf_addstr(out, "</b>\n");
    return html_keep(w, w->ntables + 1, err);
}

/* ---- The page ------------------------------------------------------------------------------
 */

static void add_names(struct html_writer *w)
{
    for (size_t i = 0; i < w->ntables; i++) {
        strbuf_addstr(&w->block.buf, i ? ", " : "");
        markup_add(&w->block.buf, view_of(w->tables[i].name));
    }
}

static int add_head(struct html_writer *w, struct err *err)
{
    struct strbuf *out = &w->block.buf;
    strbuf_addf(out,
                "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n"
                "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; "
                "style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'\">\n"
                "<meta name=viewport content=\"width=device-width\">\n<title>",
                html_style_hash, html_script_hash);
    add_names(w);
    strbuf_addf(out, "</title>\n<style>%s</style>\n<h1>", html_style);
    add_names(w);
    strbuf_addstr(out, "</h1>\n<ul class=summary>\n");
    int status = sections_pour(&w->sections, w->ntables + 1, &w->block, err);
    strbuf_addstr(out, "</ul>\n<div class=bar hidden><input type=search "
                       "placeholder=\"Search all tables\" aria-label=\"Search all tables\">");
    strbuf_addstr(out, "</div>\n");
    return status;
}

static int add_section(struct html_writer *w, size_t i, const char *title,
                       const struct table *table, struct err *err)
{
    struct strbuf *out = &w->block.buf;
    strbuf_addstr(out, i == w->ntables ? "<section class=failed><h2>" : "<section><h2>");
    markup_add(out, view_of(title));
    strbuf_addf(out, " <small>%zu</small></h2>\n<div class=scroll><table><thead><tr>",
                w->sections.items[i].rows);
    for (size_t c = 0; c < table->ncolumns; c++) {
        strbuf_addstr(out, "<th><button>");
        markup_add(out, view_of(table->columns[c].name));
        strbuf_addstr(out, "</button>");
    }
    strbuf_addstr(out, "<tbody>\n");
    int status = sections_pour(&w->sections, i, &w->block, err);
    strbuf_addstr(out, "</table></div></section>\n");
    return status;
}

static int html_close(struct writer *base, struct err *err)
{
    struct html_writer *w = (struct html_writer *)base;
    int status = add_head(w, err);
    if (status == 0 && w->sections.items[w->ntables].rows) {
        status = add_section(w, w->ntables, "Failed", &extra_tables[EXTRA_ERRORS], err);
    }
    for (size_t i = 0; i < w->ntables && status == 0; i++) {
        status = add_section(w, i, w->tables[i].name, &w->tables[i], err);
    }
    if (status == 0) {
        strbuf_addf(&w->block.buf, "<script>%s</script>\n</html>\n", html_script);
        status = block_flush(&w->block, err);
    }
    html_free(w);
    return status;
}

static void html_abort(struct writer *base)
{
    html_free((struct html_writer *)base);
}

static int html_open(struct writer **out, struct sink *sink, const struct table *tables,
                     size_t ntables, const struct writer_options *options, struct err *err)
{
    struct html_writer *w = calloc(1, sizeof(*w));
    if (!w) {
        return err_nomem(err);
    }
    w->base = (struct writer){.format = &format_html,
                              .row = html_row,
                              .extra = html_extra,
                              .close = html_close,
                              .abort = html_abort};
    block_init(&w->block, sink);
    strbuf_init(&w->scratch);
    w->tables = tables;
    w->ntables = ntables;
    w->list_sep = options->list_sep ? options->list_sep : "\n";
    int status = sections_init(&w->sections, ntables + 2, err);
    if (status < 0) {
        html_free(w);
        return status;
    }
    *out = &w->base;
    return 0;
}

const struct format format_html = {
    .name = "html",
    .extensions = "html htm",
    .help = "one page to read, sort and search, with the run's summary",
    .open = html_open,
};
