#include "cli/dry_run.h"

#include "cli/setting.h"

#include "base/strbuf.h"

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

static int write_texts(struct writer *writer, const struct job *job, const char *address,
                       const struct job_command *command, const char *why, struct err *err)
{
    const char *texts[COLUMNS] = {
        [HOST] = job->host->name,
        [ADDRESS] = address,
        [PLATFORM] = job->platform ? job->platform->name : PLATFORM_AUTO,
        [COMMAND] = command ? command->command : NULL,
        [TEMPLATE] = command ? command->template_path : NULL,
        [WHY] = why,
    };
    struct textfsm_cell cells[COLUMNS];
    for (size_t c = 0; c < COLUMNS; c++) {
        cells[c] = setting_cell(texts[c]);
    }
    return writer_row(writer, 0, cells, err);
}

/* What is asked and lacking is a row without a command. */
static int write_job(struct writer *writer, const struct job *job, struct arena *arena,
                     const char *how, struct err *err)
{
    const char *address = address_text(arena, job->host);
    int rc = address ? 0 : err_nomem(err);
    for (size_t i = 0; i < job->ncommands && rc == 0; i++) {
        const char *why = job->platform ? job->commands[i].why : how;
        rc = write_texts(writer, job, address, &job->commands[i], why, err);
    }
    for (size_t i = 0; i < job->nasks && rc == 0; i++) {
        if (job->asks[i].command == PLAN_LACKS) {
            rc = write_texts(writer, job, address, NULL, job->asks[i].lack, err);
        }
    }
    return rc;
}

static int write_jobs(struct writer *writer, const struct job *jobs, size_t n, const char *how,
                      struct err *err)
{
    struct arena arena = ARENA_INIT;
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        arena_reset(&arena);
        rc = write_job(writer, &jobs[i], &arena, how, err);
    }
    arena_release(&arena);
    return rc;
}

static bool told_before(const struct detector *detector, size_t platform, size_t command)
{
    const char *text = detector_at(detector, platform)->detect.commands[command].command;
    for (size_t i = 0; i <= platform; i++) {
        const struct platform *p = detector_at(detector, i);
        for (size_t k = 0; k < (i == platform ? command : p->detect.ncommands); k++) {
            if (strcmp(p->detect.commands[k].command, text) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* What is tried at a host whose platform is not said. */
static void describe_auto(struct strbuf *out, const struct plan *plan)
{
    const char *between = "";
    size_t able = 0;
    strbuf_addf(out,
                "its platform is found out by its SSH server, its prompt and at most %d of: ",
                DETECT_COMMANDS_MOST);
    for (size_t i = 0; i < plan->nchoices; i++) {
        const struct platform *p = plan->choices[i].platform;
        able += !plan->choices[i].why_not;
        for (size_t k = 0; k < p->detect.ncommands; k++) {
            if (!told_before(plan->detector, i, k)) {
                strbuf_addf(out, "%s%s", between, p->detect.commands[k].command);
                between = ", ";
            }
        }
    }
    strbuf_addf(out, "; %zu of %zu platforms can then do this", able, plan->nchoices);
}

int dry_run(const struct plan *plan, const struct options *options, struct err *err)
{
    struct writer *writer = NULL;
    struct strbuf how = STRBUF_INIT;
    if (plan->detector) {
        describe_auto(&how, plan);
    }
    int rc = setting_data(&writer, options, &table, err);
    if (rc == 0) {
        rc = write_jobs(writer, plan->jobs, plan->njobs, how.buf, err);
    }
    if (rc == 0) {
        rc = write_jobs(writer, plan->idle, plan->nidle, how.buf, err);
    }
    strbuf_release(&how);
    if (rc < 0) {
        writer_abort(writer);
        return rc;
    }
    return writer_close(writer, err);
}
