/*
 * Tracks that much is walked on get machine code (native.h). What is hot is told by samples:
 * in a text that is long already each walk of so many is held to be typical. Short texts are
 * left alone, however many there are: what is parsed in microseconds now and then is not in the
 * caches, and cold code is slower than cold steps (of 470 templates in turn by a quarter).
 * Threads that share a regex go on with its track until one of them has made the code.
 */
#ifndef REGEX_WARM_H
#define REGEX_WARM_H

#include "regex/internal.h"

#define WARM_LONG    512 /* walks that a text has seen */
#define WARM_WALKS   64  /* one of so many is a sample */
#define WARM_SAMPLES 12  /* make a track hot, a quarter of them nearly so */

/* A regex that has a track becomes a member of the family, or is one no more. */
void warm_join(struct regex *re, struct regex_family *family);
void warm_leave(struct regex *re);

/* This walk is a sample. */
void warm_sample(const struct regex *re);

/* The best way to walk. */
static inline const struct track *warm_track(const struct regex *re,
                                             struct regex_subject *subject)
{
    struct regex *changes = (struct regex *)(uintptr_t)re;
    const struct track *native = atomic_load_explicit(&changes->native, memory_order_acquire);
    if (++subject->walks % WARM_WALKS == 0 && subject->walks > WARM_LONG && !native) {
        warm_sample(re);
    }
    return native ? native : &re->track;
}

#endif
