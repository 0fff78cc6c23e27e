/*
 * Which hosts of an earlier run an audit looks at, and what is known of them: what the run
 * kept, and over that the groups and data of an inventory.
 */
#ifndef CLI_AUDIT_HOSTS_H
#define CLI_AUDIT_HOSTS_H

#include "cli/options.h"
#include "cli/past.h"

/* --from: the hosts of the run that -H and -l choose or, with an inventory, the inventory's,
 * also those that the run does not know. ERR_USAGE: -H or -l means none. past and inventory
 * must outlive *out, which must be released in any case. */
int audit_hosts(struct inventory *out, const struct past *past,
                const struct inventory *inventory, const struct options *options,
                struct err *err);

/* --baseline: the inventory's hosts that the run knows. */
int audit_hosts_known(struct inventory *out, const struct past *past,
                      const struct inventory *inventory, struct err *err);

#endif
