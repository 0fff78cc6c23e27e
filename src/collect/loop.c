#include "collect/loop.h"

#include "base/limits.h"
#include "collect/loop_private.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Jobs out, results in. */

const struct job *loop_take_job(struct loop *loop)
{
    const struct job *job = NULL;
    pthread_mutex_lock(&loop->lock);
    bool full = loop->queued_bytes > LIMIT_QUEUE_BYTES && !loop->cancelled;
    if (!full && loop->next_job < loop->plan->njobs) {
        job = &loop->plan->jobs[loop->next_job++];
        loop->running++;
    }
    pthread_mutex_unlock(&loop->lock);
    return job;
}

static size_t weigh(const struct host_result *result)
{
    size_t bytes = 0;
    for (size_t i = 0; i < result->ncommands; i++) {
        bytes += result->commands[i].output.size;
    }
    return bytes;
}

void loop_put(struct loop *loop, struct host_result *result)
{
    struct queued *queued = calloc(1, sizeof(*queued));
    if (!queued) {
        abort(); /* a host that silently vanished would be worse */
    }
    queued->result = result;
    queued->bytes = weigh(result);
    pthread_mutex_lock(&loop->lock);
    *loop->last = queued;
    loop->last = &queued->next;
    loop->queued_bytes += queued->bytes;
    loop->running--;
    loop->done++;
    loop->failed += result->status != STATUS_OK;
    pthread_cond_signal(&loop->came);
    pthread_mutex_unlock(&loop->lock);
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
    }
    return first;
}

static void wake_all(struct loop *loop)
{
    for (size_t i = 0; i < loop->nengines; i++) {
        engine_wake(&loop->engines[i]);
    }
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
    while (!loop->first && loop->handed < loop->plan->njobs && rc != ETIMEDOUT) {
        rc = pthread_cond_timedwait(&loop->came, &loop->lock, &until);
    }
    bool was_full = loop->queued_bytes > LIMIT_QUEUE_BYTES;
    struct queued *queued = take_first(loop);
    bool drained = was_full && loop->queued_bytes <= LIMIT_QUEUE_BYTES;
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

struct loop_progress loop_progress(struct loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    struct loop_progress progress = {
        .waiting = loop->plan->njobs - loop->next_job,
        .running = loop->running,
        .done = loop->done,
        .failed = loop->failed,
    };
    pthread_mutex_unlock(&loop->lock);
    return progress;
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

static int load_key(struct loop *loop, const struct host *host, struct err *err)
{
    const struct key *key = NULL;
    if (!host->key || keyring_add(loop->keys, host->key, loop->options.passphrase,
                                  loop->options.user, &key, err) == 0) {
        return 0;
    }
    if (host->file) {
        err_prefix(err, "%s:%d: %s", host->file, host->line, host->name);
    } else {
        err_prefix(err, "%s", host->name);
    }
    return err ? err->code : ERR_INPUT;
}

static int load_keys(struct loop *loop, struct err *err)
{
    int rc = keyring_new(&loop->keys, err);
    for (size_t i = 0; rc == 0 && i < loop->plan->njobs; i++) {
        rc = load_key(loop, loop->plan->jobs[i].host, err);
    }
    if (rc == 0 && loop->options.use_agent) {
        rc = keyring_add_defaults(loop->keys, err);
    }
    return rc;
}

static int find_username(struct loop *loop, struct err *err)
{
    const char *name = loop->options.username;
    if (!name) {
        const struct passwd *pw = getpwuid(getuid());
        name = pw ? pw->pw_name : "root";
    }
    loop->username = strdup(name);
    return loop->username ? 0 : err_nomem(err);
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
static size_t engines_for(size_t workers)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = workers < LIMIT_ONE_ENGINE || cpus < 2 ? 1 : (size_t)cpus;
    return n > LIMIT_ENGINES ? LIMIT_ENGINES : n;
}

static int start_engines(struct loop *loop, struct err *err)
{
    size_t workers = loop->options.workers ? loop->options.workers : 1;
    size_t n = engines_for(workers);
    loop->engines = calloc(n, sizeof(*loop->engines));
    if (!loop->engines) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        size_t quota = workers / n + (i < workers % n);
        int rc = engine_start(&loop->engines[i], loop, quota, err);
        if (rc < 0) {
            return rc;
        }
        loop->nengines++;
    }
    wake_all(loop);
    return 0;
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
    loop->last = &loop->first;
    /* libuv looks names up in four threads unless told otherwise. */
    (void)setenv("UV_THREADPOOL_SIZE", "16", 0);
    int rc = find_username(loop, err);
    if (rc == 0) {
        rc = hostkeys_open(&loop->trust, options->host_keys, options->known_hosts, err);
    }
    if (rc == 0) {
        rc = load_keys(loop, err);
    }
    if (rc == 0) {
        rc = start_engines(loop, err);
    }
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
    free(loop->engines);
    keyring_free(loop->keys);
    hostkeys_free(loop->trust);
    pthread_cond_destroy(&loop->came);
    pthread_mutex_destroy(&loop->lock);
    free(loop->username);
    free(loop);
}
