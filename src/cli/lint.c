/*
 * collect lint: what is wrong with templates, indexes and platform.yml, a line for each
 * finding, or as data with -f.
 */
#include "author/lint.h"
#include "base/vis.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/setting.h"
#include "cli/talk.h"

#include <stdio.h>

static int look(struct lint *lint, const struct options *options, struct err *err)
{
    int rc = 0;
    lint->hints = options->verbose > 0;
    if (options->words.count == 0) {
        return err_set(err, ERR_USAGE,
                       "nothing to look at: give templates, an index, a platform.yml, or "
                       "their folder");
    }
    if (!setting_wants_data(options)) {
        rc = setting_fits(options, NULL, err);
    }
    for (size_t i = 0; i < options->words.count && rc == 0; i++) {
        rc = lint_path(lint, options->words.items[i].text, err);
    }
    return rc;
}

/* file:line:column: code: what; how to mend it */
static int print(const struct lint *lint, const struct options *options)
{
    struct strbuf text = STRBUF_INIT, line = STRBUF_INIT;
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_finding *finding = &lint->items[i];
        const struct lint_word *word = &lint_codes[finding->code];
        strbuf_reset(&line);
        strbuf_addf(&line, "%s:%u:%u: %s: %s; %s", finding->file, finding->line,
                    finding->column, word->name, finding->what, word->mend);
        vis_add(&text, strbuf_view(&line), VIS_LINE);
        strbuf_addch(&text, '\n');
    }
    int status = strbuf_failed(&line) ? 3 : out_text(options, &text);
    strbuf_release(&line);
    strbuf_release(&text);
    return status;
}

static int write_rows(struct writer *writer, const struct lint *lint, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < lint->count && rc == 0; i++) {
        const struct lint_finding *finding = &lint->items[i];
        char line[16], column[16];
        snprintf(line, sizeof(line), "%u", finding->line);
        snprintf(column, sizeof(column), "%u", finding->column);
        struct textfsm_cell cells[] = {
            setting_cell(finding->file), setting_cell(line),
            setting_cell(column),        setting_cell(lint_codes[finding->code].name),
            setting_cell(finding->what), setting_cell(lint_codes[finding->code].mend),
        };
        rc = writer_row(writer, 0, cells, err);
    }
    return rc;
}

static int write_data(const struct lint *lint, const struct options *options)
{
    static const struct column columns[] = {
        {.name = "file"},
        {.name = "line", .numeric = true},
        {.name = "column", .numeric = true},
        {.name = "code"},
        {.name = "what"},
        {.name = "mend"},
    };
    static const struct table table = {"lint", columns, sizeof(columns) / sizeof(columns[0])};
    struct err err = ERR_INIT;
    struct writer *writer = NULL;
    int rc = setting_data(&writer, options, &table, &err);
    if (rc == 0) {
        rc = write_rows(writer, lint, &err);
        if (rc == 0) {
            rc = writer_close(writer, &err);
        } else {
            writer_abort(writer);
        }
    }
    return rc < 0 ? talk_failure(&err, "lint") : 0;
}

int verb_lint(const struct options *options)
{
    struct err err = ERR_INIT;
    struct lint lint = LINT_INIT;
    int rc = look(&lint, options, &err);
    int status;
    if (rc < 0) {
        status = talk_failure(&err, "lint");
    } else {
        status =
            setting_wants_data(options) ? write_data(&lint, options) : print(&lint, options);
    }
    if (status == 0 && lint.count > 0) {
        status = 1;
    }
    lint_release(&lint);
    return status;
}
