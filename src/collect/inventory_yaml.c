#include "collect/inventory_part.h"

#include "base/guess.h"
#include "base/limits.h"

#include <stddef.h>

/* What yaml_read_map fills. */
struct layer_texts {
    struct layer layer;
    struct secret_texts password, enable;
    const struct yaml_node *data, *timeouts, *algorithms;
    const char *known_hosts; /* one file for the run: in defaults alone */
    bool legacy;
};

/* The first DEFAULTS_ONLY keys are of defaults alone, the last HOST_ONLY of a host. */
static const struct yaml_field layer_fields[] = {
    {"known_hosts", YAML_STRING, offsetof(struct layer_texts, known_hosts), false, 0, 0},
    {"platform", YAML_STRING, offsetof(struct layer_texts, layer.platform), false, 0, 0},
    {"username", YAML_STRING, offsetof(struct layer_texts, layer.username), false, 0, 0},
    {"port", YAML_INT, offsetof(struct layer_texts, layer.port), false, 1, 65535},
    {"key", YAML_STRING, offsetof(struct layer_texts, layer.key), false, 0, 0},
    {"password", YAML_STRING, offsetof(struct layer_texts, password.plain), false, 0, 0},
    {"password_env", YAML_STRING, offsetof(struct layer_texts, password.env), false, 0, 0},
    {"password_file", YAML_STRING, offsetof(struct layer_texts, password.file), false, 0, 0},
    {"password_command", YAML_STRING, offsetof(struct layer_texts, password.command), false, 0,
     0},
    {"enable_password", YAML_STRING, offsetof(struct layer_texts, enable.plain), false, 0, 0},
    {"enable_password_env", YAML_STRING, offsetof(struct layer_texts, enable.env), false, 0, 0},
    {"enable_password_file", YAML_STRING, offsetof(struct layer_texts, enable.file), false, 0,
     0},
    {"enable_password_command", YAML_STRING, offsetof(struct layer_texts, enable.command),
     false, 0, 0},
    {"legacy", YAML_BOOL, offsetof(struct layer_texts, legacy), false, 0, 0},
    {"jump", YAML_STRING, offsetof(struct layer_texts, layer.jump), false, 0, 0},
    {"max_sessions", YAML_INT, offsetof(struct layer_texts, layer.max_sessions), false, 1,
     LIMIT_WORKERS},
    {"algorithms", YAML_NODE, offsetof(struct layer_texts, algorithms), false, 0, 0},
    {"timeouts", YAML_NODE, offsetof(struct layer_texts, timeouts), false, 0, 0},
    {"data", YAML_NODE, offsetof(struct layer_texts, data), false, 0, 0},
    {"address", YAML_STRING, offsetof(struct layer_texts, layer.address), false, 0, 0},
    {"fingerprint", YAML_STRING, offsetof(struct layer_texts, layer.fingerprint), false, 0, 0},
    {"groups", YAML_STRINGS, offsetof(struct layer_texts, layer.groups), false, 0, 0},
};
#define DEFAULTS_ONLY 1
#define HOST_ONLY     3
#define LAYER_FIELDS  (sizeof(layer_fields) / sizeof(layer_fields[0]))

static const struct yaml_field timeout_fields[] = {
    {"connect", YAML_DURATION, offsetof(struct layer, connect_ms), false, 0, 0},
    {"auth", YAML_DURATION, offsetof(struct layer, auth_ms), false, 0, 0},
    {"command", YAML_DURATION, offsetof(struct layer, command_ms), false, 0, 0},
    {"idle", YAML_DURATION, offsetof(struct layer, idle_ms), false, 0, 0},
};

static const struct yaml_field algorithm_fields[] = {
    {"kex", YAML_STRING, offsetof(struct layer, algorithms.kex), false, 0, 0},
    {"hostkey", YAML_STRING, offsetof(struct layer, algorithms.hostkeys), false, 0, 0},
    {"pubkey", YAML_STRING, offsetof(struct layer, algorithms.pubkeys), false, 0, 0},
    {"cipher", YAML_STRING, offsetof(struct layer, algorithms.ciphers), false, 0, 0},
    {"mac", YAML_STRING, offsetof(struct layer, algorithms.macs), false, 0, 0},
};

/* data: any keys, each with one text. */
static int read_data(struct inventory_file *file, const struct yaml_node *node,
                     struct layer *layer, struct err *err)
{
    const struct yaml *y = &file->inventory->yaml;
    if (!node || yaml_is_null(node)) {
        return 0;
    }
    if (yaml_want(y, node, YAML_MAP, "data", err) < 0) {
        return ERR_INPUT;
    }
    struct host_data *data =
        arena_array(&file->inventory->arena, node->count + 1, sizeof(*data));
    if (!data) {
        return err_nomem(err);
    }
    layer->data = data;
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        if (yaml_want(y, item, YAML_SCALAR, "a value in data", err) < 0) {
            return ERR_INPUT;
        }
        data[layer->ndata++] = (struct host_data){item->key.ptr, item->text.ptr};
    }
    return 0;
}

/* ---- Layers --------------------------------------------------------------------------------
 */

static int check_groups(const struct inventory_file *file, const struct yaml_node *map,
                        const char *const *names, struct err *err)
{
    for (size_t i = 0; names && names[i]; i++) {
        if (inventory_file_group(file, names[i])) {
            continue;
        }
        const struct yaml_node *at = yaml_get(map, "groups");
        at = at->kind == YAML_LIST ? at->first : at;
        for (size_t skip = i; skip > 0; skip--) {
            at = at->next;
        }
        struct guess guess;
        guess_init(&guess, view_of(names[i]));
        for (size_t g = 0; g < file->ngroups; g++) {
            guess_offer(&guess, file->groups[g].name);
        }
        return yaml_error(&file->inventory->yaml, at, err, "there is no group '%s'%s%s%s",
                          names[i], guess.best ? ": did you mean '" : "",
                          guess.best ? guess.best : "", guess.best ? "'?" : "");
    }
    return 0;
}

/* What stands for itself is in place; secrets, paths and the rest need a second look. */
static int finish_layer(struct inventory_file *file, const struct yaml_node *map,
                        struct layer_texts *texts, struct err *err)
{
    struct layer *layer = &texts->layer;
    struct place place = {.map = map};
    int rc = read_data(file, texts->data, layer, err);
    if (rc == 0) {
        rc = layer_check(file, &place, layer, err);
    }
    if (rc == 0) {
        rc = layer_secret(file, &place, "password", &texts->password, &layer->password, err);
    }
    if (rc == 0) {
        rc = layer_secret(file, &place, "enable_password", &texts->enable, &layer->enable, err);
    }
    if (rc == 0 && texts->known_hosts) {
        rc = layer_path(file, &texts->known_hosts, err);
        file->inventory->known_hosts = texts->known_hosts;
        file->inventory->known_hosts_line = yaml_get(map, "known_hosts")->key_line;
    }
    layer->legacy = yaml_get(map, "legacy") ? 1 + texts->legacy : 0;
    return rc;
}

static int read_layer(struct inventory_file *file, const struct yaml_node *map,
                      enum layer_kind kind, struct layer *out, struct err *err)
{
    static const char *const whats[] = {"a host", "a group", "defaults"};
    struct yaml *y = &file->inventory->yaml;
    struct layer_texts texts = {0};
    *out = texts.layer;
    if (yaml_is_null(map)) {
        return 0;
    }
    size_t skip = kind == LAYER_DEFAULTS ? 0 : DEFAULTS_ONLY;
    size_t nfields = LAYER_FIELDS - skip - (kind == LAYER_HOST ? 0 : HOST_ONLY);
    int rc = yaml_read_map(y, map, whats[kind], layer_fields + skip, nfields, &texts, err);
    if (rc == 0 && texts.timeouts && !yaml_is_null(texts.timeouts)) {
        rc = yaml_read_map(y, texts.timeouts, "timeouts", timeout_fields, 4, &texts.layer, err);
    }
    if (rc == 0 && texts.algorithms && !yaml_is_null(texts.algorithms)) {
        rc = yaml_read_map(y, texts.algorithms, "algorithms", algorithm_fields, 5, &texts.layer,
                           err);
    }
    if (rc == 0) {
        rc = finish_layer(file, map, &texts, err);
    }
    *out = texts.layer;
    out->map = map;
    out->line = map->key_line;
    return rc;
}

int inventory_yaml_host(struct inventory_file *file, const struct yaml_node *node,
                        struct layer *out, struct err *err)
{
    int rc = layer_name(file, "host", node->key, node->key_line, node->key_column, err);
    if (rc == 0) {
        rc = read_layer(file, node, LAYER_HOST, out, err);
    }
    return rc < 0 ? rc : check_groups(file, node, out->groups, err);
}

/* ---- The file ------------------------------------------------------------------------------
 */

static int read_groups(struct inventory_file *file, const struct yaml_node *groups,
                       struct err *err)
{
    struct inventory *inventory = file->inventory;
    if (!groups || yaml_is_null(groups)) {
        return 0;
    }
    if (yaml_want(&inventory->yaml, groups, YAML_MAP, "groups", err) < 0) {
        return ERR_INPUT;
    }
    file->groups = arena_array(&inventory->arena, groups->count + 1, sizeof(*file->groups));
    if (!file->groups) {
        return err_nomem(err);
    }
    for (const struct yaml_node *node = groups->first; node; node = node->next) {
        struct group *group = &file->groups[file->ngroups++];
        group->name = node->key.ptr;
        int rc = layer_name(file, "group", node->key, node->key_line, node->key_column, err);
        if (rc == 0) {
            rc = read_layer(file, node, LAYER_GROUP, &group->layer, err);
        }
        if (rc < 0) {
            return rc;
        }
    }
    inventory_file_sort_groups(file);
    return 0;
}

static int read_entries(struct inventory_file *file, const struct yaml_node *map,
                        const char *what, struct entry **out, size_t *n, struct err *err)
{
    if (yaml_want(&file->inventory->yaml, map, YAML_MAP, what, err) < 0) {
        return ERR_INPUT;
    }
    struct entry *entries =
        arena_array(&file->inventory->arena, map->count + 1, sizeof(*entries));
    if (!entries) {
        return err_nomem(err);
    }
    *out = entries;
    for (const struct yaml_node *node = map->first; node; node = node->next) {
        entries[(*n)++] =
            (struct entry){.name = node->key.ptr, .line = node->key_line, .node = node};
    }
    return 0;
}

static int read_hosts(struct inventory_file *file, const struct yaml_node *hosts,
                      const struct yaml_node *jumps, struct err *err)
{
    int rc = read_entries(file, hosts, "hosts", &file->entries, &file->nentries, err);
    if (rc == 0 && jumps && !yaml_is_null(jumps)) {
        rc = read_entries(file, jumps, "jumps", &file->jumps, &file->njumps, err);
    }
    return rc;
}

int inventory_yaml(struct inventory_file *file, struct err *err)
{
    struct top {
        const struct yaml_node *defaults, *groups, *hosts, *jumps;
    } top = {NULL, NULL, NULL, NULL};
    static const struct yaml_field fields[] = {
        {"defaults", YAML_NODE, offsetof(struct top, defaults), false, 0, 0},
        {"groups", YAML_NODE, offsetof(struct top, groups), false, 0, 0},
        {"hosts", YAML_NODE, offsetof(struct top, hosts), true, 0, 0},
        {"jumps", YAML_NODE, offsetof(struct top, jumps), false, 0, 0},
    };
    struct yaml *y = &file->inventory->yaml;
    int rc = yaml_read_map(y, y->root, "an inventory", fields, 4, &top, err);
    if (rc == 0 && top.defaults) {
        rc = read_layer(file, top.defaults, LAYER_DEFAULTS, &file->defaults, err);
    }
    if (rc == 0) {
        rc = read_groups(file, top.groups, err);
    }
    return rc < 0 ? rc : read_hosts(file, top.hosts, top.jumps, err);
}
