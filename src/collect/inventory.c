#include "collect/inventory_part.h"

#include "session/platform.h"

#include "base/limits.h"
#include "collect/sshconfig.h"

#include <stddef.h>
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

void host_note_again(struct host *host, enum setting setting, struct origin origin)
{
    if (host->from) {
        host->from[setting] = origin;
    }
}

void host_note(struct host *host, enum setting setting, struct origin origin)
{
    if (host->from && !host->from[setting].file) {
        host->from[setting] = origin;
    }
}

int inventory_want_origins(struct inventory *inventory, struct host *host, struct err *err)
{
    if (inventory->origins) {
        host->from = arena_array(&inventory->arena, SETTINGS, sizeof(*host->from));
    }
    return inventory->origins && !host->from ? err_nomem(err) : 0;
}

struct host *inventory_new_host(struct inventory *inventory, struct err *err)
{
    struct host *host = arena_get(&inventory->arena, sizeof(*host));
    if (!host) {
        err_nomem(err);
        return NULL;
    }
    return inventory_want_origins(inventory, host, err) < 0 ? NULL : host;
}

/* The line of a layer's key, or of the key inner in its map. */
static struct origin place_of(const char *file, const struct layer *layer, const char *key,
                              const char *inner)
{
    struct origin origin = {file ? file : ORIGIN_COMMAND_LINE, file ? layer->line : 0};
    const struct yaml_node *node = layer->map ? yaml_get(layer->map, key) : NULL;
    if (node && inner) {
        node = yaml_get(node, inner);
    }
    origin.line = node ? node->key_line : origin.line;
    return origin;
}

struct filling {
    struct host *host;
    const struct layer *layer;
    const char *file;
    int legacy;
};

static void note(const struct filling *f, enum setting setting, const char *key,
                 const char *inner)
{
    if (f->host->from) {
        host_note(f->host, setting, place_of(f->file, f->layer, key, inner));
    }
}

/* Where a value stands in a host and in a layer, and under which key in a file. */
struct part {
    enum setting setting;
    size_t host, layer;
    const char *key, *inner;
};

#define SAME(member) offsetof(struct host, member), offsetof(struct layer, member)

static const struct part texts[] = {
    {SETTING_ADDRESS, SAME(address), "address", NULL},
    {SETTING_PLATFORM, SAME(platform), "platform", NULL},
    {SETTING_USERNAME, SAME(username), "username", NULL},
    {SETTING_KEY, SAME(key), "key", NULL},
    {SETTING_FINGERPRINT, SAME(fingerprint), "fingerprint", NULL},
    {SETTING_JUMP, offsetof(struct host, jump_name), offsetof(struct layer, jump), "jump",
     NULL},
    {SETTING_KEX, SAME(algorithms.kex), "algorithms", "kex"},
    {SETTING_HOSTKEYS, SAME(algorithms.hostkeys), "algorithms", "hostkey"},
    {SETTING_PUBKEYS, SAME(algorithms.pubkeys), "algorithms", "pubkey"},
    {SETTING_CIPHERS, SAME(algorithms.ciphers), "algorithms", "cipher"},
    {SETTING_MACS, SAME(algorithms.macs), "algorithms", "mac"},
};

static const struct part times[] = {
    {SETTING_CONNECT, SAME(connect_ms), "timeouts", "connect"},
    {SETTING_AUTH, SAME(auth_ms), "timeouts", "auth"},
    {SETTING_COMMAND, SAME(command_ms), "timeouts", "command"},
    {SETTING_IDLE, SAME(idle_ms), "timeouts", "idle"},
};

static void fill_texts(const struct filling *f)
{
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const char **into = (const char **)((char *)f->host + texts[i].host);
        const char *from = *(const char *const *)((const char *)f->layer + texts[i].layer);
        if (!*into && from) {
            *into = from;
            note(f, texts[i].setting, texts[i].key, texts[i].inner);
        }
    }
}

static void fill_times(const struct filling *f)
{
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        ms_t *into = (ms_t *)((char *)f->host + times[i].host);
        ms_t from = *(const ms_t *)((const char *)f->layer + times[i].layer);
        if (!*into && from) {
            *into = from;
            note(f, times[i].setting, times[i].key, times[i].inner);
        }
    }
}

static void fill_secret(const struct filling *f, struct secret_spec *into,
                        struct secret_spec from, enum setting setting, const char *const *keys)
{
    if (into->source == SECRET_NONE && from.source != SECRET_NONE) {
        *into = from;
        note(f, setting, keys[from.source], NULL);
    }
}

static void fill_secrets(const struct filling *f)
{
    static const char *const password[] = {
        [SECRET_ENV] = "password_env",
        [SECRET_FILE] = "password_file",
        [SECRET_COMMAND] = "password_command",
        [SECRET_PLAIN] = "password",
    };
    static const char *const enable[] = {
        [SECRET_ENV] = "enable_password_env",
        [SECRET_FILE] = "enable_password_file",
        [SECRET_COMMAND] = "enable_password_command",
        [SECRET_PLAIN] = "enable_password",
    };
    fill_secret(f, &f->host->password, f->layer->password, SETTING_PASSWORD, password);
    fill_secret(f, &f->host->enable, f->layer->enable, SETTING_ENABLE, enable);
}

static void fill_numbers(struct filling *f)
{
    struct host *host = f->host;
    if (!host->port && f->layer->port) {
        host->port = f->layer->port;
        note(f, SETTING_PORT, "port", NULL);
    }
    if (!f->legacy && f->layer->legacy) {
        f->legacy = f->layer->legacy;
        note(f, SETTING_LEGACY, "legacy", NULL);
    }
}

/* What the host does not say yet, a weaker layer does. */
static void layer_fill(struct filling *f, const struct layer *layer)
{
    f->layer = layer;
    fill_texts(f);
    fill_times(f);
    fill_secrets(f);
    fill_numbers(f);
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

bool host_is_auto(const struct host *host)
{
    return host->platform && strcmp(host->platform, PLATFORM_AUTO) == 0;
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
    const struct layer *layer = own->max_sessions ? own : &file->defaults;
    host->max_sessions = (size_t)layer->max_sessions;
    if (host->max_sessions) {
        host_note(host, SETTING_MAX_SESSIONS,
                  place_of(file->inventory->path, layer, "max_sessions", NULL));
    }
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
    struct filling filling = {.host = host, .file = host->file};
    host->groups = own->groups ? own->groups : no_groups;
    size_t most = own->ndata + file->defaults.ndata;
    for (const char *const *name = host->groups; *name; name++) {
        most += inventory_file_group(file, *name)->layer.ndata;
    }
    struct host_data *data = NULL;
    if (most > 0 && !(data = arena_array(&file->inventory->arena, most, sizeof(*data)))) {
        return err_nomem(err);
    }
    layer_fill(&filling, own);
    data_fill(host, data, own);
    for (const char *const *name = host->groups; *name; name++) {
        const struct layer *layer = &inventory_file_group(file, *name)->layer;
        layer_fill(&filling, layer);
        data_fill(host, data, layer);
    }
    filling.file = file->inventory->path;
    layer_fill(&filling, &file->defaults);
    data_fill(host, data, &file->defaults);
    if (file->inventory->known_hosts) {
        host_note(host, SETTING_KNOWN_HOSTS,
                  (struct origin){file->inventory->path, file->inventory->known_hosts_line});
    }
    host->legacy = filling.legacy == 2;
    host->address = host->address ? host->address : host->name;
    return set_caps(host, file, own, err);
}

/* What the command line says of every host. */
static void command_line(struct host *host, const struct inventory_query *query,
                         const struct host_spec *spec)
{
    static const struct origin here = {ORIGIN_COMMAND_LINE, 0};
    bool port = spec && spec->port, user = spec && spec->username;
    host->port = port ? spec->port : query->port;
    host->platform = query->platform;
    host->username = user ? spec->username : query->username;
    host->key = query->key;
    const struct {
        bool said;
        enum setting setting;
    } said[] = {{host->port, SETTING_PORT},
                {host->platform, SETTING_PLATFORM},
                {host->username, SETTING_USERNAME},
                {host->key, SETTING_KEY}};
    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
        if (said[i].said) {
            host_note(host, said[i].setting, here);
        }
    }
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
    if (inventory_want_origins(inventory, host, err) < 0) {
        return ERR_NOMEM;
    }
    command_line(host, query, spec);
    host->name = entry->name;
    host->file = inventory->path;
    host->line = entry->line;
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
    if (inventory_want_origins(inventory, host, err) < 0) {
        return ERR_NOMEM;
    }
    command_line(host, query, &spec);
    host->name = spec.name;
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
    if (query->platform && !inventory_name_ok(view_of(query->platform))) {
        return err_set(err, ERR_USAGE,
                       "--platform '%s' is refused: letters, digits and ._:%%- only, no '-' in "
                       "front",
                       query->platform);
    }
    if (query->username && !inventory_user_ok(view_of(query->username))) {
        return err_set(err, ERR_USAGE, "--user '%s' is refused: " USER_NAME_WORDS,
                       query->username);
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
    inventory->origins = query->origins;
    inventory->host_keys_said = query->host_keys_said;
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
        rc = inventory_jumps(&file, err);
    }
    if (rc == 0) {
        rc = inventory_ssh(&file, query->ssh_config, err);
    }
    for (size_t i = 0; rc == 0 && i < inventory->njumps; i++) {
        inventory->jumps[i]->index = inventory->count + i;
    }
    return rc;
}
