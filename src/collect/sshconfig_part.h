/*
 * Between the files that make up sshconfig:
 *
 *     sshconfig.c         the files: lines, blocks, Include
 *     sshconfig_ask.c     one host: which blocks apply, first values, tokens
 *     sshconfig_ssh.c     one host, answered by `ssh -G`
 */
#ifndef COLLECT_SSHCONFIG_PART_H
#define COLLECT_SSHCONFIG_PART_H

#include "base/strbuf.h"
#include "collect/sshconfig.h"

enum config_key {
    CONFIG_OTHER,
    CONFIG_HOSTNAME,
    CONFIG_USER,
    CONFIG_PORT,
    CONFIG_IDENTITY,
    CONFIG_IDENTITIES_ONLY,
    CONFIG_CERTIFICATE,
    CONFIG_PROXY_JUMP,
    CONFIG_PROXY_COMMAND,
    CONFIG_KEX,
    CONFIG_CIPHERS,
    CONFIG_MACS,
    CONFIG_HOSTKEYS,
    CONFIG_KNOWN_HOSTS,
    CONFIG_ALIAS,
    CONFIG_TIMEOUT,
};

/* MATCH_NAME is the Host line, which heeds case where Match does not. */
enum criterion {
    MATCH_ALL,
    MATCH_NAME,
    MATCH_HOST,
    MATCH_ORIGINAL,
    MATCH_USER,
    MATCH_LOCAL_USER,
    MATCH_FINAL,
};

/* One thing that must hold, and then the one above (of the block that includes this file, or of
 * the same Match line). */
struct condition {
    const struct condition *above;
    enum criterion criterion;
    bool negated;
    const char *patterns; /* by blanks or commas; lower case where case is not heeded */
};

struct directive {
    const struct condition *condition; /* NULL = always */
    enum config_key key;
    const char *value;
};

struct sshconfig {
    struct arena arena;
    struct directive *directives;
    size_t count, size;
    const char *home, *local_user;
    const char *path; /* of the user's file, for ssh -F; NULL = ssh's own choice */
    bool has_final;
    bool needs_ssh; /* some Match runs a command */
};

enum config_key config_key(struct view word);

/* Takes one value over, if it is the first of its key (files add up). */
int settings_take(const struct sshconfig *config, enum config_key key, const char *value,
                  struct arena *arena, struct ssh_settings *out);

/* The last step: ~ and tokens in all values. */
int settings_expand(const struct sshconfig *config, const char *name, struct arena *arena,
                    struct ssh_settings *out);

int sshconfig_ask_ssh(const struct sshconfig *config, const char *name, const char *user,
                      struct arena *arena, struct ssh_settings *out, struct err *err);

#endif
