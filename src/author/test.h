/*
 * test: fixtures against templates. Each output is parsed and its rows are held against the
 * records that it must give; what the templates' rules did on the way is counted.
 *
 *     struct tests tests = TESTS_INIT;
 *     tests_run(&tests, &fixtures, &options, &err);
 *     tests_report(&out, &tests, TESTS_TAP, false);
 *     tests_release(&tests);
 */
#ifndef AUTHOR_TEST_H
#define AUTHOR_TEST_H

#include "author/fixtures.h"

enum test_status { TEST_PASSED, TEST_FAILED, TEST_SKIPPED, TEST_BLESSED };

struct test_result {
    const struct fixture *fixture;
    enum test_status status;
    size_t rows;
    const char *what; /* of one that did not pass: lines, a newline between them */
};

/* How much of a template its fixtures use. */
struct test_coverage {
    const char *path;
    struct textfsm_template *t;
    size_t outputs;        /* that it parsed */
    size_t lines, matched; /* of them, blank ones aside */
    unsigned char *used;   /* by the line of a rule in the template */
};

struct tests {
    struct arena arena;
    struct test_result *results; /* one a fixture */
    size_t nresults;
    struct test_coverage **covers; /* by path */
    size_t ncovers;
    struct test_reader *readers;
    size_t passed, failed, skipped, blessed;
};

#define TESTS_INIT                                                                             \
    {                                                                                          \
        .arena = ARENA_INIT                                                                    \
    }

struct tests_options {
    /* The templates that read a fixture's output, as a folder and file names with ':' between
     * several: 1, 0 when there are none, or negative. */
    int (*find)(void *user, const struct fixture *fixture, const char **dir,
                const char **templates, struct err *err);
    void *user;
    bool bless; /* write the records that came instead of comparing them */
};

/* 0 also when fixtures fail. The fixtures must outlive the tests. */
int tests_run(struct tests *tests, const struct fixtures *fixtures,
              const struct tests_options *options, struct err *err);
void tests_release(struct tests *tests);

enum tests_format { TESTS_TEXT, TESTS_TAP, TESTS_JUNIT };

/* all: also what passed, in text. */
void tests_report(struct strbuf *out, const struct tests *tests, enum tests_format format,
                  bool all);

/* ---- Among the test's own files ------------------------------------------------------------
 */

struct test_rows {
    const struct textfsm_merge *merge;
    const struct fixture_column *columns;
    size_t ncolumns;
};

/* Appends how the rows differ from what is wanted, a line each; nothing when they do not. */
void test_compare(struct strbuf *out, const struct test_rows *rows,
                  const struct expected *wanted);

#endif
