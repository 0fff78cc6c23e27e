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

/* The key of a host and of the jump hosts on the way to it. */
static int load_keys(struct supplies *supplies, const struct host *host,
                     const struct loop_options *options, struct err *err)
{
    for (; host; host = host->jump) {
        const struct key *key = NULL;
        if (host->key && keyset_add(supplies->keys, host->key, options->passphrase,
                                    options->user, &key, err) < 0) {
            return blame(host, err);
        }
    }
    return 0;
}

static char *login_name(void)
{
    const struct passwd *pw = getpwuid(getuid());
    return strdup(pw ? pw->pw_name : "root");
}

int supplies_open(struct supplies *supplies, const struct plan *plan,
                  const struct loop_options *options, struct err *err)
{
    supplies->username = options->username ? strdup(options->username) : login_name();
    if (!supplies->username) {
        return err_nomem(err);
    }
    int rc = hostkeys_open(&supplies->trust, options->host_keys, options->known_hosts, err);
    if (rc == 0) {
        rc = keyset_new(&supplies->keys, err);
    }
    for (size_t i = 0; rc == 0 && i < plan->njobs; i++) {
        rc = load_keys(supplies, plan->jobs[i].host, options, err);
    }
    if (rc == 0 && options->use_agent) {
        rc = keyset_add_defaults(supplies->keys, err);
    }
    return rc;
}

void supplies_close(struct supplies *supplies)
{
    hostkeys_free(supplies->trust);
    keyset_free(supplies->keys);
    free(supplies->username);
}
