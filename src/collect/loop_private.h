/*
 * Shared by the loop's files, the only ones that know libuv and threads.
 *
 *     loop.c         what callers see: start, results, cancel
 *     loop_queue.c   which job may begin now
 *     loop_memory.c  which sessions may read on
 *     loop_supplies.c  keys and known_hosts of the jobs
 *     loop_engine.c  a thread with an event loop: takes jobs, keeps its share of them running
 *     loop_task.c    one running job, whose outcome becomes a result
 *     loop_link.c    a host being talked to: its address, its session, its socket and timer
 *     loop_log.c     what -v and -vv tell, on its way to stderr
 *     loop_proxy.c   a command that reaches a host
 *     loop_relay.c   jump hosts, and the connections through them
 *
 * What threads share is in struct loop under its lock, the trust store (locked itself), and
 * what nobody changes any more: plan, options, keys.
 */
#ifndef COLLECT_LOOP_PRIVATE_H
#define COLLECT_LOOP_PRIVATE_H

#include "collect/loop.h"
#include "collect/loop_log.h"
#include "collect/loop_memory.h"
#include "collect/loop_queue.h"
#include "session/hostkey.h"
#include "session/session.h"
#include "session/ssh_keys.h"

#include <pthread.h>
#include <stdatomic.h>
#include <uv.h>

struct queued {
    struct host_result *result;
    size_t job;
    struct queued *next;
    size_t bytes;
};

struct trust {
    const struct host *like; /* whose rules these are */
    enum host_keys policy;
    struct hostkeys *keys;
    struct trust *next;
};

struct supplies {
    char *username;  /* for hosts that name none */
    char *agent;     /* ssh-agent's socket; NULL = there is none */
    bool asks_agent; /* for some host */
    struct trust *trusts;
    struct keyset *keys;
};

int supplies_open(struct supplies *supplies, const struct plan *plan,
                  const struct loop_options *options, struct err *err);
struct hostkeys *supplies_trust(const struct supplies *supplies, const struct host *host,
                                const struct loop_options *options);
/* The agent for a host, NULL = none. */
const char *supplies_agent(const struct supplies *supplies, const struct host *host,
                           const struct loop_options *options);
void supplies_close(struct supplies *supplies);

struct loop {
    const struct plan *plan;
    struct loop_options options;
    struct supplies supplies;
    size_t workers; /* maybe fewer than asked for */
    char notice[200];
    struct loop_log *log; /* NULL: nobody wants to know */

    pthread_mutex_t lock;
    pthread_cond_t came; /* a result was queued */
    struct queue jobs;
    struct loop_memory memory;
    size_t taken; /* the job whose result the caller has, plus one; 0 = none */
    struct queued *first, **last;
    size_t queued_bytes;
    size_t running, done, failed, handed;
    ms_t *since; /* each job: when it began, 0 = it is not running */

    atomic_bool cancelled, stopping;
    struct engine *engines;
    size_t nengines;
};

struct engine {
    struct loop *loop;
    uv_loop_t uv;
    uv_async_t wake;
    uv_timer_t pace; /* until the next login may begin */
    pthread_t thread;
    struct regex_scratch *scratch;
    struct task *tasks;   /* running */
    struct relay *relays; /* jump hosts, see loop_relay.h */
    size_t running, quota;
    bool closing;
};

/* The next job, as queue_take(); WAIT also while results must be taken first. JOB and REFUSE
 * oblige to a loop_put(). */
enum queue_answer loop_take(struct loop *loop, size_t *job, ms_t *ready_at);

/* Whether the job may hold so many bytes of outputs. If not, it is asked again (task_go_on)
 * after an engine_wake(). */
bool loop_may_hold(struct loop *loop, size_t job, size_t bytes);

/* The outcome of a job's login, for those that wait for it. */
void loop_login(struct loop *loop, size_t job, bool ok);

/* A trace for a session with host; NULL when there is no log. The secrets are masked in it. */
struct trace *loop_trace(struct loop *loop, const struct host *host,
                         const struct credentials *secrets);

/* Hands a finished host over. */
void loop_put(struct loop *loop, size_t job, struct host_result *result);

/* Why a job was refused; the text lives as long as the plan. */
const struct host *loop_denied(struct loop *loop, size_t job);

/* It takes no job before its quota is set and it is woken. */
int engine_start(struct engine *engine, struct loop *loop, struct err *err);
void engine_wake(struct engine *engine);
void engine_join(struct engine *engine);

/* A task is over and gone from the list: maybe there is room for another one. */
void engine_task_ended(struct engine *engine);

/* Begins a job; the result comes through loop_put, maybe before this returns. */
void task_start(struct engine *engine, size_t job);

/* Reads on, if it had to wait for memory. */
void task_go_on(struct task *task);

/* Ends a task as cancelled; a job that is not to be begun. */
void task_cancel(struct task *task);
void task_refuse(struct engine *engine, size_t job);

/* The engine's list of tasks. */
struct task *task_next(const struct task *task);

#endif
