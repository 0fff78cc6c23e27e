/*
 * Text for people: the counts, then the rules that do not hold, the worst first, each with the
 * hosts and what was seen there, then the hosts. A host of which nothing could be judged is
 * named once, not under every rule.
 */
#include "audit/report_rows.h"
#include "audit/report_text.h"

#include "base/vis.h"
#include "output/formats.h"
#include "output/width.h"

#define EVIDENCE_SHOWN 5  /* of a finding, unless all is wanted */
#define HOSTS_SHOWN    20 /* in the table of hosts on a terminal, likewise */
#define NAME_MOST      24 /* columns of a host's name before it pushes the rest away */

#define VERDICT_WIDTH 8
#define NO_RULE       SIZE_MAX

static const char *const verdict_colors[VERDICTS] = {
    [VERDICT_FAIL] = "\033[31m", [VERDICT_ERROR] = "\033[35m", [VERDICT_WAIVED] = "\033[36m",
    [VERDICT_PASS] = "\033[32m", [VERDICT_SKIP] = TEXT_DIM,
};

static const char *const severity_colors[] = {
    [SEVERITY_INFO] = TEXT_DIM,         [SEVERITY_LOW] = "",
    [SEVERITY_MEDIUM] = "\033[33m",     [SEVERITY_HIGH] = "\033[31m",
    [SEVERITY_CRITICAL] = "\033[1;31m",
};

/* ---- What it is about ----------------------------------------------------------------------
 */

static void add_count(struct text *t, size_t n, const char *noun)
{
    strbuf_addf(&t->block.buf, "%zu %s%s", n, noun, n == 1 ? "" : "s");
}

/* "37 FAIL, 4 ERROR": those that are not 0. Whether there was any. */
static bool add_verdicts(struct text *t, const size_t counts[VERDICTS])
{
    const char *between = "";
    for (int v = 0; v < VERDICTS; v++) {
        if (counts[v]) {
            char number[64];
            snprintf(number, sizeof(number), "%zu %s", counts[v], verdict_names[v]);
            strbuf_addstr(&t->block.buf, between);
            text_colored(t, verdict_colors[v], view_of(number));
            between = ", ";
        }
    }
    return *between != '\0';
}

static void add_head(struct text *t)
{
    const struct audit *audit = t->digest->audit;
    struct strbuf *out = &t->block.buf;
    size_t used = strlen("Audit of ");
    strbuf_addstr(out, "Audit of ");
    used += text_fitted(t, TEXT_BOLD, audit->source ? audit->source : "a run", used);
    if (audit->started) {
        strbuf_addstr(out, ", collected ");
        text_fitted(t, "", audit->started, used + 12);
    }
    strbuf_addch(out, '\n');
    add_count(t, audit->nhosts, "host");
    strbuf_addstr(out, ", ");
    add_count(t, audit->rules->nrules, "rule");
    strbuf_addstr(out, ": ");
    strbuf_addstr(out, add_verdicts(t, audit->counts) ? "\n" : "nothing to judge\n");
    if (audit->compared) {
        strbuf_addf(out, "Since the baseline: %zu worse, %zu better", audit->worse,
                    audit->better);
        strbuf_addstr(out, t->digest->all ? "\n" : "; only they are listed\n");
    }
}

/* ---- Findings ------------------------------------------------------------------------------
 */

/* Not one rule that applies to it could be judged. */
static bool unjudged(const struct audit_digest *digest, size_t host)
{
    const size_t *counts = digest->hosts[host].counts;
    return counts[VERDICT_ERROR] && counts[VERDICT_FAIL] == 0 && counts[VERDICT_WAIVED] == 0 &&
           counts[VERDICT_PASS] == 0;
}

static bool tells_unjudged(const struct audit_digest *digest, size_t host)
{
    bool shown =
        !digest->audit->compared || digest->all || digest->hosts[host].shown[VERDICT_ERROR] > 0;
    return shown && unjudged(digest, host);
}

/* What the block of a rule lists, or that of the hosts without any judgement (NO_RULE). */
static bool listed(const struct audit_digest *digest, size_t rule, size_t host)
{
    if (rule == NO_RULE) {
        return tells_unjudged(digest, host);
    }
    const struct audit_finding *finding = digest_finding(digest, rule, host);
    return digest_tells(digest, finding) &&
           !(finding->verdict == VERDICT_ERROR && unjudged(digest, host));
}

/* "show version:3  text": where it was seen and what. */
static void add_seen(struct text *t, const struct evidence *evidence, size_t indent)
{
    size_t used = indent;
    strbuf_addchars(&t->block.buf, ' ', indent);
    if (evidence->command) {
        used += text_fitted(t, TEXT_DIM, evidence->command, used);
    }
    if (evidence->line) {
        char line[32];
        snprintf(line, sizeof(line), ":%zu", evidence->line);
        used += text_fitted(t, TEXT_DIM, line, used);
    }
    if (used > indent) {
        strbuf_addstr(&t->block.buf, "  ");
        used += 2;
    }
    text_fitted(t, "", evidence->text, used);
    strbuf_addch(&t->block.buf, '\n');
}

static bool says(const char *text)
{
    return text && *text;
}

/* expected: what was told last; what was told, or stands in the reason, is not told again. */
static void add_evidence(struct text *t, const struct audit_finding *finding,
                         const struct evidence *evidence, size_t indent, const char **expected)
{
    if (says(evidence->text)) {
        add_seen(t, evidence, indent);
    } else if (finding->reason) {
        return; /* which says what was not there */
    }
    if (!says(evidence->expected)) {
        return;
    }
    bool told = (*expected && strcmp(*expected, evidence->expected) == 0) ||
                (finding->reason && strstr(finding->reason, evidence->expected));
    if (!told) {
        strbuf_addchars(&t->block.buf, ' ', indent);
        strbuf_addstr(&t->block.buf, "  expected: ");
        text_fitted(t, "", evidence->expected, indent + strlen("  expected: "));
        strbuf_addch(&t->block.buf, '\n');
    }
    *expected = evidence->expected;
}

static void add_all_evidence(struct text *t, const struct audit_finding *finding, size_t indent,
                             const char **expected)
{
    size_t shown = finding->nevidence;
    if (shown > EVIDENCE_SHOWN && !t->digest->all) {
        shown = EVIDENCE_SHOWN;
    }
    for (size_t i = 0; i < shown; i++) {
        add_evidence(t, finding, &finding->evidence[i], indent, expected);
    }
    if (shown && shown < finding->violations) {
        strbuf_addchars(&t->block.buf, ' ', indent);
        strbuf_addf(&t->block.buf, "and %zu more\n", finding->violations - shown);
    }
}

static void add_waiver(struct text *t, const struct audit_finding *finding, size_t indent)
{
    const struct waiver *waiver = finding->waiver;
    strbuf_truncate(&t->words, 0); /* a failure stays known */
    if (audit_waiver_expired(finding)) {
        strbuf_addf(&t->words, "the waiver of %s expired on %s: %s", waiver->owner,
                    waiver->expires, waiver->reason);
    } else {
        strbuf_addf(&t->words, "waived by %s until %s: %s", waiver->owner, waiver->expires,
                    waiver->reason);
    }
    strbuf_addchars(&t->block.buf, ' ', indent);
    text_wrapped(t, indent, t->words.buf);
}

static size_t add_verdict(struct text *t, enum verdict verdict)
{
    const char *name = verdict_names[verdict];
    strbuf_addstr(&t->block.buf, "  ");
    text_colored(t, verdict_colors[verdict], view_of(name));
    strbuf_addchars(&t->block.buf, ' ', VERDICT_WIDTH - strlen(name));
    return 2 + VERDICT_WIDTH;
}

/* The host and behind it, or where that leaves too little room below it, the reason. */
static void add_named_reason(struct text *t, const char *host, size_t name_width,
                             const char *reason, size_t used)
{
    size_t width = text_fitted(t, TEXT_BOLD, host, used), room = t->options->width;
    size_t column = used + (name_width > width ? name_width : width) + 2;
    if (!reason) {
        strbuf_addch(&t->block.buf, '\n');
        return;
    }
    if (room && column + TEXT_LEAST > room) {
        strbuf_addch(&t->block.buf, '\n');
        strbuf_addchars(&t->block.buf, ' ', used);
        column = used;
    } else {
        strbuf_addchars(&t->block.buf, ' ', column - used - width);
    }
    text_wrapped(t, column, reason);
}

static int add_finding(struct text *t, const struct audit_finding *finding, size_t name_width,
                       const char **expected, struct err *err)
{
    size_t used = add_verdict(t, finding->verdict);
    if (t->digest->audit->compared) {
        const char *trend = audit_trend_name(finding->trend);
        strbuf_addf(&t->block.buf, "%-6s  ", trend ? trend : "");
        used += 8;
    }
    size_t indent = used;
    add_named_reason(t, finding->host->name, name_width, finding->reason, used);
    if (finding->verdict != VERDICT_WAIVED || t->digest->all) {
        add_all_evidence(t, finding, indent, expected);
    }
    if (finding->waiver) {
        add_waiver(t, finding, indent);
    }
    return block_settle(&t->block, err);
}

/* ---- Rules ---------------------------------------------------------------------------------
 */

/* How wide the names of the listed hosts are; 0 when there are none. */
static size_t names_width(struct text *t, size_t rule)
{
    size_t widest = 0;
    for (size_t i = 0; i < t->digest->audit->nhosts; i++) {
        if (listed(t->digest, rule, i)) {
            strbuf_truncate(&t->line, 0);
            vis_add(&t->line, view_of(t->digest->audit->hosts[i].name), VIS_LINE);
            size_t width = width_of(strbuf_view(&t->line));
            widest = width > widest ? width : widest ? widest : 1;
        }
    }
    return widest < NAME_MOST ? widest : NAME_MOST;
}

/* "  label text", NULL: nothing. */
static void add_labelled(struct text *t, const char *label, const char *foreign)
{
    if (foreign) {
        strbuf_addf(&t->block.buf, "  %s", label);
        text_wrapped(t, 2 + strlen(label), foreign);
    }
}

static void add_rule_head(struct text *t, size_t at)
{
    const struct rule *rule = &t->digest->audit->rules->rules[at];
    struct strbuf *out = &t->block.buf;
    size_t used = 0;
    strbuf_addch(out, '\n');
    used += text_fitted(t, TEXT_BOLD, rule->id, 0);
    strbuf_addstr(out, "  ");
    used += 2 + text_fitted(t, severity_colors[rule->severity], severity_names[rule->severity],
                            used + 2);
    strbuf_addstr(out, "  ");
    add_verdicts(t, t->digest->rules[at].counts);
    strbuf_addch(out, '\n');
    add_labelled(t, "", rule->title);
    add_labelled(t, "why: ", rule->why);
    add_labelled(t, "fix: ", rule->fix);
}

static int add_rule(struct text *t, size_t at, struct err *err)
{
    size_t width = names_width(t, at);
    if (width == 0) {
        return 0;
    }
    const char *expected = NULL;
    int status = 0;
    add_rule_head(t, at);
    for (int v = 0; v < VERDICTS; v++) {
        for (size_t i = 0; i < t->digest->audit->nhosts && status == 0; i++) {
            size_t host = t->digest->by_name[i];
            const struct audit_finding *finding = digest_finding(t->digest, at, host);
            if ((int)finding->verdict == v && listed(t->digest, at, host)) {
                status = add_finding(t, finding, width, &expected, err);
            }
        }
    }
    return status;
}

/* ---- Hosts ---------------------------------------------------------------------------------
 */

static const char *first_reason(const struct audit_digest *digest, size_t host)
{
    for (size_t rule = 0; rule < digest->audit->rules->nrules; rule++) {
        const struct audit_finding *finding = digest_finding(digest, rule, host);
        if (finding->verdict == VERDICT_ERROR && finding->reason) {
            return finding->reason;
        }
    }
    return NULL;
}

static int add_unjudged(struct text *t, struct err *err)
{
    size_t width = names_width(t, NO_RULE);
    if (width == 0) {
        return 0;
    }
    int status = 0;
    strbuf_addch(&t->block.buf, '\n');
    text_colored(t, TEXT_BOLD, VIEW("Hosts of which nothing could be judged"));
    strbuf_addch(&t->block.buf, '\n');
    for (size_t i = 0; i < t->digest->audit->nhosts && status == 0; i++) {
        size_t host = t->digest->by_name[i];
        if (listed(t->digest, NO_RULE, host)) {
            size_t used = add_verdict(t, VERDICT_ERROR);
            add_named_reason(t, t->digest->audit->hosts[host].name, width,
                             first_reason(t->digest, host), used);
            status = block_settle(&t->block, err);
        }
    }
    return status;
}

/* The columns that say something: severities that failed anywhere, ERROR and WAIVED likewise.
 */
struct host_columns {
    struct column columns[2 + SEVERITY_CRITICAL + 1 + 2];
    struct table table;
    bool severities[SEVERITY_CRITICAL + 1], verdicts[VERDICTS];
};

static void choose_columns(struct host_columns *hosts, const struct audit_digest *digest)
{
    const struct audit *audit = digest->audit;
    size_t n = 2;
    *hosts = (struct host_columns){.columns = {{.name = "host"}, {.name = "platform"}}};
    for (size_t i = 0; i < audit->rules->nrules; i++) {
        hosts->severities[audit->rules->rules[i].severity] |=
            digest->rules[i].counts[VERDICT_FAIL] > 0;
    }
    for (size_t s = SEVERITY_CRITICAL + 1; s > 0; s--) {
        if (hosts->severities[s - 1]) {
            hosts->columns[n++].name = severity_names[s - 1];
        }
    }
    for (int v = VERDICT_ERROR; v <= VERDICT_WAIVED; v++) {
        hosts->verdicts[v] = audit->counts[v] > 0;
        if (hosts->verdicts[v]) {
            hosts->columns[n++].name = verdict_names[v];
        }
    }
    hosts->table = (struct table){"Hosts", hosts->columns, n};
}

static void begin_host(struct report_row *row, const struct audited_host *host,
                       const struct audit_tally *tally, const struct host_columns *columns)
{
    report_row_begin(row);
    report_row_text(row, host->name);
    report_row_text(row, host->platform);
    for (size_t s = SEVERITY_CRITICAL + 1; s > 0; s--) {
        if (columns->severities[s - 1]) {
            report_row_number(row, tally->fails[s - 1]);
        }
    }
    for (int v = VERDICT_ERROR; v <= VERDICT_WAIVED; v++) {
        if (columns->verdicts[v]) {
            report_row_number(row, tally->counts[v]);
        }
    }
}

/* How many hosts violate anything. They stand first among the worst. */
static size_t failing_hosts(const struct audit_digest *digest)
{
    size_t n = 0;
    while (n < digest->audit->nhosts &&
           digest->hosts[digest->worst_hosts[n]].counts[VERDICT_FAIL]) {
        n++;
    }
    return n;
}

static int write_hosts(struct text *t, size_t n, struct err *err)
{
    struct writer_options how = {
        .tty = t->options->width > 0, .color = t->options->color, .width = t->options->width};
    struct host_columns columns;
    choose_columns(&columns, t->digest);
    struct writer *writer;
    int status = format_table.open(&writer, t->sink, &columns.table, 1, &how, err);
    if (status < 0) {
        return status;
    }
    struct report_row row;
    report_row_init(&row);
    for (size_t i = 0; i < n && status == 0; i++) {
        size_t host = t->digest->worst_hosts[i];
        begin_host(&row, &t->digest->audit->hosts[host], &t->digest->hosts[host], &columns);
        status = report_row_write(&row, writer, 0, err);
    }
    report_row_release(&row);
    return report_end(writer, status, err);
}

static int add_hosts(struct text *t, struct err *err)
{
    size_t failing = failing_hosts(t->digest), shown = failing;
    if (failing == 0) {
        return 0;
    }
    if (t->options->stdout_tty && !t->digest->all && failing > HOSTS_SHOWN) {
        shown = HOSTS_SHOWN;
    }
    strbuf_addch(&t->block.buf, '\n');
    text_colored(t, TEXT_BOLD, VIEW("Violations by host"));
    strbuf_addch(&t->block.buf, '\n');
    int status = block_flush(&t->block, err);
    status = status ? status : write_hosts(t, shown, err);
    if (shown < failing) {
        strbuf_addf(&t->block.buf, "and %zu more hosts (--all shows them)\n", failing - shown);
    }
    return status;
}

/* ---- All of it -----------------------------------------------------------------------------
 */

static void add_end(struct text *t)
{
    const struct audit *audit = t->digest->audit;
    size_t failing = failing_hosts(t->digest);
    for (size_t i = 0; i < audit->nwarnings; i++) {
        strbuf_addstr(&t->block.buf, i ? "warning: " : "\nwarning: ");
        text_wrapped(t, strlen("warning: "), audit->warnings[i]);
    }
    strbuf_addch(&t->block.buf, '\n');
    if (audit->counts[VERDICT_FAIL]) {
        add_count(t, audit->counts[VERDICT_FAIL], "violation");
        strbuf_addf(&t->block.buf, " on %zu of ", failing);
        add_count(t, audit->nhosts, "host");
    } else {
        strbuf_addstr(&t->block.buf, audit->nfindings ? "No violations" : "Nothing was judged");
    }
    if (audit->counts[VERDICT_ERROR]) {
        strbuf_addf(&t->block.buf, "; %zu could not be judged", audit->counts[VERDICT_ERROR]);
    }
    strbuf_addch(&t->block.buf, '\n');
}

static int write_all(struct text *t, struct err *err)
{
    int status = 0;
    add_head(t);
    for (size_t i = 0; i < t->digest->audit->rules->nrules && status == 0; i++) {
        status = add_rule(t, t->digest->worst_rules[i], err);
    }
    status = status ? status : add_unjudged(t, err);
    status = status ? status : add_hosts(t, err);
    if (status == 0) {
        add_end(t);
        bool failed = strbuf_failed(&t->line) || strbuf_failed(&t->words);
        status = failed ? err_nomem(err) : block_flush(&t->block, err);
    }
    return status;
}

static int write_table(const struct audit_digest *digest, struct sink *sink,
                       const struct audit_report_options *options, struct err *err)
{
    struct text t = {.digest = digest,
                     .options = options,
                     .sink = sink,
                     .line = STRBUF_INIT,
                     .words = STRBUF_INIT};
    block_init(&t.block, sink);
    int status = write_all(&t, err);
    block_release(&t.block);
    strbuf_release(&t.line);
    strbuf_release(&t.words);
    return status;
}

const struct audit_format audit_format_table = {
    .name = "table",
    .extensions = "txt",
    .help = "text for people, the worst first",
    .terminal = true,
    .write = write_table,
};
