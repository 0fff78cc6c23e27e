#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BLOCK_FIRST 4096
#define BLOCK_MOST  ((size_t)1 << 20)
#define ALIGN       (sizeof(max_align_t) > 16 ? sizeof(max_align_t) : 16)

struct arena_block {
    struct arena_block *older;
    size_t size;
    _Alignas(16) char data[];
};

void arena_init(struct arena *arena, const struct alloc *alloc)
{
    *arena = (struct arena)ARENA_INIT;
    arena->alloc = alloc;
}

static void free_chain(struct arena *arena, struct arena_block *block)
{
    while (block) {
        struct arena_block *older = block->older;
        alloc_free(arena->alloc, block);
        block = older;
    }
}

void arena_release(struct arena *arena)
{
    free_chain(arena, arena->block);
    arena_init(arena, arena->alloc);
}

void arena_reset(struct arena *arena)
{
    if (!arena->block) {
        return;
    }
    free_chain(arena, arena->block->older);
    arena->block->older = NULL;
    arena->used = 0;
    arena->total = arena->block->size;
}

static bool add_block(struct arena *arena, size_t size)
{
    size_t want = arena->size ? arena->size * 2 : BLOCK_FIRST;
    if (want > BLOCK_MOST) {
        want = BLOCK_MOST;
    }
    if (want < size) {
        want = size;
    }
    struct arena_block *block = alloc_get(arena->alloc, sizeof(*block) + want);
    if (!block) {
        return false;
    }
    block->older = arena->block;
    block->size = want;
    arena->block = block;
    arena->used = 0;
    arena->size = want;
    arena->total += want;
    return true;
}

void *arena_get(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 4) {
        return NULL;
    }
    size_t rounded = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (rounded == 0) {
        rounded = ALIGN;
    }
    if ((!arena->block || rounded > arena->size - arena->used) && !add_block(arena, rounded)) {
        return NULL;
    }
    void *ptr = arena->block->data + arena->used;
    arena->used += rounded;
    return memset(ptr, 0, rounded);
}

void *arena_array(struct arena *arena, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / 4 / size) {
        return NULL;
    }
    return arena_get(arena, n * size);
}

char *arena_dup(struct arena *arena, struct view v)
{
    char *copy = arena_get(arena, v.len + 1);
    if (copy && v.len) {
        memcpy(copy, v.ptr, v.len);
    }
    return copy;
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    char *text = n < 0 ? NULL : arena_get(arena, (size_t)n + 1);
    if (text) {
        vsnprintf(text, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    va_end(ap);
    return text;
}
