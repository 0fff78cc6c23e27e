/*
 * --dry-run: the plan as records, a row for each host and command, with nothing connected.
 */
#ifndef CLI_DRY_RUN_H
#define CLI_DRY_RUN_H

#include "cli/options.h"
#include "collect/plan.h"

int dry_run(const struct plan *plan, const struct options *options, struct err *err);

#endif
