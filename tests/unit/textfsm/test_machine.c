/* The public face of templates and runs: what data-driven cases cannot say. */
#include "test.h"
#include "textfsm.h"

#include <stdbool.h>

static const char interfaces[] = "Value Filldown HOST (\\S+)\n"
                                 "Value Required PORT (\\S+)\n"
                                 "Value List VLANS (\\d+)\n"
                                 "\n"
                                 "Start\n"
                                 "  ^host ${HOST}\n"
                                 "  ^port -> Continue.Record\n"
                                 "  ^port ${PORT}\n"
                                 "  ^  vlan ${VLANS}\n"
                                 "  ^!! -> Error \"broken\"\n"
                                 "  ^end -> Record Done\n"
                                 "\n"
                                 "Done\n";

static const char text[] = "host sw1\nport Gi1\n  vlan 10\n  vlan 20\nnoise\nport Gi2\n\nend\n";

static struct textfsm_template *compile(const char *source)
{
    struct textfsm_error error = {0};
    struct textfsm_template *t =
        textfsm_template_new(source, strlen(source), "t.textfsm", NULL, &error);
    if (!t) {
        fprintf(stderr, "%s\n", error.text);
    }
    return t;
}

static void print_cell(FILE *out, const struct textfsm_cell *cell)
{
    if (cell->kind == TEXTFSM_TEXT) {
        fprintf(out, "%.*s", (int)cell->len, cell->u.text);
        return;
    }
    for (uint32_t i = 0; cell->kind == TEXTFSM_LIST && i < cell->len; i++) {
        fputs(i ? "+" : "", out);
        print_cell(out, &cell->u.items[i]);
    }
}

static int print_row(void *user, const struct textfsm_cell *cells, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        fputs(i ? "," : "", user);
        print_cell(user, &cells[i]);
    }
    fputs(";", user);
    return 0;
}

/* All rows of a run over text in pieces of `chunk`, as "a,b;c,d;" (free it). */
static char *rows_of(const char *source, const char *input, size_t chunk, bool stream)
{
    char *result = NULL;
    size_t size;
    FILE *out = open_memstream(&result, &size);
    struct textfsm_template *t = compile(source);
    struct textfsm_run_options options = {.on_row = stream ? print_row : NULL, .user = out};
    struct textfsm_run *run = textfsm_run_new(t, &options, NULL);
    size_t len = strlen(input);
    for (size_t at = 0; at < len; at += chunk) {
        size_t n = len - at < chunk ? len - at : chunk;
        char *piece = malloc(n);
        memcpy(piece, input + at, n);
        CHECK(textfsm_run_feed(run, piece, n, NULL) == 0);
        free(piece);
    }
    CHECK(textfsm_run_finish(run, NULL) == 0);
    for (size_t i = 0; i < textfsm_run_rows(run); i++) {
        print_row(out, textfsm_run_row(run, i), textfsm_template_values(t));
    }
    textfsm_run_free(run);
    textfsm_template_free(t);
    fclose(out);
    return result;
}

static void test_rows_kept_and_streamed(void)
{
    for (size_t chunk = 1; chunk <= sizeof(text); chunk++) {
        for (int stream = 0; stream < 2; stream++) {
            char *rows = rows_of(interfaces, text, chunk, stream);
            CHECK_STR(rows, "sw1,Gi1,10+20;sw1,Gi2,;");
            free(rows);
        }
    }
}

/* Rows that a Fillup may reach wait, and no longer. */
static void test_fillup_streams(void)
{
    static const char source[] = "Value A (\\d)\nValue Fillup B (\\w)\n\nStart\n"
                                 "  ^a${A} -> Record\n  ^c${A}${B} -> Record\n  ^b${B}\n";
    for (size_t chunk = 1; chunk < 20; chunk++) {
        char *kept = rows_of(source, "a1\nc2q\na3\nbx\na4\na5\n", chunk, false);
        char *streamed = rows_of(source, "a1\nc2q\na3\nbx\na4\na5\n", chunk, true);
        CHECK_STR(kept, "1,q;2,q;3,x;4,x;5,;");
        CHECK_STR(streamed, kept);
        free(kept);
        free(streamed);
    }
}

static void count_unmatched(void *user, size_t line, const char *state, const char *at,
                            size_t len)
{
    snprintf(user, 100, "%zu %s %.*s", line, state, (int)len, at);
}

static void test_stats(void)
{
    char seen[100] = "";
    struct textfsm_template *t = compile(interfaces);
    struct textfsm_run_options options = {.on_unmatched = count_unmatched, .user = seen};
    struct textfsm_run *run = textfsm_run_new(t, &options, NULL);
    CHECK(textfsm_run_feed(run, text, strlen(text), NULL) == 0);
    CHECK(textfsm_run_finish(run, NULL) == 0);
    struct textfsm_stats stats = textfsm_run_stats(run);
    CHECK(stats.lines == 8 && stats.matched == 6 && stats.unmatched == 1 && stats.rows == 2);
    CHECK_STR(seen, "5 Start noise");
    textfsm_run_free(run);
    textfsm_template_free(t);
}

/* An Error rule: the rows so far stay, and the failure is there as data. */
static void test_error_rule(void)
{
    struct textfsm_error error = {0};
    struct textfsm_template *t = compile(interfaces);
    struct textfsm_run *run = textfsm_run_new(t, NULL, NULL);
    static const char bad[] = "port Gi1\nport Gi2\n!! oh\nport Gi3\n";
    CHECK(textfsm_run_feed(run, bad, strlen(bad), &error) == TEXTFSM_STATE_ERROR);
    CHECK(error.template_line == 10 && error.input_line == 3);
    CHECK_STR(error.text,
              "t.textfsm:10: Error \"broken\" in state Start at input line 3: !! oh");
    CHECK(textfsm_run_rows(run) == 1);
    CHECK(textfsm_run_finish(run, &error) == TEXTFSM_STATE_ERROR);
    CHECK(textfsm_run_rows(run) == 1);
    struct textfsm_failure failure = textfsm_run_failure(run);
    CHECK(failure.len == 5 && memcmp(failure.text, "!! oh", 5) == 0);
    CHECK_STR(failure.state, "Start");
    CHECK_STR(failure.rule->text, "^!!");
    textfsm_run_reset(run);
    CHECK(textfsm_run_failure(run).code == TEXTFSM_OK && textfsm_run_rows(run) == 0);
    CHECK(textfsm_run_feed(run, text, strlen(text), &error) == 0);
    CHECK(textfsm_run_finish(run, &error) == 0 && textfsm_run_rows(run) == 2);
    textfsm_run_free(run);
    textfsm_template_free(t);
}

static int stop_at_once(void *user, const struct textfsm_cell *cells, unsigned n)
{
    (void)cells;
    (void)n;
    ++*(int *)user;
    return 1;
}

static void test_stopped(void)
{
    int calls = 0;
    struct textfsm_template *t = compile(interfaces);
    struct textfsm_run_options options = {.on_row = stop_at_once, .user = &calls};
    struct textfsm_run *run = textfsm_run_new(t, &options, NULL);
    CHECK(textfsm_run_feed(run, text, strlen(text), NULL) == TEXTFSM_STOPPED);
    CHECK(textfsm_run_finish(run, NULL) == TEXTFSM_STOPPED && calls == 1);
    textfsm_run_free(run);
    textfsm_template_free(t);
}

static void test_ceilings(void)
{
    struct textfsm_error error = {0};
    struct textfsm_template *t = compile(interfaces);
    struct textfsm_run_options options = {.max_rows = 1, .max_line = 10};
    struct textfsm_run *run = textfsm_run_new(t, &options, NULL);
    CHECK(textfsm_run_feed(run, "0123456789\n01234567890\n", 23, &error) == TEXTFSM_LIMIT);
    CHECK_STR(error.text, "t.textfsm:5: input line 2 is longer than 10 bytes");
    textfsm_run_reset(run);
    for (int i = 0; i < 10; i++) {
        CHECK(textfsm_run_feed(run, "x", 1, NULL) == 0);
    }
    CHECK(textfsm_run_feed(run, "x", 1, &error) == TEXTFSM_LIMIT && error.input_line == 1);
    textfsm_run_reset(run);
    CHECK(textfsm_run_feed(run, text, strlen(text), &error) == TEXTFSM_LIMIT);
    CHECK_STR(error.text, "t.textfsm:11: input line 8: more than 1 rows");
    CHECK(textfsm_run_rows(run) == 1);
    textfsm_run_free(run);
    textfsm_template_free(t);
}

/* CPU time is limited, and the place is told. */
static void test_time_limit(void)
{
    enum { LINES = 1000000 };
    static char lines[LINES * 4];
    struct textfsm_error error = {0};
    struct textfsm_template *t = compile("Value A (\\d+)\n\nStart\n  ^${A} -> Record\n");
    struct textfsm_run_options options = {.time_limit_ms = 4};
    struct textfsm_run *run = textfsm_run_new(t, &options, NULL);
    for (int i = 0; i < LINES; i++) {
        memcpy(lines + 4 * i, "123\n", 4);
    }
    CHECK(textfsm_run_feed(run, lines, sizeof(lines), &error) == TEXTFSM_LIMIT);
    CHECK(error.template_line == 4 && error.input_line > 1 && error.input_line < LINES);
    CHECK(strstr(error.text, "more than 4 ms of CPU time") != NULL);
    CHECK(textfsm_run_rows(run) + 1 == error.input_line);
    textfsm_run_free(run);
    textfsm_template_free(t);
}

static void trace_line(void *user, const struct textfsm_trace *trace)
{
    fprintf(user, "%zu:%u", trace->input_line, trace->rule ? trace->rule->line : 0);
    for (unsigned i = 0; trace->rule && i < trace->rule->nvalues; i++) {
        fprintf(user, "=%.*s", (int)trace->cells[i].len, trace->cells[i].u.text);
    }
    fprintf(user, "/%d ", trace->outcome);
}

static void test_trace(void)
{
    char *seen = NULL;
    size_t size;
    FILE *out = open_memstream(&seen, &size);
    struct textfsm_template *t = compile(interfaces);
    struct textfsm_run_options options = {.on_trace = trace_line, .user = out};
    struct textfsm_run *run = textfsm_run_new(t, &options, NULL);
    CHECK(textfsm_run_feed(run, "port Gi1\nport Gi2\nx\n", 20, NULL) == 0);
    CHECK(textfsm_run_finish(run, NULL) == 0);
    fclose(out);
    CHECK_STR(seen, "1:7/3 1:8=Gi1/0 2:7/1 2:8=Gi2/0 3:0/0 3:0/1 ");
    free(seen);
    textfsm_run_free(run);
    textfsm_template_free(t);
}

static void test_looking_inside(void)
{
    struct textfsm_template *t = compile(interfaces);
    CHECK(textfsm_template_values(t) == 3 && textfsm_template_states(t) == 2);
    CHECK(textfsm_template_value(t, 2)->options == TEXTFSM_LISTED);
    CHECK(textfsm_template_value(t, 3) == NULL && textfsm_template_state(t, 2) == NULL);
    const struct textfsm_rule *rule = textfsm_template_rule(t, 0, 2);
    CHECK_STR(rule->text, "^port ${PORT}");
    CHECK_STR(rule->regex, "^port (?P<PORT>\\S+)");
    CHECK(rule->nvalues == 1 && rule->values[0] == 1 && rule->line == 8);
    rule = textfsm_template_rule(t, 0, 5);
    CHECK_STR(rule->action, "Record Done");
    CHECK_STR(rule->target, "Done");
    CHECK(rule->record_op == TEXTFSM_RECORD && rule->line_op == TEXTFSM_NEXT);
    CHECK(textfsm_template_rule(t, 0, 6) == NULL);
    textfsm_template_free(t);
}

/* The column is where an author has to look: in the rule, or at the Value it takes. */
static void test_error_places(void)
{
    static const struct {
        const char *source, *want;
    } cases[] = {
        {"Value A (x)\n\nStart\n  ^\xC3\xA9 ${B}\n", "t:4:6: no Value is called \"B\""},
        {"Value List,Sticky A (x)\n", "t:1:12: unknown option \"Sticky\""},
        {"Value A (x)\n\nStart\n  ^a -> Rec.ord\n", "t:4:9: \"Rec.ord\" is no action"},
        {"Value A (x)\n\nStart\n  ^a ->Record\n", "t:4:8: expected a blank"},
        {"Value A (x)\n\nStart\n  ^a -> Nope\n", "t:4:9: there is no state \"Nope\""},
        {"Value A (x)\n\nStart\n   ^a\n", "t:4:1: a rule begins with"},
        {"Value A (x)\n\nBegin\n", "t: there is no state \"Start\""},
        {"Value A (\xFF)\n", "t:1:10: byte 0xFF is not UTF-8"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct textfsm_error error = {0};
        const char *source = cases[i].source;
        CHECK(textfsm_template_new(source, strlen(source), "t", NULL, &error) == NULL);
        error.text[strlen(cases[i].want)] = '\0';
        CHECK_STR(error.text, cases[i].want);
        CHECK(error.code == TEXTFSM_BAD_TEMPLATE);
    }
}

int main(void)
{
    RUN(test_rows_kept_and_streamed);
    RUN(test_fillup_streams);
    RUN(test_stats);
    RUN(test_error_rule);
    RUN(test_stopped);
    RUN(test_ceilings);
    RUN(test_time_limit);
    RUN(test_trace);
    RUN(test_looking_inside);
    RUN(test_error_places);
    return test_end();
}
