#include "collect/loop.h"

#include "base/limits.h"
#include "collect/loop_private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Jobs out, results in. */

static void wake_all(struct loop *loop)
{
    for (size_t i = 0; i < loop->nengines; i++) {
        engine_wake(&loop->engines[i]);
    }
}

static bool is_full(const struct loop *loop)
{
    return loop->queued_bytes > LIMIT_QUEUE_BYTES && !loop->cancelled;
}

enum queue_answer loop_take(struct loop *loop, size_t *job, ms_t *ready_at)
{
    enum queue_answer answer = QUEUE_WAIT;
    *ready_at = DEADLINE_NEVER;
    pthread_mutex_lock(&loop->lock);
    if (loop->cancelled) {
        queue_stop(&loop->jobs);
    }
    if (!is_full(loop)) {
        answer = queue_take(&loop->jobs, now_us(), job);
        *ready_at = loop->jobs.ready_at;
        if (answer == QUEUE_JOB || answer == QUEUE_REFUSE) {
            loop->running++;
            loop->since[*job] = now_ms();
        }
    }
    pthread_mutex_unlock(&loop->lock);
    return answer;
}

bool loop_may_hold(struct loop *loop, size_t job, size_t bytes)
{
    pthread_mutex_lock(&loop->lock);
    bool may = loop_memory_want(&loop->memory, job, bytes);
    pthread_mutex_unlock(&loop->lock);
    return may;
}

void loop_login(struct loop *loop, size_t job, bool ok)
{
    pthread_mutex_lock(&loop->lock);
    bool more = queue_login(&loop->jobs, job, ok);
    pthread_mutex_unlock(&loop->lock);
    if (more) {
        wake_all(loop);
    }
}

const struct host *loop_denied(struct loop *loop, size_t job)
{
    pthread_mutex_lock(&loop->lock);
    const struct host *host = queue_denied(&loop->jobs, job);
    pthread_mutex_unlock(&loop->lock);
    return host;
}

static size_t weigh(const struct host_result *result)
{
    size_t bytes = 0;
    for (size_t i = 0; i < result->ncommands; i++) {
        bytes += result->commands[i].output.size;
    }
    return bytes;
}

void loop_put(struct loop *loop, size_t job, struct host_result *result)
{
    struct queued *queued = calloc(1, sizeof(*queued));
    if (!queued) {
        abort(); /* a host that silently vanished would be worse */
    }
    queued->result = result;
    queued->job = job;
    queued->bytes = weigh(result);
    pthread_mutex_lock(&loop->lock);
    *loop->last = queued;
    loop->last = &queued->next;
    loop->queued_bytes += queued->bytes;
    loop->running--;
    loop->since[job] = 0;
    loop->done++;
    loop->failed += result->status != STATUS_OK;
    bool more = queue_end(&loop->jobs, job);
    pthread_cond_signal(&loop->came);
    pthread_mutex_unlock(&loop->lock);
    if (more) {
        wake_all(loop);
    }
}

static struct queued *take_first(struct loop *loop)
{
    struct queued *first = loop->first;
    if (first) {
        loop->first = first->next;
        if (!loop->first) {
            loop->last = &loop->first;
        }
        loop->queued_bytes -= first->bytes;
        loop->handed++;
        loop->taken = first->job + 1;
    }
    return first;
}

static struct timespec clock_at(ms_t when)
{
    return (struct timespec){.tv_sec = when / 1000, .tv_nsec = when % 1000 * 1000000};
}

struct host_result *loop_next(struct loop *loop, ms_t timeout_ms)
{
    struct timespec until = clock_at(now_ms() + timeout_ms);
    int rc = 0;
    pthread_mutex_lock(&loop->lock);
    bool given = loop->taken && loop_memory_give(&loop->memory, loop->taken - 1);
    loop->taken = 0;
    if (given) {
        wake_all(loop);
    }
    while (!loop->first && loop->handed < loop->plan->njobs && rc != ETIMEDOUT) {
        rc = pthread_cond_timedwait(&loop->came, &loop->lock, &until);
    }
    bool was_full = is_full(loop);
    struct queued *queued = take_first(loop);
    bool drained = was_full && !is_full(loop);
    pthread_mutex_unlock(&loop->lock);
    if (drained) {
        wake_all(loop);
    }
    struct host_result *result = queued ? queued->result : NULL;
    free(queued);
    return result;
}

bool loop_done(struct loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    bool done = loop->handed == loop->plan->njobs;
    pthread_mutex_unlock(&loop->lock);
    return done;
}

/* The job that has been running longest, or NULL. */
static const ms_t *oldest(const struct loop *loop)
{
    const ms_t *oldest = NULL;
    for (size_t i = 0; i < loop->plan->njobs; i++) {
        if (loop->since[i] && (!oldest || loop->since[i] < *oldest)) {
            oldest = &loop->since[i];
        }
    }
    return oldest;
}

struct loop_progress loop_progress(struct loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    struct loop_progress progress = {
        .waiting = queue_left(&loop->jobs),
        .running = loop->running,
        .done = loop->done,
        .failed = loop->failed,
    };
    const ms_t *since = oldest(loop);
    if (since) {
        progress.slowest = loop->plan->jobs[since - loop->since].host;
        progress.slowest_ms = now_ms() - *since;
    }
    pthread_mutex_unlock(&loop->lock);
    return progress;
}

/* The log. */

static void log_line(void *user, struct view line)
{
    struct loop *loop = user;
    loop_log_add(loop->log, line);
}

struct trace *loop_trace(struct loop *loop, const struct host *host,
                         const struct credentials *secrets)
{
    struct trace *trace = NULL;
    struct trace_options options = {.host = host->name,
                                    .level = (enum trace_level)loop->options.log_level,
                                    .zero = loop->options.log_zero,
                                    .password = secrets->password,
                                    .enable = secrets->enable,
                                    .line = log_line,
                                    .user = loop};
    return loop->log && trace_new(&trace, &options, NULL) == 0 ? trace : NULL;
}

void loop_tell(struct loop *loop, const struct host *host, const char *fmt, ...)
{
    struct trace *trace = loop_trace(loop, host, &(struct credentials){0});
    if (trace) {
        struct strbuf words = STRBUF_INIT;
        va_list ap;
        va_start(ap, fmt);
        strbuf_vaddf(&words, fmt, ap);
        va_end(ap);
        trace_step(trace, now_ms(), "%s", words.buf);
        strbuf_release(&words);
        trace_free(trace);
    }
}

/* Only an atomic store and writes to pipes: fit for a signal handler. */
void loop_cancel(struct loop *loop)
{
    atomic_store(&loop->cancelled, true);
    wake_all(loop);
}

bool loop_cancelled(const struct loop *loop)
{
    return atomic_load(&loop->cancelled);
}

/* Start and end. */

/* A session takes a socket, and while it logs in with an agent's keys three more; the rest is
 * for files, pipes and libraries. */
static void fit_descriptors(struct loop *loop)
{
    struct rlimit limit;
    size_t each = loop->supplies.asks_agent ? 4 : loop->options.use_agent ? 2 : 1;
    rlim_t need = loop->workers * each + LIMIT_SPARE_FDS;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= need) {
        return;
    }
    limit.rlim_cur = limit.rlim_max < need ? limit.rlim_max : need;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < need) {
        size_t asked = loop->workers, have = (size_t)limit.rlim_cur;
        loop->workers = have > LIMIT_SPARE_FDS + each ? (have - LIMIT_SPARE_FDS) / each : 1;
        snprintf(loop->notice, sizeof(loop->notice),
                 "%zu sessions at a time instead of %zu: the limit of open files is %zu (see "
                 "`ulimit -n`)",
                 loop->workers, asked, have);
    }
}

const char *loop_notice(const struct loop *loop)
{
    return loop->notice[0] ? loop->notice : NULL;
}

static int init_lock(struct loop *loop, struct err *err)
{
    pthread_condattr_t attr;
    bool ok = pthread_mutex_init(&loop->lock, NULL) == 0 && pthread_condattr_init(&attr) == 0;
    ok = ok && pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
         pthread_cond_init(&loop->came, &attr) == 0;
    return ok ? 0 : err_nomem(err);
}

/* One thread does 1,400 logins a second; the caller's thread parses meanwhile. */
static bool has_jumps(const struct plan *plan)
{
    for (size_t i = 0; i < plan->njobs; i++) {
        if (plan->jobs[i].host->jump) {
            return true;
        }
    }
    return false;
}

/* Sessions that share a connection to a jump host must share a thread. */
static size_t engines_for(const struct plan *plan, size_t workers)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = workers < LIMIT_ONE_ENGINE || cpus < 2 || has_jumps(plan) ? 1 : (size_t)cpus;
    return n > LIMIT_ENGINES ? LIMIT_ENGINES : n;
}

/* As many as can be started, and they share the sessions. */
static int start_engines(struct loop *loop, struct err *err)
{
    size_t workers = loop->workers;
    size_t n = engines_for(loop->plan, workers);
    loop->engines = calloc(n, sizeof(*loop->engines));
    if (!loop->engines) {
        return err_nomem(err);
    }
    while (loop->nengines < n) {
        int rc = engine_start(&loop->engines[loop->nengines], loop, err);
        if (rc < 0 && loop->nengines == 0) {
            return rc;
        }
        n = rc < 0 ? loop->nengines : n;
        loop->nengines += rc == 0;
    }
    for (size_t i = 0; i < n; i++) {
        loop->engines[i].quota = workers / n + (i < workers % n);
    }
    wake_all(loop);
    return 0;
}

static int begin(struct loop *loop, struct err *err)
{
    const struct loop_options *options = &loop->options;
    loop->since = calloc(loop->plan->njobs + 1, sizeof(*loop->since));
    if (!loop->since) {
        return err_nomem(err);
    }
    int rc = queue_init(&loop->jobs, loop->plan, options->connect_rate,
                        options->stop_on_auth_failure, err);
    if (rc == 0) {
        rc = loop_memory_init(&loop->memory, loop->plan->njobs, err);
    }
    if (rc == 0) {
        rc = supplies_open(&loop->supplies, loop->plan, options, err);
    }
    if (rc == 0 && options->log_level > TRACE_OFF) {
        rc = loop_log_open(&loop->log, options->log_fd, err);
    }
    if (rc == 0) {
        fit_descriptors(loop);
        rc = start_engines(loop, err);
    }
    return rc;
}

int loop_start(struct loop **out, const struct plan *plan, const struct loop_options *options,
               struct err *err)
{
    struct loop *loop = calloc(1, sizeof(*loop));
    if (!loop || init_lock(loop, err) < 0) {
        free(loop);
        return err_nomem(err);
    }
    loop->plan = plan;
    loop->options = *options;
    loop->workers = options->workers < plan->njobs ? options->workers : plan->njobs;
    loop->workers = loop->workers ? loop->workers : 1;
    loop->last = &loop->first;
    secret_harden_process();
    /* libuv looks names up in four threads unless told otherwise. */
    (void)setenv("UV_THREADPOOL_SIZE", "16", 0);
    int rc = begin(loop, err);
    if (rc < 0) {
        loop_free(loop);
        return rc;
    }
    *out = loop;
    return 0;
}

void loop_free(struct loop *loop)
{
    if (!loop) {
        return;
    }
    atomic_store(&loop->stopping, true);
    wake_all(loop);
    for (size_t i = 0; i < loop->nengines; i++) {
        engine_join(&loop->engines[i]);
    }
    for (struct queued *queued; (queued = take_first(loop));) {
        host_result_free(queued->result);
        free(queued);
    }
    loop_log_close(loop->log);
    free(loop->engines);
    free(loop->since);
    supplies_close(&loop->supplies);
    queue_release(&loop->jobs);
    loop_memory_release(&loop->memory);
    pthread_cond_destroy(&loop->came);
    pthread_mutex_destroy(&loop->lock);
    free(loop);
}
