#include "author/test.h"

#include "base/limits.h"
#include "base/outfile.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#define MOST_TEMPLATES 16 /* that make one table */

/* What parses the outputs of one command. */
struct test_reader {
    struct test_reader *next;
    const char *key; /* dir and templates */
    struct test_coverage *covers[MOST_TEMPLATES];
    unsigned ntemplates;
    struct textfsm_table *table;
    struct fixture_column *columns;
    unsigned ncolumns;
};

struct tester {
    struct tests *tests;
    const struct tests_options *options;
    struct err *err;
    size_t cover_room;
};

void tests_release(struct tests *tests)
{
    for (struct test_reader *r = tests->readers; r; r = r->next) {
        textfsm_table_free(r->table);
    }
    for (size_t i = 0; i < tests->ncovers; i++) {
        textfsm_template_free(tests->covers[i]->t);
    }
    free(tests->covers);
    arena_release(&tests->arena);
    *tests = (struct tests)TESTS_INIT;
}

/* ---- Readers -------------------------------------------------------------------------------
 */

static unsigned last_line(const struct textfsm_template *t)
{
    unsigned last = 0;
    for (unsigned s = 0; s < textfsm_template_states(t); s++) {
        const struct textfsm_state *state = textfsm_template_state(t, s);
        if (state->nrules > 0) {
            unsigned line = textfsm_template_rule(t, s, state->nrules - 1)->line;
            last = line > last ? line : last;
        }
    }
    return last;
}

static int open_cover(struct tester *tester, const char *path, struct test_coverage **out)
{
    struct tests *tests = tester->tests;
    struct textfsm_error error;
    struct test_coverage *cover = arena_get(&tests->arena, sizeof(*cover));
    if (tests->ncovers == tester->cover_room) {
        size_t room = tester->cover_room ? tester->cover_room * 2 : 64;
        struct test_coverage **more =
            realloc(tests->covers, room * sizeof(struct test_coverage *));
        if (!more) {
            return err_nomem(tester->err);
        }
        tests->covers = more;
        tester->cover_room = room;
    }
    if (!cover) {
        return err_nomem(tester->err);
    }
    cover->path = path;
    cover->t = textfsm_template_open(path, NULL, &error);
    if (!cover->t) {
        return err_set(tester->err, error.code == TEXTFSM_NOMEM ? ERR_NOMEM : ERR_INPUT, "%s",
                       error.text);
    }
    tests->covers[tests->ncovers++] = cover;
    cover->used = arena_get(&tests->arena, last_line(cover->t) + 1);
    *out = cover;
    return cover->used ? 0 : err_nomem(tester->err);
}

static int find_cover(struct tester *tester, const char *path, struct test_coverage **out)
{
    for (size_t i = 0; i < tester->tests->ncovers; i++) {
        if (strcmp(tester->tests->covers[i]->path, path) == 0) {
            *out = tester->tests->covers[i];
            return 0;
        }
    }
    return open_cover(tester, path, out);
}

static int open_covers(struct tester *tester, struct test_reader *reader, const char *dir,
                       const char *templates)
{
    int rc = 0;
    for (const char *p = templates; rc == 0 && *p; p += *p == ':') {
        size_t n = strcspn(p, ":");
        const char *path = arena_printf(&tester->tests->arena, "%s/%.*s", dir, (int)n, p);
        if (reader->ntemplates == MOST_TEMPLATES) {
            return err_set(tester->err, ERR_LIMIT, "%s: more than %d templates for one output",
                           templates, MOST_TEMPLATES);
        }
        rc = path ? find_cover(tester, path, &reader->covers[reader->ntemplates])
                  : err_nomem(tester->err);
        reader->ntemplates += rc == 0;
        p += n;
    }
    return rc;
}

static char *lower_name(struct arena *arena, const char *name)
{
    char *copy = arena_dup(arena, view_of(name));
    for (char *p = copy; p && *p; p++) {
        *p = (char)tolower((unsigned char)*p);
    }
    return copy;
}

static int open_table(struct tester *tester, struct test_reader *reader)
{
    struct arena *arena = &tester->tests->arena;
    const struct textfsm_template *templates[MOST_TEMPLATES];
    struct textfsm_error error;
    for (unsigned i = 0; i < reader->ntemplates; i++) {
        templates[i] = reader->covers[i]->t;
    }
    reader->table = textfsm_table_new(templates, reader->ntemplates, NULL, &error);
    if (!reader->table) {
        return err_set(tester->err, error.code == TEXTFSM_NOMEM ? ERR_NOMEM : ERR_INPUT, "%s",
                       error.text);
    }
    reader->ncolumns = textfsm_table_columns(reader->table);
    reader->columns = arena_array(arena, reader->ncolumns + 1, sizeof(*reader->columns));
    for (unsigned i = 0; reader->columns && i < reader->ncolumns; i++) {
        reader->columns[i].value = textfsm_table_column(reader->table, i)->value;
        reader->columns[i].name = lower_name(arena, reader->columns[i].value->name);
        if (!reader->columns[i].name) {
            return err_nomem(tester->err);
        }
    }
    return reader->columns ? 0 : err_nomem(tester->err);
}

static int find_reader(struct tester *tester, const char *dir, const char *templates,
                       struct test_reader **out)
{
    struct tests *tests = tester->tests;
    const char *key = arena_printf(&tests->arena, "%s:%s", dir, templates);
    struct test_reader *reader = tests->readers;
    while (key && reader && strcmp(reader->key, key) != 0) {
        reader = reader->next;
    }
    *out = reader;
    if (reader) {
        return 0;
    }
    reader = key ? arena_get(&tests->arena, sizeof(*reader)) : NULL;
    if (!reader) {
        return err_nomem(tester->err);
    }
    *reader = (struct test_reader){.key = key};
    int rc = open_covers(tester, reader, dir, templates);
    if (rc == 0) {
        rc = open_table(tester, reader);
        reader->next = tests->readers;
        tests->readers = reader;
    }
    *out = reader;
    return rc;
}

/* ---- One fixture ---------------------------------------------------------------------------
 */

static void count_rule(void *user, const struct textfsm_trace *trace)
{
    struct test_coverage *cover = user;
    if (trace->rule) {
        cover->used[trace->rule->line] = 1;
    }
}

static void count_lines(struct test_coverage *cover, struct textfsm_stats stats)
{
    cover->outputs++;
    cover->lines += stats.matched + stats.unmatched;
    cover->matched += stats.matched;
}

/* The further templates of a table, whose rules its own run does not tell of. */
static void count_others(const struct test_reader *reader, struct view text)
{
    for (unsigned i = 1; i < reader->ntemplates; i++) {
        struct textfsm_run_options options = {.on_trace = count_rule,
                                              .user = reader->covers[i]};
        struct textfsm_run *run = textfsm_run_new(reader->covers[i]->t, &options, NULL);
        if (run && textfsm_run_feed(run, text.ptr, text.len, NULL) == 0 &&
            textfsm_run_finish(run, NULL) == 0) {
            count_lines(reader->covers[i], textfsm_run_stats(run));
        }
        textfsm_run_free(run);
    }
}

static int bless(const struct fixture *fixture, const struct test_rows *rows, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    size_t n = textfsm_merge_rows(rows->merge);
    int rc = 0;
    fixture_write_begin(&text, fixture->yaml);
    for (size_t i = 0; i < n && rc == 0; i++) {
        rc = fixture_write_row(&text, fixture->yaml, i, rows->columns,
                               textfsm_merge_row(rows->merge, i), rows->ncolumns, err);
    }
    fixture_write_end(&text, fixture->yaml, n);
    if (rc == 0 && strbuf_failed(&text)) {
        rc = err_nomem(err);
    }
    if (rc == 0) {
        rc = outfile_put(fixture->records, strbuf_view(&text), err);
    }
    strbuf_release(&text);
    return rc;
}

static int judge(struct tester *tester, struct test_result *result,
                 const struct test_rows *rows, struct strbuf *what)
{
    struct arena arena = ARENA_INIT;
    const struct expected *wanted;
    int rc;
    if (tester->options->bless) {
        result->status = TEST_BLESSED;
        return bless(result->fixture, rows, tester->err);
    }
    result->status = TEST_FAILED;
    if (!result->fixture->has_records) {
        strbuf_addf(what, "there is no %s; write it, or have it written by --bless and read it",
                    result->fixture->records);
        return 0;
    }
    rc = fixture_expected(&wanted, result->fixture, &arena, tester->err);
    if (rc == 0) {
        test_compare(what, rows, wanted);
        result->status = what->len > 0 ? TEST_FAILED : TEST_PASSED;
    } else if (rc == ERR_INPUT) {
        strbuf_addstr(what, tester->err->text);
        rc = 0;
    }
    arena_release(&arena);
    return rc;
}

static int run_text(struct tester *tester, struct test_result *result,
                    const struct test_reader *reader, struct view text, struct strbuf *what)
{
    struct textfsm_error error;
    struct textfsm_run_options options = {.on_trace = count_rule, .user = reader->covers[0]};
    struct textfsm_merge *merge = textfsm_merge_new(reader->table, &options, &error);
    int rc = 0;
    if (!merge) {
        return err_nomem(tester->err);
    }
    if (textfsm_merge_feed(merge, text.ptr, text.len, &error) < 0 ||
        textfsm_merge_finish(merge, &error) < 0) {
        result->status = TEST_FAILED;
        strbuf_addstr(what, error.text);
    } else {
        struct test_rows rows = {merge, reader->columns, reader->ncolumns};
        result->rows = textfsm_merge_rows(merge);
        rc = judge(tester, result, &rows, what);
    }
    count_lines(reader->covers[0], textfsm_merge_stats(merge));
    count_others(reader, text);
    textfsm_merge_free(merge);
    return rc;
}

static int run_with(struct tester *tester, struct test_result *result,
                    const struct test_reader *reader, struct strbuf *what)
{
    struct strbuf text = STRBUF_INIT;
    int rc = 0;
    if (strbuf_read_file(&text, result->fixture->path, LIMIT_COMMAND_BYTES) < 0) {
        result->status = TEST_FAILED;
        strbuf_addf(what, "%s: %s", result->fixture->path, strerror(errno));
    } else {
        rc = run_text(tester, result, reader, strbuf_view(&text), what);
    }
    strbuf_release(&text);
    return rc;
}

/* A template that does not compile fails its fixtures, not the others. */
static int run_fixture(struct tester *tester, struct test_result *result, struct strbuf *what)
{
    const struct tests_options *options = tester->options;
    const struct fixture *fixture = result->fixture;
    const char *dir = NULL, *templates = NULL;
    struct test_reader *reader;
    int rc = options->find(options->user, fixture, &dir, &templates, tester->err);
    if (rc == 0) {
        result->status = fixture->has_records ? TEST_FAILED : TEST_SKIPPED;
        strbuf_addf(what, "platform %s has no template %s", fixture->platform,
                    fixture->command);
        return 0;
    }
    if (rc > 0) {
        rc = find_reader(tester, dir, templates, &reader);
    }
    if (rc == ERR_INPUT) {
        result->status = TEST_FAILED;
        strbuf_addstr(what, tester->err->text);
        return 0;
    }
    return rc < 0 ? rc : run_with(tester, result, reader, what);
}

static void count_result(struct tests *tests, const struct test_result *result)
{
    tests->passed += result->status == TEST_PASSED;
    tests->failed += result->status == TEST_FAILED;
    tests->skipped += result->status == TEST_SKIPPED;
    tests->blessed += result->status == TEST_BLESSED;
}

static int by_path(const void *a, const void *b)
{
    const struct test_coverage *const *x = a, *const *y = b;
    return strcmp((*x)->path, (*y)->path);
}

int tests_run(struct tests *tests, const struct fixtures *fixtures,
              const struct tests_options *options, struct err *err)
{
    struct tester tester = {.tests = tests, .options = options, .err = err};
    struct strbuf what = STRBUF_INIT;
    int rc = 0;
    tests->results = arena_array(&tests->arena, fixtures->count, sizeof(*tests->results));
    if (!tests->results) {
        rc = err_nomem(err);
    }
    for (size_t i = 0; rc == 0 && i < fixtures->count; i++) {
        struct test_result *result = &tests->results[tests->nresults++];
        result->fixture = &fixtures->items[i];
        strbuf_reset(&what);
        rc = run_fixture(&tester, result, &what);
        result->what = arena_dup(&tests->arena, strbuf_view(&what));
        if (rc == 0 && (!result->what || strbuf_failed(&what))) {
            rc = err_nomem(err);
        }
        count_result(tests, result);
    }
    if (tests->ncovers > 1) {
        qsort(tests->covers, tests->ncovers, sizeof(struct test_coverage *), by_path);
    }
    strbuf_release(&what);
    return rc;
}
