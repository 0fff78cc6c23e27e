/*
 * -v and -vv: what a run tells of each host once its records are out, in the run's log, where
 * the steps of its session stand already.
 */
#ifndef CLI_VERBOSE_H
#define CLI_VERBOSE_H

#include "collect/loop.h"

void verbose_host(struct loop *loop, const struct host_result *result);

#endif
