#include "collect/inventory_part.h"

#include "base/limits.h"
#include "collect/sshconfig.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define SSH_PORT 22

static const char *const no_groups[] = {NULL};

void inventory_release(struct inventory *inventory)
{
    sshconfig_free(inventory->ssh_config);
    yaml_release(&inventory->yaml);
    arena_release(&inventory->arena);
    *inventory = (struct inventory)INVENTORY_INIT;
}

/* ---- From layers to a host -----------------------------------------------------------------
 */

static void fill_text(const char **into, const char *from)
{
    *into = *into ? *into : from;
}

static void fill_algorithms(struct algorithms *into, const struct algorithms *from)
{
    fill_text(&into->kex, from->kex);
    fill_text(&into->hostkeys, from->hostkeys);
    fill_text(&into->ciphers, from->ciphers);
    fill_text(&into->macs, from->macs);
}

static void fill_time(ms_t *into, ms_t from)
{
    *into = *into ? *into : from;
}

static void fill_secret(struct secret_spec *into, struct secret_spec from)
{
    *into = into->source != SECRET_NONE ? *into : from;
}

/* What the host does not say yet, a weaker layer does. */
static void layer_fill(struct host *host, const struct layer *layer, int *legacy)
{
    fill_text(&host->address, layer->address);
    fill_text(&host->platform, layer->platform);
    fill_text(&host->username, layer->username);
    fill_text(&host->key, layer->key);
    fill_text(&host->fingerprint, layer->fingerprint);
    fill_text(&host->jump_name, layer->jump);
    fill_algorithms(&host->algorithms, &layer->algorithms);
    fill_secret(&host->password, layer->password);
    fill_secret(&host->enable, layer->enable);
    fill_time(&host->connect_ms, layer->connect_ms);
    fill_time(&host->auth_ms, layer->auth_ms);
    fill_time(&host->command_ms, layer->command_ms);
    fill_time(&host->idle_ms, layer->idle_ms);
    host->port = host->port ? host->port : layer->port;
    *legacy = *legacy ? *legacy : layer->legacy;
}

/* Adds the data that the host does not have yet; room was made for all. */
static void data_fill(struct host *host, struct host_data *data, const struct layer *layer)
{
    host->data = data;
    for (size_t i = 0; i < layer->ndata; i++) {
        if (!host_data_get(host, layer->data[i].key)) {
            data[host->ndata++] = layer->data[i];
        }
    }
}

const char *host_data_get(const struct host *host, const char *key)
{
    for (size_t i = 0; i < host->ndata; i++) {
        if (strcmp(host->data[i].key, key) == 0) {
            return host->data[i].value;
        }
    }
    return NULL;
}

/* The caps of its groups. As a jump host it has one of its own, or the defaults'. */
static int set_caps(struct host *host, const struct inventory_file *file,
                    const struct layer *own, struct err *err)
{
    size_t n = 0, most = 0;
    for (const char *const *name = host->groups; *name; name++) {
        most += inventory_file_group(file, *name)->cap.most > 0;
    }
    int sessions = own->max_sessions ? own->max_sessions : file->defaults.max_sessions;
    host->max_sessions = (size_t)sessions;
    if (most == 0) {
        return 0;
    }
    const struct host_cap **caps =
        arena_array(&file->inventory->arena, most + 1, sizeof(*caps));
    if (!caps) {
        return err_nomem(err);
    }
    for (const char *const *name = host->groups; *name; name++) {
        const struct host_cap *cap = &inventory_file_group(file, *name)->cap;
        bool again = false;
        for (size_t i = 0; i < n; i++) {
            again |= caps[i] == cap;
        }
        if (cap->most > 0 && !again) {
            caps[n++] = cap;
        }
    }
    caps[n] = NULL;
    host->caps = caps;
    return 0;
}

/* own, its groups, the defaults; the command line has written its part into host before. */
int inventory_resolve(struct host *host, const struct inventory_file *file,
                      const struct layer *own, struct err *err)
{
    int legacy = 0;
    host->groups = own->groups ? own->groups : no_groups;
    size_t most = own->ndata + file->defaults.ndata;
    for (const char *const *name = host->groups; *name; name++) {
        most += inventory_file_group(file, *name)->layer.ndata;
    }
    struct host_data *data = NULL;
    if (most > 0 && !(data = arena_array(&file->inventory->arena, most, sizeof(*data)))) {
        return err_nomem(err);
    }
    layer_fill(host, own, &legacy);
    data_fill(host, data, own);
    for (const char *const *name = host->groups; *name; name++) {
        const struct layer *layer = &inventory_file_group(file, *name)->layer;
        layer_fill(host, layer, &legacy);
        data_fill(host, data, layer);
    }
    layer_fill(host, &file->defaults, &legacy);
    data_fill(host, data, &file->defaults);
    host->legacy = legacy == 2;
    host->address = host->address ? host->address : host->name;
    return set_caps(host, file, own, err);
}

/* What the command line says of every host. */
static void command_line(struct host *host, const struct inventory_query *query)
{
    host->port = query->port;
    host->platform = query->platform;
    host->username = query->username;
    host->key = query->key;
}

/* ---- Hosts of the file ---------------------------------------------------------------------
 */

static int add_from_file(struct inventory_file *file, const struct entry *entry,
                         const struct host_spec *spec, const struct inventory_query *query,
                         struct err *err)
{
    struct layer layer;
    int rc = inventory_file_layer(file, entry, &layer, err);
    if (rc < 0) {
        return rc;
    }
    struct inventory *inventory = file->inventory;
    struct host *host = &inventory->hosts[inventory->count++];
    command_line(host, query);
    host->name = entry->name;
    host->file = inventory->path;
    host->line = entry->line;
    if (spec && spec->port) {
        host->port = spec->port;
    }
    if (spec && spec->username) {
        host->username = spec->username;
    }
    return inventory_resolve(host, file, &layer, err);
}

static int add_all(struct inventory_file *file, const struct inventory_query *query,
                   struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < file->nentries && rc == 0; i++) {
        rc = add_from_file(file, &file->entries[i], NULL, query, err);
    }
    return rc;
}

/* ---- Hosts of the command line -------------------------------------------------------------
 */

static int add_named(struct inventory_file *file, const char *text,
                     const struct inventory_query *query, struct err *err)
{
    struct inventory *inventory = file->inventory;
    struct host_spec spec;
    int rc = host_spec_parse(&spec, text, &inventory->arena, err);
    if (rc < 0) {
        return rc;
    }
    struct entry *entry = NULL;
    rc = inventory_file_find(file, spec.name, &entry, err);
    if (rc == 0) {
        rc = inventory_file_find(file, spec.address, &entry, err);
    }
    if (rc != 0) {
        return rc < 0 ? rc : add_from_file(file, entry, &spec, query, err);
    }
    struct layer own = {.address = spec.address};
    struct host *host = &inventory->hosts[inventory->count++];
    command_line(host, query);
    host->name = spec.name;
    host->port = spec.port ? spec.port : host->port;
    host->username = spec.username ? spec.username : host->username;
    return inventory_resolve(host, file, &own, err);
}

/* ---- Duplicates ----------------------------------------------------------------------------
 */

int host_port(const struct host *host)
{
    return host->port ? host->port : SSH_PORT;
}

static int by_name(const void *a, const void *b)
{
    const struct host *left = *(const struct host *const *)a;
    const struct host *right = *(const struct host *const *)b;
    int order = strcmp(left->name, right->name);
    return order ? order : (left < right ? -1 : left > right);
}

static int by_address(const void *a, const void *b)
{
    const struct host *left = *(const struct host *const *)a;
    const struct host *right = *(const struct host *const *)b;
    int order = strcasecmp(left->address, right->address);
    order = order ? order : host_port(left) - host_port(right);
    return order ? order : (left < right ? -1 : left > right);
}

static int same_address(const struct host *a, const struct host *b, struct err *err)
{
    char line[32] = "";
    if (a->file) {
        snprintf(line, sizeof(line), " in line %d", a->line);
    }
    int code = err_set_at(err, b->file ? ERR_INPUT : ERR_USAGE, b->line, 0,
                          "%s has the same address and port as %s%s: %s port %d; if that is "
                          "meant, add --allow-duplicate-address",
                          b->name, a->name, line, b->address, host_port(b));
    if (b->file) {
        err_prefix(err, "%s:%d", b->file, b->line);
    }
    return code;
}

static int find_duplicates(struct inventory *inventory, bool addresses, struct err *err)
{
    const struct host **sorted =
        arena_array(&inventory->arena, inventory->count, sizeof(struct host *));
    if (!sorted) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < inventory->count; i++) {
        sorted[i] = &inventory->hosts[i];
    }
    qsort(sorted, inventory->count, sizeof(*sorted), by_name);
    for (size_t i = 1; i < inventory->count; i++) {
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0) {
            return err_set(err, ERR_USAGE, "host %s is given twice", sorted[i]->name);
        }
    }
    qsort(sorted, inventory->count, sizeof(*sorted), by_address);
    for (size_t i = 1; addresses && i < inventory->count; i++) {
        if (strcasecmp(sorted[i - 1]->address, sorted[i]->address) == 0 &&
            host_port(sorted[i - 1]) == host_port(sorted[i])) {
            return same_address(sorted[i - 1], sorted[i], err);
        }
    }
    return 0;
}

/* ---- The whole -----------------------------------------------------------------------------
 */

static int check_query(const struct inventory_query *query, struct err *err)
{
    const struct {
        const char *option, *value;
    } names[] = {{"--platform", query->platform}, {"--user", query->username}};
    for (size_t i = 0; i < 2; i++) {
        if (names[i].value && !inventory_name_ok(view_of(names[i].value))) {
            return err_set(
                err, ERR_USAGE,
                "%s '%s' is refused: letters, digits and ._:%%- only, no '-' in front",
                names[i].option, names[i].value);
        }
    }
    return query->path || query->nhosts > 0
               ? 0
               : err_set(err, ERR_USAGE, "no hosts: give -i FILE, -H HOST or hosts as words");
}

static int add_hosts(struct inventory_file *file, const struct inventory_query *query,
                     struct err *err)
{
    struct inventory *inventory = file->inventory;
    size_t most = query->nhosts ? query->nhosts : file->nentries;
    if (most == 0) {
        return err_set(err, ERR_INPUT, "%s names no hosts", inventory->path);
    }
    if (most > LIMIT_HOSTS) {
        return err_set(err, ERR_INPUT, "%zu hosts are more than %d", most, LIMIT_HOSTS);
    }
    inventory->hosts = arena_array(&inventory->arena, most, sizeof(*inventory->hosts));
    if (!inventory->hosts) {
        return err_nomem(err);
    }
    if (query->nhosts == 0) {
        return add_all(file, query, err);
    }
    int rc = 0;
    for (size_t i = 0; i < query->nhosts && rc == 0; i++) {
        rc = add_named(file, query->hosts[i], query, err);
    }
    return rc;
}

int inventory_read(struct inventory *inventory, const struct inventory_query *query,
                   struct err *err)
{
    struct inventory_file file = {.inventory = inventory};
    int rc = check_query(query, err);
    if (rc == 0 && query->path) {
        rc = inventory_file_read(&file, inventory, query->path, err);
    }
    if (rc == 0) {
        rc = add_hosts(&file, query, err);
    }
    if (rc == 0) {
        rc = find_duplicates(inventory, !query->allow_duplicates, err);
    }
    if (rc == 0) {
        rc = inventory_select(inventory, query->targets, query->ntargets, err);
    }
    for (size_t i = 0; rc == 0 && i < inventory->count; i++) {
        inventory->hosts[i].index = i;
    }
    if (rc == 0) {
        rc = inventory_ssh(&file, query->ssh_config, err);
    }
    return rc < 0 ? rc : inventory_jumps(&file, err);
}

const struct host *inventory_find(const struct inventory *inventory, const char *name)
{
    for (size_t i = 0; i < inventory->count; i++) {
        if (strcmp(inventory->hosts[i].name, name) == 0) {
            return &inventory->hosts[i];
        }
    }
    return NULL;
}
