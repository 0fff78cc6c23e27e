#include "base/lazy.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static int load(struct lazy_library *library, struct err *err)
{
    void *handle = dlopen(library->file, RTLD_NOW);
    if (!handle) {
        return err_set(err, ERR_INPUT, "%s; on Debian: apt-get install %s", dlerror(),
                       library->package);
    }
    /* What dlsym() gives for a function has the bytes of a pointer to it, says POSIX. */
    char *slot = library->table;
    for (const char *const *name = library->names; *name; name++, slot += sizeof(void *)) {
        void *address = dlsym(handle, *name);
        if (!address) {
            return err_set(err, ERR_INPUT,
                           "%s has no function %s: it is older than the one that this program "
                           "was built with",
                           library->file, *name);
        }
        memcpy(slot, &address, sizeof(address));
    }
    atomic_store(&library->loaded, true);
    return 0;
}

int lazy_load(struct lazy_library *library, struct err *err)
{
    if (atomic_load_explicit(&library->loaded, memory_order_acquire)) {
        return 0;
    }
    pthread_mutex_lock(&one_at_a_time);
    int rc = atomic_load(&library->loaded) ? 0 : load(library, err);
    pthread_mutex_unlock(&one_at_a_time);
    return rc;
}
