/* What became of the fixtures, for people and for the tools of others. */
#include "author/test.h"

#include "base/vis.h"

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

/* XML has no way to write control characters; vis shows them. */
static void add_xml(struct strbuf *out, const char *text)
{
    struct strbuf safe = STRBUF_INIT;
    vis_add(&safe, view_of(text), VIS_NEWLINE | VIS_TAB);
    for (size_t i = 0; i < safe.len; i++) {
        switch (safe.buf[i]) {
        case '&':
            strbuf_addstr(out, "&amp;");
            break;
        case '<':
            strbuf_addstr(out, "&lt;");
            break;
        case '>':
            strbuf_addstr(out, "&gt;");
            break;
        case '"':
            strbuf_addstr(out, "&quot;");
            break;
        default:
            strbuf_addch(out, safe.buf[i]);
        }
    }
    strbuf_release(&safe);
}

static void case_junit(struct strbuf *out, const struct test_result *result)
{
    strbuf_addstr(out, "    <testcase classname=\"");
    add_xml(out, result->fixture->platform);
    strbuf_addch(out, '.');
    add_xml(out, result->fixture->command);
    strbuf_addstr(out, "\" name=\"");
    add_xml(out, result->fixture->path);
    if (result->status == TEST_FAILED) {
        strbuf_addstr(out, "\">\n      <failure>");
        add_xml(out, result->what);
        strbuf_addstr(out, "</failure>\n    </testcase>\n");
    } else if (result->status == TEST_SKIPPED) {
        strbuf_addstr(out, "\">\n      <skipped message=\"");
        add_xml(out, result->what);
        strbuf_addstr(out, "\"/>\n    </testcase>\n");
    } else {
        strbuf_addstr(out, "\"/>\n");
    }
}

static void report_junit(struct strbuf *out, const struct tests *tests)
{
    strbuf_addf(out,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                "  <testsuite name=\"templates\" tests=\"%zu\" failures=\"%zu\" "
                "skipped=\"%zu\" errors=\"0\">\n",
                tests->nresults, tests->failed, tests->skipped);
    for (size_t i = 0; i < tests->nresults; i++) {
        case_junit(out, &tests->results[i]);
    }
    strbuf_addstr(out, "    <system-out>");
    for (size_t i = 0; i < tests->ncovers; i++) {
        add_xml(out, tests->covers[i]->path);
        strbuf_addstr(out, ": ");
        cover_text(out, tests->covers[i]);
        strbuf_addch(out, '\n');
    }
    strbuf_addstr(out, "</system-out>\n  </testsuite>\n</testsuites>\n");
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
