/* With an allocator given, nothing comes from malloc, neither ours nor PCRE2's: an embedder's
 * budget is the whole truth. The C library's malloc is watched while the calls are made. */
#define OOM_SHARED
#include "oom.h"

#ifdef OOM_POSSIBLE
#include "test.h"
#include "textfsm.h"

#include <unistd.h>

static void *resize(void *user, void *ptr, size_t size)
{
    ++*(long *)user;
    if (size == 0) {
        __libc_free(ptr);
        return NULL;
    }
    return __libc_realloc(ptr, size);
}

static const char source[] =
    "Value Key N\xC3\x84ME (\\w+)\nValue List P ((?P<\xC3\xA4>\\d+)-(?P<b>\\N{DIGIT "
    "ONE}))\n"
    "Value Fillup U (\\w+)\nValue Filldown NAME (\\S+)\n\nStart\n  ^n ${NAME} -> Zw\xC3\xB6lf\n"
    "  ^p ${P}\n  ^(?P<\xC3\xBC>u) ${U}\n  ^(a+)+b\n  "
    "^(?i:\xC3\xA9(?=x))|\\b[\\w-]+(?<=q)\\d$$ -> Record\n"
    "  ^. -> Record\n\nZw\xC3\xB6lf\n  ^. -> Continue.Record\n  ^(?P<x>.)(?P=x)* -> Start\n";
static const char index_text[] =
    "Template, Platform, Command\na:b, (x|y)_os, sh[[ow]] \\S+ v[[er]]\n"
    "bad row\n\xC3\xA4, ios, sh[[ow]] \xC3\xA9*\n";
static const char *const lines[] = {
    "n a\xC3\xA9\n", "oo\n",
    "p 1-1\n",       "p 22-1\n",
    "u x\n",         "\xC3\x89x\n",
    "ab-q7\n",       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac\n",
    "\xFF\xFE q\n",  "z\n"};

static void parse(const struct textfsm_template *t, const struct textfsm_allocator *allocator)
{
    const struct textfsm_run_options options = {.allocator = allocator};
    struct textfsm_table *table = textfsm_table_new(&t, 1, allocator, NULL);
    struct textfsm_merge *merge = textfsm_merge_new(table, &options, NULL);
    struct textfsm_error error;
    int rc = 0;
    for (int i = 0; rc == 0 && i < 300; i++) { /* machine code is made after some uses */
        const char *line = lines[(size_t)i % (sizeof(lines) / sizeof(*lines))];
        rc = textfsm_merge_feed(merge, line, strlen(line), &error);
    }
    CHECK(rc == 0 && textfsm_merge_finish(merge, &error) == 0);
    CHECK(textfsm_merge_rows(merge) > 10);
    textfsm_merge_free(merge);
    textfsm_table_free(table);
}

static void look_up(const struct textfsm_index *index)
{
    CHECK(textfsm_index_find(index, "y_os", "show x v", NULL, 0, NULL) == 0);
    CHECK(textfsm_index_find(index, "ios", "sho \xC3\xA9\xC3\xA9", NULL, 0, NULL) == 1);
    CHECK(textfsm_index_warnings(index) == 1);
}

static void test_memory(void)
{
    long asked = 0;
    const struct textfsm_allocator allocator = {resize, &asked};
    calls = 0;
    struct textfsm_template *t =
        textfsm_template_new(source, strlen(source), "t", &allocator, NULL);
    struct textfsm_index *index =
        textfsm_index_new(index_text, strlen(index_text), "i", &allocator, NULL);
    CHECK(t && index && asked > 10);
    CHECK(calls == 0);
    parse(t, &allocator);
    look_up(index);
    CHECK(calls == 0);
    textfsm_template_free(t);
    textfsm_index_free(index);
    CHECK(calls == 0);
}

static void write_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    CHECK(out && fputs(text, out) >= 0 && fclose(out) == 0);
}

/* Reading a file is no exception. */
static void test_files(void)
{
    long asked = 0;
    const struct textfsm_allocator allocator = {resize, &asked};
    char template_path[64], index_path[64];
    snprintf(template_path, sizeof(template_path), "/tmp/allocator-%ld.textfsm",
             (long)getpid());
    snprintf(index_path, sizeof(index_path), "/tmp/allocator-%ld.index", (long)getpid());
    write_file(template_path, source);
    write_file(index_path, index_text);
    calls = 0;
    struct textfsm_template *t = textfsm_template_open(template_path, &allocator, NULL);
    struct textfsm_index *index = textfsm_index_open(index_path, &allocator, NULL);
    CHECK(t && index && textfsm_index_rows(index) == 2 && asked > 10);
    CHECK(textfsm_template_open("/nowhere", &allocator, NULL) == NULL);
    CHECK(calls == 0);
    textfsm_template_free(t);
    textfsm_index_free(index);
    unlink(template_path);
    unlink(index_path);
}

static int count_row(void *user, const struct textfsm_cell *cells, unsigned n)
{
    ++*(size_t *)user;
    return cells[n - 1].kind == TEXTFSM_LIST ? 0 : 1;
}

#define ROWS 10000

/* Allocations while ROWS rows of five cells, one a list of dictionaries, are made. */
static long cost_of_rows(bool streamed)
{
    static const char five[] =
        "Value A (\\S+)\nValue B (\\S+)\nValue Filldown C (\\S+)\nValue D (\\S+)\n"
        "Value List L ((?P<x>\\d)(?P<y>\\w)?)\n\nStart\n  ^l${L} -> Continue\n  ^l.+ ${L} \n"
        "  ^${A} ${B} ${C} ${D}$$ -> Record\n";
    static const char text[] = "l1a 2 \nsome-text other-text third \xC3\xA9\n";
    long asked = 0, before = 0;
    size_t rows = 0;
    const struct textfsm_allocator allocator = {resize, &asked};
    const struct textfsm_run_options options = {
        .on_row = streamed ? count_row : NULL, .user = &rows, .allocator = &allocator};
    struct textfsm_template *t = textfsm_template_new(five, strlen(five), "t", NULL, NULL);
    struct textfsm_run *run = textfsm_run_new(t, &options, NULL);
    for (int i = 0; i < ROWS; i++) {
        before = i == 100 ? asked : before;
        CHECK(textfsm_run_feed(run, text, sizeof(text) - 1, NULL) == 0);
    }
    CHECK(textfsm_run_finish(run, NULL) == 0);
    rows = streamed ? rows : textfsm_run_rows(run);
    CHECK(rows == ROWS || rows == ROWS + 1); /* Filldown makes one more at the end */
    textfsm_run_free(run);
    textfsm_template_free(t);
    return asked - before;
}

static void test_rows_are_cheap(void)
{
    CHECK(cost_of_rows(true) < 50);
    CHECK(cost_of_rows(false) < ROWS / 50);
}

int main(void)
{
    RUN(test_memory);
    RUN(test_files);
    RUN(test_rows_are_cheap);
    return test_end();
}
#endif
