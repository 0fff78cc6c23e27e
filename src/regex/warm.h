/*
 * Tracks that much is walked on get machine code (native.h). What is hot is told by samples:
 * each walk of so many is held to be typical. So a template that sees a few short texts, where
 * code would not pay, is left alone and costs nothing; one that a long text or thousands of
 * devices come through has code for the rules that matter after some hundreds of lines. Threads
 * that share a regex go on with its track until one of them has made the code.
 */
#ifndef REGEX_WARM_H
#define REGEX_WARM_H

#include "regex/internal.h"

#define WARM_WALKS   64 /* one of so many is a sample */
#define WARM_SAMPLES 16 /* make a track hot, a quarter of them nearly so */

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
    if (++subject->walks % WARM_WALKS == 0 && !native) {
        warm_sample(re);
    }
    return native ? native : &re->track;
}

#endif
