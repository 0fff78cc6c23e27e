/*
 * Which job may begin now. Not a matter of places alone: new logins come at most at a rate (AAA
 * servers), and with `careful` a group's first login must have succeeded before the others of
 * that group begin, and a denied one ends the group, so that a wrong password is tried once and
 * not on a thousand accounts. A job also waits while a group of its host has as many sessions
 * as its max_sessions allows; jobs of one group begin in order.
 *
 *     queue_init(&queue, plan, rate, careful, &err);
 *     switch (queue_take(&queue, now, &job)) {
 *     case QUEUE_JOB:    begin it; later queue_login(&queue, job, ok) and queue_end(&queue,
 * job) case QUEUE_REFUSE: it is not to be begun: its group's login was denied (queue_denied())
 *     case QUEUE_WAIT:   none now: ask again at queue.ready_at, or after a
 * queue_login/queue_end case QUEUE_EMPTY:  none any more
 *     }
 *
 * The caller holds a lock around every call. Each costs the same however many jobs there are.
 */
#ifndef COLLECT_LOOP_QUEUE_H
#define COLLECT_LOOP_QUEUE_H

#include "collect/plan.h"

enum queue_answer { QUEUE_JOB, QUEUE_REFUSE, QUEUE_WAIT, QUEUE_EMPTY };

struct queue_group;
struct queue_cap;

struct queue {
    const struct plan *plan;
    double rate; /* a second, 0 = any */
    bool careful;
    size_t next;  /* job never looked at */
    size_t ready; /* first of a chain of jobs that waited for their group, place + 1 */
    size_t nready;
    size_t waiting;  /* how many jobs wait for a group */
    size_t *chain;   /* the next in the chain of each job, place + 1 */
    int64_t next_us; /* no login before */
    ms_t ready_at;   /* after QUEUE_WAIT: when to ask again; DEADLINE_NEVER = when woken */
    bool stopped;
    bool *running; /* each job: it counts in its caps */
    struct queue_cap *caps;
    size_t ncaps; /* by host_cap.index; those in between are not used */
    struct queue_group *groups;
    size_t ngroups;
    size_t *group_of; /* of each job */
};

int queue_init(struct queue *queue, const struct plan *plan, double rate, bool careful,
               struct err *err);
void queue_release(struct queue *queue);

enum queue_answer queue_take(struct queue *queue, int64_t now_us, size_t *job);

/* The outcome of a job's login; said once. True: jobs that waited may begin. */
bool queue_login(struct queue *queue, size_t job, bool ok);

/* The job is over. True: as above. */
bool queue_end(struct queue *queue, size_t job);

/* Nothing is begun any more: everything left is to be refused. */
void queue_stop(struct queue *queue);

/* The host whose denied login ended the job's group, NULL = none did. */
const struct host *queue_denied(const struct queue *queue, size_t job);

/* Jobs neither taken nor refused. */
size_t queue_left(const struct queue *queue);

#endif
