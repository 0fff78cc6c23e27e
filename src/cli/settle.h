/*
 * Platforms that a run finds out (`platform: auto`): which hosts are still without one, and the
 * inventory as it would be, had it said them.
 *
 *     settle_init(&settle, &plan, inventory, &err);             before anything connects
 *     settle_note(&settle, result);                             each finished host
 *     if (settle.left == 0)
 *         make a plan, `settled`, over settle.inventory; plan_keep(&new, settle_keep, &settle)
 *     settle_release(&settle);
 *
 * Hosts whose platform was not found, or has no way to do what was asked, keep jobs of no
 * platform. The new plan has the same jobs in the same order.
 */
#ifndef CLI_SETTLE_H
#define CLI_SETTLE_H

#include "collect/plan.h"
#include "collect/result.h"

struct settle {
    const struct plan *plan;
    struct inventory inventory; /* a copy whose hosts have their platforms; owns only those */
    size_t left;                /* hosts of unknown platform that have not finished */
};

int settle_init(struct settle *settle, const struct plan *plan,
                const struct inventory *inventory, struct err *err);
void settle_release(struct settle *settle);
void settle_note(struct settle *settle, const struct host_result *result);

/* For plan_keep(): what the run's plan had of a host; all where its platform was not known. */
bool settle_keep(void *settle, const struct host *host, const char *command);

#endif
