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

/* Hosts of several groups, each with its max_sessions, in every order of ends: never more than
 * allowed, never fewer than could be, and each host once. */

static struct host_cap caps[] = {{"two", 0, 2}, {"one", 3, 1}, {"three", 1, 3}};
static const struct host_cap *const two[] = {&caps[0], NULL},
                                    *const both[] = {&caps[0], &caps[1], NULL},
                                    *const turned[] = {&caps[1], &caps[0], NULL},
                                    *const three[] = {&caps[2], NULL};

#define MANY 24
static struct host many_hosts[MANY];
static struct job many_jobs[MANY];
static size_t running[MANY], nrunning;

static size_t in_cap(const struct host_cap *cap)
{
    size_t n = 0;
    for (size_t i = 0; i < nrunning; i++) {
        const struct host_cap *const *of = many_hosts[running[i]].caps;
        for (; of && *of; of++) {
            n += *of == cap;
        }
    }
    return n;
}

static bool has_room(const struct host *host)
{
    for (const struct host_cap *const *of = host->caps; of && *of; of++) {
        if (in_cap(*of) >= (*of)->most) {
            return false;
        }
    }
    return true;
}

static void make_many(bool careful)
{
    const struct host_cap *const *const of[] = {two, both, turned, three, NULL};
    for (size_t i = 0; i < MANY; i++) {
        many_hosts[i] = (struct host){.index = i, .groups = core, .caps = of[i * 7 % 5]};
        many_jobs[i].host = &many_hosts[i];
    }
    plan = (struct plan){.jobs = many_jobs, .njobs = MANY};
    nrunning = 0;
    CHECK(queue_init(&queue, &plan, 0, careful, NULL) == 0);
}

static void drain_many(unsigned seed, bool careful)
{
    bool begun[MANY] = {false};
    size_t done = 0;
    make_many(careful);
    while (done < MANY) {
        enum queue_answer answer;
        while ((answer = queue_take(&queue, 0, &job)) == QUEUE_JOB) {
            CHECK(!begun[job]);
            begun[job] = true;
            running[nrunning++] = job;
            queue_login(&queue, job, true);
        }
        for (size_t i = 0; i < 3; i++) {
            CHECK(in_cap(&caps[i]) <= caps[i].most);
        }
        for (size_t i = 0; i < MANY; i++) {
            CHECK(begun[i] || !has_room(&many_hosts[i]));
        }
        if (nrunning == 0) {
            break;
        }
        seed = seed * 1103515245 + 12345;
        size_t ends = (seed >> 16) % nrunning;
        queue_end(&queue, running[ends]);
        running[ends] = running[--nrunning];
        done++;
    }
    CHECK(done == MANY && queue_take(&queue, 0, &job) == QUEUE_EMPTY);
    queue_release(&queue);
}

static void test_caps(void)
{
    for (unsigned seed = 0; seed < 200; seed++) {
        drain_many(seed, seed % 2);
    }
}

/* Whatever waits is refused once the run is called off, and when its group is. */
static void test_caps_stop(void)
{
    size_t refused = 0;
    make_many(false);
    while (queue_take(&queue, 0, &job) == QUEUE_JOB) {
        running[nrunning++] = job;
    }
    queue_stop(&queue);
    while (queue_take(&queue, 0, &job) == QUEUE_REFUSE) {
        refused++;
        CHECK(!queue_end(&queue, job));
    }
    CHECK(refused + nrunning == MANY && nrunning > 5);
    queue_release(&queue);
    make_many(true);
    CHECK(takes(0) && queue_take(&queue, 0, &job) == QUEUE_WAIT);
    CHECK(queue_login(&queue, 0, false));
    CHECK(!queue_end(&queue, 0) || queue_left(&queue) > 0);
    for (refused = 0; queue_take(&queue, 0, &job) == QUEUE_REFUSE; refused++) {
        queue_end(&queue, job);
    }
    CHECK(refused == MANY - 1 && queue_left(&queue) == 0);
    queue_release(&queue);
}

int main(void)
{
    RUN(test_plain);
    RUN(test_rate);
    RUN(test_group_opens);
    RUN(test_group_closes);
    RUN(test_prober_ends);
    RUN(test_stop);
    RUN(test_caps);
    RUN(test_caps_stop);
    return test_end();
}
