/*
 * Finished hosts that wait until the run's tables are known: with `platform: auto` the columns
 * depend on which platforms turn up. The outputs wait in a spool, in memory only up to a
 * ceiling.
 *
 *     held_new(&held, 0, &err);
 *     held_add(held, result, &err);                takes the result in any case
 *     while ((rc = held_next(held, &result, &err)) == 0 && result) ... host_result_free(result)
 *     held_free(held);
 *
 * They come back in the order in which they were added.
 */
#ifndef COLLECT_HELD_H
#define COLLECT_HELD_H

#include "collect/result.h"

struct held;

/* memory_bytes: 0 = LIMIT_WAITING_BYTES */
int held_new(struct held **out, size_t memory_bytes, struct err *err);
void held_free(struct held *held); /* NULL is fine; frees what was not taken */

int held_add(struct held *held, struct host_result *result, struct err *err);

/* *out NULL: there is none left. After an error the result comes without outputs that could not
 * be read back, as not OK. */
int held_next(struct held *held, struct host_result **out, struct err *err);

#endif
