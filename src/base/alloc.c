#include "base/alloc.h"

#include <stdlib.h>

void *alloc_resize(const struct alloc *alloc, void *ptr, size_t size)
{
    if (alloc) {
        return alloc->resize(alloc->user, ptr, size);
    }
    return realloc(ptr, size);
}

void *alloc_get(const struct alloc *alloc, size_t size)
{
    return alloc_resize(alloc, NULL, size ? size : 1);
}

void alloc_free(const struct alloc *alloc, void *ptr)
{
    if (!ptr) {
        return;
    }
    if (alloc) {
        alloc->resize(alloc->user, ptr, 0);
    } else {
        free(ptr);
    }
}
