/*
 * Memory for large outputs, over all sessions of a run. Outputs are kept until the caller has
 * had them, so many devices that print without end at once could take any amount. A session
 * whose outputs pass LIMIT_SMALL_OUTPUT asks before it reads on. While the sum of what was
 * asked for is below LIMIT_LARGE_OUTPUTS all may; beyond that only one may, the first that came
 * to it, and the others do not read until it is done: then the device has to wait, by SSH's
 * window. What that one can take is bounded by the limit of an output.
 *
 * Jobs are numbers below njobs. All calls with the loop's lock held.
 */
#ifndef COLLECT_LOOP_MEMORY_H
#define COLLECT_LOOP_MEMORY_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct loop_memory {
    size_t *bytes; /* each job's share */
    size_t sum;
    size_t first;   /* the job that may take any amount, plus one; 0 = none does */
    size_t waiting; /* asked in vain since the last time that something was given back */
};

int loop_memory_init(struct loop_memory *memory, size_t njobs, struct err *err);
void loop_memory_release(struct loop_memory *memory);

/* Whether the job may hold so many bytes in all. */
bool loop_memory_want(struct loop_memory *memory, size_t job, size_t bytes);

/* The job holds nothing any more. True: others should ask again. */
bool loop_memory_give(struct loop_memory *memory, size_t job);

#endif
