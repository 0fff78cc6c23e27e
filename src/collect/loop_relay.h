/*
 * Jump hosts: one connection to each (relay), shared by all sessions behind it as channels
 * (hops), at most so many at a time as it allows. A jump host may itself be behind another one.
 *
 *     struct hop *hop;
 *     hop_ask(&hop, engine, host, ready, user, &err);      host->jump is asked for host
 *     ready(user, fd, ...)      later, never from within hop_ask: fd carries the connection to
 * the host and is the receiver's; or fd -1 and why not hop_free(hop);            at any time
 *
 * The fd is one end of a socketpair whose other end is joined to the channel here; libssh wants
 * a socket. A jump host that denied the login is not asked again: the same password would be
 * tried once for each host behind it.
 */
#ifndef COLLECT_LOOP_RELAY_H
#define COLLECT_LOOP_RELAY_H

#include "collect/loop_private.h"

struct hop;

typedef void (*hop_ready)(void *user, int fd, enum status status, const char *reason);

int hop_ask(struct hop **out, struct engine *engine, const struct host *host, hop_ready ready,
            void *user, struct err *err);
void hop_free(struct hop *hop);

/* When the jump host was asked for it, 0 = it waits for its turn. */
ms_t hop_since(const struct hop *hop);

/* All relays of an engine, once no hop is left. */
void relays_free(struct engine *engine);

#endif
