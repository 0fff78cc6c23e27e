/*
 * Shared by the loop's files, the only ones that know libuv and threads.
 *
 *     loop.c         what callers see: start, results, cancel
 *     loop_engine.c  a thread with an event loop: takes jobs, keeps its share of them running
 *     loop_task.c    one running job: its address, its session, its socket and timer
 *
 * What threads share is in struct loop under its lock, the trust store (locked itself), and
 * what nobody changes any more: plan, options, keys.
 */
#ifndef COLLECT_LOOP_PRIVATE_H
#define COLLECT_LOOP_PRIVATE_H

#include "collect/loop.h"
#include "session/hostkey.h"
#include "session/session.h"
#include "session/ssh_keys.h"

#include <pthread.h>
#include <stdatomic.h>
#include <uv.h>

struct queued {
    struct host_result *result;
    struct queued *next;
    size_t bytes;
};

struct loop {
    const struct plan *plan;
    struct loop_options options;
    char *username;
    struct hostkeys *trust;
    struct keyring *keys;

    pthread_mutex_t lock;
    pthread_cond_t came; /* a result was queued */
    struct queued *first, **last;
    size_t queued_bytes;
    size_t next_job, running, done, failed, handed;

    atomic_bool cancelled, stopping;
    struct engine *engines;
    size_t nengines;
};

struct engine {
    struct loop *loop;
    uv_loop_t uv;
    uv_async_t wake;
    pthread_t thread;
    struct regex_scratch *scratch;
    struct task *tasks; /* running */
    size_t running, quota;
    bool closing;
};

/* The next job of the plan; NULL when there is none or the results must be taken first. */
const struct job *loop_take_job(struct loop *loop);

/* Hands a finished host over. started: it counted as running. */
void loop_put(struct loop *loop, struct host_result *result);

int engine_start(struct engine *engine, struct loop *loop, size_t quota, struct err *err);
void engine_wake(struct engine *engine);
void engine_join(struct engine *engine);

/* A task is over and gone from the list: maybe there is room for another one. */
void engine_task_ended(struct engine *engine);

/* Begins a job; the result comes through loop_put, maybe before this returns. */
void task_start(struct engine *engine, const struct job *job);

/* Ends a task or a job not yet begun as cancelled. */
void task_cancel(struct task *task);
void task_refuse(struct engine *engine, const struct job *job);

/* The engine's list of tasks. */
struct task *task_next(const struct task *task);

#endif
