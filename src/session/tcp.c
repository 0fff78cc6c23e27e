#include "session/tcp.h"

#include "base/limits.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

void tcp_name(const struct sockaddr *addr, char buf[TCP_NAME_SIZE])
{
    char text[INET6_ADDRSTRLEN] = "?";
    int port = 0;
    if (addr->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)addr;
        inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
        port = ntohs(in->sin_port);
    } else if (addr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)addr;
        inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text));
        port = ntohs(in6->sin6_port);
    }
    snprintf(buf, TCP_NAME_SIZE, "%s port %d", text, port);
}

static int fail(const struct sockaddr *addr, int cause, struct err *err)
{
    char name[TCP_NAME_SIZE];
    tcp_name(addr, name);
    return err_set(err, ERR_HOST, "connect to %s: %s", name, strerror(cause));
}

static void set(int fd, int level, int option, int value)
{
    (void)setsockopt(fd, level, option, &value, sizeof(value));
}

static void tune(int fd, ms_t user_timeout)
{
    struct timeval send = {.tv_sec = LIMIT_SEND_MS / 1000};
    set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send, sizeof(send));
#ifdef TCP_KEEPIDLE
    set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 15);
    set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 5);
    set(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
#endif
#ifdef TCP_USER_TIMEOUT
    set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, (int)user_timeout);
#else
    (void)user_timeout;
#endif
}

/* One of the same family; the kernel says what is wrong with others. */
static int bind_to(int fd, const struct sockaddr *addr, const char *from, struct err *err)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    bool four = addr->sa_family == AF_INET;
    int good = four ? inet_pton(AF_INET, from, &in.sin_addr)
                    : inet_pton(AF_INET6, from, &in6.sin6_addr);
    if (good == 1 &&
        bind(fd, four ? (const struct sockaddr *)&in : (const struct sockaddr *)&in6,
             four ? sizeof(in) : sizeof(in6)) == 0) {
        return 0;
    }
    char name[TCP_NAME_SIZE];
    tcp_name(addr, name);
    return err_set(err, ERR_HOST, "connect to %s from %s: %s", name, from,
                   good == 1 ? strerror(errno) : "an address of another kind");
}

int tcp_dial(const struct sockaddr *addr, socklen_t len, const char *from, ms_t user_timeout,
             struct err *err)
{
    int fd = socket(addr->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return fail(addr, errno, err);
    }
    tune(fd, user_timeout);
    if (from && bind_to(fd, addr, from, err) < 0) {
        close(fd);
        return ERR_HOST;
    }
    if (connect(fd, addr, len) < 0 && errno != EINPROGRESS) {
        int cause = errno;
        close(fd);
        return fail(addr, cause, err);
    }
    return fd;
}

int tcp_result(int fd, const struct sockaddr *addr, struct err *err)
{
    int cause = 0;
    socklen_t len = sizeof(cause);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &cause, &len) < 0) {
        cause = errno;
    }
    return cause ? fail(addr, cause, err) : 0;
}
