/* Memory that runs out: allocation N fails, for N = 1, 2, ... until all of it works. Each time
 * there is an error and nothing is left behind. */
#include "test.h"
#include "textfsm.h"

#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

struct budget {
    long left; /* allocations until they fail */
    long live; /* allocated and not freed */
};

static void *resize(void *user, void *ptr, size_t size)
{
    struct budget *b = user;
    if (size == 0) {
        b->live -= ptr != NULL;
        free(ptr);
        return NULL;
    }
    if (b->left <= 0) {
        return NULL;
    }
    b->left--;
    b->live += ptr == NULL;
    return realloc(ptr, size);
}

static const char first[] =
    "Value Required,Key NAME (\\w+)\nValue Filldown H (\\S+)\n"
    "Value List P ((?P<\xC3\xA4>\\d+)-(?P<b>\\d+))\nValue Fillup U (\\w+)\n\n"
    "Start\n  ^host ${H}\n  ^name ${NAME}\n  ^  p ${P}\n"
    "  ^up ${U}\n  ^(a+)+$$\n  ^(?=.*x)\\w+ \xC3\xA9 -> Two\n"
    "  ^end -> Record\n\nTwo\n  ^\\w+ -> Start\n\nZw\xC3\xB6lf\n";
static const char second[] = "Value Key NAME (\\w+)\nValue List L (.*)\n\nStart\n"
                             "  ^more ${NAME} ${L} -> Record\n";
static const char text[] = "host h1\nname n1\n  p 1-2\n  p 3-4\nend\naaaa\nname n2\nup u\nend\n"
                           "more n1 x y\nmore n2 z\nw \xC3\xA9\nname n3\nend";
static const char index_text[] = "Template, Platform, Command\n"
                                 "a:b, (x|y)_os, sh[[ow]] \\S+ v[[ersion]]\nbad row\n"
                                 "c, ios, sh[[ow]] v[[ersion]]\n";

static int count_row(void *user, const struct textfsm_cell *cells, unsigned n)
{
    (void)cells;
    (void)n;
    ++*(size_t *)user;
    return 0;
}

/* In pieces, so that lines are carried and cells pinned. */
static int feed(struct textfsm_merge *merge, size_t chunk, struct textfsm_error *error)
{
    int rc = 0;
    for (size_t at = 0; rc == 0 && at < strlen(text); at += chunk) {
        size_t n = strlen(text) - at < chunk ? strlen(text) - at : chunk;
        rc = textfsm_merge_feed(merge, text + at, n, error);
    }
    int end = textfsm_merge_finish(merge, error);
    return rc < 0 ? rc : end;
}

static struct textfsm_template *compile(const char *source, const struct textfsm_allocator *a,
                                        struct textfsm_error *error)
{
    return textfsm_template_new(source, strlen(source), "t", a, error);
}

/* Compiles both, merges them over text in chunks; keeps rows or streams them. */
static int parse(unsigned ntemplates, size_t chunk, bool stream,
                 const struct textfsm_allocator *a, struct textfsm_error *error, size_t *rows)
{
    int rc = TEXTFSM_NOMEM;
    struct textfsm_template *templates[2] = {compile(first, a, error), NULL};
    struct textfsm_table *table = NULL;
    struct textfsm_merge *merge = NULL;
    struct textfsm_run_options options = {
        .on_row = stream ? count_row : NULL, .user = rows, .allocator = a};
    if (templates[0]) {
        templates[1] = compile(second, a, error);
    }
    if (templates[1]) {
        table = textfsm_table_new((const struct textfsm_template *const *)templates, ntemplates,
                                  a, error);
    }
    if (table) {
        merge = textfsm_merge_new(table, &options, error);
    }
    if (merge) {
        rc = feed(merge, chunk, error);
        *rows = stream ? *rows : textfsm_merge_rows(merge);
    }
    textfsm_merge_free(merge);
    textfsm_table_free(table);
    textfsm_template_free(templates[0]);
    textfsm_template_free(templates[1]);
    return rc;
}

static void exhaust(unsigned ntemplates, size_t chunk, bool stream)
{
    int rc = TEXTFSM_NOMEM;
    size_t rows = 0;
    for (long n = 0; rc == TEXTFSM_NOMEM && n < 100000; n++) {
        struct budget budget = {n, 0};
        struct textfsm_allocator allocator = {resize, &budget};
        struct textfsm_error error = {0};
        rows = 0;
        rc = parse(ntemplates, chunk, stream, &allocator, &error, &rows);
        CHECK(budget.live == 0);
        CHECK(rc == 0 || (error.code == TEXTFSM_NOMEM && error.text[0]));
    }
    CHECK(rc == 0 && rows == 3);
}

static void test_one_template(void)
{
    exhaust(1, 7, false);
    exhaust(1, 1000, true);
}

static void test_two_templates(void)
{
    exhaust(2, 7, false);
    exhaust(2, 1000, true);
}

static long look_up(const struct textfsm_allocator *a, struct textfsm_error *error)
{
    struct textfsm_index *index =
        textfsm_index_new(index_text, strlen(index_text), "dir/index", a, error);
    if (!index) {
        return -2;
    }
    int whole = 0;
    long found = textfsm_index_find(index, "y_os", "show x vers", NULL, 0, &whole);
    if (found >= 0) {
        CHECK(found == 0 && whole == 1 && textfsm_index_warnings(index) == 1);
        CHECK_STR(textfsm_index_row(index, 0).paths[1], "dir/b");
        CHECK_STR(textfsm_index_row(index, 1).command_text, "show version");
        found = textfsm_index_find(index, "ios-x", "show v", NULL, 0, &whole);
        CHECK(found == 1 && whole == 0);
    }
    textfsm_index_free(index);
    return found;
}

static void test_index(void)
{
    long found = -2;
    for (long n = 0; found == -2 && n < 100000; n++) {
        struct budget budget = {n, 0};
        struct textfsm_allocator allocator = {resize, &budget};
        struct textfsm_error error = {0};
        found = look_up(&allocator, &error);
        CHECK(budget.live == 0);
    }
    CHECK(found == 1);
}

static void write_file(const char *path, const char *source)
{
    FILE *out = fopen(path, "w");
    CHECK(out && fputs(source, out) >= 0 && fclose(out) == 0);
}

static void test_files(void)
{
    char path[64];
    int code = TEXTFSM_NOMEM;
    snprintf(path, sizeof(path), "/tmp/textfsm-oom-%ld", (long)getpid());
    write_file(path, index_text);
    for (long n = 0; code == TEXTFSM_NOMEM && n < 100000; n++) {
        struct budget budget = {n, 0};
        struct textfsm_allocator allocator = {resize, &budget};
        struct textfsm_error error = {0};
        textfsm_index_free(textfsm_index_open(path, &allocator, &error));
        code = error.code;
        CHECK(budget.live == 0);
    }
    CHECK(code == TEXTFSM_OK);
    write_file(path, first);
    code = TEXTFSM_NOMEM;
    for (long n = 0; code == TEXTFSM_NOMEM && n < 100000; n++) {
        struct budget budget = {n, 0};
        struct textfsm_allocator allocator = {resize, &budget};
        struct textfsm_error error = {0};
        textfsm_template_free(textfsm_template_open(path, &allocator, &error));
        code = error.code;
        CHECK(budget.live == 0);
    }
    CHECK(code == TEXTFSM_OK);
    unlink(path);
}

int main(void)
{
    RUN(test_one_template);
    RUN(test_two_templates);
    RUN(test_index);
    RUN(test_files);
    return test_end();
}
