/*
 * Arrays that grow, through the allocator hook: room for one more element, doubling.
 *
 *     if (!grow(alloc, &t->rules, &cap, t->nrules, sizeof(*t->rules))) ... out of memory
 */
#ifndef TEXTFSM_GROW_H
#define TEXTFSM_GROW_H

#include "base/alloc.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* array points to a pointer to elements of `size` bytes, `used` of `*cap` in use. New room is
 * not cleared. */
static inline bool grow(const struct alloc *alloc, void *array, size_t *cap, size_t used,
                        size_t size)
{
    if (used < *cap) {
        return true;
    }
    void *old;
    memcpy(&old, array, sizeof(old));
    size_t want = *cap ? *cap * 2 : 8;
    void *more = want < (size_t)-1 / 4 / size ? alloc_resize(alloc, old, want * size) : NULL;
    if (!more) {
        return false;
    }
    memcpy(array, &more, sizeof(more));
    *cap = want;
    return true;
}

#endif
