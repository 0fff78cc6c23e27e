/* JUnit: a testsuite a rule, a testcase a host. */
#include "audit/report_part.h"

#include "output/junit.h"

/* "show version:3: text", then what was expected of it. */
static void add_evidence(struct strbuf *out, const struct evidence *evidence)
{
    strbuf_addstr(out, evidence->command ? evidence->command : "");
    if (evidence->line) {
        strbuf_addf(out, ":%zu", evidence->line);
    }
    strbuf_addf(out, "%s%s\n", evidence->command ? ": " : "",
                evidence->text ? evidence->text : "");
    if (evidence->expected) {
        strbuf_addf(out, "  expected: %s\n", evidence->expected);
    }
}

static void add_text(struct strbuf *out, const struct audit_finding *finding)
{
    for (size_t i = 0; i < finding->nevidence; i++) {
        add_evidence(out, &finding->evidence[i]);
    }
    if (finding->nevidence < finding->violations) {
        strbuf_addf(out, "and %zu more\n", finding->violations - finding->nevidence);
    }
}

static void add_message(struct strbuf *out, const struct audit_finding *finding)
{
    const struct waiver *waiver = finding->waiver;
    strbuf_addstr(out, finding->reason                    ? finding->reason
                       : finding->verdict == VERDICT_SKIP ? "does not apply"
                                                          : finding->rule->title);
    if (finding->verdict == VERDICT_WAIVED && waiver) {
        strbuf_addf(out, " (waived by %s until %s: %s)", waiver->owner, waiver->expires,
                    waiver->reason);
    }
}

struct writing {
    struct block block;
    struct strbuf message, text;
};

static int write_case(struct writing *w, const struct audit_finding *finding, struct err *err)
{
    static const enum junit_outcome outcomes[VERDICTS] = {
        [VERDICT_FAIL] = JUNIT_FAILED,    [VERDICT_ERROR] = JUNIT_ERROR,
        [VERDICT_WAIVED] = JUNIT_SKIPPED, [VERDICT_PASS] = JUNIT_PASSED,
        [VERDICT_SKIP] = JUNIT_SKIPPED,
    };
    strbuf_reset(&w->message);
    strbuf_reset(&w->text);
    add_message(&w->message, finding);
    add_text(&w->text, finding);
    struct junit_case one = {
        .classname = view_of(finding->rule->id),
        .name = view_of(finding->host->name),
        .outcome = outcomes[finding->verdict],
        .message = strbuf_view(&w->message),
        .text = strbuf_view(&w->text),
    };
    junit_case(&w->block.buf, &one);
    return strbuf_failed(&w->message) || strbuf_failed(&w->text) ? err_nomem(err)
                                                                 : block_settle(&w->block, err);
}

static int write_suite(struct writing *w, const struct audit_digest *digest, size_t at,
                       struct err *err)
{
    const struct rule *rule = &digest->audit->rules->rules[at];
    const size_t *shown = digest->rules[at].shown;
    const struct junit_property properties[] = {{"title", rule->title},
                                                {"severity", severity_names[rule->severity]},
                                                {"why", rule->why},
                                                {"fix", rule->fix}};
    struct junit_suite suite = {
        .name = rule->id,
        .id = at,
        .failures = shown[VERDICT_FAIL],
        .errors = shown[VERDICT_ERROR],
        .skipped = shown[VERDICT_WAIVED] + shown[VERDICT_SKIP],
        .timestamp = digest->audit->judged,
        .properties = properties,
        .nproperties = sizeof(properties) / sizeof(properties[0]),
    };
    suite.tests = suite.failures + suite.errors + suite.skipped + shown[VERDICT_PASS];
    junit_suite_open(&w->block.buf, &suite);
    int status = 0;
    for (size_t i = 0; i < digest->audit->nhosts && status == 0; i++) {
        const struct audit_finding *finding = digest_finding(digest, at, digest->by_name[i]);
        status = digest_shows(digest, finding) ? write_case(w, finding, err) : 0;
    }
    junit_suite_close(&w->block.buf, VIEW(""));
    return status;
}

static int write_junit(const struct audit_digest *digest, struct sink *sink,
                       const struct audit_report_options *options, struct err *err)
{
    (void)options;
    struct writing w = {.message = STRBUF_INIT, .text = STRBUF_INIT};
    block_init(&w.block, sink);
    junit_open(&w.block.buf);
    int status = 0;
    for (size_t i = 0; i < digest->audit->rules->nrules && status == 0; i++) {
        status = write_suite(&w, digest, i, err);
    }
    junit_close(&w.block.buf);
    status = status ? status : block_flush(&w.block, err);
    block_release(&w.block);
    strbuf_release(&w.message);
    strbuf_release(&w.text);
    return status;
}

const struct audit_format audit_format_junit = {
    .name = "junit",
    .extensions = "xml",
    .help = "JUnit's XML for CI: a testsuite a rule, a testcase a host",
    .write = write_junit,
};
