/*
 * An allocator in front of the C library's own, for tests of memory that runs out: the
 * allocation that `countdown` counts to fails. Where that cannot be (sanitizers have one of
 * their own), there is a main() that skips, and OOM_POSSIBLE is not defined. With OOM_SHARED
 * defined before, the allocations of shared libraries count, too: SQLite's, the C library's.
 */
#ifndef TESTS_OOM_H
#define TESTS_OOM_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h> /* says __GLIBC__ */
#include <string.h>

#if !defined(__GLIBC__) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

int main(void)
{
    puts("skipped: needs the C library's own allocator");
    return 77;
}

#else
#define OOM_POSSIBLE

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *ptr, size_t size);
void __libc_free(void *ptr);

#ifdef OOM_SHARED
#define OOM_SEEN __attribute__((visibility("default")))
#else
#define OOM_SEEN
#endif

/* volatile: compilers know what malloc does, and that it counts is not among it */
static volatile long countdown = -1; /* allocations until one fails; negative = none does */
static bool for_good;                /* all after it fail, too */
static volatile long live, calls;    /* allocations that were not freed, and all of them */

static bool fails(void)
{
    calls++;
    if (countdown < 0) {
        return false;
    }
    if (countdown == 0) {
        countdown = for_good ? 0 : -1;
        return true;
    }
    countdown--;
    return false;
}

OOM_SEEN void *malloc(size_t size)
{
    void *ptr = fails() ? NULL : __libc_malloc(size);
    live += ptr != NULL;
    return ptr;
}

OOM_SEEN void *calloc(size_t n, size_t size)
{
    void *ptr = fails() ? NULL : __libc_calloc(n, size);
    live += ptr != NULL;
    return ptr;
}

OOM_SEEN void *realloc(void *old, size_t size)
{
    void *ptr = fails() ? NULL : __libc_realloc(old, size);
    live += !old && ptr;
    return ptr;
}

#ifndef OOM_SHARED
/* The C library's own would not call the malloc() above, which is hidden from it. */
char *strndup(const char *text, size_t max)
{
    size_t len = strnlen(text, max);
    char *copy = malloc(len + 1);
    if (copy) {
        memcpy(copy, text, len);
        copy[len] = '\0';
    }
    return copy;
}

char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}
#endif

OOM_SEEN void free(void *ptr)
{
    live -= ptr != NULL;
    __libc_free(ptr);
}

#endif
#endif
