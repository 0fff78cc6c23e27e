/* Hostile templates and inputs: each ceiling ends in an error that names its places, and what
 * met it can be used again. */
#include "test.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "textfsm.h"

#include <stdbool.h>
#include <time.h>
#include <unistd.h>

static struct textfsm_error error;

/* ---- Templates ---- */

static bool compiles(const struct strbuf *source)
{
    error = (struct textfsm_error){0};
    struct textfsm_template *t =
        textfsm_template_new(source->buf, source->len, "t", NULL, &error);
    textfsm_template_free(t);
    return t != NULL;
}

static bool refused(const struct strbuf *source, int line, const char *why)
{
    return !compiles(source) && error.code == TEXTFSM_LIMIT && error.template_line == line &&
           strstr(error.text, why);
}

static void test_template_size(void)
{
    struct strbuf source = STRBUF_INIT;
    strbuf_addstr(&source, "\nStart\n");
    strbuf_addchars(&source, '#', LIMIT_TEMPLATE_BYTES - source.len);
    CHECK(compiles(&source));
    strbuf_addch(&source, '#');
    CHECK(refused(&source, 0, "t: the template is larger than 1048576 bytes"));
    char path[64];
    snprintf(path, sizeof(path), "/tmp/textfsm-limits-%ld", (long)getpid());
    FILE *out = fopen(path, "w");
    CHECK(out && fwrite(source.buf, 1, source.len, out) == source.len && fclose(out) == 0);
    CHECK(textfsm_template_open(path, NULL, &error) == NULL && error.code == TEXTFSM_LIMIT);
    CHECK(strstr(error.text, path) && strstr(error.text, "larger than 1048576 bytes"));
    unlink(path);
    strbuf_release(&source);
}

static void test_template_parts(void)
{
    struct strbuf source = STRBUF_INIT;
    for (int i = 0; i <= LIMIT_TEMPLATE_VALUES; i++) {
        strbuf_addf(&source, "Value A%d (x)\n", i);
    }
    CHECK(refused(&source, LIMIT_TEMPLATE_VALUES + 1, "more than 4096 Values"));
    strbuf_reset(&source);
    strbuf_addstr(&source, "\nStart\n");
    for (int i = 1; i <= LIMIT_TEMPLATE_STATES; i++) {
        strbuf_addf(&source, "\nS%d\n", i);
    }
    CHECK(refused(&source, 2 * LIMIT_TEMPLATE_STATES + 2, "more than 1000 states"));
    strbuf_reset(&source);
    strbuf_addstr(&source, "\nStart\n");
    for (int i = 0; i <= LIMIT_TEMPLATE_RULES; i++) {
        strbuf_addf(&source, " ^%x\n", (unsigned)i % 4096);
    }
    CHECK(refused(&source, LIMIT_TEMPLATE_RULES + 3, "more than 10000 rules"));
    strbuf_release(&source);
}

static void test_regex_size(void)
{
    struct strbuf source = STRBUF_INIT;
    strbuf_addstr(&source, "Value A (");
    strbuf_addchars(&source, 'x', LIMIT_REGEX_BYTES);
    strbuf_addstr(&source, ")\n\nStart\n");
    CHECK(refused(&source, 1, "longer than 65536 bytes"));
    strbuf_reset(&source);
    for (int i = 0; i < 4; i++) {
        strbuf_addf(&source, "Value A%d (", i);
        strbuf_addchars(&source, 'x', 20000);
        strbuf_addstr(&source, ")\n");
    }
    strbuf_addstr(&source, "\nStart\n  ^${A0}\n  ^${A0}${A1}${A2}${A3}\n");
    CHECK(refused(&source, 8, "longer than 65536 bytes"));
    strbuf_release(&source);
}

/* ---- Runs ---- */

struct parse {
    struct textfsm_template *template;
    struct textfsm_run *run;
};

static struct parse begin(const char *source, const struct textfsm_run_options *options)
{
    struct parse p = {textfsm_template_new(source, strlen(source), "t", NULL, &error), NULL};
    CHECK(p.template != NULL);
    p.run = textfsm_run_new(p.template, options, &error);
    return p;
}

static int whole(struct parse *p, struct view text)
{
    error = (struct textfsm_error){0};
    int rc = textfsm_run_feed(p->run, text.ptr, text.len, &error);
    return rc < 0 ? rc : textfsm_run_finish(p->run, &error);
}

/* The limit is met at the template's line and the input's line 2; then the run works anew. */
static void end(struct parse *p, int rc, int template_line, const char *why)
{
    struct textfsm_failure failure = textfsm_run_failure(p->run);
    CHECK(rc == TEXTFSM_LIMIT && error.code == TEXTFSM_LIMIT);
    CHECK(error.template_line == template_line && error.input_line == 2);
    CHECK(strstr(error.text, "input line 2") && strstr(error.text, why));
    char place[16];
    snprintf(place, sizeof(place), "t:%d: ", template_line);
    CHECK(strncmp(error.text, place, strlen(place)) == 0);
    CHECK(failure.input_line == 2 && strcmp(failure.state, "Start") == 0);
    textfsm_run_reset(p->run);
    CHECK(whole(p, VIEW("row\n")) == 0 && textfsm_run_rows(p->run) == 1);
    textfsm_run_free(p->run);
    textfsm_template_free(p->template);
}

static void test_steps(void)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_addstr(&text, "row\n");
    strbuf_addchars(&text, 'a', 60);
    strbuf_addstr(&text, "b\n");
    struct parse p = begin(
        "Value A (\\w{3})\n\nStart\n  ^${A}$$ -> Record\n  ^(?=(a+)+$$)a -> Record\n", NULL);
    end(&p, whole(&p, strbuf_view(&text)), 5, "steps");
    strbuf_release(&text);
}

/* What Python does in milliseconds is below the limit: some steps for each pair of bytes. */
static void test_enough_steps(void)
{
    struct strbuf text = STRBUF_INIT;
    for (int i = 0; i < 1300; i++) {
        strbuf_addstr(&text, "ab ");
    }
    struct parse p =
        begin("Value A (\\w+)\n\nStart\n  ^.*(c?)(?=.*x) -> Error\n  ^${A} -> Record\n", NULL);
    CHECK(whole(&p, strbuf_view(&text)) == 0 && textfsm_run_rows(p.run) == 1);
    textfsm_run_free(p.run);
    textfsm_template_free(p.template);
    strbuf_release(&text);
}

/* The inner match of a List, which does not see what stands behind its text. */
static void test_steps_of_a_list(void)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_addstr(&text, "row\n");
    strbuf_addchars(&text, 'a', 60);
    strbuf_addstr(&text, "b\n");
    struct parse p = begin("Value A (r\\w\\w)\n"
                           "Value List L ((?P<x>a+)(?:(?=b)|(?=(?:a+)+z)))\n\n"
                           "Start\n  ^${A}$$ -> Record\n  ^${L}b\n",
                           NULL);
    end(&p, whole(&p, strbuf_view(&text)), 2, "steps");
    strbuf_release(&text);
}

/* Neither machine code's stack nor the memory for going back suffice. */
static void test_heap(void)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_addstr(&text, "row\n");
    strbuf_addchars(&text, 'a', 600000);
    strbuf_addstr(&text, "dc\n"); /* a line without a c would be passed over */
    struct parse p =
        begin("Value A (r\\w\\w)\n\nStart\n  ^${A}$$ -> Record\n  ^(?:(a)(?!\\1?b))*c\n", NULL);
    end(&p, whole(&p, strbuf_view(&text)), 5, "more memory than allowed");
    strbuf_release(&text);
}

static void test_line(void)
{
    static const struct textfsm_run_options options = {.max_line = 10};
    struct parse p = begin("Value A (\\w+)\n\nStart\n  ^${A}$$ -> Record\n", &options);
    end(&p, whole(&p, VIEW("0123456789\n01234567890\n")), 3, "longer than 10 bytes");
}

static void test_rows(void)
{
    static const struct textfsm_run_options options = {.max_rows = 1};
    struct parse p = begin("Value A (\\w+)\n\nStart\n  ^${A}$$ -> Record\n", &options);
    end(&p, whole(&p, VIEW("a\nb\n")), 4, "more than 1 rows");
    p = begin("Value A (\\w+)\n\nStart\n  ^r -> Continue.Record\n  ^${A}$$\n", &options);
    end(&p, whole(&p, VIEW("r1\nr2\n")), 3, "more than 1 rows"); /* at the end: no rule */
}

/* ---- What Python takes seconds for ---- */

static double cpu_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void test_backtracking(void)
{
    static const char source[] = "Value A (\\S+)\n\nStart\n  ^(\\s*-*)*\\s*$$\n  ^(a|aa)+$$\n"
                                 "  ^(\\w+\\s?)*:$$\n  ^(a+b?)+bb$$\n  ^(-+ ?)+x -$$\n"
                                 "  ^${A} -> Record\n";
    struct strbuf text = STRBUF_INIT;
    for (int i = 0; i < 15; i++) {
        strbuf_addstr(&text, "----------- ---------- ---------- ---------- ------- x\n");
        strbuf_addchars(&text, 'a', 60);
        strbuf_addstr(&text, "b\n");
    }
    struct parse p = begin(source, NULL);
    double start = cpu_ms();
    CHECK(whole(&p, strbuf_view(&text)) == 0 && textfsm_run_rows(p.run) == 30);
    CHECK(cpu_ms() - start < 200); /* a few, on a busy machine, under sanitizers */
    textfsm_run_free(p.run);
    textfsm_template_free(p.template);
    strbuf_release(&text);
}

/* ---- Indexes ---- */

static void test_index(void)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_addstr(&text, "Template, Command\n");
    for (int i = 0; i <= LIMIT_INDEX_ROWS; i++) {
        strbuf_addstr(&text, "a,b\n");
    }
    CHECK(textfsm_index_new(text.buf, text.len, "i", NULL, &error) == NULL);
    CHECK(error.code == TEXTFSM_LIMIT);
    CHECK_STR(error.text, "i:100002: more than 100000 rows");
    CHECK(textfsm_index_new(text.buf, LIMIT_INDEX_BYTES + 1, "i", NULL, &error) == NULL);
    CHECK(error.code == TEXTFSM_LIMIT);
    CHECK_STR(error.text, "i: the index is larger than 67108864 bytes");
    strbuf_release(&text);
    static const char costly[] = "Template, Command\na, (?=(a+)+$)a\n";
    struct textfsm_index *index = textfsm_index_new(costly, strlen(costly), "i", NULL, &error);
    static const char command[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
    CHECK(index && textfsm_index_find(index, NULL, command, NULL, 0, NULL) == -2);
    CHECK(textfsm_index_find(index, NULL, "aa", NULL, 0, NULL) == 0);
    textfsm_index_free(index);
}

int main(void)
{
    RUN(test_template_size);
    RUN(test_template_parts);
    RUN(test_regex_size);
    RUN(test_steps);
    RUN(test_enough_steps);
    RUN(test_steps_of_a_list);
    RUN(test_heap);
    RUN(test_line);
    RUN(test_rows);
    RUN(test_backtracking);
    RUN(test_index);
    return test_end();
}
