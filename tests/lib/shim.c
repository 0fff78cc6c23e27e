/*
 * Preloaded into a program under test: what the system does rarely.
 *
 *     SHIM_CLOCK=1      the wall clock jumps a year ahead or back each time it is read; the
 *                       monotonic one goes on as it is
 *     SHIM_THREADS=N    after N threads no further one can be started
 *     SHIM_DNS=N        a name with ".slow." in it takes N seconds to look up
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define YEAR (365L * 24 * 3600)

static atomic_uint reads, threads;

/* dlsym's result as a function, without a cast that ISO C does not know. */
static void *find(const char *name, void *function, size_t size)
{
    void *symbol = dlsym(RTLD_NEXT, name);
    memcpy(function, &symbol, size);
    return symbol;
}

static time_t jump(void)
{
    static const time_t jumps[] = {0, YEAR, -YEAR, 2 * YEAR, -3};
    return getenv("SHIM_CLOCK") ? jumps[atomic_fetch_add(&reads, 1) % 5] : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int (*real)(clockid_t, struct timespec *);
    if (!find("clock_gettime", &real, sizeof(real))) {
        abort();
    }
    int rc = real(clock, now);
    if (rc == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        now->tv_sec += jump();
    }
    return rc;
}

time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) {
        *out = now.tv_sec;
    }
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec precise;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &precise);
    *now = (struct timeval){.tv_sec = precise.tv_sec, .tv_usec = precise.tv_nsec / 1000};
    return 0;
}

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attr,
                   void *(*run)(void *), void *restrict user)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    const char *most = getenv("SHIM_THREADS");
    if (!find("pthread_create", &real, sizeof(real)) ||
        (most && atomic_fetch_add(&threads, 1) >= (unsigned)strtol(most, NULL, 10))) {
        return EAGAIN;
    }
    return real(thread, attr, run, user);
}

int getaddrinfo(const char *restrict name, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict out)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    const char *seconds = getenv("SHIM_DNS");
    bool numbers = hints && (hints->ai_flags & AI_NUMERICHOST);
    if (!find("getaddrinfo", &real, sizeof(real))) {
        return EAI_SYSTEM;
    }
    if (seconds && name && !numbers && strstr(name, ".slow.")) {
        sleep((unsigned)strtol(seconds, NULL, 10));
    }
    return real(name, service, hints, out);
}
