#include "base/outfile.h"

#include "base/tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct outfile {
    char *name;   /* for messages */
    char *target; /* what temp replaces, symbolic links resolved; NULL = written straight */
    struct tempfile *temp; /* NULL = written straight */
    int fd;
};

static int fail(const char *name, const char *what, struct err *err)
{
    if (errno == EPIPE) {
        return err_set(err, ERR_PIPE, "%s: the reader went away", name);
    }
    char reason[128] = "unknown error";
    strerror_r(errno, reason, sizeof(reason));
    return err_set(err, ERR_OUTPUT, "cannot %s %s: %s", what, name, reason);
}

static void outfile_free(struct outfile *out)
{
    tempfile_remove(out->temp);
    free(out->target);
    free(out->name);
    free(out);
}

/* The file that is to be replaced: path, or what a symbolic link there points to. */
static char *resolve(const char *path)
{
    struct stat st;
    if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
        return realpath(path, NULL);
    }
    return strdup(path);
}

static int open_replacement(struct outfile *out, const struct stat *old, struct err *err)
{
    out->target = resolve(out->name);
    out->temp = out->target ? tempfile_new(out->target) : NULL;
    if (!out->temp) {
        return fail(out->name, "write", err);
    }
    out->fd = tempfile_fd(out->temp);
    if (old && fchmod(out->fd, old->st_mode & 0777) < 0) {
        return fail(out->name, "set the permissions of", err);
    }
    return 0;
}

static int open_target(struct outfile *out, const char *path, struct err *err)
{
    if (!path) {
        out->fd = STDOUT_FILENO;
        return 0;
    }
    struct stat st;
    bool there = stat(path, &st) == 0;
    if (there && S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return fail(path, "write", err);
    }
    if (!there || S_ISREG(st.st_mode)) {
        return open_replacement(out, there ? &st : NULL, err);
    }
    out->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return out->fd < 0 ? fail(path, "write", err) : 0;
}

int outfile_open(struct outfile **result, const char *path, struct err *err)
{
    struct outfile *out = calloc(1, sizeof(*out));
    if (!out || !(out->name = strdup(path ? path : "stdout"))) {
        free(out);
        return err_nomem(err);
    }
    out->fd = -1;
    int status = open_target(out, path, err);
    if (status < 0) {
        outfile_free(out);
        return status;
    }
    *result = out;
    return 0;
}

/* A descriptor that someone else made non-blocking still gets all bytes. */
static bool worth_another_try(int fd)
{
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
        struct pollfd wait = {.fd = fd, .events = POLLOUT};
        return poll(&wait, 1, -1) >= 0 || errno == EINTR;
    }
    return errno == EINTR;
}

int outfile_write(struct outfile *out, const char *bytes, size_t len, struct err *err)
{
    while (len > 0) {
        ssize_t n = write(out->fd, bytes, len);
        if (n < 0 && !worth_another_try(out->fd)) {
            return fail(out->name, "write", err);
        }
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

/* The name is only safe once the folder is on disk; a folder that cannot be read or synced is
 * no reason to call a file lost that is in its place. */
static void sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    int fd = folder ? open(folder, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

static int replace(struct outfile *out, struct err *err)
{
    if (fsync(out->fd) < 0 && errno != EINVAL && errno != ENOTSUP) {
        return fail(out->name, "write", err);
    }
    if (tempfile_close(out->temp) < 0) {
        return fail(out->name, "write", err);
    }
    if (tempfile_rename(out->temp, out->target) < 0) {
        return fail(out->name, "replace", err);
    }
    out->temp = NULL;
    sync_folder(out->target);
    return 0;
}

/* Closing may be the first to tell that bytes were lost (NFS, quotas). stdout itself stays
 * open, or the next file opened would become it. */
static int close_straight(struct outfile *out, struct err *err)
{
    int fd = out->fd == STDOUT_FILENO ? dup(STDOUT_FILENO) : out->fd;
    if (fd < 0 || close(fd) < 0) {
        return fail(out->name, "write", err);
    }
    return 0;
}

int outfile_commit(struct outfile *out, struct err *err)
{
    int status = out->temp ? replace(out, err) : close_straight(out, err);
    outfile_free(out);
    return status;
}

void outfile_abort(struct outfile *out)
{
    if (!out) {
        return;
    }
    if (!out->temp && out->fd != STDOUT_FILENO) {
        close(out->fd);
    }
    outfile_free(out);
}

int outfile_put(const char *path, struct view text, struct err *err)
{
    struct outfile *out;
    int status = outfile_open(&out, path, err);
    if (status < 0) {
        return status;
    }
    status = outfile_write(out, text.ptr, text.len, err);
    if (status < 0) {
        outfile_abort(out);
        return status;
    }
    return outfile_commit(out, err);
}
