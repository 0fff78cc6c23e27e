/*
 * Objects of the public API keep their embedder's allocator: for all that they will hold, and
 * at last for themselves.
 *
 *     struct S *s = own_new(sizeof(*s), allocator);              zeroed; NULL: no memory
 *     s->alloc = own_alloc(&s->alloc_copy, allocator);           NULL: the C library's
 *     ...
 *     own_free(s, s->alloc);                                     alloc may lie within s
 */
#ifndef TEXTFSM_OWN_H
#define TEXTFSM_OWN_H

#include "base/alloc.h"
#include "textfsm.h"

#include <string.h>

static inline const struct alloc *own_alloc(struct alloc *copy,
                                            const struct textfsm_allocator *allocator)
{
    if (!allocator) {
        return NULL;
    }
    *copy = (struct alloc){allocator->resize, allocator->user};
    return copy;
}

static inline void *own_new(size_t size, const struct textfsm_allocator *allocator)
{
    struct alloc alloc;
    void *object = alloc_get(own_alloc(&alloc, allocator), size);
    return object ? memset(object, 0, size) : NULL;
}

static inline void own_free(void *object, const struct alloc *alloc)
{
    struct alloc copy = {NULL, NULL};
    if (alloc) {
        copy = *alloc;
    }
    alloc_free(alloc ? &copy : NULL, object);
}

#endif
