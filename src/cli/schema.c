/*
 * collect schema: the columns that a run would give, as JSON Schema or, with another format, as
 * a table. Made from the plan of such a run, so that they cannot disagree.
 */
#include "collect/schema.h"

#include "cli/asks.h"
#include "cli/hosts_query.h"
#include "cli/out.h"
#include "cli/setting.h"
#include "cli/talk.h"

static const struct column columns[] = {
    {.name = "template", .key = true},
    {.name = "column", .key = true},
    {.name = "type"},
    {.name = "key"},
    {.name = "nested", .list = true},
};
static const struct table table = {"schema", columns, 5};

/* --platform A,B without hosts: as if there were one host of each. */
static int hosts_of_platforms(struct inventory *inventory, const char *names, struct err *err)
{
    struct host *hosts = arena_array(&inventory->arena, strlen(names) + 1, sizeof(*hosts));
    inventory->hosts = hosts;
    while (hosts && *names) {
        size_t len = strcspn(names, ",");
        const char *name = arena_dup(&inventory->arena, view_trim(view_make(names, len)));
        if (!name) {
            return err_nomem(err);
        }
        if (!*name) {
            return err_set(err, ERR_USAGE, "--platform has an empty name in it");
        }
        size_t i = inventory->count++;
        hosts[i] = (struct host){.index = i, .name = name, .platform = name};
        names += len + (names[len] == ',');
    }
    return hosts ? 0 : err_nomem(err);
}

static int check_platforms(const struct inventory *inventory, struct library *library,
                           struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < inventory->count && rc == 0; i++) {
        const char *platform = inventory->hosts[i].platform;
        rc = strcmp(platform, PLATFORM_AUTO) == 0
                 ? 0
                 : setting_platform(library, platform, true, err);
    }
    return rc;
}

static int find_hosts(struct inventory *inventory, const struct options *options,
                      struct err *err)
{
    if (options->inventory || options->hosts.count) {
        return hosts_query(inventory, options, err);
    }
    if (!options->platform) {
        return err_set(err, ERR_USAGE, "of which platforms? Give --platform NAME or -i FILE");
    }
    return hosts_of_platforms(inventory, options->platform, err);
}

static int write_column(struct writer *writer, const struct table *of,
                        const struct column *column, struct err *err)
{
    struct textfsm_cell keys[64];
    uint32_t nkeys = 0;
    for (; nkeys < column->nkeys && nkeys < 64; nkeys++) {
        keys[nkeys] = setting_cell(column->keys[nkeys]);
    }
    const struct textfsm_cell cells[] = {
        setting_cell(of->name),
        setting_cell(column->name),
        setting_cell(column->list ? "list" : "text"),
        setting_cell(column->key ? "key" : ""),
        {.kind = TEXTFSM_LIST, .len = nkeys, .u.items = keys},
    };
    return writer_row(writer, 0, cells, err);
}

static int write_columns(const struct plan *plan, const struct options *options,
                         struct err *err)
{
    struct writer *writer;
    int rc = setting_data(&writer, options, &table, err);
    if (rc < 0) {
        return rc;
    }
    for (size_t i = 0; i < plan->ntables && rc == 0; i++) {
        for (size_t c = 0; c < plan->tables[i].ncolumns && rc == 0; c++) {
            rc = write_column(writer, &plan->tables[i], &plan->tables[i].columns[c], err);
        }
    }
    if (rc < 0) {
        writer_abort(writer);
        return rc;
    }
    return writer_close(writer, err);
}

/* -f or the extension of -o asks for another format than JSON, which JSON Schema is. */
static bool wants_table(const struct options *options)
{
    const struct format *format = options->format   ? format_find(view_of(options->format))
                                  : options->output ? format_by_extension(options->output)
                                                    : NULL;
    return (options->format && !format) || (format && strcmp(format->name, "json") != 0);
}

/* The exit status. */
static int show(const struct plan *plan, const struct options *options)
{
    struct err err = ERR_INIT;
    if (wants_table(options)) {
        int rc = write_columns(plan, options, &err);
        return rc < 0 ? talk_failure(&err, "schema") : 0;
    }
    if (setting_fits(options, format_find(VIEW("json")), &err) < 0) {
        return talk_failure(&err, "schema");
    }
    struct strbuf text = STRBUF_INIT;
    schema_add(&text, plan);
    int status = out_text(options, &text);
    strbuf_release(&text);
    return status;
}

int verb_schema(const struct options *options)
{
    struct err err = ERR_INIT;
    struct arena arena = ARENA_INIT;
    struct inventory inventory = INVENTORY_INIT;
    struct library *library = NULL;
    struct plan plan = PLAN_INIT;
    int rc = asks_check(options, &err);
    if (rc == 0) {
        rc = find_hosts(&inventory, options, &err);
    }
    if (rc == 0) {
        rc = setting_library(&library, options, &arena, &err);
    }
    if (rc == 0 && !inventory.path && !options->hosts.count) {
        rc = check_platforms(&inventory, library, &err);
    }
    if (rc == 0) {
        rc = asks_plan(&plan, options, &inventory, library, &arena, &err);
    }
    if (rc == 0 && plan.detector) {
        rc = err_set(&err, ERR_INPUT,
                     "the columns depend on platforms that only a run finds out (platform: "
                     "auto); `collect hosts --detect -o hosts.yml` writes them down");
    }
    int status = rc < 0 ? talk_failure(&err, "schema") : show(&plan, options);
    plan_release(&plan);
    library_free(library);
    inventory_release(&inventory);
    arena_release(&arena);
    return status;
}
