/* What jobs need from files, read before anything connects: keys and known_hosts, once. */
#include "collect/loop_private.h"

#include "base/limits.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int blame(const struct host *host, struct err *err)
{
    if (host->file) {
        err_prefix(err, "%s:%d: %s", host->file, host->line, host->name);
    } else {
        err_prefix(err, "%s", host->name);
    }
    return err && err->code ? err->code : ERR_INPUT;
}

const char *supplies_agent(const struct supplies *supplies, const struct host *host,
                           const struct loop_options *options)
{
    return !options->use_agent ? NULL : host->agent_said ? host->agent : supplies->agent;
}

/* A key that the inventory names must be usable: by itself, or by the agent if it is encrypted.
 */
static int load_key(struct supplies *supplies, const struct host *host,
                    const struct loop_options *options, struct err *err)
{
    bool agent = supplies_agent(supplies, host, options);
    if (!host->key || keyset_add(supplies->keys, host->key, agent ? NULL : options->passphrase,
                                 options->user, err) == 0) {
        return 0;
    }
    return agent && keyset_for_agent(supplies->keys, host->key) ? 0 : blame(host, err);
}

/* Those of the ssh configuration are tried as far as they can be read. */
static void load_identities(struct supplies *supplies, const struct host *host,
                            const struct loop_options *options)
{
    bool agent = supplies_agent(supplies, host, options);
    for (const char *const *path = host->identities; path && *path; path++) {
        (void)keyset_add(supplies->keys, *path, agent ? NULL : options->passphrase,
                         options->user, NULL);
        for (const char *const *file = host->certificates; file && *file; file++) {
            (void)keyset_add_certificate(supplies->keys, *path, *file, NULL);
        }
    }
}

/* A run has one list of known_hosts files and one policy, or a few. */

static bool same_files(const char *const *a, const char *const *b)
{
    if (a == b || !a || !b) {
        return a == b;
    }
    while (*a && *b && strcmp(*a, *b) == 0) {
        a++;
        b++;
    }
    return !*a && !*b;
}

static enum host_keys policy_of(const struct host *host, const struct loop_options *options)
{
    return host->host_keys_said ? host->host_keys : options->host_keys;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_rules(const struct host *a, const struct host *b)
{
    return same_files(a->known_hosts, b->known_hosts) &&
           same_files(a->global_known_hosts, b->global_known_hosts) &&
           same_text(a->revoked, b->revoked) && a->hash_known_hosts == b->hash_known_hosts;
}

struct hostkeys *supplies_trust(const struct supplies *supplies, const struct host *host,
                                const struct loop_options *options)
{
    enum host_keys policy = policy_of(host, options);
    for (struct trust *trust = supplies->trusts; trust; trust = trust->next) {
        if (trust->policy == policy && same_rules(trust->like, host)) {
            return trust->keys;
        }
    }
    return NULL;
}

static int read_files(struct hostkeys *keys, const char *const *files, struct err *err)
{
    int rc = 0;
    for (; files && *files && rc == 0; files++) {
        rc = hostkeys_read(keys, *files, err);
    }
    return rc;
}

static int open_trust(struct trust *trust, const char *usual, struct err *err)
{
    static const char *const systems[] = {"/etc/ssh/ssh_known_hosts",
                                          "/etc/ssh/ssh_known_hosts2", NULL};
    const struct host *host = trust->like;
    const char *const *files = host->known_hosts, *const *global = host->global_known_hosts;
    int rc = hostkeys_open(&trust->keys, trust->policy, files ? files[0] : usual, err);
    if (rc == 0) {
        rc = read_files(trust->keys, files ? files + 1 : NULL, err);
    }
    if (rc == 0) {
        rc = read_files(trust->keys, global ? global : systems, err);
    }
    if (rc == 0 && host->revoked) {
        rc = hostkeys_revoke(trust->keys, host->revoked, err);
    }
    if (rc == 0 && host->hash_known_hosts) {
        hostkeys_hash(trust->keys);
    }
    return rc;
}

static int load_trust(struct supplies *supplies, const struct host *host,
                      const struct loop_options *options, struct err *err)
{
    if (supplies_trust(supplies, host, options)) {
        return 0;
    }
    struct trust *trust = calloc(1, sizeof(*trust));
    if (!trust) {
        return err_nomem(err);
    }
    trust->like = host;
    trust->policy = policy_of(host, options);
    trust->next = supplies->trusts;
    supplies->trusts = trust;
    return open_trust(trust, options->known_hosts, err);
}

/* For a host and the jump hosts on the way to it. */
static int load(struct supplies *supplies, const struct host *host,
                const struct loop_options *options, struct err *err)
{
    int rc = 0;
    for (; host && rc == 0; host = host->jump) {
        supplies->asks_agent |= supplies_agent(supplies, host, options) != NULL;
        rc = load_trust(supplies, host, options, err);
        if (rc == 0) {
            rc = load_key(supplies, host, options, err);
        }
        load_identities(supplies, host, options);
    }
    return rc;
}

static char *login_name(void)
{
    const struct passwd *pw = getpwuid(getuid());
    return strdup(pw ? pw->pw_name : "root");
}

int supplies_open(struct supplies *supplies, const struct plan *plan,
                  const struct loop_options *options, struct err *err)
{
    const char *agent = getenv("SSH_AUTH_SOCK");
    supplies->agent = agent && *agent ? strdup(agent) : NULL;
    supplies->username = options->username ? strdup(options->username) : login_name();
    if (!supplies->username) {
        return err_nomem(err);
    }
    int rc = keyset_new(&supplies->keys, err);
    for (size_t i = 0; rc == 0 && i < plan->njobs; i++) {
        rc = load(supplies, plan->jobs[i].host, options, err);
    }
    if (rc == 0 && options->use_agent) {
        rc = keyset_add_defaults(supplies->keys, err);
    }
    return rc;
}

void supplies_close(struct supplies *supplies)
{
    while (supplies->trusts) {
        struct trust *trust = supplies->trusts;
        supplies->trusts = trust->next;
        hostkeys_free(trust->keys);
        free(trust);
    }
    keyset_free(supplies->keys);
    free(supplies->username);
    free(supplies->agent);
}
