/*
 * Many deadlines, the soonest first: a binary heap whose entries sit in the structs that wait.
 *
 *     struct timer t = {.due = DEADLINE_NEVER};     not armed
 *     timers_set(&timers, &t, now + 50);            arms, or moves
 *     while ((t = timers_due(&timers, now))) ...    each comes out disarmed
 */
#ifndef LAB_TIMERS_H
#define LAB_TIMERS_H

#include "base/deadline.h"

#include <stdbool.h>
#include <stddef.h>

struct timer {
    ms_t due; /* DEADLINE_NEVER = not armed */
    size_t slot;
};

struct timers {
    struct timer **heap;
    size_t n, size;
};

/* DEADLINE_NEVER disarms. False when memory ran out. */
bool timers_set(struct timers *timers, struct timer *timer, ms_t due);
struct timer *timers_due(struct timers *timers, ms_t now);
/* When the soonest is due, or DEADLINE_NEVER. */
ms_t timers_next(const struct timers *timers);
void timers_release(struct timers *timers);

#endif
