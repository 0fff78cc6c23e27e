/*
 * Waiting for many descriptors at once: epoll where there is one, poll elsewhere.
 *
 *     struct watch w = {.fd = fd, .ready = on_ready};     part of a larger struct
 *     poller_add(p, &w, WATCH_READ);
 *     poller_wait(p, timeout_ms, &sigmask);               calls ready() for what is ready
 *     poller_forget(p, &w);                               before or just after fd is closed
 *
 * A ready() may forget and free its own watch, and add others, but not free another one's.
 */
#ifndef LAB_POLLER_H
#define LAB_POLLER_H

#include "base/deadline.h"
#include "base/err.h"

#include <signal.h>
#include <stddef.h>

enum watch_events {
    WATCH_READ = 1,
    WATCH_WRITE = 2,
    WATCH_HANGUP = 4, /* the other side has closed, whatever is unread; where poll can tell */
};

struct watch {
    int fd;
    void (*ready)(struct watch *watch, unsigned events);
    unsigned events; /* asked for */
    size_t slot;     /* the poller's */
};

struct poller;

int poller_new(struct poller **out, struct err *err);
void poller_free(struct poller *p);

int poller_add(struct poller *p, struct watch *watch, unsigned events, struct err *err);
/* Other events than before, none included (then only hang-ups are reported). */
void poller_set(struct poller *p, struct watch *watch, unsigned events);
void poller_forget(struct poller *p, struct watch *watch);

/* Waits until something is ready, timeout_ms has passed (< 0: for ever) or a signal that
 * sigmask lets through has come. */
void poller_wait(struct poller *p, ms_t timeout_ms, const sigset_t *sigmask);

#endif
