/*
 * collect test: fixtures against the templates of the search path.
 */
#include "author/test.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/setting.h"
#include "cli/talk.h"

static int check(const struct options *options, int *format, struct err *err)
{
    static const char *const names[] = {
        [TESTS_TEXT] = "text", [TESTS_TAP] = "tap", [TESTS_JUNIT] = "junit"};
    if (options->words.count != 1) {
        return err_set(err, ERR_USAGE, "one folder of fixtures, please, such as fixtures/");
    }
    *format = TESTS_TEXT;
    for (int i = 0; options->format && i < (int)(sizeof(names) / sizeof(names[0])); i++) {
        if (strcmp(options->format, names[i]) == 0) {
            *format = i;
            return 0;
        }
    }
    bool data = options->format ? output_format_named(options->format, err) != NULL
                                : setting_wants_data(options);
    *format = data ? -1 : *format;
    return !options->format || data ? 0
                                    : err_set(err, ERR_USAGE,
                                              "-f %s: a test gives text, tap, junit, or data "
                                              "such as json",
                                              options->format);
}

/* By the template's name; else as a command, its underscores being blanks. */
static int find(void *user, const struct fixture *fixture, const char **dir,
                const char **templates, struct err *err)
{
    struct library *library = user;
    struct finding finding;
    int rc = library_by_name(library, fixture->platform, NULL, fixture->command, &finding, err);
    if (rc == 0) {
        struct strbuf command = STRBUF_INIT;
        strbuf_addstr(&command, fixture->command);
        for (size_t i = 0; i < command.len; i++) {
            command.buf[i] = command.buf[i] == '_' ? ' ' : command.buf[i];
        }
        rc = strbuf_failed(&command) ? err_nomem(err)
                                     : library_by_command(library, fixture->platform, NULL,
                                                          command.buf, &finding, err);
        strbuf_release(&command);
    }
    if (rc > 0) {
        *dir = finding.dir;
        *templates = finding.templates;
    }
    return rc;
}

static int write_rows(struct writer *writer, const struct tests *tests, struct err *err)
{
    static const char *const words[] = {"passed", "failed", "skipped", "written"};
    int rc = 0;
    for (size_t i = 0; i < tests->nresults && rc == 0; i++) {
        const struct test_result *result = &tests->results[i];
        struct textfsm_cell cells[] = {
            setting_cell(result->fixture->path),
            setting_cell(result->fixture->platform),
            setting_cell(result->fixture->command),
            setting_cell(words[result->status]),
            setting_cell(result->what),
        };
        rc = writer_row(writer, 0, cells, err);
    }
    return rc;
}

static int write_data(const struct tests *tests, const struct options *options, struct err *err)
{
    static const struct column columns[] = {
        {.name = "fixture"}, {.name = "platform"}, {.name = "template"},
        {.name = "status"},  {.name = "what"},
    };
    static const struct table table = {"test", columns, sizeof(columns) / sizeof(columns[0])};
    struct writer *writer = NULL;
    int rc = setting_data(&writer, options, &table, err);
    if (rc < 0) {
        return rc;
    }
    rc = write_rows(writer, tests, err);
    if (rc < 0) {
        writer_abort(writer);
        return rc;
    }
    return writer_close(writer, err);
}

static int report(const struct tests *tests, const struct options *options, int format)
{
    struct err err = ERR_INIT;
    struct strbuf text = STRBUF_INIT;
    int status;
    if (format < 0) {
        status = write_data(tests, options, &err) < 0 ? talk_failure(&err, "test") : 0;
    } else {
        tests_report(&text, tests, (enum tests_format)format, options->verbose > 0);
        status = out_text(options, &text);
    }
    strbuf_release(&text);
    return status;
}

int verb_test(const struct options *options)
{
    struct err err = ERR_INIT;
    struct arena arena = ARENA_INIT;
    struct fixtures fixtures;
    struct library *library = NULL;
    struct tests tests = TESTS_INIT;
    int format = TESTS_TEXT;
    int rc = check(options, &format, &err);
    if (rc == 0) {
        rc = fixtures_find(&fixtures, options->words.items[0].text, &arena, &err);
    }
    if (rc == 0) {
        rc = setting_library(&library, options, &arena, &err);
    }
    if (rc == 0) {
        struct tests_options how = {.find = find, .user = library, .bless = options->bless};
        rc = tests_run(&tests, &fixtures, &how, &err);
    }
    int status = rc < 0 ? talk_failure(&err, "test") : report(&tests, options, format);
    if (status == 0 && tests.failed > 0) {
        status = 1;
    }
    tests_release(&tests);
    library_free(library);
    arena_release(&arena);
    return status;
}
