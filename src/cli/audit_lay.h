/*
 * What an audit judges, laid out: an earlier run's outputs, read with today's templates in the
 * inventory's order into a scratch database. So it is one and the same whether the run was of a
 * moment ago, a database or a folder, and whatever that run parsed.
 */
#ifndef CLI_AUDIT_LAY_H
#define CLI_AUDIT_LAY_H

#include "audit/rules.h"
#include "cli/past.h"

struct audit_want {
    const struct rules *rules;
    const struct rule *rule; /* only for this one; NULL = for all */
    bool past;               /* nothing is run any more */
    const struct plan *like; /* past: with the same jobs; NULL = whichever there are */
    bool allow_changes;
};

/* A plan for what the rules need, each on its platforms. What `want` points to must outlive it.
 */
int audit_plan(struct plan *plan, const struct inventory *inventory, struct library *library,
               const struct audit_want *want, struct arena *arena, struct err *err);

/* *out is the caller's to close. */
int audit_lay(struct db **out, struct past *past, const struct plan *plan, struct err *err);

#endif
