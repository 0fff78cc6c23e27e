/*
 * Serving until it is enough: SIGINT or SIGTERM, or the end of a command that was run for the
 * fleet's sake.
 *
 *     serve_prepare();                 before anything else: signals wait from here on
 *     status = serve(&server, command, &err);
 */
#ifndef LAB_SERVE_H
#define LAB_SERVE_H

#include "lab/server.h"

void serve_prepare(void);

/* Runs the loop; with a command (argv, NULL-terminated) until it ends, giving its exit status,
 * or 128 + n when signal n ended it. Without one, 0. */
int serve(struct server *server, char **command);

#endif
