/*
 * One job on one device: a TCP connection, SSH over it, and the commands, each over a channel
 * of its own (exec platforms) or all through the dialogue with a shell. A machine of steps that
 * never wait; the loop carries time and readiness to it.
 *
 *     struct session *s;
 *     session_new(&s, &options, results, n, now, &err);
 *     while (!session_step(s, now)) {
 *         watch session_socket(s) for session_events(s), at most until session_deadline(s);
 *         step again when either comes
 *     }
 *     session_status(s), session_reason(s), ...
 *     session_free(s);
 *
 * With a detector instead of a platform, the session first finds out which one it is
 * (session/detect.h), all in one login; then `found` says what to run on that one. What was
 * collected on the way is not asked for again.
 *
 * The socket may change in a step (the next address is tried): session_serial() tells, also
 * where the number of the new one is that of the old one.
 */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include "session/detect.h"
#include "session/outcome.h"
#include "session/platform.h"
#include "session/ssh.h"
#include "session/trace.h"

#include <netdb.h>

struct session;

/* What to do on a platform that was found out. results: as session_new() has them. */
struct session_job {
    struct command_result *results;
    size_t n;
    ms_t idle_ms, command_ms;
    size_t max_bytes;
};

/* Borrowed, and must outlive the session. Times are never 0 here. */
struct session_options {
    struct connection_options ssh;
    const struct addrinfo *addresses; /* tried in this order; or */
    int fd;                           /* a connection that stands, if not -1; owned */
    const char *bind_address;         /* to connect from; NULL = any */
    bool hold;                        /* stay logged in, for session_connection() */
    const struct platform *platform;
    const struct detector *detector; /* NULL: the platform is known */
    /* ERR_HOST: nothing can be run on that one; the text says why. */
    int (*found)(void *user, const struct platform *platform, struct session_job *job,
                 struct err *err);
    void *user;
    struct regex_scratch *scratch; /* of the calling thread */
    struct trace *trace;           /* NULL = nobody wants to know */
    struct view enable;            /* ptr NULL: do not enable */
    ms_t connect_ms;               /* all addresses, up to a trusted key */
    ms_t auth_ms;
    ms_t idle_ms, command_ms;
    size_t max_bytes; /* of one output */
};

/* results: n commands to run, NOT_RUN; they are filled in as they are run. */
int session_new(struct session **out, const struct session_options *options,
                struct command_result *results, size_t n, ms_t now, struct err *err);
void session_free(struct session *s);

/* True when it is over. */
bool session_step(struct session *s, ms_t now);

/* Ends it where it stands; what was finished stays finished. */
void session_stop(struct session *s, enum status status, const char *reason, ms_t now);

int session_socket(const struct session *s); /* -1 = none */
unsigned session_serial(const struct session *s);
unsigned session_events(const struct session *s); /* enum connection_event */
ms_t session_deadline(const struct session *s);

/* What the outputs take so far, of all commands. */
size_t session_bytes(const struct session *s);

/* It was not stepped for so long, and nobody is to blame: its deadlines move. */
void session_postpone(struct session *s, ms_t span);

/* Of the host: the first failure there was. The reason is NULL when ok. */
enum status session_status(const struct session *s);
const char *session_reason(const struct session *s);

/* It failed before the host had proved who it is: trying again can harm no account. */
bool session_may_retry(const struct session *s);

/* Of a session with `hold`, once it is logged in; else NULL. It is over when the session is. */
struct connection *session_connection(const struct session *s);

struct session_times {
    ms_t connect_ms, auth_ms; /* -1 = not reached */
};
struct session_times session_times(const struct session *s);
/* The platform that was found out and what told it, one line; NULL = none yet, or none was to
 * be. */
const struct platform *session_platform(const struct session *s);
const char *session_platform_why(const struct session *s);
const char *session_algorithms(const struct session *s);  /* NULL = none yet */
const char *session_fingerprint(const struct session *s); /* NULL = none yet */

#endif
