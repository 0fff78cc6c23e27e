/*
 * ProxyCommand: a program of the user's whose standard input and output are the connection to a
 * host. It runs until the connection is given up.
 */
#ifndef COLLECT_LOOP_PROXY_H
#define COLLECT_LOOP_PROXY_H

#include "collect/loop_private.h"

struct proxy;

/* fd is the caller's: our end of the connection. */
int proxy_start(struct proxy **out, struct engine *engine, const char *command, int *fd,
                struct err *err);
void proxy_free(struct proxy *proxy);

#endif
