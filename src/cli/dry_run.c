#include "cli/dry_run.h"

#include "cli/setting.h"

enum { HOST, ADDRESS, PLATFORM, COMMAND, TEMPLATE, WHY, COLUMNS };

static const struct column columns[COLUMNS] = {
    [HOST] = {.name = "host", .key = true}, [ADDRESS] = {.name = "address"},
    [PLATFORM] = {.name = "platform"},      [COMMAND] = {.name = "command", .key = true},
    [TEMPLATE] = {.name = "template"},      [WHY] = {.name = "why"},
};

static const struct table table = {"plan", columns, COLUMNS};

/* One colon in an address is no port's: IPv6 goes into brackets. */
static const char *address_text(struct arena *arena, const struct host *host)
{
    bool v6 = strchr(host->address, ':') != NULL;
    return arena_printf(arena, "%s%s%s:%d", v6 ? "[" : "", host->address, v6 ? "]" : "",
                        host_port(host));
}

static int write_job(struct writer *writer, const struct job *job, struct arena *arena,
                     struct err *err)
{
    const char *address = address_text(arena, job->host);
    int rc = address ? 0 : err_nomem(err);
    for (size_t i = 0; i < job->ncommands && rc == 0; i++) {
        const struct job_command *command = &job->commands[i];
        const char *texts[COLUMNS] = {
            [HOST] = job->host->name,
            [ADDRESS] = address,
            [PLATFORM] = job->platform->name,
            [COMMAND] = command->command,
            [TEMPLATE] = command->template_path,
            [WHY] = command->why,
        };
        struct textfsm_cell cells[COLUMNS];
        for (size_t c = 0; c < COLUMNS; c++) {
            cells[c] = setting_cell(texts[c]);
        }
        rc = writer_row(writer, 0, cells, err);
    }
    return rc;
}

int dry_run(const struct plan *plan, const struct options *options, struct err *err)
{
    struct arena arena = ARENA_INIT;
    struct writer *writer = NULL;
    int rc = setting_data(&writer, options, &table, err);
    for (size_t i = 0; i < plan->njobs && rc == 0; i++) {
        arena_reset(&arena);
        rc = write_job(writer, &plan->jobs[i], &arena, err);
    }
    arena_release(&arena);
    if (rc < 0) {
        writer_abort(writer);
        return rc;
    }
    return writer_close(writer, err);
}
