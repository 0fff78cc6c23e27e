/*
 * collect audit explain RULE HOST: all that one rule looked at on one host, what became of
 * each row, line or block, and the verdict. Text for people, or records with -f.
 */
#include "base/guess.h"
#include "base/secret.h"
#include "base/vis.h"
#include "cli/audit_part.h"
#include "cli/audit_rules.h"
#include "cli/audit_source.h"
#include "cli/out.h"
#include "cli/setting.h"
#include "cli/talk.h"

#include <stdio.h>

struct explaining {
    struct options options; /* a live audit looks only at what the rule needs */
    struct arena arena;
    struct library *library;
    struct rules *rules;
    const struct rule *rule;
    const char *host;
    struct audit_source source;
    struct audit *audit;
    struct strbuf looks, text;
    const char *command;   /* of the look before */
    struct writer *writer; /* with -f */
};

/* ---- Before anything connects --------------------------------------------------------------
 */

static int find_rule(struct explaining *e, const char *id, struct err *err)
{
    struct guess guess;
    guess_init(&guess, view_of(id));
    for (size_t i = 0; i < e->rules->nrules; i++) {
        if (strcmp(e->rules->rules[i].id, id) == 0) {
            e->rule = &e->rules->rules[i];
            return 0;
        }
        guess_offer(&guess, e->rules->rules[i].id);
    }
    return err_set(err, ERR_USAGE, "there is no rule '%s'%s%s%s", id,
                   guess.best ? ": did you mean '" : "", guess.best ? guess.best : "",
                   guess.best ? "'?" : "");
}

/* Rules over one host at a time need no others to be logged into. */
static int narrow(struct explaining *e, struct err *err)
{
    if (e->options.from || e->rule->kind == RULE_QUERY) {
        return 0;
    }
    struct option_item *only = arena_get(&e->arena, sizeof(*only));
    if (!only) {
        return err_nomem(err);
    }
    *only = (struct option_item){'H', e->host};
    e->options.hosts = (struct option_list){only, 1};
    return 0;
}

static int prepare(struct explaining *e, const struct options *options, struct err *err)
{
    if (options->words.count != 3) {
        return err_set(err, ERR_USAGE,
                       "say: collect audit explain RULE HOST -r FILE, and --from or -i");
    }
    if (options->baseline || saving_path(options)) {
        return err_set(err, ERR_USAGE, "explain looks at one rule: leave out %s",
                       options->baseline ? "--baseline" : "-o FILE.db");
    }
    e->options = *options;
    e->host = options->words.items[2].text;
    int rc = audit_rules(&e->rules, options, err);
    if (rc == 0) {
        rc = find_rule(e, options->words.items[1].text, err);
    }
    if (rc == 0) {
        rc = narrow(e, err);
    }
    if (rc == 0) {
        rc = setting_library(&e->library, options, &e->arena, err);
    }
    e->source = (struct audit_source)AUDIT_SOURCE_INIT(&e->options, e->library);
    return rc < 0 ? rc : audit_source_prepare(&e->source, e->rules, e->rule, err);
}

/* ---- Text for people -----------------------------------------------------------------------
 */

/* One line, safe for a terminal; text NULL leaves it out. */
static void say(struct strbuf *out, const char *label, const char *text)
{
    if (text) {
        strbuf_addf(out, "  %-9s ", label);
        vis_add(out, view_trim(view_of(text)), VIS_LINE);
        strbuf_addch(out, '\n');
    }
}

static void say_all(struct strbuf *out, const char *label, const char *const *texts)
{
    for (size_t i = 0; texts && texts[i]; i++) {
        say(out, label, texts[i]);
    }
}

static void describe_rule(struct strbuf *out, const struct rule *rule)
{
    struct strbuf line = STRBUF_INIT;
    strbuf_addf(&line, "%s (%s): %s", rule->id, severity_names[rule->severity],
                rule->title ? rule->title : "");
    vis_add(out, strbuf_view(&line), VIS_LINE);
    strbuf_reset(&line);
    strbuf_addf(&line, "%s:%d", rule->path, rule->at.line);
    strbuf_addch(out, '\n');
    say(out, "file", line.buf);
    say(out, "why", rule->why);
    say(out, "when", rule->when);
    say_all(out, "template", rule->templates);
    say(out, "where", rule->where);
    say(out, "expect", rule->expect);
    say(out, "query", rule->query);
    say(out, "command", rule->command);
    say(out, "within", rule->within);
    say_all(out, "except", rule->except);
    say_all(out, "must", rule->must);
    say_all(out, "must_not", rule->must_not);
    strbuf_release(&line);
}

static void describe_verdict(struct strbuf *out, const struct audit_finding *finding)
{
    struct strbuf line = STRBUF_INIT;
    const struct audited_host *host = finding->host;
    strbuf_addf(&line, "%s on %s (%s)%s%s", verdict_names[finding->verdict], host->name,
                host->platform ? host->platform : "platform unknown",
                finding->reason ? ": " : "", finding->reason ? finding->reason : "");
    vis_add(out, strbuf_view(&line), VIS_LINE);
    strbuf_addch(out, '\n');
    strbuf_reset(&line);
    if (finding->waiver) {
        strbuf_addf(&line, "%s, until %s: %s", finding->waiver->owner, finding->waiver->expires,
                    finding->waiver->reason);
        say(out, "waiver", line.buf);
    }
    if (finding->verdict == VERDICT_FAIL) {
        say(out, "fix", finding->rule->fix);
    }
    strbuf_release(&line);
}

/* A heading for each output, then its rows or lines. */
static void add_look(struct explaining *e, const struct evidence *seen, enum look_result result)
{
    const char *command = seen->command ? seen->command : "query";
    struct strbuf line = STRBUF_INIT;
    if (!e->command || strcmp(e->command, command) != 0) {
        strbuf_addf(&line, "%s%s%s%s%s", command, seen->collected_at ? ", " : "",
                    seen->collected_at ? seen->collected_at : "",
                    seen->template_name ? ", read by " : "",
                    seen->template_name ? seen->template_name : "");
        vis_add(&e->looks, strbuf_view(&line), VIS_LINE);
        strbuf_addch(&e->looks, '\n');
        e->command = arena_dup(&e->arena, view_of(command));
    }
    char where[32] = "-";
    if (seen->line > 0) {
        snprintf(where, sizeof(where), "line %zu", seen->line);
    }
    strbuf_addf(&e->looks, "  %-9s %-9s ", where, look_names[result]);
    vis_add(&e->looks, view_of(seen->text ? seen->text : ""), VIS_LINE);
    strbuf_addch(&e->looks, '\n');
    if (result == LOOK_VIOLATES && seen->expected) {
        strbuf_addf(&e->looks, "  %-9s %-9s ", "", "expected");
        vis_add(&e->looks, view_of(seen->expected), VIS_LINE);
        strbuf_addch(&e->looks, '\n');
    }
    strbuf_release(&line);
}

/* ---- Records -------------------------------------------------------------------------------
 */

static const struct column columns[] = {
    {.name = "rule"},         {.name = "host"},     {.name = "verdict"},
    {.name = "result"},       {.name = "command"},  {.name = "line", .numeric = true},
    {.name = "text"},         {.name = "expected"}, {.name = "template"},
    {.name = "collected_at"}, {.name = "sha256"},
};
static const struct table table = {"explain", columns, sizeof(columns) / sizeof(columns[0])};

/* A row for each look, whose verdict is empty, and one for the verdict. */
static int write_look(struct explaining *e, const struct evidence *seen, const char *verdict,
                      const char *result, struct err *err)
{
    char line[32] = "";
    if (seen->line > 0) {
        snprintf(line, sizeof(line), "%zu", seen->line);
    }
    struct textfsm_cell cells[] = {
        setting_cell(e->rule->id),
        setting_cell(e->host),
        setting_cell(verdict),
        setting_cell(result),
        setting_cell(seen->command),
        setting_cell(line),
        setting_cell(seen->text),
        setting_cell(seen->expected),
        setting_cell(seen->template_name),
        setting_cell(seen->collected_at),
        setting_cell(seen->sha256),
    };
    return writer_row(e->writer, 0, cells, err);
}

/* ---- The verb ------------------------------------------------------------------------------
 */

static int on_look(void *user, const struct evidence *seen, enum look_result result,
                   struct err *err)
{
    struct explaining *e = user;
    if (e->writer) {
        return write_look(e, seen, NULL, look_names[result], err);
    }
    add_look(e, seen, result);
    return strbuf_failed(&e->looks) ? err_nomem(err) : 0;
}

static int explain(struct explaining *e, struct err *err)
{
    struct audit_options options = {
        .library = e->library, .source = e->source.name, .version = COLLECT_VERSION};
    int rc = e->options.format ? setting_data(&e->writer, &e->options, &table, err) : 0;
    if (rc == 0) {
        rc = audit_source_collect(&e->source, err);
    }
    if (rc == 0) {
        rc = audit_explain(&e->audit, e->rules, e->source.db, &options, e->rule->id, e->host,
                           on_look, e, err);
    }
    if (rc == 0 && e->writer) {
        const struct audit_finding *finding = &e->audit->findings[0];
        struct evidence nothing = {.text = finding->reason};
        rc = write_look(e, &nothing, verdict_names[finding->verdict], NULL, err);
    }
    if (rc == 0 && e->writer) {
        rc = writer_close(e->writer, err);
        e->writer = NULL;
    } else if (rc == 0) {
        describe_rule(&e->text, e->rule);
        describe_verdict(&e->text, &e->audit->findings[0]);
        strbuf_addview(&e->text, strbuf_view(&e->looks));
    }
    return rc;
}

int audit_explain_word(const struct options *options)
{
    struct err err = ERR_INIT;
    struct explaining e = {.arena = ARENA_INIT,
                           .looks = STRBUF_INIT,
                           .text = STRBUF_INIT,
                           .source = AUDIT_SOURCE_INIT(NULL, NULL)};
    int rc = prepare(&e, options, &err);
    if (rc == 0) {
        rc = explain(&e, &err);
    }
    int status = rc < 0 ? talk_failure(&err, "audit") : audit_status(e.audit, options->fail_on);
    if (rc == 0 && e.text.len > 0) {
        int written = out_text(options, &e.text);
        status = written ? written : status;
    }
    writer_abort(e.writer);
    audit_free(e.audit);
    audit_source_release(&e.source);
    rules_free(e.rules);
    library_free(e.library);
    strbuf_release(&e.looks);
    strbuf_release(&e.text);
    arena_release(&e.arena);
    return status;
}
