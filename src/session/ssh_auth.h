/*
 * Logging in: `none`, then public keys (the agent's, then files), keyboard-interactive,
 * password, as far as the server offers them and there is something to offer. Each key and each
 * secret is offered once: an account that locks after three wrong passwords is not locked by
 * us. A password refused by keyboard-interactive is not repeated by the password method.
 *
 * `none` comes first since it asks the server what it accepts, and since RSA keys fail now and
 * then against some servers before it.
 */
#ifndef SESSION_SSH_AUTH_H
#define SESSION_SSH_AUTH_H

#include "base/err.h"
#include "session/ssh.h"

enum auth_method {
    AUTH_NONE,
    AUTH_AGENT,
    AUTH_KEY,
    AUTH_INTERACTIVE,
    AUTH_PASSWORD,
    AUTH_METHODS,
};

struct auth {
    enum auth_method method; /* under way */
    unsigned done;           /* bit per method: not again */
    unsigned tried;          /* bit per method: the server was really asked */
    size_t key;              /* next of options.keys */
    int rounds;              /* of keyboard-interactive */
    bool pending;            /* the method waits for the server */
    bool password_spent;
    char question[80]; /* one of the server's that has no answer */
};

/* Only to be called on a trusted connection. */
enum step auth_step(struct connection *c, struct err *err);

/* What the login came through with: "password", "publickey PATH". */
void auth_describe(const struct connection *c, struct strbuf *out);

/* "authentication (password)" */
const char *auth_doing(enum auth_method method);

#endif
