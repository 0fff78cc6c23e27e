/*
 * --failed FILE: an inventory of the hosts that failed, for the next run's -i. Each host stands
 * there with all that its groups and defaults said of it, so the groups only keep their names;
 * secrets never do, only where they come from. The file is written in any case: with no hosts
 * when none failed, so that an older one cannot be mistaken for this run's.
 *
 *     failed_open(&failed, path, &inventory, &err);     before anything connects
 *     failed_add(failed, host);                         each failed host, in any order
 *     failed_close(failed, &err);                       or failed_free(failed): no file
 */
#ifndef COLLECT_FAILED_H
#define COLLECT_FAILED_H

#include "collect/inventory.h"

struct failed;

/* The inventory must outlive it. */
int failed_open(struct failed **out, const char *path, const struct inventory *inventory,
                struct err *err);
void failed_add(struct failed *failed, const struct host *host);

/* Puts the file in its place, and frees. */
int failed_close(struct failed *failed, struct err *err);
void failed_free(struct failed *failed); /* NULL is fine */

/* Whether the file at path is one that failed_close() wrote. */
bool failed_wrote(const char *path);

#endif
