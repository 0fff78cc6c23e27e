#include "cli/hosts_query.h"

#include "cli/talk.h"

/* The texts of a list, NULL when memory ran out. */
static const char *const *texts(struct arena *arena, const struct option_list *list)
{
    const char **out = arena_array(arena, list->count + 1, sizeof(*out));
    for (size_t i = 0; out && i < list->count; i++) {
        out[i] = list->items[i].text;
    }
    return out;
}

int hosts_query(struct inventory *inventory, const struct options *options, struct err *err)
{
    struct inventory_query query = {
        .path = options->inventory,
        .hosts = texts(&inventory->arena, &options->hosts),
        .nhosts = options->hosts.count,
        .targets = texts(&inventory->arena, &options->targets),
        .ntargets = options->targets.count,
        .platform = options->platform,
        .username = options->username,
        .key = options->key,
        .ssh_config = options->ssh_config,
        .port = (int)options->port,
        .allow_duplicates = options->allow_duplicates,
        .host_keys_said = options->host_keys >= 0,
        .origins = options->verbose > 0,
    };
    if (!query.hosts || !query.targets) {
        return err_nomem(err);
    }
    int rc = inventory_read(inventory, &query, err);
    for (size_t i = 0; rc == 0 && !options->quiet && i < inventory->nwarnings; i++) {
        talk_warning("%s", inventory->warnings[i]);
    }
    return rc;
}
