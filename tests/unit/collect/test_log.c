/* The run's log: whole lines of many threads, and a reader who is too slow stops nobody. */
#include "test.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "collect/loop_log.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#define THREADS 4
#define LINES   2000

static struct loop_log *logged;

static void add(struct loop_log *log, int a, int b)
{
    struct strbuf line = STRBUF_INIT;
    strbuf_addf(&line, "thread %d line %d of a text that is long enough to be cut\n", a, b);
    loop_log_add(log, strbuf_view(&line));
    strbuf_release(&line);
}

static void *talk(void *user)
{
    for (int i = 0; i < LINES; i++) {
        add(logged, *(int *)user, i);
    }
    return NULL;
}

/* Each thread's lines are all there, whole, in order. */
static void check_lines(char *text)
{
    int next[THREADS] = {0}, bad = 0;
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        int thread = line[7] - '0';
        char want[100];
        if (thread < 0 || thread >= THREADS) {
            bad++;
            continue;
        }
        snprintf(want, sizeof(want),
                 "thread %d line %d of a text that is long enough to be cut", thread,
                 next[thread]++);
        bad += strcmp(line, want) != 0;
    }
    CHECK(bad == 0);
    for (int i = 0; i < THREADS; i++) {
        CHECK(next[i] == LINES);
    }
}

static void test_whole_lines(void)
{
    FILE *file = tmpfile();
    pthread_t threads[THREADS];
    int names[THREADS];
    CHECK(file && loop_log_open(&logged, fileno(file), NULL) == 0);
    for (int i = 0; i < THREADS; i++) {
        names[i] = i;
        pthread_create(&threads[i], NULL, talk, &names[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    loop_log_close(logged);
    struct strbuf text = STRBUF_INIT;
    lseek(fileno(file), 0, SEEK_SET);
    CHECK(strbuf_read_fd(&text, fileno(file), MIB(16)) == 0);
    check_lines(text.buf);
    strbuf_release(&text);
    fclose(file);
}

struct reader {
    int fd;
    struct strbuf text;
};

static void *drain(void *user)
{
    struct reader *reader = user;
    CHECK(strbuf_read_fd(&reader->text, reader->fd, MIB(64)) == 0);
    return NULL;
}

/* Nobody reads while far more is said than fits: nothing waits, and how much is missing is
 * told.
 */
static void test_slow_reader(void)
{
    int ends[2];
    const int many = (int)(LIMIT_LOG_BYTES / 64 * 3);
    CHECK(pipe(ends) == 0 && loop_log_open(&logged, ends[1], NULL) == 0);
    for (int i = 0; i < many; i++) {
        add(logged, 0, i);
    }
    struct reader reader = {ends[0], STRBUF_INIT};
    pthread_t thread;
    pthread_create(&thread, NULL, drain, &reader);
    loop_log_close(logged);
    close(ends[1]);
    pthread_join(thread, NULL);
    struct strbuf text = reader.text;
    int lines = 0;
    for (size_t i = 0; i < text.len; i++) {
        lines += text.buf[i] == '\n';
    }
    const char *note = strstr(text.buf, "collect: ");
    int missing = note ? (int)strtol(note + 9, NULL, 10) : 0;
    CHECK(missing > 0 && strstr(text.buf, "are left out here") != NULL);
    CHECK(lines - 1 + missing == many);
    CHECK(text.len < 2 * LIMIT_LOG_BYTES + KIB(256));
    close(ends[0]);
    strbuf_release(&text);
}

static void test_nobody_reads(void)
{
    int ends[2];
    CHECK(pipe(ends) == 0);
    close(ends[0]);
    CHECK(loop_log_open(&logged, ends[1], NULL) == 0);
    for (int i = 0; i < 1000; i++) {
        add(logged, 0, i);
    }
    loop_log_close(logged);
    close(ends[1]);
    loop_log_close(NULL);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    RUN(test_whole_lines);
    RUN(test_slow_reader);
    RUN(test_nobody_reads);
    return test_end();
}
