#include "collect/loop_log.h"

#include "base/limits.h"
#include "base/strbuf.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

struct loop_log {
    int fd;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t came;
    struct strbuf lines; /* not yet taken by the thread */
    size_t left_out;     /* since it last took some */
    bool closing;
};

/* Nobody reads any more: the rest is not worth a word. */
static bool put(int fd, struct view bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EAGAIN) {
            struct pollfd p = {.fd = fd, .events = POLLOUT};
            (void)poll(&p, 1, -1);
        } else if (n < 0 && errno != EINTR) {
            return false;
        }
        bytes = view_slice(bytes, n > 0 ? (size_t)n : 0, bytes.len);
    }
    return true;
}

static bool put_lines(int fd, struct view lines)
{
    bool good = true;
    while (lines.len && good) {
        const char *feed = memchr(lines.ptr, '\n', lines.len);
        size_t n = feed ? (size_t)(feed - lines.ptr) + 1 : lines.len;
        good = put(fd, view_slice(lines, 0, n));
        lines = view_slice(lines, n, lines.len);
    }
    return good;
}

static void put_left_out(int fd, size_t n)
{
    struct strbuf line = STRBUF_INIT;
    strbuf_addf(&line,
                "collect: %zu lines of this log are left out here: they are read too slowly\n",
                n);
    (void)put(fd, strbuf_view(&line));
    strbuf_release(&line);
}

/* Waits for lines and takes them all; false at the end. */
static bool take(struct loop_log *log, struct strbuf *lines, size_t *left_out)
{
    pthread_mutex_lock(&log->lock);
    while (log->lines.len == 0 && log->left_out == 0 && !log->closing) {
        pthread_cond_wait(&log->came, &log->lock);
    }
    struct strbuf empty = *lines;
    *lines = log->lines;
    log->lines = empty;
    *left_out = log->left_out;
    log->left_out = 0;
    pthread_mutex_unlock(&log->lock);
    return lines->len > 0 || *left_out > 0;
}

static void *run(void *user)
{
    struct loop_log *log = user;
    struct strbuf lines = STRBUF_MAX(LIMIT_LOG_BYTES);
    size_t left_out;
    bool good = true;
    while (take(log, &lines, &left_out)) {
        good = good && put_lines(log->fd, strbuf_view(&lines));
        if (good && left_out) {
            put_left_out(log->fd, left_out);
        }
        strbuf_reset(&lines);
    }
    strbuf_release(&lines);
    return NULL;
}

/* Signals are the main thread's. */
static int start(struct loop_log *log)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int rc = pthread_create(&log->thread, NULL, run, log);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return rc;
}

int loop_log_open(struct loop_log **out, int fd, struct err *err)
{
    struct loop_log *log = calloc(1, sizeof(*log));
    if (!log) {
        return err_nomem(err);
    }
    log->fd = fd;
    log->lines = (struct strbuf)STRBUF_MAX(LIMIT_LOG_BYTES);
    pthread_mutex_init(&log->lock, NULL);
    pthread_cond_init(&log->came, NULL);
    if (start(log) != 0) {
        pthread_mutex_destroy(&log->lock);
        pthread_cond_destroy(&log->came);
        free(log);
        return err_set(err, ERR_LIMIT, "a thread for the log cannot be started");
    }
    *out = log;
    return 0;
}

void loop_log_add(struct loop_log *log, struct view line)
{
    pthread_mutex_lock(&log->lock);
    bool fits = log->left_out == 0 && log->lines.len + line.len <= LIMIT_LOG_BYTES &&
                strbuf_grow(&log->lines, line.len);
    if (fits) {
        strbuf_addview(&log->lines, line);
    } else {
        log->left_out++;
    }
    pthread_cond_signal(&log->came);
    pthread_mutex_unlock(&log->lock);
}

void loop_log_close(struct loop_log *log)
{
    if (!log) {
        return;
    }
    pthread_mutex_lock(&log->lock);
    log->closing = true;
    pthread_cond_signal(&log->came);
    pthread_mutex_unlock(&log->lock);
    pthread_join(log->thread, NULL);
    strbuf_release(&log->lines);
    pthread_mutex_destroy(&log->lock);
    pthread_cond_destroy(&log->came);
    free(log);
}
