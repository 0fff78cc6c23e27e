/*
 * Whom a run trusts, for people: --host-keys, or where that is not said what the ssh
 * configuration says of each host, or else strict.
 */
#ifndef CLI_TRUSTING_H
#define CLI_TRUSTING_H

#include "cli/options.h"
#include "collect/plan.h"

/* For hosts of which nothing else is said. */
enum host_keys trusting_policy(const struct options *options);

/* What the least careful of the plan's hosts has: "accept-new". */
const char *trusting_name(const struct options *options, const struct plan *plan);

/* A line to out where that is not strict without a word of this run's. */
void trusting_summary(const struct options *options, const struct plan *plan,
                      struct strbuf *out);

#endif
