/*
 * An arena: many small allocations with one lifetime, given back at once.
 *
 *     struct arena arena = ARENA_INIT;
 *     char *name = arena_dup(&arena, view);      NULL when memory ran out
 *     arena_release(&arena);
 *
 * Results are aligned for any type and zeroed. arena_reset() forgets everything but keeps the
 * newest block, so that a loop allocates nothing once it is warm.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/alloc.h"
#include "base/view.h"

struct arena_block;

struct arena {
    struct arena_block *block; /* newest */
    size_t used, size;         /* of the newest block's payload */
    const struct alloc *alloc; /* NULL = the C library */
    size_t total;              /* bytes asked of alloc, for ceilings and statistics */
};

#define ARENA_INIT {NULL, 0, 0, NULL, 0}

void arena_init(struct arena *arena, const struct alloc *alloc);
void arena_release(struct arena *arena);
void arena_reset(struct arena *arena);

void *arena_get(struct arena *arena, size_t size);
/* n * size bytes, checked for overflow. */
void *arena_array(struct arena *arena, size_t n, size_t size);
/* A NUL-terminated copy. */
char *arena_dup(struct arena *arena, struct view v);
char *arena_printf(struct arena *arena, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
