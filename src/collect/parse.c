#include "collect/parse.h"

#include <stdlib.h>

struct parse {
    const struct textfsm_table *reader;
    struct textfsm_merge *run;
};

struct parses {
    struct parse *items;
    size_t n, size;
    size_t latest; /* outputs of one kind tend to come together */
};

struct parses *parses_new(void)
{
    return calloc(1, sizeof(struct parses));
}

void parses_free(struct parses *parses)
{
    if (!parses) {
        return;
    }
    for (size_t i = 0; i < parses->n; i++) {
        textfsm_merge_free(parses->items[i].run);
    }
    free(parses->items);
    free(parses);
}

static int fail(const struct textfsm_error *error, struct err *err)
{
    return err_set_at(err, ERR_PARSE, error->template_line, error->column, "%s", error->text);
}

static int add_run(struct parses *parses, const struct textfsm_table *reader, struct err *err)
{
    if (parses->n == parses->size) {
        size_t size = parses->size ? parses->size * 2 : 16;
        struct parse *items = realloc(parses->items, size * sizeof(*items));
        if (!items) {
            return err_nomem(err);
        }
        parses->items = items;
        parses->size = size;
    }
    struct textfsm_error error;
    struct textfsm_run_options options = {0};
    struct textfsm_merge *run = textfsm_merge_new(reader, &options, &error);
    if (!run) {
        return fail(&error, err);
    }
    parses->latest = parses->n++;
    parses->items[parses->latest] = (struct parse){reader, run};
    return 0;
}

/* Makes the run of reader the latest. */
static int find_run(struct parses *parses, const struct textfsm_table *reader, struct err *err)
{
    if (parses->n && parses->items[parses->latest].reader == reader) {
        return 0;
    }
    for (size_t i = 0; i < parses->n; i++) {
        if (parses->items[i].reader == reader) {
            parses->latest = i;
            return 0;
        }
    }
    return add_run(parses, reader, err);
}

int parses_read(struct parses *parses, const struct job_command *command, struct view text,
                struct parsed *rows, struct err *err)
{
    int status = find_run(parses, command->reader, err);
    if (status < 0) {
        return status;
    }
    struct textfsm_merge *run = parses->items[parses->latest].run;
    struct textfsm_error error;
    textfsm_merge_reset(run);
    if (textfsm_merge_feed(run, text.ptr, text.len, &error) < 0 ||
        textfsm_merge_finish(run, &error) < 0) {
        return fail(&error, err);
    }
    *rows = (struct parsed){textfsm_merge_rows(run), run};
    return 0;
}

const struct textfsm_cell *parsed_row(const struct parsed *rows, size_t i)
{
    return textfsm_merge_row(rows->run, i);
}
