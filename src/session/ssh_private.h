/*
 * Shared by the files named ssh_*.c, the only ones that know libssh. No code or type of libssh
 * leaves them.
 */
#ifndef SESSION_SSH_PRIVATE_H
#define SESSION_SSH_PRIVATE_H

#include "session/libssh.h"
#include "session/ssh.h"
#include "session/ssh_auth.h"
#include "session/ssh_keys.h"

struct key {
    char *path;
    char *certificate; /* that goes with it; NULL = the bare key */
    ssh_key private;   /* NULL: it could not be read */
    char *blob;        /* its public half, or the certificate; NULL = not known */
    size_t blob_len;
    bool tried;
    bool for_agent; /* encrypted, or the public half */
};

struct connection {
    ssh_session session;
    struct connection_options options;
    const char *doing;
    enum fault fault;
    int fd;                 /* as it was given */
    bool begun;             /* libssh knows of fd, and may close it */
    bool trusted;           /* the host key is: the only way to it is hostkeys_trust() */
    unsigned long received; /* counts what came for any of its streams */
    struct auth auth;
    struct agent *agent;
    struct strbuf lists; /* the server's algorithms, until the keys are exchanged */
    char *algorithms;
    char *fingerprint;
};

/* Notes the fault and puts libssh's words about it into err, behind what we were doing. */
enum step connection_fail(struct connection *c, enum fault fault, struct err *err);

#endif
