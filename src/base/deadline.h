/*
 * Time: monotonic milliseconds for waiting, wall-clock UTC only for stamps. A wall clock that
 * jumps changes no deadline.
 */
#ifndef BASE_DEADLINE_H
#define BASE_DEADLINE_H

#include <stddef.h>
#include <stdint.h>

typedef int64_t ms_t; /* milliseconds on CLOCK_MONOTONIC, or a span of them */

#define DEADLINE_NEVER INT64_MAX

ms_t now_ms(void);
int64_t now_us(void);

/* Wall clock as "2026-11-23T01:20:05Z" into buf (at least UTC_STAMP_SIZE bytes). */
#define UTC_STAMP_SIZE 21
void utc_stamp(char *buf, size_t size);

static inline ms_t deadline_in(ms_t now, ms_t span)
{
    return span <= 0 || now > DEADLINE_NEVER - span ? DEADLINE_NEVER : now + span;
}

static inline ms_t deadline_sooner(ms_t a, ms_t b)
{
    return a < b ? a : b;
}

#endif
