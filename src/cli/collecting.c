#include "cli/collecting.h"

#include "cli/interrupt.h"
#include "cli/talk.h"
#include "cli/trusting.h"
#include "cli/verbose.h"

#include <unistd.h>

#define POLL_MS 200 /* how long the progress line may stand still */

static int open_passwords(struct collecting *c, struct err *err)
{
    struct passwords_options options = {.ask = c->options->ask_pass,
                                        .password_file = c->options->password_file,
                                        .password_fd = (int)c->options->password_fd};
    return passwords_open(&c->passwords, c->inventory, &options, err);
}

static int open_emit(struct collecting *c, struct err *err)
{
    struct writer *writer = NULL;
    if (c->each) {
        return 0;
    }
    int rc = c->open(c, &writer, err);
    if (rc < 0) {
        return rc;
    }
    if (c->plan->detector) {
        return settle_init(&c->settling, c->plan, c->inventory, err) < 0
                   ? ERR_NOMEM
                   : held_new(&c->held, 0, err);
    }
    if (c->saving) {
        writer = saving_writer(c->saving);
    }
    struct emit_options options = {
        .ordered = emit_ordered(writer->format, c->options->ordered && !c->saving)};
    return emit_new(&c->emit, c->plan, writer, &options, err);
}

static int open_redact(struct collecting *c, struct err *err)
{
    if (!c->options->redact) {
        return 0;
    }
    for (size_t i = 0; i < c->plan->njobs && !c->options->quiet; i++) {
        const struct platform *platform = c->plan->jobs[i].platform;
        size_t first = 0;
        while (c->plan->jobs[first].platform != platform) {
            first++;
        }
        if (platform && platform->redact.n == 0 && first == i) {
            talk_warning("platform %s says nothing of secrets: --redact masks none in its "
                         "outputs",
                         platform->name);
        }
    }
    c->redact = redact_new();
    return c->redact ? 0 : err_nomem(err);
}

static int open_files(struct collecting *c, struct err *err)
{
    return run_files_open(&c->files, c->options, c->inventory, c->plan, err);
}

static int start_loop(struct collecting *c, struct err *err)
{
    if (c->plan->njobs == 0) {
        return 0;
    }
    const struct options *options = c->options;
    struct loop_options loop = {.workers = (size_t)options->workers,
                                .host_keys = trusting_policy(options),
                                .known_hosts = c->inventory->known_hosts,
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
                                .log_zero = c->started,
                                .credentials = passwords_credentials,
                                .passphrase = passwords_passphrase,
                                .user = c->passwords};
    int rc = loop_start(&c->loop, c->plan, &loop, err);
    const char *notice = rc == 0 && !options->quiet ? loop_notice(c->loop) : NULL;
    if (notice) {
        talk_warning("%s", notice);
    }
    return rc;
}

/* The host's records, and with a database all else about it, in one transaction. */
static int keep(struct collecting *c, struct host_result *result, struct err *err)
{
    if (!c->saving) {
        return emit_host(c->emit, result, err);
    }
    int rc = saving_begin(c->saving, err);
    if (rc == 0) {
        rc = emit_host(c->emit, result, err);
    }
    return rc < 0 ? rc : saving_end(c->saving, result, err);
}

/* --redact comes before anything that keeps or shows an output. */
static int mask(struct collecting *c, struct host_result *result, struct err *err)
{
    const struct job *job = plan_job(c->plan, result->host);
    return job->platform ? redact_result(c->redact, job->platform, result, err) : 0;
}

/* One finished host: its records, then what the report keeps of it. Once nothing can be written
 * any more, a host counts as failed whatever it came to. */
static int take(struct collecting *c, struct host_result *result, bool writable,
                struct err *err)
{
    if (c->stdout_tty) {
        progress_clear(&c->progress); /* records may go to the same terminal */
    }
    int rc = c->redact ? mask(c, result, err) : 0;
    if (rc == 0 && writable) {
        rc = keep(c, result, err);
    } else {
        host_result_fail(result, STATUS_CANCELLED, "its records could not be written");
    }
    report_add(&c->report, result);
    if (c->options->verbose > 0) {
        verbose_host(c->loop, result);
    }
    int kept = run_files_add(&c->files, result, rc ? NULL : err);
    host_result_free(result);
    return rc ? rc : kept;
}

/* The plan becomes the one that the platforms make it. */
static int take_plan(struct collecting *c, bool writable, struct err *err)
{
    int rc = c->settle(c, &c->settling.inventory, &c->settled, err);
    if (rc == 0) {
        rc = plan_keep(&c->settled, settle_keep, &c->settling, err);
    }
    if (rc < 0) {
        return rc;
    }
    c->plan = &c->settled;
    run_files_settle(&c->files, c->plan);
    rc = c->saving ? saving_settle(c->saving, c->plan, err) : 0;
    return rc == 0 && writable ? open_emit(c, err) : rc;
}

/* Every platform is known: what waited goes its way. */
static int settle(struct collecting *c, bool writable, struct err *err)
{
    struct held *held = c->held;
    struct host_result *result = NULL;
    int rc = take_plan(c, writable, err);
    c->held = NULL;
    do {
        int got = held_next(held, &result, rc ? NULL : err);
        rc = rc ? rc : got;
        if (result) {
            int taken = take(c, result, writable && rc == 0, rc ? NULL : err);
            rc = rc ? rc : taken;
        }
    } while (result);
    held_free(held);
    return rc;
}

static int hold(struct collecting *c, struct host_result *result, bool writable,
                struct err *err)
{
    settle_note(&c->settling, result);
    int rc = held_add(c->held, result, err);
    if (c->settling.left > 0) {
        return rc;
    }
    int settled = settle(c, writable && rc == 0, rc ? NULL : err);
    return rc ? rc : settled;
}

static int take_each(struct collecting *c, struct host_result *result, struct err *err)
{
    report_add(&c->report, result);
    int rc = c->each(c, result, err);
    host_result_free(result);
    return rc;
}

/* One finished host, whatever has to become of it. */
static int receive(struct collecting *c, struct host_result *result, bool writable,
                   struct err *err)
{
    return c->each   ? take_each(c, result, err)
           : c->held ? hold(c, result, writable, err)
                     : take(c, result, writable, err);
}

/* Until every host is done. When nothing can be written any more the rest is called off. */
static int drain(struct collecting *c, struct err *err)
{
    int rc = 0;
    while (c->loop && !loop_done(c->loop)) {
        struct host_result *result = loop_next(c->loop, POLL_MS);
        if (progress_due(&c->progress, now_ms())) {
            struct loop_progress numbers = loop_progress(c->loop);
            progress_show(&c->progress, &numbers, now_ms());
        }
        if (result) {
            int taken = receive(c, result, rc == 0, rc ? NULL : err);
            rc = rc ? rc : taken;
        }
        if (rc < 0) {
            loop_cancel(c->loop);
        }
    }
    return rc;
}

/* Ends the outputs: the records' only if all went well so far, the report's in any case. */
static int finish(struct collecting *c, int rc, struct err *err)
{
    if (rc == 0 && c->emit) {
        rc = emit_finish(c->emit, err);
    }
    if (rc == 0 && c->saving) {
        rc = saving_close(c->saving, c->keep, err);
        c->saving = NULL;
    }
    int kept = run_files_close(&c->files, &c->report, c->loop && loop_cancelled(c->loop),
                               rc ? NULL : err);
    return rc ? rc : kept;
}

/* Every job, and the end of all outputs. */
static int carry_out(struct collecting *c, struct err *err)
{
    bool progress = !c->options->quiet && !c->options->verbose; /* the log says more */
    interrupt_watch(c->loop);
    c->stdout_tty = isatty(STDOUT_FILENO);
    progress_init(&c->progress, STDERR_FILENO, progress, c->plan->njobs, now_ms());
    int rc = drain(c, err);
    if (c->loop && loop_cancelled(c->loop)) {
        progress_soil(&c->progress);
    }
    progress_clear(&c->progress);
    rc = finish(c, rc, err);
    interrupt_unwatch();
    c->cancelled = c->loop && loop_cancelled(c->loop);
    c->collected = true;
    return rc;
}

/* The log ends before the summary. */
static void end_loop(struct collecting *c)
{
    if (c->loop) {
        loop_free(c->loop);
        c->loop = NULL;
    }
}

int collecting_run(struct collecting *c, struct err *err)
{
    if (c->plan->detector && !c->settle && !c->each) {
        return err_set(
            err, ERR_INPUT,
            "platforms must be said here: `collect hosts --detect -o hosts.yml` finds "
            "them out");
    }
    int (*const steps[])(struct collecting *, struct err *) = {
        open_redact, open_passwords, open_emit, open_files, start_loop, carry_out};
    int rc = 0;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && rc == 0; i++) {
        rc = steps[i](c, err);
    }
    end_loop(c);
    return rc;
}

void collecting_summarize(const struct collecting *c)
{
    struct strbuf text = STRBUF_INIT;
    if (!c->collected) {
        return;
    }
    if (!c->options->quiet) {
        report_summary(&c->report, now_ms() - c->started, &text);
    }
    report_failures(&c->report, &text);
    trusting_summary(c->options, c->plan, &text);
    talk_lines(&text);
    strbuf_release(&text);
}

void collecting_release(struct collecting *c)
{
    end_loop(c);
    emit_free(c->emit);
    held_free(c->held);
    settle_release(&c->settling);
    saving_abort(c->saving);
    run_files_free(&c->files);
    redact_free(c->redact);
    passwords_free(c->passwords);
    report_release(&c->report);
    plan_release(&c->settled);
}
