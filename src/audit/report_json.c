/* JSON and NDJSON; the schema stands in report.h. */
#include "audit/report_part.h"

#include "output/jsonout.h"

static const char *const verdict_keys[VERDICTS] = {"fail", "error", "waived", "pass", "skip"};

static void add_counts(struct jsonout *json, const size_t counts[VERDICTS])
{
    for (int v = 0; v < VERDICTS; v++) {
        jsonout_number(json, verdict_keys[v], counts[v]);
    }
}

/* ---- A finding -----------------------------------------------------------------------------
 */

static void add_waiver(struct jsonout *json, const struct audit_finding *finding)
{
    const struct waiver *waiver = finding->waiver;
    if (!waiver) {
        jsonout_text(json, "waiver", NULL);
        return;
    }
    jsonout_open(json, "waiver", '{', false);
    jsonout_text(json, "owner", waiver->owner);
    jsonout_text(json, "reason", waiver->reason);
    jsonout_text(json, "expires", waiver->expires);
    jsonout_bool(json, "expired", audit_waiver_expired(finding));
    jsonout_close(json);
}

static void add_evidence(struct jsonout *json, const struct evidence *evidence)
{
    jsonout_open(json, NULL, '{', false);
    jsonout_text(json, "command", evidence->command);
    if (evidence->line) {
        jsonout_number(json, "line", evidence->line);
    } else {
        jsonout_text(json, "line", NULL);
    }
    jsonout_text(json, "text", evidence->text);
    jsonout_text(json, "expected", evidence->expected);
    jsonout_text(json, "template", evidence->template_name);
    jsonout_text(json, "template_fingerprint", evidence->fingerprint);
    jsonout_text(json, "collected_at", evidence->collected_at);
    jsonout_text(json, "output_sha256", evidence->sha256);
    jsonout_close(json);
}

static void add_finding(struct jsonout *json, const struct audit_finding *finding)
{
    jsonout_open(json, NULL, '{', false);
    jsonout_text(json, "rule", finding->rule->id);
    jsonout_text(json, "severity", severity_names[finding->rule->severity]);
    jsonout_text(json, "title", finding->rule->title);
    jsonout_text(json, "host", finding->host->name);
    jsonout_text(json, "platform", finding->host->platform);
    jsonout_text(json, "verdict", verdict_names[finding->verdict]);
    jsonout_text(json, "trend", audit_trend_name(finding->trend));
    jsonout_text(json, "reason", finding->reason);
    jsonout_number(json, "violations", finding->violations);
    add_waiver(json, finding);
    jsonout_open(json, "evidence", '[', false);
    for (size_t i = 0; i < finding->nevidence; i++) {
        add_evidence(json, &finding->evidence[i]);
    }
    jsonout_close(json);
    jsonout_close(json);
}

struct writing {
    struct block block;
    struct jsonout json;
    bool ndjson;
};

static int on_finding(void *user, const struct audit_finding *finding, struct err *err)
{
    struct writing *w = user;
    add_finding(&w->json, finding);
    if (w->ndjson) {
        strbuf_addch(&w->block.buf, '\n');
    }
    return block_settle(&w->block, err);
}

/* ---- What stands around the findings -------------------------------------------------------
 */

static void add_audit(struct jsonout *json, const struct audit *audit)
{
    jsonout_open(json, "audit", '{', true);
    jsonout_text(json, "source", audit->source);
    jsonout_text(json, "judged", audit->judged);
    jsonout_text(json, "started", audit->started);
    jsonout_text(json, "version", audit->version);
    jsonout_bool(json, "compared", audit->compared);
    jsonout_open(json, "rule_files", '[', true);
    for (size_t i = 0; i < audit->rules->nfiles; i++) {
        jsonout_open(json, NULL, '{', false);
        jsonout_text(json, "name", audit_base_name(audit->rules->files[i].path));
        jsonout_text(json, "sha256", audit->rules->files[i].sha256);
        jsonout_close(json);
    }
    jsonout_close(json);
    jsonout_close(json);
}

static void add_summary(struct jsonout *json, const struct audit *audit)
{
    jsonout_open(json, "summary", '{', false);
    jsonout_number(json, "hosts", audit->nhosts);
    jsonout_number(json, "rules", audit->rules->nrules);
    jsonout_number(json, "findings", audit->nfindings);
    add_counts(json, audit->counts);
    jsonout_number(json, "worse", audit->worse);
    jsonout_number(json, "better", audit->better);
    jsonout_close(json);
}

static void add_rules(struct jsonout *json, const struct audit_digest *digest)
{
    jsonout_open(json, "rules", '[', true);
    for (size_t i = 0; i < digest->audit->rules->nrules; i++) {
        const struct rule *rule = &digest->audit->rules->rules[i];
        jsonout_open(json, NULL, '{', false);
        jsonout_text(json, "id", rule->id);
        jsonout_text(json, "title", rule->title);
        jsonout_text(json, "severity", severity_names[rule->severity]);
        jsonout_text(json, "kind", audit_kind_name(rule->kind));
        jsonout_text(json, "why", rule->why);
        jsonout_text(json, "fix", rule->fix);
        add_counts(json, digest->rules[i].counts);
        jsonout_close(json);
    }
    jsonout_close(json);
}

static int add_hosts(struct writing *w, const struct audit_digest *digest, struct err *err)
{
    int status = 0;
    jsonout_open(&w->json, "hosts", '[', true);
    for (size_t i = 0; i < digest->audit->nhosts && status == 0; i++) {
        const struct audited_host *host = &digest->audit->hosts[digest->by_name[i]];
        jsonout_open(&w->json, NULL, '{', false);
        jsonout_text(&w->json, "name", host->name);
        jsonout_text(&w->json, "platform", host->platform);
        add_counts(&w->json, digest->hosts[digest->by_name[i]].counts);
        jsonout_close(&w->json);
        status = block_settle(&w->block, err);
    }
    jsonout_close(&w->json);
    return status;
}

static void add_warnings(struct jsonout *json, const struct audit *audit)
{
    jsonout_open(json, "warnings", '[', true);
    for (size_t i = 0; i < audit->nwarnings; i++) {
        jsonout_text(json, NULL, audit->warnings[i]);
    }
    jsonout_close(json);
}

static int write_document(struct writing *w, const struct audit_digest *digest, struct err *err)
{
    jsonout_open(&w->json, NULL, '{', true);
    add_audit(&w->json, digest->audit);
    add_summary(&w->json, digest->audit);
    add_rules(&w->json, digest);
    int status = add_hosts(w, digest, err);
    jsonout_open(&w->json, "findings", '[', true);
    status = status ? status : digest_each(digest, on_finding, w, err);
    jsonout_close(&w->json);
    add_warnings(&w->json, digest->audit);
    jsonout_close(&w->json);
    strbuf_addch(&w->block.buf, '\n');
    return status;
}

static int write_either(const struct audit_digest *digest, struct sink *sink, bool ndjson,
                        struct err *err)
{
    struct writing w = {.ndjson = ndjson};
    block_init(&w.block, sink);
    w.json.out = &w.block.buf;
    int status =
        ndjson ? digest_each(digest, on_finding, &w, err) : write_document(&w, digest, err);
    status = status ? status : block_flush(&w.block, err);
    block_release(&w.block);
    return status;
}

static int write_json(const struct audit_digest *digest, struct sink *sink,
                      const struct audit_report_options *options, struct err *err)
{
    (void)options;
    return write_either(digest, sink, false, err);
}

static int write_ndjson(const struct audit_digest *digest, struct sink *sink,
                        const struct audit_report_options *options, struct err *err)
{
    (void)options;
    return write_either(digest, sink, true, err);
}

const struct audit_format audit_format_json = {
    .name = "json",
    .extensions = "json",
    .help = "all of it as one object: summary, rules, hosts, findings with evidence",
    .write = write_json,
};

const struct audit_format audit_format_ndjson = {
    .name = "ndjson",
    .extensions = "ndjson jsonl",
    .help = "a finding a line",
    .write = write_ndjson,
};
