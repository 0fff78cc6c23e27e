/*
 * Preloaded into a program under test: memory that is given back with a secret in it.
 *
 *     SHIM_SECRETS=a,b   the secrets
 *     SHIM_LOG=FILE      gets a line for each block that held one, and who gave it back
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void tell(const char *secret)
{
    void *frames[32];
    int fd = open(getenv("SHIM_LOG"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) {
        if (write(fd, "freed: ", 7) < 0 || write(fd, secret, strlen(secret)) < 0 ||
            write(fd, "\n", 1) < 0) {
            abort();
        }
        backtrace_symbols_fd(frames, backtrace(frames, 32), fd);
        close(fd);
    }
}

/* While it looks, what it calls may free, too. */
static _Thread_local bool looking;

static void look(const void *block)
{
    const char *list = looking || !block ? NULL : getenv("SHIM_SECRETS");
    while (list && *list) {
        size_t len = strcspn(list, ",");
        if (len && memmem(block, malloc_usable_size((void *)block), list, len)) {
            looking = true;
            tell(list);
            looking = false;
        }
        list += len + (list[len] == ',');
    }
}

/* The commands that the program runs are not meant. */
static void __attribute__((constructor)) only_here(void)
{
    (void)unsetenv("LD_PRELOAD");
}

void free(void *block)
{
    static void (*real)(void *);
    if (!real) {
        void *symbol = dlsym(RTLD_NEXT, "free");
        memcpy(&real, &symbol, sizeof(real));
    }
    look(block);
    real(block);
}

void *realloc(void *block, size_t size)
{
    static void *(*real)(void *, size_t);
    if (!real) {
        void *symbol = dlsym(RTLD_NEXT, "realloc");
        memcpy(&real, &symbol, sizeof(real));
    }
    if (block && size > malloc_usable_size(block)) {
        look(block);
    }
    return real(block, size);
}
