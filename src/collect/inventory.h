/*
 * The hosts of a run: from hosts.yml, from a table (FILE.csv), from one of Ansible's YAML
 * inventories, and from -H and bare words.
 *
 *     defaults: {username: admin, platform: cisco_ios, password_env: NET_PASSWORD}
 *     groups:
 *       core: {port: 2222, password_command: pass show core, timeouts: {command: 5m}}
 *     hosts:
 *       r1: {address: 10.0.0.1, groups: [core], data: {site: ber}}
 *       r2:
 *
 *     struct inventory inventory = INVENTORY_INIT;
 *     if (inventory_read(&inventory, &query, &err) < 0) ...
 *     for (size_t i = 0; i < inventory.count; i++) ... inventory.hosts[i]
 *     inventory_release(&inventory);
 *
 * A host here is fully resolved: its own keys win over its groups' (in the order it names
 * them), those over defaults; the command line's win over all. Keys of a host, a group or
 * defaults:
 *
 *     port platform username key legacy algorithms: {kex hostkey pubkey cipher mac} jump
 *     max_sessions data
 *     timeouts: {connect auth command idle}
 *     password_env password_file password_command password (warned about), and the same with
 *     enable_ in front; of a host only: address fingerprint groups; of defaults only:
 * known_hosts
 *
 * `jump: NAME` reaches a host through another one: one of `jumps`, a map like `hosts` of those
 * that are only passed through, or one of the hosts; `jump: none` overrides a group's or the
 * defaults'. max_sessions is how many sessions at a time: of a group, with all its hosts
 * together; of a host or of defaults, through it, as a jump host.
 *
 * `data` is free: names and texts of the user's own, merged key by key. Relative paths in a
 * file are relative to its folder, `~/` is the home folder. Anything else in the file is an
 * error that names file, line, column and a guess; so is a name twice, and an address and port
 * twice.
 *
 * A table's first line names its columns: `host`, the keys above, `groups` with ';' between
 * several, and any others, which are data. Of Ansible's variables those that say how to connect
 * are understood, other scalars are data, expressions but lookup('env', ...) are not followed.
 *
 * Names of hosts and addresses consist of [A-Za-z0-9._:%-] and do not begin with `-`, so none
 * can be taken for an option, a path or a shell's word wherever it is used later. Those of
 * users may have `@\+$` as well and go to no shell.
 */
#ifndef COLLECT_INVENTORY_H
#define COLLECT_INVENTORY_H

#include "base/arena.h"
#include "base/deadline.h"
#include "base/err.h"
#include "base/yaml.h"
#include "collect/origin.h"
#include "session/algorithms.h"
#include "session/hostkey.h"
#include "session/methods.h"

struct sshconfig;

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

/* At most so many sessions at a time with the hosts of a group. */
struct host_cap {
    const char *group;
    size_t index; /* among the inventory's groups */
    size_t most;
};

/* What can be said of a host in more than one place. */
enum setting {
    SETTING_ADDRESS,
    SETTING_PORT,
    SETTING_PLATFORM,
    SETTING_USERNAME,
    SETTING_PASSWORD,
    SETTING_ENABLE,
    SETTING_KEY,
    SETTING_CERTIFICATE,
    SETTING_IDENTITIES_ONLY,
    SETTING_AGENT,
    SETTING_METHODS,
    SETTING_FINGERPRINT,
    SETTING_KNOWN_HOSTS,
    SETTING_GLOBAL_KNOWN_HOSTS,
    SETTING_REVOKED,
    SETTING_HASH,
    SETTING_HOST_KEYS,
    SETTING_ALIAS,
    SETTING_JUMP,
    SETTING_PROXY_COMMAND,
    SETTING_MAX_SESSIONS,
    SETTING_LEGACY,
    SETTING_KEX,
    SETTING_HOSTKEYS,
    SETTING_PUBKEYS,
    SETTING_CIPHERS,
    SETTING_MACS,
    SETTING_FAMILY,
    SETTING_BIND,
    SETTING_ATTEMPTS,
    SETTING_RSA_SIZE,
    SETTING_CONNECT,
    SETTING_AUTH,
    SETTING_COMMAND,
    SETTING_IDLE,
    SETTINGS
};

/* All strings are NUL-terminated and live as long as the inventory; NULL or 0 = not said. */
struct host {
    size_t index;        /* place in the inventory: the order of outputs */
    const char *name;    /* as written: what records and known_hosts know it by */
    const char *address; /* what to connect to; the name when not said */
    int port;            /* 0 = not said (22) */
    const char *platform;
    const char *username;
    struct secret_spec password, enable;
    const char *key;                    /* private key file */
    const char *fingerprint;            /* pinned host key, "SHA256:..." */
    const char *const *groups;          /* NULL-terminated, never NULL */
    const struct host_cap *const *caps; /* of those groups; NULL-terminated, or NULL = none */
    const struct host_data *data;
    size_t ndata;
    ms_t connect_ms, auth_ms, command_ms, idle_ms;
    bool legacy; /* old algorithms are offered to this host too */
    /* Only from the user's ssh configuration (inventory_ssh.c); lists end with a NULL: */
    const char *const *identities; /* key files to try when `key` is not said; NULL = the usual
                                      ones */
    const char *const *certificates;       /* for those keys, besides what lies beside them */
    bool identities_only;                  /* and no other key of the agent's */
    const char *const *known_hosts;        /* instead of the run's; new keys go to the first */
    const char *const *global_known_hosts; /* instead of the system's; NULL = those */
    const char *revoked;                   /* a file of host keys that nobody may show */
    bool hash_known_hosts;                 /* new names are written there unreadable */
    unsigned barred;                       /* enum login_method: those not to be tried */
    bool agent_said;
    const char *agent; /* the ssh-agent's socket, when said; NULL = none */
    bool host_keys_said;
    enum host_keys host_keys;   /* whom to trust, when said; else the run's */
    struct origin host_keys_at; /* who said it */
    const char *asked;          /* the address before HostName gave another one */
    const char *hostkey_alias;  /* the name that known_hosts has the host under */
    const char *proxy_command;  /* whose standard input and output reach the host */
    ms_t ssh_connect_ms;        /* where neither the host nor the run says another */
    int family;                 /* of addresses: AF_INET, AF_INET6, or 0 = any */
    const char *bind_address;   /* the one to connect from */
    int attempts;               /* to connect; 0 = not said */
    int rsa_bits;               /* the least of an RSA key; 0 = libssh's own */
    const char *way;            /* of a jump host: "a,b", what ProxyJump said up to it */
    const char *from_ssh;       /* which settings came from there, for people */
    struct algorithms algorithms;

    const char *jump_name;   /* as written; "none" = none, whatever a group says */
    const struct host *jump; /* the host through which this one is reached; NULL = directly */
    size_t max_sessions;     /* at a time through this host, as a jump host; 0 = limits.h */
    const char *file; /* where it was written, for messages; NULL = on the command line */
    int line;
    struct origin *from; /* SETTINGS of them when they were asked for, else NULL */
};

struct inventory {
    struct arena arena;
    struct yaml yaml;
    struct host *hosts;
    size_t count;
    const char *path;    /* NULL when all hosts came from the command line */
    struct host **jumps; /* jump hosts that these hosts need; their index goes on from count */
    size_t njumps;
    struct sshconfig *ssh_config;
    const char *known_hosts;     /* the file that knows the hosts' keys; NULL = not said */
    const char *const *warnings; /* for people, one line each */
    size_t nwarnings;
    bool origins;
    bool host_keys_said; /* the command line has said it for all */
    int known_hosts_line;
};

#define INVENTORY_INIT                                                                         \
    {                                                                                          \
        ARENA_INIT, YAML_INIT, NULL, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, false, false, 0    \
    }

/* Which hosts, and what wins over all that the inventory says of them. */
struct inventory_query {
    const char *path;         /* NULL = none, "-" = stdin */
    const char *const *hosts; /* [USER@]HOST[:PORT]; when given, only these: their settings are
                                 the inventory's if it knows the name, else its defaults */
    size_t nhosts;
    const char *const *targets; /* globs on names of hosts and groups, `!` excludes, commas */
    size_t ntargets;
    const char *platform, *username, *key;
    int port;               /* not over the port of a HOST:PORT */
    const char *ssh_config; /* a file, "none", or NULL: ~/.ssh/config and the system's */
    bool allow_duplicates;  /* of address and port */
    bool host_keys_said;    /* the ssh configuration's do not count */
    bool origins;           /* note where each setting comes from */
};

/* ERR_INPUT: the file; ERR_USAGE: the query; *inventory must be released in any case. */
int inventory_read(struct inventory *inventory, const struct inventory_query *query,
                   struct err *err);
void inventory_release(struct inventory *inventory);

/* Keeps the hosts that the patterns of a query's targets mean. ERR_USAGE: one fits nothing. */
int inventory_select(struct inventory *inventory, const char *const *targets, size_t n,
                     struct err *err);

/* Names are [A-Za-z0-9._:%-]+, at most 255 bytes, not beginning with '-'. */
bool inventory_name_ok(struct view name);

/* Names of users may also have a realm or a domain, user@realm, DOMAIN\user, and + and $. They
 * go nowhere but into ssh's field for them. */
bool inventory_user_ok(struct view name);
#define USER_NAME_WORDS "letters, digits and ._:%%@\\+$- only, no '-' in front"

/* The port to connect to: 22 where none was said. */
int host_port(const struct host *host);

/* Whether its platform is to be found out. */
bool host_is_auto(const struct host *host);

/* The value of a host's data key, or NULL. */
const char *host_data_get(const struct host *host, const char *key);

#endif
