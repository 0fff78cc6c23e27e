/*
 * SARIF 2.1.0 (OASIS): one run, a result a finding. Section numbers below are the standard's.
 */
#include "audit/report_part.h"

#include "base/sha256.h"
#include "output/jsonout.h"

#define SCHEMA                                                                                 \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"                      \
    "sarif-schema-2.1.0.json"

static const char *const levels[] = {
    [SEVERITY_INFO] = "note",  [SEVERITY_LOW] = "note",       [SEVERITY_MEDIUM] = "warning",
    [SEVERITY_HIGH] = "error", [SEVERITY_CRITICAL] = "error",
};

/* What code scanning sites sort by: a number between 0 and 10, as text. */
static const char *const scores[] = {
    [SEVERITY_INFO] = "0.0", [SEVERITY_LOW] = "3.0",      [SEVERITY_MEDIUM] = "5.5",
    [SEVERITY_HIGH] = "8.0", [SEVERITY_CRITICAL] = "9.5",
};

struct writing {
    const struct audit_digest *digest;
    struct block block;
    struct jsonout json;
    struct strbuf text;
};

static void add_message(struct jsonout *json, const char *name, const char *text)
{
    jsonout_open(json, name, '{', false);
    jsonout_text(json, "text", text);
    jsonout_close(json);
}

/* ---- The tool and its rules ----------------------------------------------------------------
 */

static void add_rule(struct jsonout *json, const struct rule *rule)
{
    jsonout_open(json, NULL, '{', false);
    jsonout_text(json, "id", rule->id);
    add_message(json, "shortDescription", rule->title);
    if (rule->why) {
        add_message(json, "fullDescription", rule->why);
    }
    if (rule->fix) {
        add_message(json, "help", rule->fix);
    }
    jsonout_open(json, "defaultConfiguration", '{', false);
    jsonout_text(json, "level", levels[rule->severity]);
    jsonout_close(json);
    jsonout_open(json, "properties", '{', false);
    jsonout_text(json, "severity", severity_names[rule->severity]);
    jsonout_text(json, "security-severity", scores[rule->severity]);
    jsonout_text(json, "kind", audit_kind_name(rule->kind));
    jsonout_close(json);
    jsonout_close(json);
}

static int add_tool(struct writing *w, struct err *err)
{
    const struct audit *audit = w->digest->audit;
    int status = 0;
    jsonout_open(&w->json, "tool", '{', true);
    jsonout_open(&w->json, "driver", '{', true);
    jsonout_text(&w->json, "name", "collect");
    if (audit->version) {
        jsonout_text(&w->json, "version", audit->version);
    }
    jsonout_open(&w->json, "rules", '[', true);
    for (size_t i = 0; i < audit->rules->nrules && status == 0; i++) {
        add_rule(&w->json, &audit->rules->rules[i]);
        status = block_settle(&w->block, err);
    }
    jsonout_close(&w->json);
    jsonout_close(&w->json);
    jsonout_close(&w->json);
    return status;
}

/* 3.20: what could not be judged makes the invocation one that did not succeed. */
static void add_invocation(struct jsonout *json, const struct audit *audit)
{
    jsonout_open(json, "invocations", '[', true);
    jsonout_open(json, NULL, '{', true);
    jsonout_bool(json, "executionSuccessful", audit->counts[VERDICT_ERROR] == 0);
    if (audit->judged) {
        jsonout_text(json, "endTimeUtc", audit->judged);
    }
    jsonout_open(json, "toolExecutionNotifications", '[', true);
    for (size_t i = 0; i < audit->nwarnings; i++) {
        jsonout_open(json, NULL, '{', false);
        jsonout_text(json, "level", "warning");
        add_message(json, "message", audit->warnings[i]);
        jsonout_close(json);
    }
    jsonout_close(json);
    jsonout_close(json);
    jsonout_close(json);
}

/* ---- A result ------------------------------------------------------------------------------
 */

/* A relative reference of RFC 3986: a path whose parts are names of others. */
static void add_uri_part(struct strbuf *out, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-._~";
    for (const char *p = text; *p; p++) {
        if (strchr(plain, *p) && !(p == text && *p == '.')) {
            strbuf_addch(out, *p);
        } else {
            strbuf_addf(out, "%%%02X", (unsigned)(unsigned char)*p);
        }
    }
}

static void add_artifact(struct writing *w, const struct audit_finding *finding,
                         const char *command)
{
    strbuf_truncate(&w->text, 0);
    add_uri_part(&w->text, finding->host->name);
    if (command) {
        strbuf_addch(&w->text, '/');
        add_uri_part(&w->text, command);
    }
    jsonout_open(&w->json, "artifactLocation", '{', false);
    jsonout_view(&w->json, "uri", strbuf_view(&w->text));
    jsonout_close(&w->json);
}

static void add_member(struct jsonout *json, const char *name, const char *text)
{
    if (text) {
        jsonout_text(json, name, text);
    }
}

static void add_origin(struct jsonout *json, const struct evidence *evidence)
{
    jsonout_open(json, "properties", '{', false);
    add_member(json, "expected", evidence->expected);
    add_member(json, "template", evidence->template_name);
    add_member(json, "template_fingerprint", evidence->fingerprint);
    add_member(json, "collected_at", evidence->collected_at);
    add_member(json, "output_sha256", evidence->sha256);
    jsonout_close(json);
}

static void add_region(struct jsonout *json, const struct evidence *evidence)
{
    jsonout_open(json, "region", '{', false);
    jsonout_number(json, "startLine", evidence->line);
    if (evidence->text) {
        add_message(json, "snippet", evidence->text);
    }
    jsonout_close(json);
}

/* evidence NULL: the host as such. */
static void add_location(struct writing *w, const struct audit_finding *finding,
                         const struct evidence *evidence)
{
    struct jsonout *json = &w->json;
    jsonout_open(json, NULL, '{', false);
    jsonout_open(json, "physicalLocation", '{', false);
    add_artifact(w, finding, evidence ? evidence->command : NULL);
    if (evidence && evidence->line) {
        add_region(json, evidence);
    }
    jsonout_close(json);
    jsonout_open(json, "logicalLocations", '[', false);
    jsonout_open(json, NULL, '{', false);
    jsonout_text(json, "name", finding->host->name);
    jsonout_text(json, "kind", "host");
    jsonout_close(json);
    jsonout_close(json);
    if (evidence && !evidence->line && evidence->text) {
        add_message(json, "message", evidence->text);
    }
    if (evidence) {
        add_origin(json, evidence);
    }
    jsonout_close(json);
}

static void add_locations(struct writing *w, const struct audit_finding *finding)
{
    jsonout_open(&w->json, "locations", '[', false);
    for (size_t i = 0; i < finding->nevidence; i++) {
        add_location(w, finding, &finding->evidence[i]);
    }
    if (finding->nevidence == 0) {
        add_location(w, finding, NULL);
    }
    jsonout_close(&w->json);
}

/* The same rule on the same host is the same result, run after run. */
static void add_fingerprint(struct writing *w, const struct audit_finding *finding)
{
    char hex[SHA256_HEX_SIZE];
    strbuf_truncate(&w->text, 0);
    strbuf_addstr(&w->text, finding->rule->id);
    strbuf_addch(&w->text, '\0');
    strbuf_addstr(&w->text, finding->host->name);
    sha256_hex(strbuf_view(&w->text), hex);
    jsonout_open(&w->json, "partialFingerprints", '{', false);
    jsonout_text(&w->json, "ruleAndHost/v1", hex);
    jsonout_close(&w->json);
}

/* An expired waiver suppresses nothing, so it is no suppression. */
static void add_suppressions(struct jsonout *json, const struct audit_finding *finding)
{
    const struct waiver *waiver = finding->waiver;
    if (finding->verdict != VERDICT_WAIVED || !waiver) {
        return;
    }
    jsonout_open(json, "suppressions", '[', false);
    jsonout_open(json, NULL, '{', false);
    jsonout_text(json, "kind", "external");
    jsonout_text(json, "status", "accepted");
    add_member(json, "justification", waiver->reason);
    jsonout_open(json, "properties", '{', false);
    add_member(json, "owner", waiver->owner);
    add_member(json, "expires", waiver->expires);
    jsonout_close(json);
    jsonout_close(json);
    jsonout_close(json);
}

/* 3.27.24. What failed and now passes is a result of the baseline alone. */
static const char *baseline_state(const struct audit_finding *finding)
{
    if (finding->trend == TREND_WORSE) {
        return "new";
    }
    return finding->trend == TREND_NONE         ? "unchanged"
           : finding->verdict == VERDICT_WAIVED ? "updated"
                                                : "absent";
}

static void add_result_message(struct writing *w, const struct audit_finding *finding)
{
    const char *reason = finding->reason ? finding->reason : finding->rule->title;
    strbuf_truncate(&w->text, 0);
    strbuf_addf(&w->text, "%s: %s", finding->host->name, reason ? reason : finding->rule->id);
    jsonout_open(&w->json, "message", '{', false);
    jsonout_view(&w->json, "text", strbuf_view(&w->text));
    jsonout_close(&w->json);
}

static int add_result(void *user, const struct audit_finding *finding, struct err *err)
{
    static const char *const kinds[VERDICTS] = {
        [VERDICT_FAIL] = "fail", [VERDICT_ERROR] = "open",         [VERDICT_WAIVED] = "fail",
        [VERDICT_PASS] = "pass", [VERDICT_SKIP] = "notApplicable",
    };
    struct writing *w = user;
    struct jsonout *json = &w->json;
    const char *kind = kinds[finding->verdict];
    bool fails = strcmp(kind, "fail") == 0; /* 3.27.10: else the level is none */
    jsonout_open(json, NULL, '{', false);
    jsonout_text(json, "ruleId", finding->rule->id);
    jsonout_number(json, "ruleIndex", (size_t)(finding->rule - w->digest->audit->rules->rules));
    jsonout_text(json, "kind", kind);
    jsonout_text(json, "level", fails ? levels[finding->rule->severity] : "none");
    add_result_message(w, finding);
    add_locations(w, finding);
    add_fingerprint(w, finding);
    add_suppressions(json, finding);
    if (w->digest->audit->compared) {
        jsonout_text(json, "baselineState", baseline_state(finding));
    }
    jsonout_open(json, "properties", '{', false);
    jsonout_text(json, "verdict", verdict_names[finding->verdict]);
    jsonout_number(json, "violations", finding->violations);
    jsonout_close(json);
    jsonout_close(json);
    return strbuf_failed(&w->text) ? err_nomem(err) : block_settle(&w->block, err);
}

/* ---- The document --------------------------------------------------------------------------
 */

static void add_run_properties(struct jsonout *json, const struct audit *audit)
{
    jsonout_open(json, "properties", '{', false);
    add_member(json, "source", audit->source);
    add_member(json, "started", audit->started);
    jsonout_number(json, "hosts", audit->nhosts);
    for (int v = 0; v < VERDICTS; v++) {
        jsonout_number(json, verdict_names[v], audit->counts[v]);
    }
    jsonout_close(json);
}

static int write_document(struct writing *w, struct err *err)
{
    struct jsonout *json = &w->json;
    jsonout_open(json, NULL, '{', true);
    jsonout_text(json, "$schema", SCHEMA);
    jsonout_text(json, "version", "2.1.0");
    jsonout_open(json, "runs", '[', true);
    jsonout_open(json, NULL, '{', true);
    int status = add_tool(w, err);
    add_invocation(json, w->digest->audit);
    jsonout_open(json, "results", '[', true);
    status = status ? status : digest_each(w->digest, add_result, w, err);
    jsonout_close(json);
    add_run_properties(json, w->digest->audit);
    jsonout_close(json);
    jsonout_close(json);
    jsonout_close(json);
    strbuf_addch(&w->block.buf, '\n');
    return status;
}

static int write_sarif(const struct audit_digest *digest, struct sink *sink,
                       const struct audit_report_options *options, struct err *err)
{
    (void)options;
    struct writing w = {.digest = digest, .text = STRBUF_INIT};
    block_init(&w.block, sink);
    w.json.out = &w.block.buf;
    int status = write_document(&w, err);
    status = status ? status : block_flush(&w.block, err);
    block_release(&w.block);
    strbuf_release(&w.text);
    return status;
}

const struct audit_format audit_format_sarif = {
    .name = "sarif",
    .extensions = "sarif sarif.json",
    .help = "SARIF 2.1.0, for code scanning sites",
    .write = write_sarif,
};
