/* Threads that share patterns from their first match on, while code of all kinds is being made;
 * run it under the thread sanitizer. */
#include "test.h"

#include "regex/regex.h"

#include <pthread.h>

#define THREADS 6

static const char *const patterns[] = {
    "^(\\S+)\\s+(up|down)$", "(\\w+)@(\\w+)", "^(\\s*-*)*\\s*$",
    "(?i:\xC3\xA9)\\b.",     "^(a|aa)+(b)$",
};
static const char *const texts[] = {
    "Gi0/1 up",
    "me@here",
    "--- --- --- --- --- --- --- --- --- --- --- --- x",
    "\xC3\x89 \xFF",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
};
#define N (sizeof(patterns) / sizeof(*patterns))

struct shared {
    struct regex *re[N];
    int expected[N][N];
    int rounds;
};

struct worker {
    const struct shared *shared;
    pthread_t thread;
    int wrong;
};

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct regex_scratch *scratch = regex_scratch_new(NULL, NULL);
    for (int round = 0; round < worker->shared->rounds; round++) {
        for (size_t p = 0; p < N; p++) {
            for (size_t t = 0; t < N; t++) {
                int rc = regex_match(worker->shared->re[p], scratch, view_of(texts[t]), NULL, 0,
                                     NULL);
                worker->wrong += rc != worker->shared->expected[p][t];
            }
        }
    }
    regex_scratch_free(scratch);
    return NULL;
}

static int match_alone(const char *pattern, unsigned flags, const char *text)
{
    struct regex *re;
    if (regex_compile(&re, view_of(pattern), flags, NULL, NULL) < 0) {
        return -100;
    }
    struct regex_scratch *scratch = regex_scratch_new(NULL, NULL);
    int rc = regex_match(re, scratch, view_of(text), NULL, 0, NULL);
    regex_scratch_free(scratch);
    regex_free(re);
    return rc;
}

static void share_patterns(unsigned flags, int rounds)
{
    struct shared shared = {.rounds = rounds};
    struct worker workers[THREADS];
    for (size_t p = 0; p < N; p++) {
        CHECK(regex_compile(&shared.re[p], view_of(patterns[p]), flags, NULL, NULL) == 0);
        for (size_t t = 0; t < N; t++) {
            shared.expected[p][t] = match_alone(patterns[p], flags, texts[t]);
        }
        CHECK(shared.expected[p][p] == (p != 2 && p != 4));
    }
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.shared = &shared};
        CHECK(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        CHECK(workers[i].wrong == 0);
    }
    for (size_t p = 0; p < N; p++) {
        regex_free(shared.re[p]);
    }
}

static void threads_share_a_pattern(void)
{
    share_patterns(REGEX_SEARCH, 40);
}

/* Long enough for the machine code of tracks. */
static void threads_share_a_track(void)
{
    share_patterns(REGEX_ANCHORED, 300);
}

int main(void)
{
    RUN(threads_share_a_pattern);
    RUN(threads_share_a_track);
    return test_end();
}
