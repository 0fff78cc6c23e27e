/*
 * One TCP connection being made, without waiting.
 *
 *     int fd = tcp_dial(addr, len, NULL, user_timeout, &err);   negative: refused at once
 *     wait until fd is writable or the caller's deadline
 *     if (tcp_result(fd, addr, &err) < 0) ...                close(fd), try the next address
 *
 * The socket has TCP_NODELAY (an SSH login is a ping-pong of small packets, and Nagle's delay
 * costs each 80 ms), keepalive and TCP_USER_TIMEOUT, so that a peer that vanished is noticed,
 * close-on-exec, and a send time-out as a last resort: libssh puts the socket into blocking
 * mode.
 */
#ifndef SESSION_TCP_H
#define SESSION_TCP_H

#include "base/deadline.h"
#include "base/err.h"

#include <sys/socket.h>

/* from: the address to connect from as a number, or NULL. */
int tcp_dial(const struct sockaddr *addr, socklen_t len, const char *from, ms_t user_timeout,
             struct err *err);
int tcp_result(int fd, const struct sockaddr *addr, struct err *err);

/* "10.0.0.1 port 22" into buf, for messages. */
#define TCP_NAME_SIZE 80
void tcp_name(const struct sockaddr *addr, char buf[TCP_NAME_SIZE]);

#endif
