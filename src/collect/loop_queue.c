#include "collect/loop_queue.h"

#include <stdlib.h>
#include <string.h>

enum state {
    UNTRIED, /* nobody logs in */
    PROBING, /* one does, the others wait */
    OPEN,
    CLOSED, /* denied */
};

struct queue_group {
    const char *name; /* NULL: hosts without a group */
    enum state state;
    size_t prober; /* the job that does */
    size_t first;  /* chain of those that wait, place + 1 */
    const struct host *denied;
};

/* Sessions with the hosts of a group at a time. */
struct queue_cap {
    size_t running;
    size_t first, last; /* chain of jobs that wait for one to end, place + 1 */
};

static const struct host_cap *const no_caps[] = {NULL};

static const struct host_cap *const *caps_of(const struct queue *queue, size_t job)
{
    const struct host_cap *const *caps = queue->plan->jobs[job].host->caps;
    return caps ? caps : no_caps;
}

static size_t count_caps(const struct plan *plan)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->njobs; i++) {
        const struct host_cap *const *caps = plan->jobs[i].host->caps;
        for (; caps && *caps; caps++) {
            n = (*caps)->index >= n ? (*caps)->index + 1 : n;
        }
    }
    return n;
}

/* Groups: a host belongs to the first one it names. */

static size_t find_group(struct queue *queue, const char *name)
{
    for (size_t i = queue->ngroups; i > 0; i--) {
        const char *known = queue->groups[i - 1].name;
        if (known == name || (known && name && strcmp(known, name) == 0)) {
            return i - 1;
        }
    }
    queue->groups[queue->ngroups] = (struct queue_group){.name = name};
    return queue->ngroups++;
}

int queue_init(struct queue *queue, const struct plan *plan, double rate, bool careful,
               struct err *err)
{
    size_t n = plan->njobs ? plan->njobs : 1;
    *queue = (struct queue){.plan = plan, .rate = rate, .careful = careful};
    queue->chain = calloc(n, sizeof(*queue->chain));
    queue->group_of = calloc(n, sizeof(*queue->group_of));
    queue->groups = calloc(n, sizeof(*queue->groups));
    queue->running = calloc(n, sizeof(*queue->running));
    queue->ncaps = count_caps(plan);
    queue->caps = calloc(queue->ncaps + 1, sizeof(*queue->caps));
    if (!queue->chain || !queue->group_of || !queue->groups || !queue->running ||
        !queue->caps) {
        queue_release(queue);
        return err_nomem(err);
    }
    for (size_t i = 0; careful && i < plan->njobs; i++) {
        const char *const *groups = plan->jobs[i].host->groups;
        queue->group_of[i] = find_group(queue, groups ? groups[0] : NULL);
    }
    return 0;
}

void queue_release(struct queue *queue)
{
    free(queue->chain);
    free(queue->group_of);
    free(queue->groups);
    free(queue->running);
    free(queue->caps);
    *queue = (struct queue){0};
}

/* Taking. */

static void put_first(struct queue *queue, size_t *chain, size_t job)
{
    queue->chain[job] = *chain;
    *chain = job + 1;
}

/* The next job nobody has looked at, or one whose wait is over. */
static bool next_job(struct queue *queue, size_t *job)
{
    if (queue->ready) {
        *job = queue->ready - 1;
        queue->ready = queue->chain[*job];
        queue->nready--;
        return true;
    }
    *job = queue->next;
    return queue->next < queue->plan->njobs && ++queue->next;
}

/* Caps. */

static void put_last(struct queue *queue, struct queue_cap *cap, size_t job)
{
    queue->chain[job] = 0;
    *(cap->first ? &queue->chain[cap->last - 1] : &cap->first) = job + 1;
    cap->last = job + 1;
    queue->waiting++;
}

/* The first that waits for it may try. */
static bool release_one(struct queue *queue, struct queue_cap *cap)
{
    if (!cap->first) {
        return false;
    }
    size_t job = cap->first - 1;
    cap->first = queue->chain[job];
    put_first(queue, &queue->ready, job);
    queue->nready++;
    queue->waiting--;
    return true;
}

/* A job that cannot begin leaves its place in those of its caps that have room. */
static void pass_on(struct queue *queue, size_t job)
{
    for (const struct host_cap *const *cap = caps_of(queue, job); *cap; cap++) {
        struct queue_cap *state = &queue->caps[(*cap)->index];
        if (state->running < (*cap)->most) {
            release_one(queue, state);
        }
    }
}

/* Whether its caps let a job begin; if not, it is put aside. */
static bool ask_caps(struct queue *queue, size_t job)
{
    for (const struct host_cap *const *cap = caps_of(queue, job); *cap && !queue->stopped;
         cap++) {
        struct queue_cap *state = &queue->caps[(*cap)->index];
        if (state->running >= (*cap)->most) {
            pass_on(queue, job);
            put_last(queue, state, job);
            return false;
        }
    }
    return true;
}

static void count_in(struct queue *queue, size_t job)
{
    queue->running[job] = true;
    for (const struct host_cap *const *cap = caps_of(queue, job); *cap; cap++) {
        queue->caps[(*cap)->index].running++;
    }
}

static bool count_out(struct queue *queue, size_t job)
{
    bool released = false;
    if (queue->running[job]) {
        queue->running[job] = false;
        for (const struct host_cap *const *cap = caps_of(queue, job); *cap; cap++) {
            struct queue_cap *state = &queue->caps[(*cap)->index];
            state->running--;
            released |= release_one(queue, state);
        }
    }
    return released;
}

/* Whether a job's group lets it begin; if not, it is put aside. */
static enum queue_answer ask_group(struct queue *queue, size_t job)
{
    struct queue_group *group = &queue->groups[queue->group_of[job]];
    switch (queue->careful ? group->state : OPEN) {
    case UNTRIED:
        group->state = PROBING;
        group->prober = job;
        return QUEUE_JOB;
    case PROBING:
        pass_on(queue, job);
        put_first(queue, &group->first, job);
        queue->waiting++;
        return QUEUE_WAIT;
    case CLOSED:
        return QUEUE_REFUSE;
    default:
        return QUEUE_JOB;
    }
}

static void spend(struct queue *queue, int64_t now_us)
{
    if (queue->rate > 0) {
        int64_t from = queue->next_us > now_us ? queue->next_us : now_us;
        queue->next_us = from + (int64_t)(1e6 / queue->rate);
    }
}

enum queue_answer queue_take(struct queue *queue, int64_t now_us, size_t *job)
{
    queue->ready_at = DEADLINE_NEVER;
    if (queue->rate > 0 && now_us < queue->next_us && queue_left(queue) > 0) {
        queue->ready_at = queue->next_us / 1000 + 1;
        return QUEUE_WAIT;
    }
    while (next_job(queue, job)) {
        enum queue_answer answer = ask_caps(queue, *job) ? ask_group(queue, *job) : QUEUE_WAIT;
        if (answer == QUEUE_JOB) {
            spend(queue, now_us);
            count_in(queue, *job);
        } else if (answer == QUEUE_REFUSE) {
            pass_on(queue, *job);
        }
        if (answer != QUEUE_WAIT) {
            return answer;
        }
    }
    return queue->waiting ? QUEUE_WAIT : QUEUE_EMPTY;
}

/* Outcomes. */

static bool release_waiting(struct queue *queue, struct queue_group *group)
{
    bool any = group->first != 0;
    while (group->first) {
        size_t job = group->first - 1;
        group->first = queue->chain[job];
        put_first(queue, &queue->ready, job); /* both chains are turned round: in order again */
        queue->nready++;
        queue->waiting--;
    }
    return any;
}

bool queue_login(struct queue *queue, size_t job, bool ok)
{
    struct queue_group *group = &queue->groups[queue->group_of[job]];
    if (!queue->careful || group->state == CLOSED) {
        return false;
    }
    group->state = ok ? OPEN : CLOSED;
    group->denied = ok ? NULL : queue->plan->jobs[job].host;
    return release_waiting(queue, group);
}

/* A prober that ended without any login leaves the question to the next one. */
bool queue_end(struct queue *queue, size_t job)
{
    struct queue_group *group = &queue->groups[queue->group_of[job]];
    bool released = count_out(queue, job);
    if (!queue->careful || group->state != PROBING || group->prober != job) {
        return released;
    }
    group->state = UNTRIED;
    return release_waiting(queue, group) || released;
}

void queue_stop(struct queue *queue)
{
    queue->rate = 0;
    queue->careful = true;
    queue->stopped = true;
    for (size_t i = 0; i < queue->ncaps; i++) {
        while (release_one(queue, &queue->caps[i])) {
        }
    }
    for (size_t i = 0; i < queue->ngroups || i == 0; i++) {
        queue->groups[i].state = CLOSED;
        release_waiting(queue, &queue->groups[i]);
    }
}

const struct host *queue_denied(const struct queue *queue, size_t job)
{
    return queue->groups[queue->group_of[job]].denied;
}

size_t queue_left(const struct queue *queue)
{
    return queue->plan->njobs - queue->next + queue->waiting + queue->nready;
}
