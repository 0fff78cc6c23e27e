#include "base/tempfile.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES 4096
#define TRIES      100

enum state { FREE, TAKEN, LIVE };

/* Nodes are never given back, only used again: the handler may be walking the list. */
struct tempfile {
    struct tempfile *next;
    atomic_int state;
    pid_t owner; /* a forked child must not remove its parent's files */
    int fd;
    char path[PATH_BYTES];
};

static struct tempfile *_Atomic all;

static struct tempfile *take_node(void)
{
    for (struct tempfile *t = atomic_load(&all); t; t = t->next) {
        int expected = FREE;
        if (atomic_compare_exchange_strong(&t->state, &expected, TAKEN)) {
            return t;
        }
    }
    struct tempfile *t = calloc(1, sizeof(*t));
    if (!t) {
        return NULL;
    }
    atomic_init(&t->state, TAKEN);
    t->next = atomic_load(&all);
    while (!atomic_compare_exchange_weak(&all, &t->next, t)) {
    }
    return t;
}

static void free_node(struct tempfile *temp)
{
    temp->fd = -1;
    atomic_store(&temp->state, FREE);
}

/* "dir/.base.RANDOM.tmp"; a long base is cut so that the name fits. */
static int make_name(struct tempfile *temp, const char *beside)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
    uint64_t random;
    if (getentropy(&random, sizeof(random)) < 0) {
        return -1;
    }
    char tail[14];
    for (size_t i = 0; i < sizeof(tail) - 1; i++, random >>= 5) {
        tail[i] = digits[random & 31];
    }
    tail[sizeof(tail) - 1] = '\0';
    const char *slash = strrchr(beside, '/');
    const char *base = slash ? slash + 1 : beside;
    int n = snprintf(temp->path, sizeof(temp->path), "%.*s.%.*s.%s.tmp", (int)(base - beside),
                     beside, LIMIT_FILE_NAME, *base ? base : "collect", tail);
    if (n < 0 || (size_t)n >= sizeof(temp->path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return 0;
}

struct tempfile *tempfile_new(const char *beside)
{
    struct tempfile *temp = take_node();
    if (!temp) {
        return NULL;
    }
    temp->owner = getpid();
    for (int i = 0; i < TRIES; i++) {
        if (make_name(temp, beside) < 0) {
            break;
        }
        /* Live before it exists: a signal in between unlinks nothing, never too little. */
        atomic_store(&temp->state, LIVE);
        temp->fd = open(temp->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (temp->fd >= 0) {
            return temp;
        }
        atomic_store(&temp->state, TAKEN);
        if (errno != EEXIST) {
            break;
        }
    }
    free_node(temp);
    return NULL;
}

int tempfile_fd(const struct tempfile *temp)
{
    return temp->fd;
}

const char *tempfile_path(const struct tempfile *temp)
{
    return temp->path;
}

int tempfile_close(struct tempfile *temp)
{
    int fd = temp->fd;
    temp->fd = -1;
    return fd < 0 ? 0 : close(fd);
}

int tempfile_rename(struct tempfile *temp, const char *path)
{
    if (tempfile_close(temp) < 0 || rename(temp->path, path) < 0) {
        return -1;
    }
    free_node(temp);
    return 0;
}

void tempfile_remove(struct tempfile *temp)
{
    if (!temp) {
        return;
    }
    int saved = errno;
    tempfile_close(temp);
    unlink(temp->path);
    free_node(temp);
    errno = saved;
}

int tempfile_unlink(struct tempfile *temp)
{
    int fd = temp->fd;
    temp->fd = -1;
    tempfile_remove(temp);
    return fd;
}

const char *tempfile_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && *folder ? folder : "/tmp";
}

int tempfile_anonymous(void)
{
    char beside[PATH_BYTES];
    int n = snprintf(beside, sizeof(beside), "%s/", tempfile_folder());
    if (n < 0 || (size_t)n >= sizeof(beside)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    struct tempfile *temp = tempfile_new(beside);
    if (!temp) {
        return -1;
    }
    if (fchmod(tempfile_fd(temp), 0600) < 0) {
        tempfile_remove(temp);
        return -1;
    }
    return tempfile_unlink(temp);
}

void tempfile_remove_all(void)
{
    pid_t self = getpid();
    for (struct tempfile *t = atomic_load(&all); t; t = t->next) {
        if (atomic_load(&t->state) == LIVE && t->owner == self) {
            unlink(t->path);
        }
    }
}

static void on_fatal_signal(int number)
{
    tempfile_remove_all();
    raise(number); /* SA_RESETHAND made it the default again */
}

void tempfile_guard_signals(void)
{
    static const int fatal[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    struct sigaction guard = {.sa_handler = on_fatal_signal};
    guard.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
    sigemptyset(&guard.sa_mask);
    for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
        struct sigaction old;
        if (sigaction(fatal[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL) {
            sigaction(fatal[i], &guard, NULL);
        }
    }
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);
}
