/*
 * One SSH connection as a machine of steps that never wait. The caller owns the waiting: it
 * asks what the connection waits for, polls the socket and keeps the time.
 *
 *     struct connection *c;
 *     connection_new(&c, fd, &options, &err);          fd: a TCP connection that stands
 *     for each of connection_handshake, connection_login:
 *         while ((step = verb(c, &err)) == STEP_WAIT)
 *             wait for connection_events(c) on connection_fd(c), or give up
 *     then channels (ssh_stream.h), one after another or at once
 *     connection_free(c);
 *
 * handshake ends with the host key trusted (hostkey.h); only then does login send anything
 * secret. libssh's own prefix is ssh_, hence the name of the struct. libssh's codes stay
 * inside: nothing but its SSH_OK and SSH_AUTH_SUCCESS becomes STEP_DONE.
 */
#ifndef SESSION_SSH_H
#define SESSION_SSH_H

#include "base/deadline.h"
#include "base/err.h"
#include "base/view.h"
#include "session/algorithms.h"
#include "session/hostkey.h"
#include "session/methods.h"
#include "session/ssh_keys.h"

struct connection;

enum step {
    STEP_DONE,
    STEP_WAIT,
    STEP_FAILED,
};

/* What went wrong, for those who must act on it. */
enum fault {
    FAULT_NONE,
    FAULT_PROTOCOL, /* no common algorithm, nonsense, a disconnect message */
    FAULT_LOST,     /* the connection broke or the peer closed it */
    FAULT_HOST_KEY,
    FAULT_AUTH,
    FAULT_REFUSED, /* the server refused a channel or what was asked of it */
    FAULT_NOMEM,
};

enum connection_event { EVENT_READABLE = 1, EVENT_WRITABLE = 2 };

/* Everything is borrowed and must outlive the connection. */
struct connection_options {
    const char *username;
    struct hostkey_peer peer;
    struct hostkeys *trust;
    const struct key *const *keys; /* tried in this order */
    size_t nkeys;
    size_t nheld;         /* of keys, behind nkeys: only an agent can use them */
    const char *agent;    /* ssh-agent's socket; NULL = do not ask it */
    bool agent_only;      /* for no other keys than these */
    ms_t agent_ms;        /* what it may take for an answer */
    unsigned barred;      /* enum login_method: not to be tried */
    const char *password; /* NUL-terminated, NULL = none */
    bool legacy;
    int rsa_bits;                        /* the least of an RSA key; 0 = libssh's own */
    const struct algorithms *algorithms; /* NULL = the usual ones */
};

/* Takes fd over, also when it fails. */
int connection_new(struct connection **out, int fd, const struct connection_options *options,
                   struct err *err);

/* Says goodbye as far as that goes without waiting, and closes the socket. */
void connection_free(struct connection *c);

enum step connection_handshake(struct connection *c, struct err *err);
enum step connection_login(struct connection *c, struct err *err);

/* The server's software as it greets, "Cisco-1.25" of "SSH-2.0-Cisco-1.25"; NULL before the
 * handshake. It lives as long as the connection. */
const char *connection_banner(const struct connection *c);

/* Before the login: another user name than the options'. It is borrowed, too. */
void connection_rename(struct connection *c, const char *username);

int connection_fd(const struct connection *c); /* -1 once it broke */

/* Whether it broke: libssh sometimes closes the socket and then says to wait. Sets the fault.
 */
bool connection_lost(struct connection *c, struct err *err);
unsigned connection_events(const struct connection *c);
enum fault connection_fault(const struct connection *c);

/* "key exchange", "authentication (password)": what a time-out interrupted. */
const char *connection_doing(const struct connection *c);

/* After the login, how it went: "password", "publickey PATH". */
void connection_method(const struct connection *c, struct strbuf *out);

/* After the handshake: "curve25519-sha256 ssh-ed25519 aes256-ctr" and "SHA256:...";
 * NULL before. They live as long as the connection. */
const char *connection_algorithms(const struct connection *c);
const char *connection_fingerprint(const struct connection *c);

/* Of libssh, as it runs. */
const char *ssh_library_version(void);

#endif
