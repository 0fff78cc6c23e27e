/*
 * What -t, -c, -T and --columns ask for, as a plan.
 */
#ifndef CLI_ASKS_H
#define CLI_ASKS_H

#include "cli/options.h"
#include "collect/plan.h"

/* -t and -c as a plan's asks. */
int asks_of(struct plan_request *request, const struct options *options, struct arena *arena,
            struct err *err);

/* ERR_USAGE when nothing is asked for, or -T without a -c. */
int asks_check(const struct options *options, struct err *err);

/* *plan must be released in any case; arena, inventory and library must outlive it. */
int asks_plan(struct plan *plan, const struct options *options,
              const struct inventory *inventory, struct library *library, struct arena *arena,
              struct err *err);

/* The same when the platforms that could be found out are known: what still is `auto` is not
 * asked any more. */
int asks_plan_settled(struct plan *plan, const struct options *options,
                      const struct inventory *inventory, struct library *library,
                      struct arena *arena, struct err *err);

#endif
