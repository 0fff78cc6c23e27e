/* Jump hosts: what `jump: NAME` means, and which ones the selected hosts need. */
#include "base/guess.h"
#include "collect/inventory_part.h"

#include <string.h>

#define MAX_HOPS 8

/* A host that is only passed through: of the section jumps, or one of the hosts. */
static const struct entry *find_entry(struct inventory_file *file, const char *name,
                                      struct err *err)
{
    struct entry *entry = NULL;
    for (size_t i = 0; i < file->njumps; i++) {
        if (strcmp(file->jumps[i].name, name) == 0) {
            return &file->jumps[i];
        }
    }
    return inventory_file_find(file, name, &entry, err) > 0 ? entry : NULL;
}

static int unknown(const struct inventory_file *file, const struct host *host, struct err *err)
{
    struct guess guess;
    guess_init(&guess, view_of(host->jump_name));
    for (size_t i = 0; i < file->njumps; i++) {
        guess_offer(&guess, file->jumps[i].name);
    }
    for (size_t i = 0; i < file->nentries; i++) {
        guess_offer(&guess, file->entries[i].name);
    }
    return err_set_at(err, ERR_INPUT, host->line, 0,
                      "%s:%d: host %s: there is no jump host '%s'%s%s%s", file->inventory->path,
                      host->line, host->name, host->jump_name,
                      guess.best ? ": did you mean '" : "", guess.best ? guess.best : "",
                      guess.best ? "'?" : "");
}

static struct host *known_jump(const struct inventory *inventory, const char *name)
{
    for (size_t i = 0; i < inventory->njumps; i++) {
        if (!inventory->jumps[i]->way && strcmp(inventory->jumps[i]->name, name) == 0) {
            return inventory->jumps[i];
        }
    }
    return NULL;
}

int inventory_add_jump(struct inventory *inventory, struct host *jump, struct err *err)
{
    size_t n = inventory->njumps;
    if ((n & (n - 1)) == 0) { /* full: it has room for a power of two */
        struct host **more =
            arena_array(&inventory->arena, n ? n * 2 : 1, sizeof(struct host *));
        if (!more) {
            return err_nomem(err);
        }
        if (n) {
            memcpy(more, inventory->jumps, n * sizeof(struct host *));
        }
        inventory->jumps = more;
    }
    inventory->jumps[inventory->njumps++] = jump;
    return 0;
}

/* A jump host's own way is what it says itself: a `jump` in defaults is meant for the others.
 */
static int add_jump(struct inventory_file *file, const struct entry *entry, struct host **out,
                    struct err *err)
{
    struct inventory *inventory = file->inventory;
    struct layer layer;
    struct host *jump = inventory_new_host(inventory, err);
    int rc = jump ? inventory_file_layer(file, entry, &layer, err) : ERR_NOMEM;
    if (rc == 0) {
        jump->name = entry->name;
        jump->file = inventory->path;
        jump->line = entry->line;
        rc = inventory_resolve(jump, file, &layer, err);
    }
    if (rc < 0) {
        return rc;
    }
    jump->jump_name = layer.jump;
    *out = jump;
    return inventory_add_jump(inventory, jump, err);
}

/* From host to the jump host that is connected to directly. */
static int find_way(struct inventory_file *file, struct host *host, struct err *err)
{
    struct host *at = host;
    while (at->jump_name && strcmp(at->jump_name, "none") != 0 && !at->jump) {
        struct host *jump = known_jump(file->inventory, at->jump_name);
        const struct entry *entry = jump ? NULL : find_entry(file, at->jump_name, err);
        if (!jump && !entry) {
            return unknown(file, at, err);
        }
        int rc = jump ? 0 : add_jump(file, entry, &jump, err);
        if (rc < 0) {
            return rc;
        }
        at->jump = jump;
        at = jump;
    }
    return 0;
}

static int check_way(const struct inventory_file *file, const struct host *host,
                     struct err *err)
{
    int hops = 0;
    for (const struct host *at = host; at; at = at->jump) {
        if (++hops > MAX_HOPS || (at->jump && strcmp(at->jump->name, at->name) == 0)) {
            return err_set_at(err, ERR_INPUT, host->line, 0,
                              "%s:%d: host %s: its jump hosts lead in a circle",
                              file->inventory->path, host->line, host->name);
        }
    }
    return 0;
}

int inventory_jumps(struct inventory_file *file, struct err *err)
{
    struct inventory *inventory = file->inventory;
    for (size_t i = 0; i < inventory->count; i++) {
        int rc = find_way(file, &inventory->hosts[i], err);
        if (rc == 0) {
            rc = check_way(file, &inventory->hosts[i], err);
        }
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}
