#include "lab/timers.h"

#include <stdlib.h>

static void put(struct timers *timers, size_t slot, struct timer *timer)
{
    timers->heap[slot] = timer;
    timer->slot = slot;
}

/* Moves the timer to where it belongs, from a slot that is free. */
static void settle(struct timers *timers, size_t slot, struct timer *timer)
{
    while (slot > 0 && timers->heap[(slot - 1) / 2]->due > timer->due) {
        put(timers, slot, timers->heap[(slot - 1) / 2]);
        slot = (slot - 1) / 2;
    }
    for (;;) {
        size_t child = 2 * slot + 1;
        if (child + 1 < timers->n && timers->heap[child + 1]->due < timers->heap[child]->due) {
            child++;
        }
        if (child >= timers->n || timers->heap[child]->due >= timer->due) {
            break;
        }
        put(timers, slot, timers->heap[child]);
        slot = child;
    }
    put(timers, slot, timer);
}

static void disarm(struct timers *timers, struct timer *timer)
{
    size_t slot = timer->slot;
    struct timer *last = timers->heap[--timers->n];
    timer->due = DEADLINE_NEVER;
    if (last != timer) {
        settle(timers, slot, last);
    }
}

static bool grow(struct timers *timers)
{
    size_t size = timers->size ? timers->size * 2 : 64;
    struct timer **heap = realloc(timers->heap, size * sizeof(struct timer *));
    if (heap) {
        timers->heap = heap;
        timers->size = size;
    }
    return heap != NULL;
}

bool timers_set(struct timers *timers, struct timer *timer, ms_t due)
{
    if (timer->due == due) {
        return true;
    }
    if (timer->due != DEADLINE_NEVER) {
        disarm(timers, timer);
    }
    if (due == DEADLINE_NEVER) {
        return true;
    }
    if (timers->n == timers->size && !grow(timers)) {
        return false;
    }
    timer->due = due;
    settle(timers, timers->n++, timer);
    return true;
}

struct timer *timers_due(struct timers *timers, ms_t now)
{
    if (timers->n == 0 || timers->heap[0]->due > now) {
        return NULL;
    }
    struct timer *timer = timers->heap[0];
    disarm(timers, timer);
    return timer;
}

ms_t timers_next(const struct timers *timers)
{
    return timers->n ? timers->heap[0]->due : DEADLINE_NEVER;
}

void timers_release(struct timers *timers)
{
    free(timers->heap);
    *timers = (struct timers){0};
}
