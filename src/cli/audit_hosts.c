#include "cli/audit_hosts.h"

#include "base/guess.h"
#include "collect/host_text.h"

/* How the run reached the host, and what the inventory says of it where it says anything. */
static struct host merged(const struct host *wanted, const struct host *known)
{
    struct host host = *wanted;
    if (known) {
        host.address = known->address;
        host.port = known->port;
        host.platform = host_is_auto(known) ? wanted->platform : known->platform;
        bool unknown = known->groups == host_groups_unknown;
        host.groups = *wanted->groups || unknown ? wanted->groups : known->groups;
        host.data = wanted->ndata ? wanted->data : known->data;
        host.ndata = wanted->ndata ? wanted->ndata : known->ndata;
    }
    return host;
}

static int start(struct inventory *out, const char *path, size_t most, struct err *err)
{
    *out = (struct inventory)INVENTORY_INIT;
    out->path = path;
    out->hosts = arena_array(&out->arena, most + 1, sizeof(*out->hosts));
    return out->hosts ? 0 : err_nomem(err);
}

/* A host of no platform is no error here: what needs one cannot be judged. */
static void number(struct inventory *out, const char *platform)
{
    for (size_t i = 0; i < out->count; i++) {
        struct host *host = &out->hosts[i];
        const char *own = host->platform ? host->platform : PLATFORM_AUTO;
        host->index = i;
        host->platform = platform ? platform : own;
    }
}

/* ---- --from --------------------------------------------------------------------------------
 */

static int no_host(const struct past *past, const char *name, struct err *err)
{
    struct guess guess;
    guess_init(&guess, view_of(name));
    for (size_t i = 0; i < past->inventory.count; i++) {
        guess_offer(&guess, past->inventory.hosts[i].name);
    }
    return err_set(err, ERR_USAGE, "-H %s: %s has no such host%s%s%s", name, past->path,
                   guess.best ? ": did you mean '" : "", guess.best ? guess.best : "",
                   guess.best ? "'?" : "");
}

/* -H: only these, in the order of the run. */
static int keep_named(struct inventory *out, const struct past *past,
                      const struct option_list *names, struct err *err)
{
    size_t kept = 0;
    bool *wanted = arena_array(&out->arena, out->count + 1, sizeof(*wanted));
    if (!wanted) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < names->count; i++) {
        const struct host *host = past_host(past, names->items[i].text);
        if (!host) {
            return no_host(past, names->items[i].text, err);
        }
        wanted[host->index] = true;
    }
    for (size_t i = 0; i < out->count; i++) {
        if (wanted[i]) {
            out->hosts[kept++] = out->hosts[i];
        }
    }
    out->count = kept;
    return 0;
}

static int choose(struct inventory *out, const struct past *past, const struct options *options,
                  struct err *err)
{
    int rc = options->hosts.count ? keep_named(out, past, &options->hosts, err) : 0;
    const struct option_list *targets = &options->targets;
    const char **texts = arena_array(&out->arena, targets->count + 1, sizeof(*texts));
    if (!texts) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < targets->count; i++) {
        texts[i] = targets->items[i].text;
    }
    return rc < 0 ? rc : inventory_select(out, texts, targets->count, err);
}

int audit_hosts(struct inventory *out, const struct past *past,
                const struct inventory *inventory, const struct options *options,
                struct err *err)
{
    const struct inventory *wanted = inventory ? inventory : &past->inventory;
    int rc = start(out, wanted->path, wanted->count, err);
    for (size_t i = 0; rc == 0 && i < wanted->count; i++) {
        const struct host *host = &wanted->hosts[i];
        out->hosts[out->count++] =
            inventory ? merged(host, past_host(past, host->name)) : *host;
    }
    if (rc == 0 && !inventory) {
        rc = choose(out, past, options, err);
    }
    number(out, options->platform);
    return rc;
}

/* ---- --baseline ----------------------------------------------------------------------------
 */

int audit_hosts_known(struct inventory *out, const struct past *past,
                      const struct inventory *inventory, struct err *err)
{
    int rc = start(out, past->path, inventory->count, err);
    for (size_t i = 0; rc == 0 && i < inventory->count; i++) {
        const struct host *known = past_host(past, inventory->hosts[i].name);
        if (known) {
            out->hosts[out->count++] = merged(&inventory->hosts[i], known);
        }
    }
    number(out, NULL);
    return rc;
}
