/*
 * --redact: masks what a platform's patterns call secret, in an output that is complete, before
 * anything else sees it. What group 1 of a pattern matched becomes `<redacted>`, without a
 * group the whole match; a line on which a pattern gives up is masked altogether.
 */
#ifndef COLLECT_REDACT_H
#define COLLECT_REDACT_H

#include "collect/plan.h"
#include "collect/result.h"

struct redact;

struct redact *redact_new(void); /* NULL when memory ran out */
void redact_free(struct redact *redact);

/* All outputs of a host. ERR_NOMEM: an output was emptied rather than left as it was. */
int redact_result(struct redact *redact, const struct platform *platform,
                  struct host_result *result, struct err *err);

#endif
