/*
 * -v and -vv: what a run tells of each host as it ends, on stderr and terminal-safe. -v is a
 * line a host, -vv adds one a command.
 */
#ifndef CLI_VERBOSE_H
#define CLI_VERBOSE_H

#include "collect/result.h"

void verbose_host(const struct host_result *result, int level);

#endif
