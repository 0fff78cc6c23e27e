#include "base/limits.h"
#include "collect/loop_private.h"
#include "collect/loop_relay.h"

#include <signal.h>
#include <string.h>

/* Starting many at once would keep those under way waiting, so a batch a round. */
#define BATCH 32

static void close_if_open(uv_handle_t *handle, void *user)
{
    (void)user;
    if (!uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

static void cancel_tasks(struct engine *engine)
{
    struct task *next;
    for (struct task *task = engine->tasks; task; task = next) {
        next = task_next(task);
        task_cancel(task);
    }
}

static void on_pace(uv_timer_t *pace)
{
    struct engine *engine = pace->data;
    engine_wake(engine);
}

static void wait_until(struct engine *engine, ms_t when)
{
    ms_t now = now_ms();
    if (when != DEADLINE_NEVER) {
        uv_update_time(&engine->uv);
        uv_timer_start(&engine->pace, on_pace, when > now ? (uint64_t)(when - now) : 0, 0);
    }
}

/* When the run was cancelled, all that is left is refused. */
static void start_jobs(struct engine *engine)
{
    ms_t ready_at = DEADLINE_NEVER;
    size_t job;
    for (int i = 0; engine->running < engine->quota; i++) {
        if (i == BATCH) {
            engine_wake(engine);
            return;
        }
        switch (loop_take(engine->loop, &job, &ready_at)) {
        case QUEUE_JOB:
            engine->running++;
            task_start(engine, job);
            break;
        case QUEUE_REFUSE:
            task_refuse(engine, job);
            break;
        case QUEUE_WAIT:
            wait_until(engine, ready_at);
            return;
        default:
            return;
        }
    }
}

static void on_wake(uv_async_t *wake)
{
    struct engine *engine = wake->data;
    if (engine->loop->stopping) {
        engine->closing = true;
        cancel_tasks(engine);
        relays_free(engine);
        close_if_open((uv_handle_t *)wake, NULL);
        close_if_open((uv_handle_t *)&engine->pace, NULL);
        return;
    }
    if (engine->loop->cancelled) {
        cancel_tasks(engine);
    }
    for (struct task *task = engine->tasks, *next; task; task = next) {
        next = task_next(task);
        task_go_on(task);
    }
    start_jobs(engine);
}

void engine_wake(struct engine *engine)
{
    (void)uv_async_send(&engine->wake);
}

void engine_task_ended(struct engine *engine)
{
    engine->running--;
    if (!engine->closing) {
        engine_wake(
            engine); /* not at once: the stack must not grow with hosts that fail at once */
    }
}

/* Signals are the main thread's. */
static void *run(void *user)
{
    struct engine *engine = user;
    uv_run(&engine->uv, UV_RUN_DEFAULT);
    return NULL;
}

static int start_thread(struct engine *engine)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int rc = pthread_create(&engine->thread, NULL, run, engine);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return rc;
}

static void close_loop(struct engine *engine)
{
    uv_walk(&engine->uv, close_if_open, NULL);
    uv_run(&engine->uv, UV_RUN_DEFAULT);
    uv_loop_close(&engine->uv);
    regex_scratch_free(engine->scratch);
}

int engine_start(struct engine *engine, struct loop *loop, struct err *err)
{
    memset(engine, 0, sizeof(*engine));
    engine->loop = loop;
    engine->scratch = regex_scratch_new(NULL, NULL);
    if (!engine->scratch) {
        return err_nomem(err);
    }
    int rc = uv_loop_init(&engine->uv);
    if (rc < 0) {
        regex_scratch_free(engine->scratch);
        return err_set(err, ERR_LIMIT, "an event loop cannot be made: %s", uv_strerror(rc));
    }
    uv_timer_init(&engine->uv, &engine->pace);
    rc = uv_async_init(&engine->uv, &engine->wake, on_wake);
    engine->wake.data = engine->pace.data = engine;
    if (rc == 0) {
        rc = uv_translate_sys_error(start_thread(engine));
    }
    if (rc != 0) {
        close_loop(engine);
        return err_set(err, ERR_LIMIT, "a thread cannot be started: %s", uv_strerror(rc));
    }
    return 0;
}

/* After loop->stopping was set and the engine woken. */
void engine_join(struct engine *engine)
{
    pthread_join(engine->thread, NULL);
    close_loop(engine);
}

const char *loop_library_version(void)
{
    return uv_version_string();
}
