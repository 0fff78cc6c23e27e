#include "collect/loop_link.h"
#include "collect/loop_private.h"

#include <stdlib.h>
#include <string.h>

struct task {
    struct engine *engine;
    struct task *next, **place;
    size_t index; /* of its job in the plan */
    struct host_result *result;
    struct link *link;
    ms_t started;
    bool login_told;
};

#define INTERRUPTED "interrupted"

struct task *task_next(const struct task *task)
{
    return task->next;
}

/* The end. */

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

static void describe_session(struct host_result *result, const struct session *session)
{
    struct session_times times = session_times(session);
    result->connect_ms = times.connect_ms;
    result->auth_ms = times.auth_ms;
    result->platform = session_platform(session);
    result->platform_why = copy(session_platform_why(session));
    result->algorithms = copy(session_algorithms(session));
    result->fingerprint = copy(session_fingerprint(session));
}

static void take_outcome(struct task *task)
{
    struct host_result *result = task->result;
    enum status status = link_status(task->link);
    bool began = result->ncommands && result->commands[0].status != STATUS_NOT_RUN;
    if (link_session(task->link)) {
        describe_session(result, link_session(task->link));
    }
    if (status == STATUS_OK) {
        return;
    }
    if (began) {
        result->status = status;
        result->reason = copy(link_reason(task->link));
        explain_not_run(result);
    } else {
        host_result_fail(result, status, "%s", link_reason(task->link));
    }
}

/* Others may wait to hear whether the login works (see loop_queue.h). */
static void tell_login(void *user)
{
    struct task *task = user;
    const struct session *session = link_session(task->link);
    if (task->login_told || !session) {
        return;
    }
    bool ok = session_times(session).auth_ms >= 0;
    if (ok || session_status(session) == STATUS_AUTH) {
        task->login_told = true;
        loop_login(task->engine->loop, task->index, ok);
    }
}

/* Hands the result over and gives everything back. */
static void end(void *user)
{
    struct task *task = user;
    struct engine *engine = task->engine;
    take_outcome(task);
    task->result->total_ms = now_ms() - task->started;
    link_free(task->link);
    *task->place = task->next;
    if (task->next) {
        task->next->place = task->place;
    }
    loop_put(engine->loop, task->index, task->result);
    free(task);
    engine_task_ended(engine);
}

void task_cancel(struct task *task)
{
    link_stop(task->link, STATUS_CANCELLED, INTERRUPTED);
    end(task);
}

/* The beginning. */

static void *need(void *memory)
{
    if (!memory) {
        abort(); /* a host that silently vanished would be worse */
    }
    return memory;
}

static const char **command_texts(const struct job_command *commands, size_t n)
{
    const char **texts = need(calloc(n + 1, sizeof(*texts)));
    for (size_t i = 0; i < n; i++) {
        texts[i] = commands[i].command;
    }
    return texts;
}

static struct host_result *new_result(const struct job *job)
{
    const char **commands = command_texts(job->commands, job->ncommands);
    struct host_result *result = host_result_new(job->host, commands, job->ncommands);
    free(commands);
    need(result);
    result->connect_ms = result->auth_ms = -1;
    return result;
}

/* The host has turned out to be of a platform: what it means for the run. */
static int on_found(void *user, const struct platform *platform,
                    struct command_result **results, size_t *nresults, struct err *err)
{
    struct task *task = user;
    const struct plan_choice *choice = plan_choice(task->engine->loop->plan, platform);
    if (!choice || choice->why_not) {
        return err_set(err, ERR_HOST, "it was found to be of %s: %s", platform->name,
                       choice ? choice->why_not : "nothing is planned for that");
    }
    const char **texts = command_texts(choice->commands, choice->ncommands);
    int rc = host_result_replace(task->result, texts, choice->ncommands, err);
    free(texts);
    *results = task->result->commands;
    *nresults = task->result->ncommands;
    return rc;
}

static bool may_hold(void *user, size_t bytes)
{
    struct task *task = user;
    return loop_may_hold(task->engine->loop, task->index, bytes);
}

void task_go_on(struct task *task)
{
    link_go_on(task->link);
}

static struct link *new_link(struct task *task, const struct job *job)
{
    struct link *link = NULL;
    struct link_use use = {.engine = task->engine,
                           .host = job->host,
                           .platform = job->platform,
                           .results = task->result->commands,
                           .nresults = task->result->ncommands,
                           .detector =
                               job->platform ? NULL : task->engine->loop->plan->detector,
                           .found = on_found,
                           .may_hold = may_hold,
                           .stepped = tell_login,
                           .over = end,
                           .user = task};
    (void)link_new(&link, &use, NULL);
    return need(link);
}

void task_start(struct engine *engine, size_t index)
{
    const struct job *job = &engine->loop->plan->jobs[index];
    struct task *task = need(calloc(1, sizeof(*task)));
    task->engine = engine;
    task->index = index;
    task->result = new_result(job);
    task->started = now_ms();
    task->next = engine->tasks;
    task->place = &engine->tasks;
    if (task->next) {
        task->next->place = &task->next;
    }
    engine->tasks = task;
    task->link = new_link(task, job);
    link_begin(task->link);
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
