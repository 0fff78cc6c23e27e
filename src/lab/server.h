/*
 * The loop that serves a fleet: a listening socket for each device, a peer (peer.h) for each
 * connection, all in one thread.
 *
 *     struct server server = {0};
 *     server_open(&server, &fleet, &keys, &journal, &err);
 *     server_listen(&server, &taken, &err);      ERR_HOST with taken: an address is in use
 *     while (...) server_turn(&server, &sigmask);
 *     server_close(&server);
 */
#ifndef LAB_SERVER_H
#define LAB_SERVER_H

#include "lab/fleet.h"
#include "lab/journal.h"
#include "lab/keys.h"
#include "lab/poller.h"
#include "lab/timers.h"

#include <libssh/server.h>

struct peer;
struct listener;
struct bind_kind;

struct server {
    struct fleet *fleet;
    const struct keys *keys;
    struct journal *journal;
    struct poller *poller;
    struct timers timers;
    struct listener *listeners; /* one a device */
    size_t nlisteners;
    struct bind_kind *kinds; /* what libssh must know of devices, one for all that are alike */
    struct peer *peers;
    unsigned long connections;
    int spare_fd; /* closed to make room when there are no more descriptors */
    ms_t now;     /* of this turn */
};

int server_open(struct server *server, struct fleet *fleet, const struct keys *keys,
                struct journal *journal, struct err *err);
/* Listens for all devices at their addresses, or for none: *taken tells that an address was in
 * use. */
int server_listen(struct server *server, bool *taken, struct err *err);
/* Waits for something to happen, and lets it. */
void server_turn(struct server *server, const sigset_t *sigmask);
void server_close(struct server *server);

/* The libssh settings for sessions of that device; NULL when libssh refuses them. */
ssh_bind server_bind(struct server *server, const struct device *device);

#endif
