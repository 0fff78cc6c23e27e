#include "collect/secret_source.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

extern char **environ;

#define CTRL_C '\003'

/* Reads until a newline, a Ctrl-C, the end or the ceiling. Gives the number of bytes, or -1. */
static ssize_t read_line(int fd, char *buf, size_t size)
{
    size_t len = 0;
    while (len < size) {
        ssize_t n = read(fd, buf + len, size - len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return -1;
        }
        len += (size_t)n;
        if (n == 0 || memchr(buf, '\n', len) || memchr(buf, CTRL_C, len)) {
            break;
        }
    }
    return (ssize_t)len;
}

static int set_line(struct secret *out, struct view text, struct err *err)
{
    const char *newline = text.len ? memchr(text.ptr, '\n', text.len) : NULL;
    struct view line = newline ? view_make(text.ptr, (size_t)(newline - text.ptr)) : text;
    if (line.len > 0 && line.ptr[line.len - 1] == '\r') {
        line.len--;
    }
    if (line.len == 0) {
        return err_set(err, ERR_INPUT, "its first line is empty");
    }
    if (line.len > LIMIT_SECRET_BYTES) {
        return err_set(err, ERR_INPUT, "its first line is longer than %d bytes",
                       (int)LIMIT_SECRET_BYTES);
    }
    return secret_set(out, line, err);
}

/* The first line of fd into *out; *cancelled (may be NULL): a Ctrl-C was among what came. */
static int first_line(struct secret *out, int fd, bool *cancelled, struct err *err)
{
    char buf[LIMIT_SECRET_BYTES + 2];
    ssize_t n = read_line(fd, buf, sizeof(buf));
    int rc = n < 0 ? err_set(err, ERR_INPUT, "%s", strerror(errno))
                   : set_line(out, view_make(buf, (size_t)n), err);
    if (cancelled) {
        *cancelled = n > 0 && memchr(buf, CTRL_C, (size_t)n);
    }
    secret_wipe(buf, sizeof(buf));
    return rc;
}

int secret_from_fd(struct secret *out, int fd, struct err *err)
{
    int rc = first_line(out, fd, NULL, err);
    if (rc < 0) {
        err_prefix(err, "password from file descriptor %d", fd);
    }
    return rc;
}

int secret_from_env(struct secret *out, const char *name, struct err *err)
{
    const char *value = getenv(name);
    if (!value || !*value) {
        return err_set(err, ERR_INPUT, "the environment variable %s is %s", name,
                       value ? "empty" : "not set");
    }
    return secret_set(out, view_of(value), err);
}

int secret_from_file(struct secret *out, const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return err_set(err, ERR_INPUT, "password file %s: %s", path, strerror(errno));
    }
    int rc = first_line(out, fd, NULL, err);
    close(fd);
    if (rc < 0) {
        err_prefix(err, "password file %s", path);
    }
    return rc;
}

/* ---- Commands ------------------------------------------------------------------------------
 */

/* Starts the command with its stdout at fds[1]; what we ignore is its default again. */
static int start(pid_t *pid, const char *command, int out)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    char shell[] = "sh", option[] = "-c";
    char *const argv[] = {shell, option, (char *)(uintptr_t)command, NULL};
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGXFSZ);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    int error = posix_spawn(pid, "/bin/sh", &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static int finish(pid_t pid, struct err *err)
{
    int status;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return err_set(err, ERR_INPUT, "%s", strerror(errno));
        }
    }
    /* We leave after the first line: that the rest found no reader is no failure. */
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE) {
        return err_set(err, ERR_INPUT, "it was ended by signal %d", WTERMSIG(status));
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 128 + SIGPIPE) {
        return err_set(err, ERR_INPUT, "it failed with status %d", WEXITSTATUS(status));
    }
    return 0;
}

static int run_command(struct secret *out, const char *command, struct err *err)
{
    int fds[2];
    pid_t pid;
    if (pipe(fds) < 0) {
        return err_set(err, ERR_INPUT, "%s", strerror(errno));
    }
    fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    fcntl(fds[1], F_SETFD, FD_CLOEXEC);
    int error = start(&pid, command, fds[1]);
    close(fds[1]);
    if (error) {
        close(fds[0]);
        return err_set(err, ERR_INPUT, "%s", strerror(error));
    }
    struct err why = ERR_INIT;
    int rc = first_line(out, fds[0], NULL, err);
    close(fds[0]);
    /* A command that failed says more than the line it did not print. */
    int ended = finish(pid, &why);
    if (ended < 0) {
        return err_set(err, ended, "%s", why.text);
    }
    return rc;
}

int secret_from_command(struct secret *out, const char *command, struct err *err)
{
    int rc = run_command(out, command, err);
    if (rc < 0) {
        err_prefix(err, "password command `%s`", command);
    }
    return rc;
}

/* ---- The terminal --------------------------------------------------------------------------
 */

/* Ctrl-C ends the line instead of the process: the terminal can be put right before we go. */
static void silence(struct termios *how)
{
    how->c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    how->c_lflag |= ICANON;
    how->c_cc[VEOL] = CTRL_C;
}

static void say(int tty, const char *text)
{
    if (write(tty, text, strlen(text)) < 0) {
        return; /* nobody to tell */
    }
}

int secret_from_terminal(struct secret *out, const char *prompt, struct err *err)
{
    struct termios before, quiet;
    bool cancelled = false;
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0 || tcgetattr(tty, &before) < 0) {
        if (tty >= 0) {
            close(tty);
        }
        return err_set(err, ERR_USAGE,
                       "there is no terminal to ask for a password on: use "
                       "--password-file or --password-fd");
    }
    quiet = before;
    silence(&quiet);
    say(tty, prompt);
    tcsetattr(tty, TCSAFLUSH, &quiet);
    int rc = first_line(out, tty, &cancelled, err);
    tcsetattr(tty, TCSAFLUSH, &before);
    say(tty, "\n");
    close(tty);
    if (cancelled) {
        secret_release(out);
        return err_set(err, ERR_CANCELLED, "interrupted");
    }
    return rc < 0 ? err_set(err, ERR_USAGE, "no password was typed") : 0;
}
