#include "cli/asks.h"
#include "cli/dry_run.h"
#include "cli/hosts_query.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/run_files.h"
#include "cli/saving.h"
#include "cli/setting.h"
#include "cli/talk.h"
#include "cli/verbose.h"

#include "base/secret.h"
#include "collect/emit.h"
#include "collect/loop.h"
#include "collect/passwords.h"
#include "collect/plan.h"
#include "collect/progress.h"
#include "collect/redact.h"
#include "collect/report.h"
#include "collect/schema.h"

#include <unistd.h>

#define POLL_MS 200 /* how long the progress line may stand still */

/* All that a run owns. */
struct run {
    const struct options *options;
    struct arena arena;
    struct inventory inventory;
    struct library *library;
    struct plan plan;
    struct passwords *passwords;
    struct emit *emit;
    struct saving *saving; /* NULL: not into a database */
    struct run_files files;
    struct redact *redact; /* NULL: outputs stay as they are */
    struct loop *loop;
    struct report report;
    struct progress progress;
    bool stdout_tty;
    bool collected, cancelled; /* it came to an end; by a signal */
    ms_t started;
};

static int open_passwords(struct run *run, struct err *err)
{
    struct passwords_options options = {.ask = run->options->ask_pass,
                                        .password_file = run->options->password_file,
                                        .password_fd = (int)run->options->password_fd};
    return passwords_open(&run->passwords, &run->inventory, &options, err);
}

static int open_database(struct run *run, struct writer **writer, struct err *err)
{
    const struct options *options = run->options;
    if (setting_narrows(options) || options->format) {
        return err_set(err, ERR_USAGE,
                       "a database keeps all records as they are: give -f, --where "
                       "and their kin to `collect query %s`",
                       saving_path(options));
    }
    int rc = saving_open(&run->saving, options, &run->plan, &run->inventory, err);
    if (rc == 0) {
        *writer = saving_writer(run->saving);
    }
    return rc;
}

static int open_emit(struct run *run, struct err *err)
{
    struct writer *writer;
    int rc =
        saving_path(run->options)
            ? open_database(run, &writer, err)
            : setting_records(&writer, run->options, run->plan.tables, run->plan.ntables, err);
    if (rc < 0) {
        return rc;
    }
    struct emit_options options = {
        .ordered = emit_ordered(writer->format, run->options->ordered && !run->saving)};
    return emit_new(&run->emit, &run->plan, writer, &options, err);
}

static int open_redact(struct run *run, struct err *err)
{
    if (!run->options->redact) {
        return 0;
    }
    for (size_t i = 0; i < run->plan.njobs && !run->options->quiet; i++) {
        const struct platform *platform = run->plan.jobs[i].platform;
        size_t first = 0;
        while (run->plan.jobs[first].platform != platform) {
            first++;
        }
        if (platform->redact.n == 0 && first == i) {
            talk_warning("platform %s says nothing of secrets: --redact masks none in its "
                         "outputs",
                         platform->name);
        }
    }
    run->redact = redact_new();
    return run->redact ? 0 : err_nomem(err);
}

static int open_files(struct run *run, struct err *err)
{
    return run_files_open(&run->files, run->options, &run->inventory, &run->plan, err);
}

static int start_loop(struct run *run, struct err *err)
{
    const struct options *options = run->options;
    struct loop_options loop = {.workers = (size_t)options->workers,
                                .host_keys = (enum host_keys)options->host_keys,
                                .known_hosts = run->inventory.known_hosts,
                                .use_agent = true,
                                .connect_ms = options->timeout_ms,
                                .auth_ms = options->timeout_ms,
                                .idle_ms = options->timeout_ms,
                                .command_ms = options->timeout_ms,
                                .retries = (int)options->retries,
                                .connect_rate = (double)options->connect_rate,
                                .stop_on_auth_failure = options->stop_on_auth_failure,
                                .log_level = options->verbose < 2 ? options->verbose : 2,
                                .log_fd = STDERR_FILENO,
                                .log_zero = run->started,
                                .credentials = passwords_credentials,
                                .passphrase = passwords_passphrase,
                                .user = run->passwords};
    int rc = loop_start(&run->loop, &run->plan, &loop, err);
    const char *notice = rc == 0 && !options->quiet ? loop_notice(run->loop) : NULL;
    if (notice) {
        talk_warning("%s", notice);
    }
    return rc;
}

/* Everything that can be found wrong before a connection is made. */
static int prepare(struct run *run, struct err *err)
{
    int rc = asks_check(run->options, err);
    if (rc == 0) {
        rc = hosts_query(&run->inventory, run->options, err);
    }
    if (rc == 0) {
        rc = setting_library(&run->library, run->options, &run->arena, err);
    }
    if (rc == 0) {
        rc = asks_plan(&run->plan, run->options, &run->inventory, run->library, &run->arena,
                       err);
    }
    if (rc == 0 && run->options->require_schema) {
        rc = schema_check(run->options->require_schema, &run->plan, err);
    }
    return rc < 0 ? rc : saving_resume(&run->plan, run->options, err);
}

/* The host's records, and with a database all else about it, in one transaction. */
static int keep(struct run *run, struct host_result *result, struct err *err)
{
    if (!run->saving) {
        return emit_host(run->emit, result, err);
    }
    int rc = saving_begin(run->saving, err);
    if (rc == 0) {
        rc = emit_host(run->emit, result, err);
    }
    return rc < 0 ? rc : saving_end(run->saving, result, err);
}

/* --redact comes before anything that keeps or shows an output. */
static int mask(struct run *run, struct host_result *result, struct err *err)
{
    const struct job *job = plan_job(&run->plan, result->host);
    return redact_result(run->redact, job->platform, result, err);
}

/* One finished host: its records, then what the report keeps of it. Once nothing can be written
 * any more, a host counts as failed whatever it came to. */
static int take(struct run *run, struct host_result *result, bool writable, struct err *err)
{
    if (run->stdout_tty) {
        progress_clear(&run->progress); /* records may go to the same terminal */
    }
    int rc = run->redact ? mask(run, result, err) : 0;
    if (rc == 0 && writable) {
        rc = keep(run, result, err);
    } else {
        host_result_fail(result, STATUS_CANCELLED, "its records could not be written");
    }
    report_add(&run->report, result);
    if (run->options->verbose > 0) {
        verbose_host(run->loop, result);
    }
    int kept = run_files_add(&run->files, result, rc ? NULL : err);
    host_result_free(result);
    return rc ? rc : kept;
}

/* Until every host is done. When nothing can be written any more the rest is called off. */
static int drain(struct run *run, struct err *err)
{
    int rc = 0;
    while (!loop_done(run->loop)) {
        struct host_result *result = loop_next(run->loop, POLL_MS);
        if (progress_due(&run->progress, now_ms())) {
            struct loop_progress numbers = loop_progress(run->loop);
            progress_show(&run->progress, &numbers, now_ms());
        }
        if (result) {
            int taken = take(run, result, rc == 0, rc ? NULL : err);
            rc = rc ? rc : taken;
        }
        if (rc < 0) {
            loop_cancel(run->loop);
        }
    }
    return rc;
}

/* Ends the outputs: the records' only if all went well so far, the report's in any case. */
static int finish(struct run *run, int rc, struct err *err)
{
    if (rc == 0) {
        rc = emit_finish(run->emit, err);
    }
    if (rc == 0 && run->saving) {
        rc = saving_close(run->saving, err);
        run->saving = NULL;
    }
    int kept =
        run_files_close(&run->files, &run->report, loop_cancelled(run->loop), rc ? NULL : err);
    return rc ? rc : kept;
}

static int collect(struct run *run, struct err *err)
{
    int (*const steps[])(struct run *, struct err *) = {open_redact, open_passwords, open_emit,
                                                        open_files, start_loop};
    int rc = 0;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && rc == 0; i++) {
        rc = steps[i](run, err);
    }
    if (rc < 0) {
        return rc;
    }
    interrupt_watch(run->loop);
    run->stdout_tty = isatty(STDOUT_FILENO);
    bool progress = !run->options->quiet && !run->options->verbose; /* the log says more */
    progress_init(&run->progress, STDERR_FILENO, progress, run->plan.njobs, now_ms());
    rc = drain(run, err);
    progress_clear(&run->progress);
    rc = finish(run, rc, err);
    interrupt_unwatch();
    run->cancelled = loop_cancelled(run->loop);
    run->collected = true;
    loop_free(run->loop); /* the log ends before the summary */
    run->loop = NULL;
    return rc;
}

static void summarize(const struct run *run)
{
    struct strbuf text = STRBUF_INIT;
    if (!run->options->quiet) {
        report_summary(&run->report, now_ms() - run->started, &text);
    }
    report_failures(&run->report, &text);
    for (const char *p = text.buf; *p;) {
        size_t n = strcspn(p, "\n");
        talk_line("%.*s", (int)n, p);
        p += n + (p[n] == '\n');
    }
    if (run->options->host_keys == HOST_KEYS_OFF) {
        talk_line("Host keys were not checked (--host-keys off)");
    }
    strbuf_release(&text);
}

static int status_of(const struct run *run)
{
    if (run->cancelled) {
        return err_exit_status(ERR_CANCELLED);
    }
    return run->report.failed > 0 ? err_exit_status(ERR_HOST) : 0;
}

static void run_release(struct run *run)
{
    if (run->loop) {
        loop_free(run->loop);
    }
    emit_free(run->emit);
    saving_abort(run->saving);
    run_files_free(&run->files);
    redact_free(run->redact);
    passwords_free(run->passwords);
    plan_release(&run->plan);
    library_free(run->library);
    inventory_release(&run->inventory);
    report_release(&run->report);
    arena_release(&run->arena);
}

int verb_run(const struct options *options)
{
    struct err err = ERR_INIT;
    struct run run = {.options = options,
                      .arena = ARENA_INIT,
                      .inventory = INVENTORY_INIT,
                      .plan = PLAN_INIT,
                      .files = RUN_FILES_INIT,
                      .report = REPORT_INIT,
                      .started = now_ms()};
    secret_harden_process();
    int rc = prepare(&run, &err);
    if (rc == 0 && run.plan.njobs == 0 && options->resume) {
        talk_line("Nothing to do: %s holds all of it", options->resume);
    } else if (rc == 0) {
        rc = options->dry_run ? dry_run(&run.plan, options, &err) : collect(&run, &err);
    }
    if (run.collected && rc != ERR_PIPE) {
        summarize(&run);
    }
    int status = rc < 0 ? talk_failure(&err, "run") : status_of(&run);
    run_release(&run);
    return status;
}
