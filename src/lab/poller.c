#include "lab/poller.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int wait_ms(ms_t timeout_ms)
{
    return timeout_ms < 0 ? -1 : timeout_ms > INT_MAX ? INT_MAX : (int)timeout_ms;
}

#ifdef __linux__
#include <sys/epoll.h>

#define BATCH 256

struct poller {
    int fd;
};

int poller_new(struct poller **out, struct err *err)
{
    struct poller *p = calloc(1, sizeof(*p));
    if (!p) {
        return err_nomem(err);
    }
    p->fd = epoll_create1(EPOLL_CLOEXEC);
    if (p->fd < 0) {
        free(p);
        return err_set(err, ERR_HOST, "epoll: %s", strerror(errno));
    }
    *out = p;
    return 0;
}

void poller_free(struct poller *p)
{
    if (p) {
        close(p->fd);
        free(p);
    }
}

static int control(struct poller *p, int op, struct watch *watch)
{
    struct epoll_event event = {.data.ptr = watch};
    event.events = (watch->events & WATCH_READ ? EPOLLIN : 0u) |
                   (watch->events & WATCH_WRITE ? EPOLLOUT : 0u) |
                   (watch->events & WATCH_HANGUP ? EPOLLRDHUP : 0u);
    return epoll_ctl(p->fd, op, watch->fd, &event);
}

int poller_add(struct poller *p, struct watch *watch, unsigned events, struct err *err)
{
    watch->events = events;
    if (control(p, EPOLL_CTL_ADD, watch) < 0) {
        return err_set(err, ERR_HOST, "epoll: %s", strerror(errno));
    }
    return 0;
}

void poller_set(struct poller *p, struct watch *watch, unsigned events)
{
    if (watch->events != events) {
        watch->events = events;
        control(p, EPOLL_CTL_MOD, watch);
    }
}

void poller_forget(struct poller *p, struct watch *watch)
{
    /* A descriptor that is already closed has left the set by itself. */
    epoll_ctl(p->fd, EPOLL_CTL_DEL, watch->fd, NULL);
}

void poller_wait(struct poller *p, ms_t timeout_ms, const sigset_t *sigmask)
{
    struct epoll_event events[BATCH];
    int n = epoll_pwait(p->fd, events, BATCH, wait_ms(timeout_ms), sigmask);
    for (int i = 0; i < n; i++) {
        struct watch *watch = events[i].data.ptr;
        unsigned ready = (events[i].events & EPOLLOUT ? WATCH_WRITE : 0u) |
                         (events[i].events & ~(unsigned)EPOLLOUT ? WATCH_READ : 0u);
        watch->ready(watch, ready);
    }
}

#else
#include <poll.h>

#define SIGNAL_MS 100

struct poller {
    struct pollfd *fds;
    struct watch **watches;
    size_t n, size;
};

int poller_new(struct poller **out, struct err *err)
{
    *out = calloc(1, sizeof(**out));
    return *out ? 0 : err_nomem(err);
}

void poller_free(struct poller *p)
{
    if (p) {
        free(p->fds);
        free(p->watches);
        free(p);
    }
}

void poller_set(struct poller *p, struct watch *watch, unsigned events)
{
    watch->events = events;
    p->fds[watch->slot].events =
        (short)((events & WATCH_READ ? POLLIN : 0) | (events & WATCH_WRITE ? POLLOUT : 0));
}

int poller_add(struct poller *p, struct watch *watch, unsigned events, struct err *err)
{
    if (p->n == p->size) {
        size_t size = p->size ? p->size * 2 : 64;
        struct pollfd *fds = realloc(p->fds, size * sizeof(*fds));
        p->fds = fds ? fds : p->fds;
        struct watch **watches = realloc(p->watches, size * sizeof(struct watch *));
        p->watches = watches ? watches : p->watches;
        if (!fds || !watches) {
            return err_nomem(err);
        }
        p->size = size;
    }
    watch->slot = p->n++;
    p->watches[watch->slot] = watch;
    p->fds[watch->slot] = (struct pollfd){.fd = watch->fd};
    poller_set(p, watch, events);
    return 0;
}

void poller_forget(struct poller *p, struct watch *watch)
{
    size_t last = --p->n;
    p->fds[watch->slot] = p->fds[last];
    p->watches[watch->slot] = p->watches[last];
    p->watches[watch->slot]->slot = watch->slot;
}

void poller_wait(struct poller *p, ms_t timeout_ms, const sigset_t *sigmask)
{
    sigset_t before;
    /* A signal just before poll() would go unnoticed until something else happens. */
    timeout_ms = timeout_ms < 0 || timeout_ms > SIGNAL_MS ? SIGNAL_MS : timeout_ms;
    sigprocmask(SIG_SETMASK, sigmask, &before);
    int n = poll(p->fds, (nfds_t)p->n, wait_ms(timeout_ms));
    sigprocmask(SIG_SETMASK, &before, NULL);
    /* Backwards: forgetting one moves only those that were seen already. */
    for (size_t i = n > 0 ? p->n : 0; i > 0; i--) {
        short ready = i <= p->n ? p->fds[i - 1].revents : 0;
        if (ready) {
            struct watch *watch = p->watches[i - 1];
            watch->ready(watch, (ready & POLLOUT ? WATCH_WRITE : 0u) |
                                    (ready & ~POLLOUT ? WATCH_READ : 0u));
        }
    }
}
#endif
