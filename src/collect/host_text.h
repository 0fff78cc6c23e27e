/*
 * What an inventory says of a host beside how to reach it, as texts that files keep: the groups
 * as ",core,access," and the data as a JSON object of texts. And back again.
 */
#ifndef COLLECT_HOST_TEXT_H
#define COLLECT_HOST_TEXT_H

#include "base/strbuf.h"
#include "collect/inventory.h"

void host_add_groups(struct strbuf *out, const struct host *host);
void host_add_data(struct strbuf *out, const struct host *host);

/* The groups of a host of which neither groups nor data are known: an empty list, known by its
 * address. */
extern const char *const host_groups_unknown[];

/* NULL is unknown. Everything lives in arena. */
int host_read_groups(struct host *host, const char *text, struct arena *arena, struct err *err);
int host_read_data(struct host *host, const struct yaml *y, const struct yaml_node *map,
                   struct arena *arena, struct err *err);

#endif
