#include "base/limits.h"
#include "collect/loop_private.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lookup {
    uv_getaddrinfo_t request;
    struct task *task; /* NULL: nobody waits for it any more */
};

struct task {
    struct engine *engine;
    struct task *next, **place;
    const struct job *job;
    size_t index; /* of job in the plan */
    bool login_told;
    struct host_result *result;
    char *username;
    struct credentials credentials;
    struct lookup *lookup;
    struct addrinfo *addresses;
    struct session *session;
    uv_timer_t timer;
    ms_t armed; /* when the timer fires */
    uv_poll_t *poll;
    unsigned serial; /* of the session's socket that poll watches */
    int events;
    ms_t started, connect_by;
    int tries;
};

static void step(struct task *task);
static void resolve(struct task *task);

struct task *task_next(const struct task *task)
{
    return task->next;
}

/* Timer: set again only when the deadline comes nearer; it asks again when it fires. */

static void on_timer(uv_timer_t *timer);

static void arm(struct task *task, ms_t deadline)
{
    if (uv_is_active((uv_handle_t *)&task->timer) && task->armed <= deadline) {
        return;
    }
    if (deadline == DEADLINE_NEVER) {
        return;
    }
    ms_t now = now_ms();
    task->armed = deadline;
    uv_update_time(&task->engine->uv);
    uv_timer_start(&task->timer, on_timer, deadline > now ? (uint64_t)(deadline - now) : 0, 0);
}

/* Socket. */

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

/* Before the socket is closed, or right after: libssh closes it when it fails. */
static void unwatch(struct task *task)
{
    if (task->poll) {
        uv_close((uv_handle_t *)task->poll, free_handle);
        task->poll = NULL;
    }
    task->events = 0;
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events; /* the session finds out itself */
    step(poll->data);
}

static int watch_new(struct task *task)
{
    unwatch(task);
    uv_poll_t *poll = calloc(1, sizeof(*poll));
    if (!poll) {
        return UV_ENOMEM;
    }
    /* This makes the socket non-blocking, so it must come before libssh gets it, which turns it
     * back. */
    int rc = uv_poll_init(&task->engine->uv, poll, session_socket(task->session));
    if (rc < 0) {
        free(poll);
        return rc;
    }
    poll->data = task;
    task->poll = poll;
    task->serial = session_serial(task->session);
    return 0;
}

static int watch(struct task *task)
{
    unsigned wanted = session_events(task->session);
    int events = (wanted & EVENT_READABLE ? UV_READABLE : 0) |
                 (wanted & EVENT_WRITABLE ? UV_WRITABLE : 0);
    int rc = 0;
    if (!task->poll || task->serial != session_serial(task->session)) {
        rc = watch_new(task);
    }
    if (rc == 0 && events != task->events) {
        rc = uv_poll_start(task->poll, events, on_socket);
        task->events = events;
    }
    return rc;
}

/* The end. */

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void abandon_lookup(struct task *task)
{
    if (task->lookup) {
        task->lookup->task = NULL;
        (void)uv_cancel((uv_req_t *)&task->lookup->request);
        task->lookup = NULL;
    }
}

static void drop_session(struct task *task)
{
    unwatch(task);
    session_free(task->session);
    task->session = NULL;
    uv_freeaddrinfo(task->addresses);
    task->addresses = NULL;
}

/* The result is complete: hands it over and gives everything back. */
static void end(struct task *task)
{
    struct engine *engine = task->engine;
    task->result->total_ms = now_ms() - task->started;
    abandon_lookup(task);
    drop_session(task);
    free(task->username);
    *task->place = task->next;
    if (task->next) {
        task->next->place = task->place;
    }
    loop_put(engine->loop, task->index, task->result);
    uv_close((uv_handle_t *)&task->timer, on_timer_closed);
    engine_task_ended(engine);
}

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

static void explain_not_run(struct host_result *result)
{
    for (size_t i = 0; i < result->ncommands; i++) {
        struct command_result *command = &result->commands[i];
        if (command->status == STATUS_NOT_RUN && !command->reason) {
            command->reason = copy(result->reason);
        }
    }
}

static void take_outcome(struct task *task)
{
    const struct session *session = task->session;
    struct host_result *result = task->result;
    struct session_times times = session_times(session);
    bool began = result->ncommands && result->commands[0].status != STATUS_NOT_RUN;
    result->connect_ms = times.connect_ms;
    result->auth_ms = times.auth_ms;
    result->algorithms = copy(session_algorithms(session));
    result->fingerprint = copy(session_fingerprint(session));
    if (session_status(session) == STATUS_OK) {
        return;
    }
    if (began) {
        result->status = session_status(session);
        result->reason = copy(session_reason(session));
        explain_not_run(result);
    } else {
        host_result_fail(result, session_status(session), "%s", session_reason(session));
    }
}

/* Trying again, with growing pauses that are not the same for all hosts. */

static ms_t pause_before(const struct task *task)
{
    int doublings = task->tries < 6 ? task->tries : 6;
    ms_t pause = LIMIT_RETRY_MS << doublings;
    return pause + pause / 4 * (ms_t)(task->job->host->index * 7 % 4) / 4;
}

static bool retry(struct task *task)
{
    if (task->tries >= task->engine->loop->options.retries ||
        !session_may_retry(task->session)) {
        return false;
    }
    ms_t pause = pause_before(task);
    task->tries++;
    drop_session(task);
    uv_timer_stop(&task->timer);
    arm(task, now_ms() + pause);
    return true;
}

/* The session. */

/* Others may wait to hear whether the login works (see loop_queue.h). */
static void tell_login(struct task *task)
{
    bool ok = session_times(task->session).auth_ms >= 0;
    bool denied = session_status(task->session) == STATUS_AUTH;
    if (!task->login_told && (ok || denied)) {
        task->login_told = true;
        loop_login(task->engine->loop, task->index, ok);
    }
}

static void step(struct task *task)
{
    bool over = session_step(task->session, now_ms());
    tell_login(task);
    if (over) {
        if (!retry(task)) {
            take_outcome(task);
            end(task);
        }
        return;
    }
    int rc = watch(task);
    if (rc < 0) {
        session_stop(task->session, STATUS_UNREACHABLE, uv_strerror(rc));
        take_outcome(task);
        end(task);
        return;
    }
    arm(task, session_deadline(task->session));
}

static void on_timer(uv_timer_t *timer)
{
    struct task *task = timer->data;
    if (task->session) {
        step(task);
    } else if (!task->lookup) {
        resolve(task);
    } else if (now_ms() >= task->connect_by) {
        host_result_fail(task->result, STATUS_TIMED_OUT, "looking up %s: timed out",
                         task->job->host->address);
        end(task);
    } else {
        arm(task, task->connect_by);
    }
}

static ms_t first_of(ms_t a, ms_t b, ms_t c, ms_t d)
{
    return a ? a : b ? b : c ? c : d;
}

static struct hostkey_peer peer_of(const struct host *host)
{
    return (struct hostkey_peer){
        .name = host->name,
        .address = host->address,
        .port = host->port ? host->port : 22,
        .pinned = host->fingerprint,
    };
}

static void set_supplies(struct task *task, struct connection_options *ssh)
{
    const struct loop *loop = task->engine->loop;
    const struct key *const *key = &loop->supplies.key_of[task->index];
    ssh->trust = loop->supplies.trust;
    if (*key) {
        ssh->keys = key;
        ssh->nkeys = 1;
    } else if (loop->options.use_agent) {
        ssh->keys = keyset_defaults(loop->supplies.keys, &ssh->nkeys);
        ssh->use_agent = getenv("SSH_AUTH_SOCK") != NULL;
    }
}

static struct session_options options_of(struct task *task)
{
    const struct loop *loop = task->engine->loop;
    const struct loop_options *run = &loop->options;
    const struct host *host = task->job->host;
    const struct platform *platform = task->job->platform;
    struct session_options options = {
        .ssh = {.username = task->username,
                .peer = peer_of(host),
                .password = task->credentials.password.ptr,
                .legacy = host->legacy},
        .addresses = task->addresses,
        .platform = platform,
        .scratch = task->engine->scratch,
        .enable = task->credentials.enable,
        .connect_ms = first_of(host->connect_ms, run->connect_ms, LIMIT_CONNECT_MS, 0),
        .auth_ms = first_of(host->auth_ms, run->auth_ms, LIMIT_AUTH_MS, 0),
        .idle_ms = first_of(host->idle_ms, platform->idle_ms, run->idle_ms, LIMIT_IDLE_MS),
        .command_ms =
            first_of(host->command_ms, platform->command_ms, run->command_ms, LIMIT_COMMAND_MS),
        .max_bytes = platform->max_bytes ? platform->max_bytes : LIMIT_COMMAND_BYTES,
    };
    set_supplies(task, &options.ssh);
    return options;
}

static void begin_session(struct task *task)
{
    struct err err = ERR_INIT;
    struct session_options options = options_of(task);
    if (session_new(&task->session, &options, task->result->commands, task->result->ncommands,
                    now_ms(), &err) < 0) {
        host_result_fail(task->result, STATUS_PROTOCOL, "%s", err.text);
        end(task);
        return;
    }
    uv_timer_stop(&task->timer);
    step(task);
}

/* The address. */

static void unresolved(struct task *task, int rc)
{
    host_result_fail(task->result, STATUS_UNREACHABLE, "looking up %s: %s",
                     task->job->host->address, uv_strerror(rc));
    end(task);
}

static void on_addresses(uv_getaddrinfo_t *request, int rc, struct addrinfo *addresses)
{
    struct lookup *lookup = request->data;
    struct task *task = lookup->task;
    free(lookup);
    if (!task) {
        uv_freeaddrinfo(addresses);
        return;
    }
    task->lookup = NULL;
    task->addresses = addresses;
    if (rc < 0) {
        unresolved(task, rc);
    } else {
        begin_session(task);
    }
}

static int look_up(struct task *task, const char *port, const struct addrinfo *hints)
{
    struct lookup *lookup = calloc(1, sizeof(*lookup));
    if (!lookup) {
        return UV_ENOMEM;
    }
    lookup->task = task;
    lookup->request.data = lookup;
    int rc = uv_getaddrinfo(&task->engine->uv, &lookup->request, on_addresses,
                            task->job->host->address, port, hints);
    if (rc < 0) {
        free(lookup);
        return rc;
    }
    task->lookup = lookup;
    return 0;
}

/* Numbers need no resolver; names go to libuv's threads. */
static void resolve(struct task *task)
{
    const struct host *host = task->job->host;
    char port[16];
    snprintf(port, sizeof(port), "%d", host->port ? host->port : 22);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    ms_t span =
        first_of(host->connect_ms, task->engine->loop->options.connect_ms, LIMIT_CONNECT_MS, 0);
    task->connect_by = now_ms() + span;
    if (getaddrinfo(host->address, port, &hints, &task->addresses) == 0) {
        begin_session(task);
        return;
    }
    hints.ai_flags = AI_NUMERICSERV;
    int rc = look_up(task, port, &hints);
    if (rc < 0) {
        unresolved(task, rc);
    } else {
        arm(task, task->connect_by);
    }
}

/* The beginning. */

static struct host_result *new_result(const struct job *job)
{
    const char **commands = calloc(job->ncommands ? job->ncommands : 1, sizeof(*commands));
    struct host_result *result = NULL;
    for (size_t i = 0; commands && i < job->ncommands; i++) {
        commands[i] = job->commands[i].command;
    }
    if (commands) {
        result = host_result_new(job->host, commands, job->ncommands);
    }
    free(commands);
    if (!result) {
        abort(); /* a host that silently vanished would be worse */
    }
    result->connect_ms = result->auth_ms = -1;
    return result;
}

static int prepare(struct task *task, struct err *err)
{
    const struct loop *loop = task->engine->loop;
    const struct host *host = task->job->host;
    const char *suffix = task->job->platform->username_suffix;
    struct strbuf name = STRBUF_INIT;
    strbuf_addf(&name, "%s%s", host->username ? host->username : loop->supplies.username,
                suffix ? suffix : "");
    task->username = strbuf_detach(&name, NULL);
    if (!task->username) {
        return err_nomem(err);
    }
    return loop->options.credentials
               ? loop->options.credentials(loop->options.user, host, &task->credentials, err)
               : 0;
}

void task_start(struct engine *engine, size_t index)
{
    const struct job *job = &engine->loop->plan->jobs[index];
    struct err err = ERR_INIT;
    struct task *task = calloc(1, sizeof(*task));
    if (!task) {
        abort();
    }
    task->engine = engine;
    task->job = job;
    task->index = index;
    task->result = new_result(job);
    task->started = now_ms();
    task->next = engine->tasks;
    task->place = &engine->tasks;
    if (task->next) {
        task->next->place = &task->next;
    }
    engine->tasks = task;
    uv_timer_init(&engine->uv, &task->timer);
    task->timer.data = task;
    if (prepare(task, &err) < 0) {
        host_result_fail(task->result, STATUS_AUTH, "%s", err.text);
        end(task);
        return;
    }
    resolve(task);
}

#define INTERRUPTED "interrupted"

void task_cancel(struct task *task)
{
    if (task->session) {
        session_stop(task->session, STATUS_CANCELLED, INTERRUPTED);
        take_outcome(task);
    } else {
        host_result_fail(task->result, STATUS_CANCELLED, INTERRUPTED);
    }
    end(task);
}

void task_refuse(struct engine *engine, size_t index)
{
    struct loop *loop = engine->loop;
    struct host_result *result = new_result(&loop->plan->jobs[index]);
    const struct host *denied = loop_denied(loop, index);
    if (denied) {
        host_result_fail(result, STATUS_NOT_RUN, "not tried: the login to %s was denied",
                         denied->name);
    } else {
        host_result_fail(result, STATUS_CANCELLED, INTERRUPTED);
    }
    loop_put(loop, index, result);
}
