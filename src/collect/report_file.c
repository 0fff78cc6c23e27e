#include "collect/report_file.h"

#include "base/limits.h"
#include "base/outfile.h"
#include "base/sha256.h"
#include "base/spool.h"
#include "output/cell.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

struct piece {
    uint64_t at;
    size_t len; /* 0 = the job is not finished */
};

struct report_file {
    const struct plan *plan;
    struct report_run run;
    struct outfile *out;
    struct spool spool;
    struct piece *pieces; /* by place of the job in the plan */
    char started[UTC_STAMP_SIZE];
    ms_t began;
    char inventory_hash[SHA256_HEX_SIZE];
};

/* ---- JSON ----------------------------------------------------------------------------------
 */

static void member(struct strbuf *out, const char *key)
{
    char last = out->len > 0 ? out->buf[out->len - 1] : '{';
    strbuf_addf(out, "%s\"%s\":", last == '{' || last == '[' ? "" : ",", key);
}

static void text(struct strbuf *out, const char *key, const char *value)
{
    member(out, key);
    if (value) {
        json_add_string(out, view_of(value));
    } else {
        strbuf_addstr(out, "null");
    }
}

static void number(struct strbuf *out, const char *key, long long value)
{
    member(out, key);
    strbuf_addf(out, "%lld", value);
}

static void boolean(struct strbuf *out, const char *key, bool value)
{
    member(out, key);
    strbuf_addstr(out, value ? "true" : "false");
}

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
    spool_init(&file->spool, LIMIT_WAITING_BYTES);
    file->pieces = calloc(plan->njobs + 1, sizeof(*file->pieces));
    int rc = file->pieces ? 0 : err_nomem(err);
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
        spool_release(&file->spool);
        free(file->pieces);
        free(file);
    }
}

/* ---- A job ---------------------------------------------------------------------------------
 */

static void add_command(struct strbuf *out, const struct job_command *how,
                        const struct command_result *command)
{
    strbuf_addstr(out, "{");
    text(out, "command", command->command);
    text(out, "asked", how->asked);
    text(out, "template", how->template_path);
    text(out, "status", status_name(command->status));
    text(out, "reason", command->reason);
    text(out, "collected_at", command->collected_at[0] ? command->collected_at : NULL);
    number(out, "took_ms", command->took_ms);
    number(out, "bytes", (long long)command->output.len);
    number(out, "records", (long long)command->records);
    if (command->exit_status >= 0) {
        number(out, "exit_status", command->exit_status);
    }
    strbuf_addstr(out, "}");
}

static void add_job(struct strbuf *out, const struct job *job, const struct host_result *result)
{
    const struct host *host = job->host;
    strbuf_addstr(out, "{");
    text(out, "host", host->name);
    text(out, "address", host->address);
    number(out, "port", host_port(host));
    text(out, "platform", job->platform->name);
    text(out, "username", host->username);
    text(out, "status", status_name(result->status));
    text(out, "reason", result->reason);
    number(out, "connect_ms", result->connect_ms);
    number(out, "auth_ms", result->auth_ms);
    number(out, "total_ms", result->total_ms);
    text(out, "algorithms", result->algorithms);
    text(out, "host_key", result->fingerprint);
    boolean(out, "legacy", host->legacy);
    member(out, "commands");
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
    file->pieces[job - file->plan->jobs] = (struct piece){spool_size(&file->spool), piece.len};
    int rc = strbuf_failed(&piece) ? err_nomem(err)
                                   : spool_add(&file->spool, strbuf_view(&piece), err);
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
    text(out, "user", user ? user->pw_name : NULL);
    text(out, "machine", machine);
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
    member(out, "templates");
    strbuf_addstr(out, "[");
    const char *between = "";
    for (size_t j = 0; j < plan->njobs; j++) {
        for (size_t c = 0; c < plan->jobs[j].ncommands; c++) {
            const struct job_command *command = &plan->jobs[j].commands[c];
            if (!command->reader || listed_before(plan, j, c)) {
                continue;
            }
            strbuf_addf(out, "%s{", between);
            text(out, "table", plan->tables[command->table].name);
            text(out, "files", command->template_path);
            text(out, "sha256", command->fingerprint);
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
    text(out, "collect", file->run.version);
    text(out, "started", file->started);
    text(out, "ended", ended);
    number(out, "took_ms", now_ms() - file->began);
    add_who(out);
    text(out, "inventory", file->run.inventory);
    text(out, "inventory_sha256", file->run.inventory ? file->inventory_hash : NULL);
    text(out, "host_keys", file->run.host_keys);
    number(out, "hosts", (long long)file->plan->njobs);
    number(out, "commands", (long long)file->plan->ncommands);
    number(out, "hosts_failed", (long long)totals->failed);
    boolean(out, "interrupted", interrupted);
    add_templates(out, file->plan);
    member(out, "jobs");
    strbuf_addstr(out, "[");
}

static int write_jobs(struct report_file *file, struct strbuf *buf, struct err *err)
{
    int rc = 0;
    const char *between = "\n";
    for (size_t i = 0; i < file->plan->njobs && rc == 0; i++) {
        const struct piece *piece = &file->pieces[i];
        if (piece->len == 0) {
            continue;
        }
        strbuf_addstr(buf, between);
        between = ",\n";
        if (!strbuf_grow(buf, piece->len)) {
            return err_nomem(err);
        }
        rc = spool_read(&file->spool, piece->at, buf->buf + buf->len, piece->len, err);
        buf->len += rc == 0 ? piece->len : 0;
        buf->buf[buf->len] = '\0';
        if (rc == 0 && buf->len > KIB(64)) {
            rc = outfile_write(file->out, buf->buf, buf->len, err);
            strbuf_reset(buf);
        }
    }
    return rc;
}

int report_file_close(struct report_file *file, const struct report *totals, bool interrupted,
                      struct err *err)
{
    struct strbuf buf = STRBUF_INIT;
    add_head(&buf, file, totals, interrupted);
    int rc = write_jobs(file, &buf, err);
    strbuf_addstr(&buf, "\n]}\n");
    if (rc == 0) {
        rc = strbuf_failed(&buf) ? err_nomem(err)
                                 : outfile_write(file->out, buf.buf, buf.len, err);
    }
    if (rc == 0) {
        rc = outfile_commit(file->out, err);
        file->out = NULL;
    }
    strbuf_release(&buf);
    report_file_free(file);
    return rc;
}
