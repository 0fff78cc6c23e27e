/*
 * -t and -c as a plan's asks.
 */
#ifndef CLI_ASKS_H
#define CLI_ASKS_H

#include "cli/options.h"
#include "collect/plan.h"

int asks_of(struct plan_request *request, const struct options *options, struct arena *arena,
            struct err *err);

#endif
