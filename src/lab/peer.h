/*
 * One SSH connection to a device: login, channels, and a shell on each. Driven by the server's
 * loop, it never waits: libssh is asked to do what it can now, output is written only while the
 * socket has room.
 */
#ifndef LAB_PEER_H
#define LAB_PEER_H

#include "lab/server.h"

/* Takes over the accepted fd. */
void peer_open(struct server *server, struct device *device, int fd);
/* Its timer is due. */
void peer_tick(struct timer *timer);
/* Ends it at once. */
void peer_close(struct peer *peer);

#endif
