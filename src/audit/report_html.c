/*
 * HTML: one page that needs nothing else. Every text is escaped, and the page's own policy lets
 * nothing but its own script run and nothing at all be loaded.
 */
#include "audit/report_page.h"
#include "audit/report_part.h"

#include "output/markup.h"

#define OPEN_FINDINGS 200 /* rules stand open while there are no more findings to read */

struct page {
    const struct audit_digest *digest;
    struct block block;
    struct strbuf *out; /* the block's */
};

static void add_text(struct page *p, const char *text)
{
    markup_add(p->out, view_of(text ? text : ""));
}

static void add_attribute(struct page *p, const char *name, const char *text)
{
    strbuf_addf(p->out, " %s=\"", name);
    markup_add_attribute(p->out, view_of(text));
    strbuf_addch(p->out, '"');
}

/* ---- The head ------------------------------------------------------------------------------
 */

static void add_policy(struct page *p)
{
    strbuf_addf(p->out,
                "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n"
                "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; "
                "style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'\">\n"
                "<meta name=viewport content=\"width=device-width\">\n<title>Audit of ",
                report_style_hash, report_script_hash);
    add_text(p, p->digest->audit->source);
    strbuf_addf(p->out, "</title>\n<style>%s</style>\n", report_style);
}

static void add_about(struct page *p)
{
    const struct audit *audit = p->digest->audit;
    const struct {
        const char *before, *text;
    } parts[] = {{", collected ", audit->started},
                 {", judged ", audit->judged},
                 {" by collect ", audit->version}};
    strbuf_addstr(p->out, "<h1>Audit of ");
    add_text(p, audit->source);
    strbuf_addf(p->out, "</h1>\n<p class=about>%zu host%s, %zu rule%s", audit->nhosts,
                audit->nhosts == 1 ? "" : "s", audit->rules->nrules,
                audit->rules->nrules == 1 ? "" : "s");
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i].text) {
            strbuf_addstr(p->out, parts[i].before);
            add_text(p, parts[i].text);
        }
    }
    strbuf_addstr(p->out, "</p>\n");
}

static void add_counts(struct page *p)
{
    const struct audit *audit = p->digest->audit;
    strbuf_addstr(p->out, "<ul class=counts>\n");
    for (int v = 0; v < VERDICTS; v++) {
        strbuf_addf(p->out, "<li class=%s><b>%zu</b>%s\n", verdict_names[v], audit->counts[v],
                    verdict_names[v]);
    }
    if (audit->compared) {
        strbuf_addf(p->out,
                    "<li class=worse><b>%zu</b>worse\n<li class=better><b>%zu</b>better\n",
                    audit->worse, audit->better);
    }
    strbuf_addstr(p->out, "</ul>\n");
    if (audit->compared && !p->digest->all) {
        strbuf_addstr(p->out, "<p>What is as it was in the baseline is not listed.</p>\n");
    }
    for (size_t i = 0; i < audit->nwarnings; i++) {
        strbuf_addstr(p->out, "<p class=warnings>Warning: ");
        add_text(p, audit->warnings[i]);
        strbuf_addstr(p->out, "</p>\n");
    }
}

static void add_bar(struct page *p)
{
    strbuf_addstr(p->out, "<div class=bar hidden><input type=search placeholder=\"Rule, host, "
                          "verdict or text\" aria-label=\"Filter findings\">\n");
    bool all = p->digest->all || p->digest->audit->compared;
    for (int v = 0; v <= (all ? VERDICT_SKIP : VERDICT_WAIVED); v++) {
        strbuf_addf(p->out, "<label><input type=checkbox value=%s checked> %s</label>\n",
                    verdict_names[v], verdict_names[v]);
    }
    strbuf_addstr(p->out, "<button type=button>Open or close all</button> <output></output>"
                          "</div>\n");
}

/* ---- Findings ------------------------------------------------------------------------------
 */

static void add_term(struct page *p, const char *term, const char *text)
{
    if (text) {
        strbuf_addf(p->out, "<dt>%s<dd>", term);
        add_text(p, text);
        strbuf_addstr(p->out, "</dd>\n");
    }
}

static void add_place(struct page *p, const struct evidence *evidence)
{
    add_text(p, evidence->command);
    if (evidence->line) {
        strbuf_addf(p->out, ":%zu", evidence->line);
    }
}

static void add_evidence(struct page *p, const struct evidence *evidence)
{
    strbuf_addstr(p->out, "<div class=evidence><code>");
    add_place(p, evidence);
    strbuf_addstr(p->out, "</code>");
    if (evidence->text) {
        strbuf_addstr(p->out, "<pre>");
        add_text(p, evidence->text);
        strbuf_addstr(p->out, "</pre>");
    }
    strbuf_addstr(p->out, "<dl>");
    add_term(p, "expected", evidence->expected);
    add_term(p, "template", evidence->template_name);
    add_term(p, "its SHA-256", evidence->fingerprint);
    add_term(p, "collected", evidence->collected_at);
    add_term(p, "output's SHA-256", evidence->sha256);
    strbuf_addstr(p->out, "</dl></div>\n");
}

static void add_all_evidence(struct page *p, const struct audit_finding *finding)
{
    if (finding->nevidence == 0) {
        return;
    }
    strbuf_addf(p->out, "<details><summary>Evidence (%zu", finding->nevidence);
    if (finding->nevidence < finding->violations) {
        strbuf_addf(p->out, " of %zu", finding->violations);
    }
    strbuf_addstr(p->out, ") <code>");
    add_place(p, &finding->evidence[0]);
    strbuf_addstr(p->out, " ");
    add_text(p, finding->evidence[0].text);
    strbuf_addstr(p->out, "</code></summary>\n");
    for (size_t i = 0; i < finding->nevidence; i++) {
        add_evidence(p, &finding->evidence[i]);
    }
    strbuf_addstr(p->out, "</details>");
}

static void add_waiver(struct page *p, const struct audit_finding *finding)
{
    const struct waiver *waiver = finding->waiver;
    if (waiver && finding->verdict == VERDICT_WAIVED) {
        strbuf_addstr(p->out, "<p><small>Waived by ");
        add_text(p, waiver->owner);
        strbuf_addstr(p->out, " until ");
        add_text(p, waiver->expires);
        strbuf_addstr(p->out, ": ");
        add_text(p, waiver->reason);
        strbuf_addstr(p->out, "</small></p>");
    }
}

static int add_finding(struct page *p, const struct audit_finding *finding, struct err *err)
{
    const char *verdict = verdict_names[finding->verdict];
    const char *trend = audit_trend_name(finding->trend);
    strbuf_addf(p->out, "<tr data-v=%s", verdict);
    add_attribute(p, "data-h", finding->host->name);
    strbuf_addf(p->out, "><td><span class=\"tag %s\">%s</span>", verdict, verdict);
    if (trend) {
        strbuf_addf(p->out, " <small>%s</small>", trend);
    }
    strbuf_addstr(p->out, "<td>");
    add_text(p, finding->host->name);
    if (finding->host->platform) {
        strbuf_addstr(p->out, " <small>");
        add_text(p, finding->host->platform);
        strbuf_addstr(p->out, "</small>");
    }
    strbuf_addstr(p->out, "<td>");
    if (finding->reason) {
        strbuf_addstr(p->out, "<p>");
        add_text(p, finding->reason);
        strbuf_addstr(p->out, "</p>");
    }
    add_waiver(p, finding);
    add_all_evidence(p, finding);
    strbuf_addstr(p->out, "\n");
    return block_settle(&p->block, err);
}

static void add_rule_head(struct page *p, size_t at, bool open)
{
    const struct rule *rule = &p->digest->audit->rules->rules[at];
    const char *severity = severity_names[rule->severity];
    strbuf_addf(p->out, "<details class=rule%s><summary><span class=\"tag %s\">%s</span><b>",
                open ? " open" : "", severity, severity);
    add_text(p, rule->id);
    strbuf_addstr(p->out, "</b> ");
    add_text(p, rule->title);
    strbuf_addstr(p->out, "<span>");
    for (int v = 0; v < VERDICTS; v++) {
        if (p->digest->rules[at].counts[v]) {
            strbuf_addf(p->out, "<span class=\"tag %s\">%zu %s</span>", verdict_names[v],
                        p->digest->rules[at].counts[v], verdict_names[v]);
        }
    }
    strbuf_addstr(p->out, "</span></summary>\n<dl>");
    add_term(p, "why", rule->why);
    add_term(p, "fix", rule->fix);
    strbuf_addstr(p->out, "</dl>\n<table><tbody>\n");
}

static int add_rule(struct page *p, size_t at, bool open, struct err *err)
{
    int status = 0;
    add_rule_head(p, at, open && p->digest->rules[at].shown[VERDICT_FAIL]);
    for (int v = 0; v < VERDICTS; v++) {
        for (size_t i = 0; i < p->digest->audit->nhosts && status == 0; i++) {
            const struct audit_finding *finding =
                digest_finding(p->digest, at, p->digest->by_name[i]);
            if ((int)finding->verdict == v && digest_tells(p->digest, finding)) {
                status = add_finding(p, finding, err);
            }
        }
    }
    strbuf_addstr(p->out, "</table></details>\n");
    return status;
}

static int add_rules(struct page *p, struct err *err)
{
    int status = 0;
    bool open = p->digest->audit->counts[VERDICT_FAIL] <= OPEN_FINDINGS;
    strbuf_addstr(p->out, "<section><h2>Rules</h2>\n");
    for (size_t i = 0; i < p->digest->audit->rules->nrules && status == 0; i++) {
        status = add_rule(p, p->digest->worst_rules[i], open, err);
    }
    strbuf_addstr(p->out, "</section>\n");
    return status;
}

/* ---- Hosts ---------------------------------------------------------------------------------
 */

static void add_number(struct page *p, size_t number)
{
    strbuf_addf(p->out, "<td class=n>%zu", number);
}

static int add_hosts(struct page *p, struct err *err)
{
    int status = 0;
    strbuf_addstr(p->out, "<section><h2>Hosts</h2>\n<div class=scroll><table class=hosts>"
                          "<thead><tr><th>Host<th>Platform");
    for (size_t s = SEVERITY_CRITICAL + 1; s > 0; s--) {
        strbuf_addf(p->out, "<th class=n>%s", severity_names[s - 1]);
    }
    for (int v = VERDICT_ERROR; v < VERDICTS; v++) {
        strbuf_addf(p->out, "<th class=n>%s", verdict_names[v]);
    }
    strbuf_addstr(p->out, "<tbody>\n");
    for (size_t i = 0; i < p->digest->audit->nhosts && status == 0; i++) {
        size_t host = p->digest->worst_hosts[i];
        strbuf_addstr(p->out, "<tr");
        add_attribute(p, "data-h", p->digest->audit->hosts[host].name);
        strbuf_addstr(p->out, "><td>");
        add_text(p, p->digest->audit->hosts[host].name);
        strbuf_addstr(p->out, "<td>");
        add_text(p, p->digest->audit->hosts[host].platform);
        for (size_t s = SEVERITY_CRITICAL + 1; s > 0; s--) {
            add_number(p, p->digest->hosts[host].fails[s - 1]);
        }
        for (int v = VERDICT_ERROR; v < VERDICTS; v++) {
            add_number(p, p->digest->hosts[host].counts[v]);
        }
        strbuf_addch(p->out, '\n');
        status = block_settle(&p->block, err);
    }
    strbuf_addstr(p->out, "</table></div></section>\n");
    return status;
}

static int add_matrix_row(struct page *p, size_t host, struct err *err)
{
    strbuf_addstr(p->out, "<tr");
    add_attribute(p, "data-h", p->digest->audit->hosts[host].name);
    strbuf_addstr(p->out, "><th>");
    add_text(p, p->digest->audit->hosts[host].name);
    for (size_t r = 0; r < p->digest->audit->rules->nrules; r++) {
        const struct audit_finding *finding =
            digest_finding(p->digest, p->digest->worst_rules[r], host);
        const char *verdict = verdict_names[finding->verdict];
        if (digest_shows(p->digest, finding)) {
            strbuf_addf(p->out, "<td class=%s>%s", verdict, verdict);
        } else {
            strbuf_addstr(p->out, "<td>");
        }
    }
    strbuf_addch(p->out, '\n');
    return block_settle(&p->block, err);
}

static int add_matrix(struct page *p, struct err *err)
{
    int status = 0;
    strbuf_addstr(p->out, "<section><h2>Matrix</h2>\n<div class=scroll>"
                          "<table class=\"hosts matrix\"><thead><tr><th>Host");
    for (size_t r = 0; r < p->digest->audit->rules->nrules; r++) {
        strbuf_addstr(p->out, "<th>");
        add_text(p, p->digest->audit->rules->rules[p->digest->worst_rules[r]].id);
    }
    strbuf_addstr(p->out, "<tbody>\n");
    for (size_t i = 0; i < p->digest->audit->nhosts && status == 0; i++) {
        status = add_matrix_row(p, p->digest->by_name[i], err);
    }
    strbuf_addstr(p->out, "</table></div></section>\n");
    return status;
}

static int write_page(struct page *p, struct err *err)
{
    add_policy(p);
    add_about(p);
    add_counts(p);
    add_bar(p);
    int status = add_rules(p, err);
    status = status ? status : add_hosts(p, err);
    status = status ? status : add_matrix(p, err);
    strbuf_addf(p->out, "<script>%s</script>\n</html>\n", report_script);
    return status ? status : block_flush(&p->block, err);
}

static int write_html(const struct audit_digest *digest, struct sink *sink,
                      const struct audit_report_options *options, struct err *err)
{
    (void)options;
    struct page page = {.digest = digest};
    block_init(&page.block, sink);
    page.out = &page.block.buf;
    int status = write_page(&page, err);
    block_release(&page.block);
    return status;
}

const struct audit_format audit_format_html = {
    .name = "html",
    .extensions = "html htm",
    .help = "one page to read and filter: rules, hosts, matrix, evidence",
    .write = write_html,
};
