/*
 * A real OpenSSH server on loopback for one test program, run by the current user with keys and
 * settings of its own in a temporary folder. sshd_start() exits with 77 (skipped) where there
 * is no sshd.
 */
#ifndef TESTS_SSHD_H
#define TESTS_SSHD_H

#include "base/strbuf.h"
#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct sshd {
    char folder[64];
    int port;
    pid_t pid;
};

static inline int sshd_run(const char *const argv[])
{
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    int status = -1;
    return pid > 0 && waitpid(pid, &status, 0) == pid ? status : -1;
}

static inline void sshd_path(const struct sshd *s, const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", s->folder, name);
}

/* How often these words stand in the server's log. */
static inline size_t sshd_log_count(const struct sshd *s, const char *words)
{
    char path[128];
    struct strbuf log = STRBUF_INIT;
    size_t n = 0;
    sshd_path(s, "log", path);
    CHECK(strbuf_read_file(&log, path, 1 << 20) == 0);
    for (const char *at = log.buf; (at = strstr(at, words)); at++) {
        n++;
    }
    strbuf_release(&log);
    return n;
}

static inline int sshd_keygen(const struct sshd *s, const char *name, const char *type)
{
    char path[128];
    sshd_path(s, name, path);
    const char *argv[] = {"ssh-keygen", "-q", "-t", type, "-N", "", "-C", "test", "-f", path, NULL};
    return sshd_run(argv);
}

static inline int sshd_connect(int port)
{
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* A port nobody listens on. */
static inline int sshd_free_port(void)
{
    struct sockaddr_in addr = {.sin_family = AF_INET};
    socklen_t len = sizeof(addr);
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&addr, len) < 0 ||
        getsockname(fd, (struct sockaddr *)&addr, &len) < 0) {
        exit(1);
    }
    close(fd);
    return ntohs(addr.sin_port);
}

/* extra: more lines for sshd_config. */
static inline void sshd_start(struct sshd *s, const char *extra)
{
    char config[128], log[128];
    strcpy(s->folder, "/tmp/collect-sshd-XXXXXX");
    if (access("/usr/sbin/sshd", X_OK) < 0) {
        printf("skipped: /usr/sbin/sshd is missing (apt-get install openssh-server)\n");
        exit(77);
    }
    if (!mkdtemp(s->folder) || sshd_keygen(s, "host", "ed25519") ||
        sshd_keygen(s, "user", "ed25519")) {
        exit(1);
    }
    s->port = sshd_free_port();
    sshd_path(s, "config", config);
    sshd_path(s, "log", log);
    FILE *f = fopen(config, "w");
    fprintf(
        f,
        "Port %d\nListenAddress 127.0.0.1\nHostKey %s/host\nAuthorizedKeysFile %s/user.pub\n"
        "StrictModes no\nUsePAM no\nPidFile none\nMaxStartups 1000\nLogLevel VERBOSE\n"
        "PermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        "SetEnv SHLVL=2\n" /* or bash would read the user's .bashrc for each command */
        "%s",
        s->port, s->folder, s->folder, extra);
    if (fclose(f) < 0) {
        exit(1);
    }
    (void)!mkdir("/run/sshd", 0755); /* where sshd wants it, when root runs it */
    s->pid = fork();
    if (s->pid == 0) {
        execl("/usr/sbin/sshd", "/usr/sbin/sshd", "-D", "-f", config, "-E", log, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 200; i++) {
        int fd = sshd_connect(s->port);
        if (fd >= 0) {
            close(fd);
            return;
        }
        usleep(25000);
    }
    fprintf(stderr, "sshd did not start; see %s\n", log);
    exit(1);
}

static inline void sshd_stop(struct sshd *s)
{
    kill(s->pid, SIGTERM);
    waitpid(s->pid, NULL, 0);
    usleep(200000); /* its children still write to the log */
    const char *argv[] = {"rm", "-rf", s->folder, NULL};
    (void)sshd_run(argv);
}

#endif
