/* Which job may begin: order, rate, and groups that wait for their first login. */
#include "collect/loop_queue.h"
#include "test.h"

#define JOBS 6

static const char *const core[] = {"core", NULL}, *const edge[] = {"edge", "core", NULL};
static struct host hosts[JOBS];
static struct job jobs[JOBS];
static struct plan plan;
static struct queue queue;
static size_t job;

static void make(double rate, bool careful)
{
    for (size_t i = 0; i < JOBS; i++) {
        hosts[i] = (struct host){.index = i, .groups = i % 2 ? edge : core};
        jobs[i].host = &hosts[i];
    }
    plan = (struct plan){.jobs = jobs, .njobs = JOBS};
    CHECK(queue_init(&queue, &plan, rate, careful, NULL) == 0);
}

static bool takes(size_t expect)
{
    return queue_take(&queue, 0, &job) == QUEUE_JOB && job == expect;
}

static void test_plain(void)
{
    make(0, false);
    for (size_t i = 0; i < JOBS; i++) {
        CHECK(queue_left(&queue) == JOBS - i && takes(i));
        CHECK(!queue_login(&queue, i, false) && !queue_end(&queue, i));
    }
    CHECK(queue_take(&queue, 0, &job) == QUEUE_EMPTY && queue_left(&queue) == 0);
    queue_release(&queue);
}

static void test_rate(void)
{
    make(10, false);
    CHECK(queue_take(&queue, 1000, &job) == QUEUE_JOB);
    CHECK(queue_take(&queue, 1001, &job) == QUEUE_WAIT && queue.ready_at == 102);
    CHECK(queue_take(&queue, 101000, &job) == QUEUE_JOB && job == 1);
    CHECK(queue_take(&queue, 900000, &job) == QUEUE_JOB && job == 2); /* no burst afterwards */
    CHECK(queue_take(&queue, 900001, &job) == QUEUE_WAIT);
    queue_release(&queue);
}

static void test_group_opens(void)
{
    make(0, true);
    CHECK(takes(0) && takes(1)); /* one of each group */
    CHECK(queue_take(&queue, 0, &job) == QUEUE_WAIT && queue.ready_at == DEADLINE_NEVER);
    CHECK(queue_left(&queue) == 4);
    CHECK(queue_login(&queue, 0, true));
    CHECK(takes(2) && takes(4) && queue_take(&queue, 0, &job) == QUEUE_WAIT);
    CHECK(queue_login(&queue, 1, true) && takes(3) && takes(5));
    CHECK(queue_take(&queue, 0, &job) == QUEUE_EMPTY && !queue_denied(&queue, 3));
    queue_release(&queue);
}

static void test_group_closes(void)
{
    make(0, true);
    CHECK(takes(0) && takes(1));
    CHECK(queue_take(&queue, 0, &job) == QUEUE_WAIT);
    CHECK(queue_login(&queue, 1, false) && !queue_login(&queue, 1, true));
    CHECK(queue_take(&queue, 0, &job) == QUEUE_REFUSE && job == 3);
    CHECK(queue_denied(&queue, 3) == &hosts[1] && !queue_denied(&queue, 0));
    CHECK(queue_take(&queue, 0, &job) == QUEUE_REFUSE && job == 5);
    CHECK(queue_login(&queue, 0, true) && takes(2) && takes(4));
    CHECK(queue_take(&queue, 0, &job) == QUEUE_EMPTY);
    queue_release(&queue);
}

/* A prober that never got as far as a login proves nothing: the next one probes. */
static void test_prober_ends(void)
{
    make(0, true);
    CHECK(takes(0) && takes(1) && queue_take(&queue, 0, &job) == QUEUE_WAIT);
    CHECK(queue_end(&queue, 0) && takes(2));
    CHECK(queue_take(&queue, 0, &job) == QUEUE_WAIT);
    CHECK(!queue_end(&queue, 0)); /* no longer its business */
    CHECK(queue_end(&queue, 2) && takes(4) && !queue_end(&queue, 4));
    queue_release(&queue);
}

static void test_stop(void)
{
    for (int careful = 0; careful < 2; careful++) {
        make(1, careful);
        CHECK(takes(0));
        queue_stop(&queue);
        queue_stop(&queue);
        for (size_t i = 1; i < JOBS; i++) {
            CHECK(queue_take(&queue, 0, &job) == QUEUE_REFUSE && job == i);
        }
        CHECK(queue_take(&queue, 0, &job) == QUEUE_EMPTY && !queue_denied(&queue, 3));
        queue_release(&queue);
    }
}

int main(void)
{
    RUN(test_plain);
    RUN(test_rate);
    RUN(test_group_opens);
    RUN(test_group_closes);
    RUN(test_prober_ends);
    RUN(test_stop);
    return test_end();
}
