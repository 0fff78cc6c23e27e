/*
 * Where memory comes from, for code that others embed: one function in the manner of realloc.
 * NULL as `struct alloc *` means the C library. The out-of-memory tests pass one that fails.
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

struct alloc {
    /* ptr NULL: allocate size bytes; size 0: free ptr and return NULL; else resize. */
    void *(*resize)(void *user, void *ptr, size_t size);
    void *user;
};

void *alloc_get(const struct alloc *alloc, size_t size);
void *alloc_resize(const struct alloc *alloc, void *ptr, size_t size);
void alloc_free(const struct alloc *alloc, void *ptr);

#endif
