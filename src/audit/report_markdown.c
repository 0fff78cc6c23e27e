/* Markdown, for tickets: the counts, the rules that do not hold, and what was seen. */
#include "audit/report_rows.h"

#include "output/formats.h"

enum { SUMMARY, RULES, FINDINGS };

static const struct column summary_columns[] = {
    {.name = "hosts"}, {.name = "rules"},  {.name = "FAIL"},
    {.name = "ERROR"}, {.name = "WAIVED"}, {.name = "PASS"},
    {.name = "SKIP"},  {.name = "judged"}, {.name = "source"},
};

static const struct column rules_columns[] = {
    {.name = "rule"},  {.name = "severity"}, {.name = "title"}, {.name = "FAIL"},
    {.name = "ERROR"}, {.name = "WAIVED"},   {.name = "PASS"},  {.name = "fix"},
};

static const struct column findings_columns[] = {
    {.name = "verdict"}, {.name = "rule"},    {.name = "host"},
    {.name = "reason"},  {.name = "command"}, {.name = "seen"},
};

#define COLUMNS(array) array, sizeof(array) / sizeof((array)[0])

static const struct table tables[] = {
    [SUMMARY] = {"Audit", COLUMNS(summary_columns)},
    [RULES] = {"Rules", COLUMNS(rules_columns)},
    [FINDINGS] = {"Findings", COLUMNS(findings_columns)},
};

struct ticket {
    const struct audit_digest *digest;
    struct writer *writer;
    struct report_row row;
    struct strbuf reason, command, seen;
};

static int write_summary(struct ticket *t, struct err *err)
{
    const struct audit *audit = t->digest->audit;
    report_row_begin(&t->row);
    report_row_number(&t->row, audit->nhosts);
    report_row_number(&t->row, audit->rules->nrules);
    report_row_numbers(&t->row, audit->counts, VERDICTS);
    report_row_text(&t->row, audit->judged);
    report_row_text(&t->row, audit->source);
    return report_row_write(&t->row, t->writer, SUMMARY, err);
}

static int write_rule(struct ticket *t, size_t at, struct err *err)
{
    const struct rule *rule = &t->digest->audit->rules->rules[at];
    report_row_begin(&t->row);
    report_row_text(&t->row, rule->id);
    report_row_text(&t->row, severity_names[rule->severity]);
    report_row_text(&t->row, rule->title);
    report_row_numbers(&t->row, t->digest->rules[at].counts, VERDICT_PASS + 1);
    report_row_text(&t->row, rule->fix);
    return report_row_write(&t->row, t->writer, RULES, err);
}

static void add_reason(struct ticket *t, const struct audit_finding *finding)
{
    const struct waiver *waiver = finding->waiver;
    strbuf_addstr(&t->reason, finding->reason ? finding->reason : "");
    if (waiver && finding->verdict == VERDICT_WAIVED) {
        strbuf_addf(&t->reason, "\nwaived by %s until %s: %s", waiver->owner, waiver->expires,
                    waiver->reason);
    }
    if (finding->trend != TREND_NONE) {
        strbuf_addf(&t->reason, "\n(%s)", audit_trend_name(finding->trend));
    }
}

static void add_seen(struct ticket *t, const struct evidence *evidence)
{
    const char *between = t->seen.len ? "\n" : "";
    strbuf_addf(&t->seen, "%s%s", between, evidence->text ? evidence->text : "");
    strbuf_addf(&t->command, "%s%s", between, evidence->command ? evidence->command : "");
    if (evidence->line) {
        strbuf_addf(&t->command, ":%zu", evidence->line);
    }
}

static int write_finding(struct ticket *t, const struct audit_finding *finding, struct err *err)
{
    strbuf_reset(&t->reason);
    strbuf_reset(&t->command);
    strbuf_reset(&t->seen);
    add_reason(t, finding);
    for (size_t i = 0; i < finding->nevidence; i++) {
        add_seen(t, &finding->evidence[i]);
    }
    if (strbuf_failed(&t->reason) || strbuf_failed(&t->command) || strbuf_failed(&t->seen)) {
        return err_nomem(err);
    }
    const char *const texts[] = {verdict_names[finding->verdict],
                                 finding->rule->id,
                                 finding->host->name,
                                 t->reason.buf,
                                 t->command.buf,
                                 t->seen.buf};
    report_row_begin(&t->row);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        report_row_text(&t->row, texts[i]);
    }
    return report_row_write(&t->row, t->writer, FINDINGS, err);
}

/* The rules worst first, and their findings likewise. */
static int write_rules(struct ticket *t, struct err *err)
{
    const struct audit *audit = t->digest->audit;
    int status = 0;
    for (size_t i = 0; i < audit->rules->nrules && status == 0; i++) {
        size_t rule = t->digest->worst_rules[i];
        status = write_rule(t, rule, err);
        for (size_t h = 0; h < audit->nhosts && status == 0; h++) {
            const struct audit_finding *finding =
                digest_finding(t->digest, rule, t->digest->by_name[h]);
            status = digest_tells(t->digest, finding) ? write_finding(t, finding, err) : 0;
        }
    }
    return status;
}

static int write_markdown(const struct audit_digest *digest, struct sink *sink,
                          const struct audit_report_options *options, struct err *err)
{
    struct writer_options how = {.warn = options->warn, .user = options->user};
    struct ticket t = {
        .digest = digest, .reason = STRBUF_INIT, .command = STRBUF_INIT, .seen = STRBUF_INIT};
    report_row_init(&t.row);
    int status = format_markdown.open(&t.writer, sink, tables,
                                      sizeof(tables) / sizeof(tables[0]), &how, err);
    if (status == 0) {
        status = write_summary(&t, err);
        status = status ? status : write_rules(&t, err);
        status = report_end(t.writer, status, err);
    }
    report_row_release(&t.row);
    strbuf_release(&t.reason);
    strbuf_release(&t.command);
    strbuf_release(&t.seen);
    return status;
}

const struct audit_format audit_format_markdown = {
    .name = "markdown",
    .extensions = "md markdown",
    .help = "tables for tickets: counts, rules, what was seen",
    .write = write_markdown,
};
