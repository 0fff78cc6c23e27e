/*
 * collect audit check: what is wrong with rule files, a line for each remark, or as data with
 * -f.
 */
#include "base/vis.h"
#include "cli/audit_part.h"
#include "cli/audit_rules.h"
#include "cli/out.h"
#include "cli/setting.h"
#include "cli/talk.h"

#include <stdio.h>

struct checking {
    const struct options *options;
    struct arena arena;
    struct library *library;
    const char **paths;
    size_t npaths;
    struct strbuf text, line;
    struct writer *writer; /* with -f */
    size_t errors;
};

/* The words behind `check`, and -r. */
static int find_paths(struct checking *c, struct err *err)
{
    const struct options *options = c->options;
    size_t nwords = options->words.count - 1;
    c->paths = arena_array(&c->arena, nwords + options->rules.count + 1, sizeof(*c->paths));
    int rc = c->paths ? 0 : err_nomem(err);
    for (size_t i = 0; i < nwords + options->rules.count && rc == 0; i++) {
        const char *text = i < nwords ? options->words.items[i + 1].text
                                      : options->rules.items[i - nwords].text;
        rc = audit_rules_path(&c->paths[c->npaths++], text, options, &c->arena, err);
    }
    if (rc == 0 && c->npaths == 0) {
        rc = err_set(err, ERR_USAGE, "nothing to check: collect audit check rules.yml");
    }
    return rc;
}

static int add_line(struct checking *c, const struct audit_remark *remark, struct err *err)
{
    strbuf_reset(&c->line);
    strbuf_addf(&c->line, "%s:", remark->path);
    if (remark->line > 0) {
        strbuf_addf(&c->line, "%d:%d:", remark->line, remark->column);
    }
    strbuf_addf(&c->line, " %s%s: %s", remark->error ? "" : "hint: ", remark->code,
                remark->text);
    vis_add(&c->text, strbuf_view(&c->line), VIS_LINE);
    strbuf_addch(&c->text, '\n');
    return strbuf_failed(&c->line) || strbuf_failed(&c->text) ? err_nomem(err) : 0;
}

static int on_remark(void *user, const struct audit_remark *remark, struct err *err)
{
    struct checking *c = user;
    c->errors += remark->error;
    if (!c->writer) {
        return add_line(c, remark, err);
    }
    char line[16], column[16];
    snprintf(line, sizeof(line), "%d", remark->line);
    snprintf(column, sizeof(column), "%d", remark->column);
    struct textfsm_cell cells[] = {
        setting_cell(remark->path),
        setting_cell(line),
        setting_cell(column),
        setting_cell(remark->code),
        setting_cell(remark->error ? "error" : "hint"),
        setting_cell(remark->text),
    };
    return writer_row(c->writer, 0, cells, err);
}

static int open_writer(struct checking *c, struct err *err)
{
    static const struct column columns[] = {
        {.name = "file"},
        {.name = "line", .numeric = true},
        {.name = "column", .numeric = true},
        {.name = "code"},
        {.name = "level"},
        {.name = "what"},
    };
    static const struct table table = {"check", columns, sizeof(columns) / sizeof(columns[0])};
    return c->options->format ? setting_data(&c->writer, c->options, &table, err) : 0;
}

static int check(struct checking *c, struct err *err)
{
    int rc = find_paths(c, err);
    if (rc == 0) {
        rc = setting_library(&c->library, c->options, &c->arena, err);
    }
    if (rc == 0) {
        rc = open_writer(c, err);
    }
    if (rc < 0) {
        return rc;
    }
    rc = audit_check(c->paths, c->npaths, c->library, NULL, on_remark, c, err);
    if (c->writer && rc < 0) {
        writer_abort(c->writer);
    } else if (c->writer) {
        rc = writer_close(c->writer, err);
    }
    return rc < 0 ? rc : 0;
}

int audit_check_word(const struct options *options)
{
    struct err err = ERR_INIT;
    struct checking c = {
        .options = options, .arena = ARENA_INIT, .text = STRBUF_INIT, .line = STRBUF_INIT};
    int status = check(&c, &err) < 0 ? talk_failure(&err, "audit") : 0;
    if (status == 0 && !c.writer) {
        status = out_text(options, &c.text);
    }
    if (status == 0 && c.errors > 0) {
        status = 1;
    }
    strbuf_release(&c.line);
    strbuf_release(&c.text);
    library_free(c.library);
    arena_release(&c.arena);
    return status;
}
