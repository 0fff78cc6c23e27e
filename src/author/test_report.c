/* What became of the fixtures, for people and for the tools of others. */
#include "author/test.h"

#include "base/vis.h"
#include "output/junit.h"

/* ---- Text ----------------------------------------------------------------------------------
 */

static void add_indented(struct strbuf *out, const char *what, const char *indent)
{
    while (*what) {
        size_t n = strcspn(what, "\n");
        strbuf_addstr(out, indent);
        vis_add(out, view_make(what, n), VIS_LINE);
        strbuf_addch(out, '\n');
        what += n + (what[n] == '\n');
    }
}

static void result_text(struct strbuf *out, const struct test_result *result, bool all)
{
    static const char *const words[] = {"ok", "FAILED", "skipped", "written"};
    if (result->status == TEST_PASSED && !all) {
        return;
    }
    strbuf_addf(out, "%-8s", words[result->status]);
    vis_add(out, view_of(result->fixture->path), VIS_LINE);
    strbuf_addf(out, ": %zu row%s\n", result->rows, result->rows == 1 ? "" : "s");
    add_indented(out, result->what, "          ");
}

/* Lines of rules that no output used, "12, 15-19": runs of rules, whatever stands between. */
struct unused {
    struct strbuf text;
    unsigned first, last, run; /* the run under way */
};

static void end_run(struct unused *unused)
{
    if (unused->run > 0) {
        strbuf_addf(&unused->text, "%s%u", unused->text.len > 0 ? ", " : "", unused->first);
    }
    if (unused->run > 1) {
        strbuf_addf(&unused->text, "-%u", unused->last);
    }
    unused->run = 0;
}

static void count_unused(struct unused *unused, unsigned line)
{
    unused->first = unused->run == 0 ? line : unused->first;
    unused->last = line;
    unused->run++;
}

/* "3 outputs, 96 of 97 lines matched, 40 of 42 rules used, not those of lines 12, 15". Error
 * rules are not counted: an output that uses one fails. */
static void cover_text(struct strbuf *out, const struct test_coverage *cover)
{
    struct unused unused = {.text = STRBUF_INIT};
    unsigned rules = 0, used = 0;
    for (unsigned s = 0; s < textfsm_template_states(cover->t); s++) {
        const struct textfsm_state *state = textfsm_template_state(cover->t, s);
        for (unsigned r = 0; r < state->nrules; r++) {
            const struct textfsm_rule *rule = textfsm_template_rule(cover->t, s, r);
            if (rule->line_op == TEXTFSM_ERROR) {
                continue;
            }
            rules++;
            used += cover->used[rule->line];
            if (cover->used[rule->line]) {
                end_run(&unused);
            } else {
                count_unused(&unused, rule->line);
            }
        }
        end_run(&unused);
    }
    strbuf_addf(out, "%zu output%s, %zu of %zu lines matched, %u of %u rules used",
                cover->outputs, cover->outputs == 1 ? "" : "s", cover->matched, cover->lines,
                used, rules);
    if (unused.text.len > 0) {
        strbuf_addf(out, ", not those of lines %s", unused.text.buf);
    }
    strbuf_release(&unused.text);
}

static void add_sum(struct strbuf *out, const struct tests *tests)
{
    strbuf_addf(out, "%zu fixtures: ", tests->nresults);
    if (tests->blessed > 0) {
        strbuf_addf(out, "%zu written, ", tests->blessed);
    }
    strbuf_addf(out, "%zu passed, %zu failed, %zu skipped", tests->passed, tests->failed,
                tests->skipped);
}

static void report_text(struct strbuf *out, const struct tests *tests, bool all)
{
    for (size_t i = 0; i < tests->nresults; i++) {
        result_text(out, &tests->results[i], all);
    }
    for (size_t i = 0; i < tests->ncovers; i++) {
        vis_add(out, view_of(tests->covers[i]->path), VIS_LINE);
        strbuf_addstr(out, ": ");
        cover_text(out, tests->covers[i]);
        strbuf_addch(out, '\n');
    }
    add_sum(out, tests);
    strbuf_addch(out, '\n');
}

/* ---- TAP -----------------------------------------------------------------------------------
 */

static void report_tap(struct strbuf *out, const struct tests *tests)
{
    strbuf_addf(out, "TAP version 13\n1..%zu\n", tests->nresults);
    for (size_t i = 0; i < tests->nresults; i++) {
        const struct test_result *result = &tests->results[i];
        strbuf_addf(out, "%s %zu - ", result->status == TEST_FAILED ? "not ok" : "ok", i + 1);
        /* A # would begin a directive. */
        for (const char *p = result->fixture->path; *p; p++) {
            vis_add(out, *p == '#' ? VIEW("\\#") : view_make(p, 1), VIS_LINE);
        }
        strbuf_addstr(out, result->status == TEST_SKIPPED ? " # SKIP " : "\n");
        if (result->status == TEST_SKIPPED) {
            vis_add(out, view_of(result->what), VIS_LINE);
            strbuf_addch(out, '\n');
        } else {
            add_indented(out, result->what, "# ");
        }
    }
    for (size_t i = 0; i < tests->ncovers; i++) {
        strbuf_addstr(out, "# ");
        vis_add(out, view_of(tests->covers[i]->path), VIS_LINE);
        strbuf_addstr(out, ": ");
        cover_text(out, tests->covers[i]);
        strbuf_addch(out, '\n');
    }
}

/* ---- JUnit ---------------------------------------------------------------------------------
 */

static void case_junit(struct strbuf *out, const struct test_result *result)
{
    static const enum junit_outcome outcomes[] = {JUNIT_PASSED, JUNIT_FAILED, JUNIT_SKIPPED,
                                                  JUNIT_PASSED};
    struct strbuf name = STRBUF_INIT;
    strbuf_addf(&name, "%s.%s", result->fixture->platform, result->fixture->command);
    struct junit_case one = {
        .classname = strbuf_view(&name),
        .name = view_of(result->fixture->path),
        .outcome = outcomes[result->status],
    };
    if (one.outcome == JUNIT_SKIPPED) {
        one.message = view_of(result->what);
    } else {
        one.text = view_of(result->what);
    }
    junit_case(out, &one);
    strbuf_release(&name);
}

static void report_junit(struct strbuf *out, const struct tests *tests)
{
    struct junit_suite suite = {.name = "templates",
                                .tests = tests->nresults,
                                .failures = tests->failed,
                                .skipped = tests->skipped};
    junit_open(out);
    junit_suite_open(out, &suite);
    for (size_t i = 0; i < tests->nresults; i++) {
        case_junit(out, &tests->results[i]);
    }
    struct strbuf log = STRBUF_INIT;
    for (size_t i = 0; i < tests->ncovers; i++) {
        strbuf_addf(&log, "%s: ", tests->covers[i]->path);
        cover_text(&log, tests->covers[i]);
        strbuf_addch(&log, '\n');
    }
    junit_suite_close(out, strbuf_view(&log));
    strbuf_release(&log);
    junit_close(out);
}

void tests_report(struct strbuf *out, const struct tests *tests, enum tests_format format,
                  bool all)
{
    switch (format) {
    case TESTS_TEXT:
        report_text(out, tests, all);
        break;
    case TESTS_TAP:
        report_tap(out, tests);
        break;
    case TESTS_JUNIT:
        report_junit(out, tests);
        break;
    }
}
