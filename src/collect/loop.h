/*
 * The loop: runs a plan's jobs, at most `workers` sessions in flight, on event loops (libuv) in
 * threads of their own, and hands each finished host to the caller's thread.
 *
 *     struct loop *loop;
 *     loop_start(&loop, &plan, &options, &err);
 *     struct host_result *result;
 *     while ((result = loop_next(loop, timeout_ms, &progress)) || !loop_done(loop)) ...
 *     loop_free(loop);
 *
 * Each job yields exactly one result, whatever happens. Results come in the order of finishing.
 */
#ifndef COLLECT_LOOP_H
#define COLLECT_LOOP_H

#include "base/secret.h"
#include "collect/plan.h"
#include "collect/result.h"
#include "session/hostkey.h"

struct loop;

/* A host's secrets, resolved before the run. Empty views = none. */
struct credentials {
    struct view password;
    struct view enable;
};

struct loop_options {
    size_t workers;           /* sessions in flight */
    enum host_keys host_keys; /* for hosts that say nothing of it */
    const char *known_hosts;  /* NULL = ~/.ssh/known_hosts */
    const char *username;     /* for hosts that name none; NULL = the login name */
    bool use_agent;           /* ssh-agent and ~/.ssh/id_* for hosts that name no key */
    ms_t connect_ms, auth_ms; /* 0 = what host, platform or limits.h say */
    ms_t idle_ms, command_ms;
    int retries;               /* of connecting only */
    double connect_rate;       /* logins begun a second, 0 = any number */
    bool stop_on_auth_failure; /* a group's first login must succeed before its others are
                                  tried, and a denied one ends the group: NOT_RUN */
    int log_level; /* enum trace_level: what is told of each session on log_fd, in lines as in
                      session/trace.h */
    int log_fd;
    ms_t log_zero; /* when the run began */
    /* Called in a loop's thread, must be thread-safe and not block. */
    int (*credentials)(void *user, const struct host *host, struct credentials *out,
                       struct err *err);
    /* Called in the caller's thread by loop_start, for each encrypted key file. NULL = an
     * encrypted key is an error. */
    int (*passphrase)(void *user, const char *path, struct secret *out, struct err *err);
    void *user;
};

struct loop_progress {
    size_t waiting, running, done, failed;
    const struct host *slowest; /* of the running ones, NULL = none */
    ms_t slowest_ms;            /* since it began */
};

int loop_start(struct loop **out, const struct plan *plan, const struct loop_options *options,
               struct err *err);

/* A line for the user about the run, or NULL: fewer sessions at a time than asked for. */
const char *loop_notice(const struct loop *loop);

/* Waits up to timeout_ms for a finished host; NULL when none came. The caller owns it. */
struct host_result *loop_next(struct loop *loop, ms_t timeout_ms);
bool loop_done(struct loop *loop); /* every result was handed out */
/* Looks at every job: not for a busy loop. */
struct loop_progress loop_progress(struct loop *loop);

/* A line of the caller's in that log, about a host: nothing when there is none. */
void loop_tell(struct loop *loop, const struct host *host, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Stops launching and ends what runs; the hosts concerned come out CANCELLED. Callable from a
 * signal handler. */
void loop_cancel(struct loop *loop);
bool loop_cancelled(const struct loop *loop);

/* Ends and joins the threads; the log is whole then. Results not yet taken are freed. */
void loop_free(struct loop *loop);

/* Of libuv, as it runs. */
const char *loop_library_version(void);

#endif
