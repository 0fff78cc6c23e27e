/*
 * Text for people: the counts, then the rules that do not hold, the worst first, each with the
 * hosts and what was seen there, then the hosts. A host of which nothing could be judged is
 * named once, not under every rule.
 */
#include "audit/report_listing.h"
#include "audit/report_rows.h"

#include "base/vis.h"
#include "output/formats.h"
#include "output/width.h"

#define HOSTS_SHOWN 20 /* in the table of hosts on a terminal, likewise */
#define NAME_MOST   24 /* columns of a host's name before it pushes the rest away */

#define NO_RULE SIZE_MAX

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
            text_colored(t, text_verdict_colors[v], view_of(number));
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
    struct listing listing = {.text = t, .name_width = width};
    int status = 0;
    add_rule_head(t, at);
    for (int v = 0; v < VERDICTS; v++) {
        for (size_t i = 0; i < t->digest->audit->nhosts && status == 0; i++) {
            size_t host = t->digest->by_name[i];
            const struct audit_finding *finding = digest_finding(t->digest, at, host);
            if ((int)finding->verdict == v && listed(t->digest, at, host)) {
                status = listing_add(&listing, finding, err);
            }
        }
    }
    return status ? status : listing_end(&listing, err);
}

/* ---- Hosts ---------------------------------------------------------------------------------
 */

/* NULL: it has none. */
static const struct audit_finding *first_error(const struct audit_digest *digest, size_t host)
{
    for (size_t rule = 0; rule < digest->audit->rules->nrules; rule++) {
        const struct audit_finding *finding = digest_finding(digest, rule, host);
        if (finding->verdict == VERDICT_ERROR && digest_shows(digest, finding)) {
            return finding;
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
    struct listing listing = {.text = t, .name_width = width};
    int status = 0;
    strbuf_addch(&t->block.buf, '\n');
    text_colored(t, TEXT_BOLD, VIEW("Hosts of which nothing could be judged"));
    strbuf_addch(&t->block.buf, '\n');
    for (size_t i = 0; i < t->digest->audit->nhosts && status == 0; i++) {
        size_t host = t->digest->by_name[i];
        const struct audit_finding *finding = first_error(t->digest, host);
        if (finding && listed(t->digest, NO_RULE, host)) {
            status = listing_add(&listing, finding, err);
        }
    }
    return status ? status : listing_end(&listing, err);
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

/* With a baseline only hosts that violate something newly. */
static bool told(const struct audit_digest *digest, size_t host)
{
    return digest->hosts[host].shown[VERDICT_FAIL] > 0;
}

static int write_hosts(struct text *t, size_t most, struct err *err)
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
    for (size_t i = 0; i < t->digest->audit->nhosts && most > 0 && status == 0; i++) {
        size_t host = t->digest->worst_hosts[i];
        if (told(t->digest, host)) {
            begin_host(&row, &t->digest->audit->hosts[host], &t->digest->hosts[host], &columns);
            status = report_row_write(&row, writer, 0, err);
            most--;
        }
    }
    report_row_release(&row);
    return report_end(writer, status, err);
}

static int add_hosts(struct text *t, struct err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < t->digest->audit->nhosts; i++) {
        n += told(t->digest, i);
    }
    if (n == 0) {
        return 0;
    }
    bool cut = t->options->stdout_tty && !t->digest->all && n > HOSTS_SHOWN;
    strbuf_addch(&t->block.buf, '\n');
    text_colored(t, TEXT_BOLD, VIEW("Violations by host"));
    strbuf_addch(&t->block.buf, '\n');
    int status = block_flush(&t->block, err);
    status = status ? status : write_hosts(t, cut ? HOSTS_SHOWN : n, err);
    if (cut) {
        strbuf_addf(&t->block.buf, "and %zu more hosts (--all shows them)\n", n - HOSTS_SHOWN);
    }
    return status;
}

/* ---- All of it -----------------------------------------------------------------------------
 */

static void add_end(struct text *t)
{
    const struct audit *audit = t->digest->audit;
    size_t failing = failing_hosts(t->digest);
    /* On a terminal they were told when they were found. */
    for (size_t i = 0; i < audit->nwarnings && !t->options->stdout_tty; i++) {
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
        bool failed =
            strbuf_failed(&t->line) || strbuf_failed(&t->words) || strbuf_failed(&t->names);
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
                     .words = STRBUF_INIT,
                     .names = STRBUF_INIT};
    block_init(&t.block, sink);
    int status = write_all(&t, err);
    block_release(&t.block);
    strbuf_release(&t.line);
    strbuf_release(&t.words);
    strbuf_release(&t.names);
    return status;
}

const struct audit_format audit_format_table = {
    .name = "table",
    .extensions = "txt",
    .help = "text for people, the worst first",
    .terminal = true,
    .write = write_table,
};
