/*
 * collect templates: what the library holds; which template would read an output, and why that
 * one; a template's text; a draft of a new one (templates_new.c).
 */
#include "cli/out.h"
#include "cli/setting.h"
#include "cli/talk.h"
#include "cli/templates_new.h"

#include "base/limits.h"

#include <ctype.h>
#include <errno.h>

struct templates {
    const struct options *options;
    struct arena arena;
    struct library *library;
    struct writer *writer;
    size_t rows;
};

static const char *word(const struct templates *t, size_t i)
{
    return i < t->options->words.count ? t->options->words.items[i].text : NULL;
}

static void tell_warnings(const struct templates *t)
{
    const char *text;
    for (size_t i = 0; !t->options->quiet && (text = library_warning(t->library, i)); i++) {
        talk_warning("%s", text);
    }
}

/* "index:12" */
static const char *place(struct templates *t, const struct finding *finding)
{
    return arena_printf(&t->arena, "%s:%u", finding->index, finding->line);
}

static int write_texts(struct writer *writer, const char *const *texts, size_t n,
                       struct err *err)
{
    struct textfsm_cell cells[8];
    for (size_t i = 0; i < n; i++) {
        cells[i] = setting_cell(texts[i]);
    }
    return writer_row(writer, 0, cells, err);
}

static int end_writer(struct templates *t, int rc, struct err *err)
{
    if (rc < 0) {
        writer_abort(t->writer);
        return rc;
    }
    return writer_close(t->writer, err);
}

/* ---- List ----------------------------------------------------------------------------------
 */

static const struct column list_columns[] = {
    {.name = "name"},     {.name = "platform"}, {.name = "command"},
    {.name = "template"}, {.name = "index"},    {.name = "columns", .list = true},
};
#define LIST_COLUMNS (sizeof(list_columns) / sizeof(list_columns[0]))

static bool lower_name(struct textfsm_cell *cell, const char *name, struct arena *arena)
{
    char *lower = arena_dup(arena, view_of(name));
    for (char *p = lower; p && *p; p++) {
        *p = (char)tolower((unsigned char)*p);
    }
    *cell = setting_cell(lower);
    return lower != NULL;
}

/* The columns that a finding's templates give; none, and a warning, where they do not compile.
 */
static int columns_cell(struct textfsm_cell *cell, struct templates *t,
                        const struct finding *finding, struct err *err)
{
    const struct textfsm_table *table;
    struct err why = ERR_INIT;
    *cell = (struct textfsm_cell){.kind = TEXTFSM_LIST};
    if (library_load(t->library, finding, &table, &why) < 0) {
        if (!t->options->quiet) {
            talk_warning("%s", why.text);
        }
        return 0;
    }
    unsigned n = textfsm_table_columns(table);
    struct textfsm_cell *items = arena_array(&t->arena, n + 1, sizeof(*items));
    for (unsigned i = 0; items && i < n; i++) {
        if (!lower_name(&items[i], textfsm_table_column(table, i)->value->name, &t->arena)) {
            items = NULL;
        }
    }
    cell->len = n;
    cell->u.items = items;
    return items ? 0 : err_nomem(err);
}

static int list_row(void *user, const struct finding *finding, struct err *err)
{
    struct templates *t = user;
    const char *index = place(t, finding);
    struct textfsm_cell cells[LIST_COLUMNS] = {
        setting_cell(finding->name), setting_cell(finding->row_platform),
        setting_cell(finding->row),  setting_cell(finding->templates),
        setting_cell(index),
    };
    t->rows++;
    int rc = index ? columns_cell(&cells[LIST_COLUMNS - 1], t, finding, err) : err_nomem(err);
    return rc < 0 ? rc : writer_row(t->writer, 0, cells, err);
}

static int list(struct templates *t, struct err *err)
{
    static const struct table table = {"templates", list_columns, LIST_COLUMNS};
    if (t->options->words.count > 1) {
        return err_set(err, ERR_USAGE,
                       "`templates list` takes no more words, but is given '%s'", word(t, 1));
    }
    int rc = setting_data(&t->writer, t->options, &table, err);
    if (rc == 0) {
        rc = library_each(t->library, t->options->platform, NULL, NULL, list_row, t, err);
        if (rc == 0 && t->rows == 0 && t->options->platform) {
            rc = setting_platform(t->library, t->options->platform, true, err);
        }
        rc = end_writer(t, rc, err);
    }
    return rc;
}

/* ---- Match ---------------------------------------------------------------------------------
 */

static const struct column match_columns[] = {
    {.name = "verdict"}, {.name = "template"}, {.name = "index"},    {.name = "platform"},
    {.name = "command"}, {.name = "matched"},  {.name = "hostname"},
};
#define MATCH_COLUMNS (sizeof(match_columns) / sizeof(match_columns[0]))

static void warn_prefixes(const struct templates *t, const struct finding *finding,
                          const char *index)
{
    static const char text[] = "only as a prefix: what follows is not looked at";
    if (!finding->platform_whole) {
        talk_warning("%s: '%s' matches platform '%s' %s", index, finding->row_platform,
                     word(t, 1), text);
    }
    if (!finding->command_whole) {
        talk_warning("%s: '%s' matches command '%s' %s", index, finding->row, word(t, 2), text);
    }
}

static int match_row(void *user, const struct finding *finding, struct err *err)
{
    struct templates *t = user;
    const char *index = place(t, finding);
    const char *texts[MATCH_COLUMNS] = {
        t->rows == 0 ? "wins" : "shadowed",
        finding->templates,
        index,
        finding->row_platform,
        finding->row,
        finding->whole ? "whole" : "prefix",
        finding->row_host,
    };
    if (t->rows++ == 0 && !t->options->quiet) {
        warn_prefixes(t, finding, index ? index : finding->index);
    }
    return index ? write_texts(t->writer, texts, MATCH_COLUMNS, err) : err_nomem(err);
}

static int match(struct templates *t, struct err *err)
{
    static const struct table table = {"match", match_columns, MATCH_COLUMNS};
    if (t->options->words.count < 3 || t->options->words.count > 4) {
        return err_set(err, ERR_USAGE,
                       "say: collect templates match PLATFORM 'COMMAND' [HOST]");
    }
    int rc = setting_data(&t->writer, t->options, &table, err);
    if (rc == 0) {
        rc = library_each(t->library, word(t, 1), word(t, 3), word(t, 2), match_row, t, err);
        rc = end_writer(t, rc, err);
    }
    if (rc == 0 && t->rows == 0) {
        rc = setting_platform(t->library, word(t, 1), false, err); /* the likelier slip */
        rc = rc < 0 ? rc
                    : err_set(err, ERR_PARSE, "no template reads '%s' of platform %s",
                              word(t, 2), word(t, 1));
    }
    return rc;
}

/* ---- Show ----------------------------------------------------------------------------------
 */

static int no_template(struct templates *t, const char *platform, const char *name,
                       struct err *err)
{
    const char *guess = library_guess(t->library, platform, name);
    return err_set(err, ERR_INPUT, "platform %s has no template '%s'%s%s%s", platform, name,
                   guess ? ": did you mean '" : "", guess ? guess : "", guess ? "'?" : "");
}

/* The files of the finding one behind the other, as the index merges them. */
static int read_files(struct templates *t, const struct finding *finding, struct strbuf *out,
                      struct err *err)
{
    const char *files = finding->templates;
    for (;;) {
        size_t n = strcspn(files, ":");
        const char *path = arena_printf(&t->arena, "%s/%.*s", finding->dir, (int)n, files);
        if (!path) {
            return err_nomem(err);
        }
        if (strbuf_read_file(out, path, LIMIT_TEMPLATE_BYTES) < 0) {
            return err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno));
        }
        if (files[n] == '\0') {
            return 0;
        }
        files += n + 1;
    }
}

/* "cisco_ios/show_version.textfsm", as `list` has it -> the platform, and show_version. */
static int split_name(struct templates *t, const char **platform, const char **name,
                      struct err *err)
{
    const char *slash = strchr(*name, '/');
    struct view rest = view_of(slash ? slash + 1 : *name);
    if (slash && !*platform) {
        *platform = arena_dup(&t->arena, view_make(*name, (size_t)(slash - *name)));
        *name = arena_dup(&t->arena, library_template_name(rest.ptr, *platform));
    }
    return *platform && *name ? 0 : err_nomem(err);
}

static int show(struct templates *t, struct strbuf *out, struct err *err)
{
    struct finding finding;
    const char *platform = t->options->platform, *name = word(t, 1);
    if (t->options->words.count != 2 || (!platform && !strchr(name, '/'))) {
        return err_set(
            err, ERR_USAGE,
            "say: collect templates show PLATFORM/NAME, or NAME --platform PLATFORM");
    }
    int rc = split_name(t, &platform, &name, err);
    if (rc == 0) {
        rc = library_by_name(t->library, platform, NULL, name, &finding, err);
    }
    if (rc == 0) {
        rc = no_template(t, platform, name, err);
    }
    return rc < 0 ? rc : read_files(t, &finding, out, err);
}

/* ---- The verb ------------------------------------------------------------------------------
 */

static int dispatch(struct templates *t, struct strbuf *out, struct err *err)
{
    const char *what = word(t, 0);
    if (!what || strcmp(what, "list") == 0) {
        return list(t, err);
    }
    if (strcmp(what, "match") == 0) {
        return match(t, err);
    }
    if (strcmp(what, "show") == 0) {
        return show(t, out, err);
    }
    return err_set(err, ERR_USAGE,
                   "`templates` can list, match, show and make new ones, but not '%s'", what);
}

int verb_templates(const struct options *options)
{
    if (options->words.count > 0 && strcmp(options->words.items[0].text, "new") == 0) {
        return templates_new(options);
    }
    struct err err = ERR_INIT;
    struct strbuf text = STRBUF_INIT;
    struct templates t = {.options = options, .arena = ARENA_INIT};
    int rc = setting_library(&t.library, options, &t.arena, &err);
    if (rc == 0) {
        rc = dispatch(&t, &text, &err);
    }
    if (t.library) {
        tell_warnings(&t);
    }
    int status = rc < 0         ? talk_failure(&err, "templates")
                 : text.len > 0 ? out_text(options, &text)
                                : 0;
    library_free(t.library);
    arena_release(&t.arena);
    strbuf_release(&text);
    return status;
}
