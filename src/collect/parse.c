#include "collect/parse.h"

#include <stdlib.h>

/* The machines of one list of templates. */
struct parse {
    const struct textfsm_template *const *templates;
    size_t ntemplates;
    struct textfsm_table *table;
    struct textfsm_merge *merge;
};

struct parses {
    struct parse *items;
    size_t n, size;
    size_t latest; /* outputs of one template tend to come together */
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
        textfsm_merge_free(parses->items[i].merge);
        textfsm_table_free(parses->items[i].table);
    }
    free(parses->items);
    free(parses);
}

static int fail(const struct textfsm_error *error, struct err *err)
{
    return err_set_at(err, ERR_PARSE, error->template_line, error->column, "%s", error->text);
}

static int make_room(struct parses *parses, struct err *err)
{
    if (parses->n < parses->size) {
        return 0;
    }
    size_t size = parses->size ? parses->size * 2 : 16;
    struct parse *items = realloc(parses->items, size * sizeof(*items));
    if (!items) {
        return err_nomem(err);
    }
    parses->items = items;
    parses->size = size;
    return 0;
}

/* Makes the machines of command's templates, and them the latest. */
static int add_parse(struct parses *parses, const struct job_command *command, struct err *err)
{
    int status = make_room(parses, err);
    if (status < 0) {
        return status;
    }
    struct textfsm_error error;
    struct textfsm_run_options options = {0};
    struct parse parse = {command->templates, command->ntemplates, NULL, NULL};
    parse.table = textfsm_table_new(parse.templates, (unsigned)parse.ntemplates, NULL, &error);
    if (parse.table) {
        parse.merge = textfsm_merge_new(parse.table, &options, &error);
    }
    if (!parse.merge) {
        textfsm_table_free(parse.table);
        return fail(&error, err);
    }
    parses->latest = parses->n++;
    parses->items[parses->latest] = parse;
    return 0;
}

static bool fits(const struct parse *parse, const struct job_command *command)
{
    return parse->ntemplates == command->ntemplates &&
           (parse->templates == command->templates ||
            memcmp(parse->templates, command->templates,
                   parse->ntemplates * sizeof(*parse->templates)) == 0);
}

static int find_parse(struct parses *parses, const struct job_command *command, struct err *err)
{
    if (parses->n && fits(&parses->items[parses->latest], command)) {
        return 0;
    }
    for (size_t i = 0; i < parses->n; i++) {
        if (fits(&parses->items[i], command)) {
            parses->latest = i;
            return 0;
        }
    }
    return add_parse(parses, command, err);
}

int parses_read(struct parses *parses, const struct job_command *command, struct view text,
                struct parsed *rows, struct err *err)
{
    int status = find_parse(parses, command, err);
    if (status < 0) {
        return status;
    }
    struct textfsm_merge *merge = parses->items[parses->latest].merge;
    struct textfsm_error error;
    textfsm_merge_reset(merge);
    if (textfsm_merge_feed(merge, text.ptr, text.len, &error) < 0 ||
        textfsm_merge_finish(merge, &error) < 0) {
        return fail(&error, err);
    }
    *rows = (struct parsed){textfsm_merge_rows(merge), merge};
    return 0;
}

const struct textfsm_cell *parsed_row(const struct parsed *rows, size_t i)
{
    return textfsm_merge_row(rows->merge, i);
}
