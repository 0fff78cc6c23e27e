/*
 * The hosts of a run: from hosts.yml, from -H and bare words, later from CSV and Ansible files.
 * A host here is fully resolved: its own keys win over its groups' (in the order it names them),
 * those over defaults; the command line's over all.
 *
 *     defaults: {username: admin, platform: cisco_ios}
 *     groups:
 *       core: {port: 2222, password_env: CORE_PASSWORD}
 *     hosts:
 *       r1: {address: 10.0.0.1, groups: [core], data: {site: ber}}
 */
#ifndef COLLECT_INVENTORY_H
#define COLLECT_INVENTORY_H

#include "base/arena.h"
#include "base/deadline.h"
#include "base/err.h"

enum secret_source {
    SECRET_NONE,
    SECRET_ENV,     /* value names an environment variable */
    SECRET_FILE,    /* value is a path */
    SECRET_COMMAND, /* value is a command whose first output line is the secret */
    SECRET_PLAIN,   /* value is the secret itself: warned about */
};

struct secret_spec {
    enum secret_source source;
    const char *value;
};

struct host_data {
    const char *key, *value;
};

/* All strings are NUL-terminated and live in the inventory's arena; NULL or 0 = not said. */
struct host {
    size_t index;        /* place in the inventory: the order of outputs */
    const char *name;    /* as written: what records and known_hosts know it by */
    const char *address; /* what to connect to; the name when not said */
    int port;            /* 0 = not said (22) */
    const char *platform;
    const char *username;
    struct secret_spec password, enable;
    const char *key; /* private key file */
    const char *fingerprint; /* pinned host key, "SHA256:..." */
    const char *const *groups; /* NULL-terminated */
    const struct host_data *data;
    size_t ndata;
    ms_t connect_ms, command_ms, idle_ms;
    bool legacy;         /* old algorithms are offered to this host too */
    const char *file;    /* where it was written, for messages */
    int line;
};

struct inventory {
    struct arena arena;
    struct host *hosts;
    size_t count;
    const char *path; /* NULL when all hosts came from the command line */
};

#endif
