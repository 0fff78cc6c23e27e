/*
 * Hosts as a hosts.yml (inventory.h). Each stands there with all that its groups and defaults
 * said of it, so the groups only keep their names and their max_sessions; secrets never do,
 * only where they come from. Paths are written so that they hold wherever the file will lie.
 */
#ifndef COLLECT_INVENTORY_WRITE_H
#define COLLECT_INVENTORY_WRITE_H

#include "base/strbuf.h"
#include "collect/inventory.h"

struct inventory_text {
    const struct inventory *inventory;
    const bool *marks;            /* the hosts that are meant, by host->index; NULL = all */
    const char *const *platforms; /* likewise, in place of what the inventory says; NULL, or an
                                     entry of NULL: that */
    const char *cwd;              /* of relative paths; NULL = unknown */
    const char *comment;          /* the first line, to which the time is added */
};

/* Appends the file. */
int inventory_write(struct strbuf *out, const struct inventory_text *what, struct err *err);

#endif
