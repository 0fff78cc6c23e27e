/*
 * What the verb hosts makes of an inventory: an inventory again (-o FILE.yml), with platforms
 * that were found out; and finding them out (--detect).
 */
#ifndef CLI_HOSTS_WRITE_H
#define CLI_HOSTS_WRITE_H

#include "cli/options.h"
#include "collect/inventory.h"

/* Whether -o or -f asks for an inventory instead of a table of hosts. */
bool hosts_wants_inventory(const struct options *options);

/* platforms: by host->index, those to fill in; NULL, or entries of NULL: what the hosts say. */
int hosts_write(const struct inventory *inventory, const char *const *platforms,
                const struct options *options, struct err *err);

/* --detect: the exit status, or negative. The hosts' platforms are changed to auto where none
 * is said. */
int hosts_detect(struct inventory *inventory, const struct options *options, struct err *err);

#endif
