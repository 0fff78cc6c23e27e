#include "collect/report_file.h"

#include "collect/pieces.h"

#include "base/limits.h"
#include "base/outfile.h"
#include "base/sha256.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

struct report_file {
    const struct plan *plan;
    struct report_run run;
    struct outfile *out;
    struct pieces pieces; /* by place of the job in the plan */
    char started[UTC_STAMP_SIZE];
    ms_t began;
    char inventory_hash[SHA256_HEX_SIZE];
};

/* ---- Begin and end -------------------------------------------------------------------------
 */

static int hash_inventory(struct report_file *file, struct err *err)
{
    struct strbuf bytes = STRBUF_INIT;
    int rc = 0;
    if (strbuf_read_file(&bytes, file->run.inventory, LIMIT_YAML_BYTES) < 0) {
        rc = err_set(err, ERR_INPUT, "%s: %s", file->run.inventory, strerror(errno));
    } else {
        sha256_hex(strbuf_view(&bytes), file->inventory_hash);
    }
    strbuf_release(&bytes);
    return rc;
}

int report_file_open(struct report_file **out, const char *path, const struct report_run *run,
                     const struct plan *plan, struct err *err)
{
    struct report_file *file = calloc(1, sizeof(*file));
    if (!file) {
        return err_nomem(err);
    }
    file->plan = plan;
    file->run = *run;
    file->began = now_ms();
    utc_stamp(file->started, sizeof(file->started));
    int rc = pieces_init(&file->pieces, plan->njobs, err);
    if (rc == 0 && run->inventory) {
        rc = hash_inventory(file, err);
    }
    if (rc == 0) {
        rc = outfile_open(&file->out, path, err);
    }
    if (rc < 0) {
        file->out = NULL;
        report_file_free(file);
        return rc;
    }
    *out = file;
    return 0;
}

void report_file_free(struct report_file *file)
{
    if (file) {
        outfile_abort(file->out);
        pieces_release(&file->pieces);
        free(file);
    }
}

void report_file_settle(struct report_file *file, const struct plan *plan)
{
    file->plan = plan;
}

/* ---- A job ---------------------------------------------------------------------------------
 */

static void add_command(struct strbuf *out, const struct job_command *how,
                        const struct command_result *command)
{
    strbuf_addstr(out, "{");
    member_text(out, "command", command->command);
    member_text(out, "asked", how->asked);
    member_text(out, "template", how->template_path);
    member_text(out, "status", status_name(command->status));
    member_text(out, "reason", command->reason);
    member_text(out, "collected_at", command->collected_at[0] ? command->collected_at : NULL);
    member_number(out, "took_ms", command->took_ms);
    member_number(out, "bytes", (long long)command->output.len);
    member_number(out, "records", (long long)command->records);
    if (command->exit_status >= 0) {
        member_number(out, "exit_status", command->exit_status);
    }
    strbuf_addstr(out, "}");
}

static void add_job(struct strbuf *out, const struct job *job, const struct host_result *result)
{
    const struct host *host = job->host;
    strbuf_addstr(out, "{");
    member_text(out, "host", host->name);
    member_text(out, "address", host->address);
    member_number(out, "port", host_port(host));
    member_text(out, "platform", host_result_platform(result, job->platform));
    if (result->platform_why) {
        member_text(out, "platform_found_by", result->platform_why);
    }
    member_text(out, "username", host->username);
    member_text(out, "status", status_name(result->status));
    member_text(out, "reason", result->reason);
    member_number(out, "connect_ms", result->connect_ms);
    member_number(out, "auth_ms", result->auth_ms);
    member_number(out, "total_ms", result->total_ms);
    member_text(out, "algorithms", result->algorithms);
    member_text(out, "host_key", result->fingerprint);
    member_bool(out, "legacy", host->legacy);
    member_key(out, "commands");
    strbuf_addstr(out, "[");
    for (size_t i = 0; i < result->ncommands; i++) {
        strbuf_addstr(out, i ? "," : "");
        add_command(out, &job->commands[i], &result->commands[i]);
    }
    strbuf_addstr(out, "]}");
}

int report_file_add(struct report_file *file, const struct host_result *result, struct err *err)
{
    const struct job *job = plan_job(file->plan, result->host);
    struct strbuf piece = STRBUF_INIT;
    if (!job) {
        return err_set(err, ERR_HOST, "%s: no host of this run", result->host->name);
    }
    add_job(&piece, job, result);
    int rc = pieces_add(&file->pieces, (size_t)(job - file->plan->jobs), &piece, err);
    strbuf_release(&piece);
    return rc;
}

/* ---- The document --------------------------------------------------------------------------
 */

static void add_who(struct strbuf *out)
{
    char machine[256] = "";
    const struct passwd *user = getpwuid(geteuid());
    gethostname(machine, sizeof(machine) - 1);
    member_text(out, "user", user ? user->pw_name : NULL);
    member_text(out, "machine", machine);
}

static bool listed_before(const struct plan *plan, size_t job, size_t command)
{
    const struct textfsm_table *reader = plan->jobs[job].commands[command].reader;
    for (size_t j = 0; j <= job; j++) {
        size_t n = j == job ? command : plan->jobs[j].ncommands;
        for (size_t c = 0; c < n; c++) {
            if (plan->jobs[j].commands[c].reader == reader) {
                return true;
            }
        }
        /* Jobs of one platform share their commands: looking at one of them is enough. */
        if (j < job && plan->jobs[j].commands == plan->jobs[job].commands) {
            return true;
        }
    }
    return false;
}

static void add_templates(struct strbuf *out, const struct plan *plan)
{
    member_key(out, "templates");
    strbuf_addstr(out, "[");
    const char *between = "";
    for (size_t j = 0; j < plan->njobs; j++) {
        for (size_t c = 0; c < plan->jobs[j].ncommands; c++) {
            const struct job_command *command = &plan->jobs[j].commands[c];
            if (!command->reader || listed_before(plan, j, c)) {
                continue;
            }
            strbuf_addf(out, "%s{", between);
            member_text(out, "table", plan->tables[command->table].name);
            member_text(out, "files", command->template_path);
            member_text(out, "sha256", command->fingerprint);
            strbuf_addstr(out, "}");
            between = ",";
        }
    }
    strbuf_addstr(out, "]");
}

static void add_head(struct strbuf *out, const struct report_file *file,
                     const struct report *totals, bool interrupted)
{
    char ended[UTC_STAMP_SIZE];
    utc_stamp(ended, sizeof(ended));
    strbuf_addstr(out, "{");
    member_text(out, "collect", file->run.version);
    member_text(out, "started", file->started);
    member_text(out, "ended", ended);
    member_number(out, "took_ms", now_ms() - file->began);
    add_who(out);
    member_text(out, "inventory", file->run.inventory);
    member_text(out, "inventory_sha256", file->run.inventory ? file->inventory_hash : NULL);
    member_text(out, "host_keys", file->run.host_keys);
    member_number(out, "hosts", (long long)file->plan->njobs);
    member_number(out, "commands", (long long)file->plan->ncommands);
    member_number(out, "hosts_failed", (long long)totals->failed);
    member_bool(out, "interrupted", interrupted);
    add_templates(out, file->plan);
    member_key(out, "jobs");
    strbuf_addstr(out, "[");
}

int report_file_close(struct report_file *file, const struct report *totals, bool interrupted,
                      struct err *err)
{
    struct strbuf head = STRBUF_INIT;
    add_head(&head, file, totals, interrupted);
    int rc = strbuf_failed(&head) ? err_nomem(err)
                                  : outfile_write(file->out, head.buf, head.len, err);
    if (rc == 0) {
        rc = pieces_write(&file->pieces, file->out, err);
    }
    if (rc == 0) {
        rc = outfile_write(file->out, "\n]}\n", 4, err);
    }
    if (rc == 0) {
        rc = outfile_commit(file->out, err);
        file->out = NULL;
    }
    strbuf_release(&head);
    report_file_free(file);
    return rc;
}
