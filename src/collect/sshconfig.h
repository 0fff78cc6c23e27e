/*
 * OpenSSH's client configuration (ssh_config(5)), read once and asked for each host: what of it
 * concerns reaching a host and logging in.
 *
 *     struct sshconfig *config;
 *     sshconfig_new(&config, &err);
 *     sshconfig_read(config, "/home/me/.ssh/config", true, &err);      those that win first
 *     struct ssh_settings settings;
 *     sshconfig_ask(config, "sw1", NULL, &arena, &settings, &err);
 *     sshconfig_free(config);
 *
 * As in ssh the first value found for a key counts, but files of keys add up. Host, Match (all,
 * host, originalhost, user, localuser, final) and Include are understood. Where a Match needs a
 * command (`exec`), ssh itself is asked (`ssh -G`), which takes some milliseconds a host; what
 * it says of algorithms is not taken over then, since it names all of its own. Keys that do not
 * concern us, and unknown ones, are passed over.
 */
#ifndef COLLECT_SSHCONFIG_H
#define COLLECT_SSHCONFIG_H

#include "base/arena.h"
#include "base/err.h"

struct sshconfig;

#define SSHCONFIG_FILES 16 /* of a kind for one host; more are passed over */

/* Strings live in the arena or as long as the config; NULL, 0 and -1 = not said. Tokens (%h, ~)
 * are expanded. */
struct ssh_settings {
    const char *hostname, *user;
    int port;
    const char *identities[SSHCONFIG_FILES + 1]; /* NULL-terminated, as the next one */
    const char *known_hosts[SSHCONFIG_FILES + 1];
    const char *certificate;
    const char *proxy_jump, *proxy_command; /* at most one of the two; never "none" */
    const char *kex, *ciphers, *macs, *hostkeys;
    const char *hostkey_alias;
    bool identities_only, identities_only_said;
    int connect_timeout; /* seconds */
};

int sshconfig_new(struct sshconfig **out, struct err *err);
void sshconfig_free(struct sshconfig *config);

/* Reading a file given with -F: `ssh -G` is told so. path outlives the config. */
void sshconfig_set_path(struct sshconfig *config, const char *path);

/* of_user: relative Includes are of ~/.ssh, else of /etc/ssh. A missing file is empty; other
 * failures name file and line. */
int sshconfig_read(struct sshconfig *config, const char *path, bool of_user, struct err *err);

/* name: as one would give it to ssh. user: said elsewhere, or NULL. */
int sshconfig_ask(const struct sshconfig *config, const char *name, const char *user,
                  struct arena *arena, struct ssh_settings *out, struct err *err);

#endif
