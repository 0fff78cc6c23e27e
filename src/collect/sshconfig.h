/*
 * OpenSSH's client configuration (ssh_config(5)), read once and asked for each host: what of it
 * concerns reaching a host and logging in.
 *
 *     struct sshconfig *config;
 *     sshconfig_new(&config, &err);
 *     sshconfig_read(config, "/home/me/.ssh/config", SSHCONFIG_OWN, &err);    wins over the
 * next struct ssh_settings settings; struct ssh_query query = {.name = "sw1"};
 *     sshconfig_ask(config, &query, &arena, &settings, &err);
 *     sshconfig_free(config);
 *
 * It is ssh's own reading, line for line: the first value found for a key counts, but files of
 * keys and certificates add up; Host, Match (all, host, originalhost, user, localuser, exec,
 * final, canonical) and Include; ~, ${NAME} and %tokens. A test holds it against `ssh -G`. The
 * home folder is $HOME's, as everywhere in this program, where ssh looks into the password
 * file.
 *
 * `Match exec` runs its command in the user's shell, once for all hosts where its text is the
 * same. Into a command, there and in ProxyCommand, go only names without a character that a
 * shell heeds; anything else is an error. Host names are not canonicalized
 * (CanonicalizeHostname). Keys that do not concern us are passed over; keys that ssh does not
 * know (unless IgnoreUnknown above them does) and values that it refuses of the others are
 * refused: an error that names file and line.
 */
#ifndef COLLECT_SSHCONFIG_H
#define COLLECT_SSHCONFIG_H

#include "base/arena.h"
#include "base/err.h"
#include "collect/origin.h"

struct sshconfig;

#define SSHCONFIG_FILES 32 /* of a kind for one host; more are an error */

enum config_key {
    CONFIG_OTHER,
    CONFIG_HOSTNAME,
    CONFIG_USER,
    CONFIG_PORT,
    CONFIG_IDENTITY,
    CONFIG_IDENTITIES_ONLY,
    CONFIG_CERTIFICATE,
    CONFIG_AGENT,
    CONFIG_PUBKEY,
    CONFIG_PASSWORD,
    CONFIG_INTERACTIVE,
    CONFIG_METHODS,
    CONFIG_PROXY_JUMP,
    CONFIG_PROXY_COMMAND,
    CONFIG_KEX,
    CONFIG_CIPHERS,
    CONFIG_MACS,
    CONFIG_HOSTKEYS,
    CONFIG_PUBKEYS,
    CONFIG_KNOWN_HOSTS,
    CONFIG_GLOBAL_KNOWN_HOSTS,
    CONFIG_REVOKED,
    CONFIG_HASH,
    CONFIG_STRICT,
    CONFIG_ALIAS,
    CONFIG_TIMEOUT,
    CONFIG_ATTEMPTS,
    CONFIG_FAMILY,
    CONFIG_BIND,
    CONFIG_RSA_SIZE,
    CONFIG_CANONICALIZE,
    CONFIG_IGNORE_UNKNOWN,
    CONFIG_KEYS,
};

enum config_family { FAMILY_ANY, FAMILY_INET, FAMILY_INET6 };

/* Whether a method may be tried. */
enum config_method { METHOD_UNSAID, METHOD_YES, METHOD_NO };

/* StrictHostKeyChecking: what becomes of a key that no file knows. */
enum config_strict {
    STRICT_ASK, /* when not said */
    STRICT_YES,
    STRICT_NEW, /* it is added; a changed one is refused */
    STRICT_NO,  /* it is added; with a changed one ssh goes on without passwords */
};

/* Strings live in the arena or as long as the config; NULL, 0 and false = not said, or `none`,
 * which `from` tells apart. */
struct ssh_settings {
    const char *hostname; /* never NULL: the name itself, in lower case, when not said */
    const char *user;
    int port;
    const char *identities[SSHCONFIG_FILES + 1]; /* NULL-terminated, as the next three */
    const char *certificates[SSHCONFIG_FILES + 1];
    const char *known_hosts[SSHCONFIG_FILES + 1];
    const char *global_known_hosts[SSHCONFIG_FILES + 1];
    const char *revoked; /* a file of host keys */
    bool hash_known_hosts;
    const char *proxy_jump, *proxy_command; /* at most one of the two */
    const char *kex, *ciphers, *macs, *hostkeys, *pubkeys;
    const char *hostkey_alias;
    const char *ignore_unknown; /* in lower case */
    bool identities_only;
    const char *agent;                    /* a socket; NULL and said: none */
    int publickey, password, interactive; /* enum config_method */
    const char *methods;                  /* the only ones, by commas */
    int strict;                           /* enum config_strict */
    int connect_timeout;                  /* seconds */
    int attempts, rsa_size;               /* 0 = not said */
    int family;                           /* enum config_family */
    const char *bind_address;
    int canonicalize; /* not 0: names would be completed, which is not done here */
    struct origin from[CONFIG_KEYS]; /* of the value, or the first one of several */
};

/* A host as one would give it to ssh: `ssh -l user -p port name`. */
struct ssh_query {
    const char *name;
    const char *user; /* said elsewhere, or NULL */
    int port;         /* the same, or 0 */
};

/* Whose file it is. OWN and SYSTEM: a missing one is empty. OWN must not be writable for
 * others. GIVEN (ssh -F) may, and must be there. Relative Includes are of ~/.ssh; of SYSTEM's,
 * of /etc/ssh. */
enum sshconfig_whose { SSHCONFIG_OWN, SSHCONFIG_GIVEN, SSHCONFIG_SYSTEM };

int sshconfig_new(struct sshconfig **out, struct err *err);
void sshconfig_free(struct sshconfig *config);

int sshconfig_read(struct sshconfig *config, const char *path, enum sshconfig_whose whose,
                   struct err *err);

int sshconfig_ask(struct sshconfig *config, const struct ssh_query *query, struct arena *arena,
                  struct ssh_settings *out, struct err *err);

#endif
