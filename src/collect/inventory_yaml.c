#include "collect/inventory_part.h"

#include "base/guess.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* A secret's four keys, as they stand in the file. */
struct secret_texts {
    const char *plain, *env, *file, *command;
};

/* What yaml_read_map fills. */
struct layer_texts {
    struct layer layer;
    struct secret_texts password, enable;
    const struct yaml_node *data, *timeouts;
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
    {"timeouts", YAML_NODE, offsetof(struct layer_texts, timeouts), false, 0, 0},
    {"data", YAML_NODE, offsetof(struct layer_texts, data), false, 0, 0},
    {"address", YAML_STRING, offsetof(struct layer_texts, layer.address), false, 0, 0},
    {"fingerprint", YAML_STRING, offsetof(struct layer_texts, layer.fingerprint), false, 0, 0},
    {"groups", YAML_STRINGS, offsetof(struct layer_texts, layer.groups), false, 0, 0},
};
#define DEFAULTS_ONLY   1
#define HOST_ONLY       3
#define LAYER_FIELDS    (sizeof(layer_fields) / sizeof(layer_fields[0]))
#define FINGERPRINT_B64 43 /* SHA-256 in base64 without padding */

static const struct yaml_field timeout_fields[] = {
    {"connect", YAML_DURATION, offsetof(struct layer, connect_ms), false, 0, 0},
    {"auth", YAML_DURATION, offsetof(struct layer, auth_ms), false, 0, 0},
    {"command", YAML_DURATION, offsetof(struct layer, command_ms), false, 0, 0},
    {"idle", YAML_DURATION, offsetof(struct layer, idle_ms), false, 0, 0},
};

int inventory_warn(struct inventory *inventory, struct err *err, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    char *copy = arena_dup(&inventory->arena, view_of(text));
    const char **more = arena_array(&inventory->arena, inventory->nwarnings + 1, sizeof(*more));
    if (!copy || !more) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < inventory->nwarnings; i++) {
        more[i] = inventory->warnings[i];
    }
    more[inventory->nwarnings++] = copy;
    inventory->warnings = more;
    return 0;
}

/* ---- Checks of single keys -----------------------------------------------------------------
 */

bool inventory_name_ok(struct view name)
{
    if (name.len == 0 || name.len > 255 || name.ptr[0] == '-') {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  (c != '\0' && strchr("._:%-", c));
        if (!ok) {
            return false;
        }
    }
    return true;
}

static int check_name(const struct yaml *y, const struct yaml_node *map, const char *key,
                      const char *value, struct err *err)
{
    if (!value || inventory_name_ok(view_of(value))) {
        return 0;
    }
    return yaml_error(y, yaml_get(map, key), err,
                      "%s '%s' is refused: letters, digits and ._:%%- only, no '-' in front",
                      key, value);
}

/* 10.0.0.1:2222 has one colon, an IPv6 address at least two. */
static int check_address(const struct yaml *y, const struct yaml_node *map, const char *address,
                         struct err *err)
{
    const char *colon = address ? strchr(address, ':') : NULL;
    if (colon && !strchr(colon + 1, ':')) {
        return yaml_error(y, yaml_get(map, "address"), err,
                          "address '%s' has a port in it: write it as port: %s", address,
                          colon + 1);
    }
    return check_name(y, map, "address", address, err);
}

static int check_fingerprint(const struct yaml *y, const struct yaml_node *map,
                             const char *text, struct err *err)
{
    struct view v = view_of(text);
    if (!text || (view_starts(v, VIEW("SHA256:")) && v.len == 7 + FINGERPRINT_B64)) {
        return 0;
    }
    return yaml_error(y, yaml_get(map, "fingerprint"), err,
                      "fingerprint '%s' is not SHA256: and %d characters, as `ssh-keygen -lf` "
                      "prints it",
                      text, FINGERPRINT_B64);
}

/* Of the file's folder, unless absolute; ~/ is the home folder. */
static int resolve_path(struct inventory_file *file, const char **path, struct err *err)
{
    const char *text = *path;
    if (!text || *text == '/') {
        return 0;
    }
    const char *home = text[0] == '~' && text[1] == '/' ? getenv("HOME") : NULL;
    *path = home ? arena_printf(&file->inventory->arena, "%s%s", home, text + 1)
                 : arena_printf(&file->inventory->arena, "%s%s", file->folder, text);
    return *path ? 0 : err_nomem(err);
}

static int read_secret(struct inventory_file *file, const struct yaml_node *map,
                       struct secret_texts *texts, const char *prefix, struct secret_spec *out,
                       struct err *err)
{
    const struct {
        enum secret_source source;
        const char *value;
    } given[] = {{SECRET_ENV, texts->env},
                 {SECRET_COMMAND, texts->command},
                 {SECRET_FILE, texts->file},
                 {SECRET_PLAIN, texts->plain}};
    int count = 0;
    for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
        if (given[i].value) {
            *out = (struct secret_spec){given[i].source, given[i].value};
            count++;
        }
    }
    struct inventory *inventory = file->inventory;
    if (count > 1) {
        return yaml_error(&inventory->yaml, map, err,
                          "more than one of %s, %s_env, %s_file and %s_command: keep one",
                          prefix, prefix, prefix, prefix);
    }
    if (out->source == SECRET_PLAIN) {
        return inventory_warn(inventory, err,
                              "%s:%d: %s stands in the file for all to read: use %s_env, "
                              "%s_file, %s_command or -k",
                              inventory->path, yaml_get(map, prefix)->key_line, prefix, prefix,
                              prefix, prefix);
    }
    return out->source == SECRET_FILE ? resolve_path(file, &out->value, err) : 0;
}

/* data: any keys, each with one text. */
static int check_data(const struct yaml *y, const struct yaml_node *data, struct err *err)
{
    if (!data || yaml_is_null(data)) {
        return 0;
    }
    if (yaml_want(y, data, YAML_MAP, "data", err) < 0) {
        return ERR_INPUT;
    }
    for (const struct yaml_node *item = data->first; item; item = item->next) {
        if (yaml_want(y, item, YAML_SCALAR, "a value in data", err) < 0) {
            return ERR_INPUT;
        }
    }
    return 0;
}

/* ---- Layers --------------------------------------------------------------------------------
 */

static int check_layer(struct inventory_file *file, const struct yaml_node *map,
                       struct layer *layer, struct err *err)
{
    const struct yaml *y = &file->inventory->yaml;
    int rc = check_address(y, map, layer->address, err);
    if (rc == 0) {
        rc = check_name(y, map, "username", layer->username, err);
    }
    if (rc == 0) {
        rc = check_name(y, map, "platform", layer->platform, err);
    }
    if (rc == 0) {
        rc = check_fingerprint(y, map, layer->fingerprint, err);
    }
    if (rc == 0) {
        rc = resolve_path(file, &layer->key, err);
    }
    return rc;
}

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
    int rc = check_data(&file->inventory->yaml, texts->data, err);
    if (rc == 0) {
        rc = check_layer(file, map, layer, err);
    }
    if (rc == 0) {
        rc = read_secret(file, map, &texts->password, "password", &layer->password, err);
    }
    if (rc == 0) {
        rc = read_secret(file, map, &texts->enable, "enable_password", &layer->enable, err);
    }
    if (rc == 0 && texts->known_hosts) {
        rc = resolve_path(file, &texts->known_hosts, err);
        file->inventory->known_hosts = texts->known_hosts;
    }
    layer->data = texts->data && !yaml_is_null(texts->data) ? texts->data : NULL;
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
    if (rc == 0) {
        rc = finish_layer(file, map, &texts, err);
    }
    *out = texts.layer;
    return rc;
}

static int bad_key(const struct inventory_file *file, const struct yaml_node *node,
                   const char *what, struct err *err)
{
    return err_set_at(
        err, ERR_INPUT, node->key_line, node->key_column,
        "%s:%d:%d: %s name '%.*s' is refused: letters, digits and ._:%%- only, no "
        "'-' in front",
        file->inventory->path, node->key_line, node->key_column, what, VIEW_ARG(node->key));
}

int inventory_file_host(struct inventory_file *file, const struct yaml_node *node,
                        struct layer *out, struct err *err)
{
    if (!inventory_name_ok(node->key)) {
        return yaml_error(
            &file->inventory->yaml, node, err,
            "host name '%.*s' is refused: letters, digits and ._:%%- only, no '-' "
            "in front",
            VIEW_ARG(node->key));
    }
    int rc = read_layer(file, node, LAYER_HOST, out, err);
    return rc < 0 ? rc : check_groups(file, node, out->groups, err);
}

/* ---- The file ------------------------------------------------------------------------------
 */

static int by_group_name(const void *a, const void *b)
{
    return strcmp(((const struct group *)a)->name, ((const struct group *)b)->name);
}

const struct group *inventory_file_group(const struct inventory_file *file, const char *name)
{
    struct group key = {.name = name};
    return file->ngroups == 0
               ? NULL
               : bsearch(&key, file->groups, file->ngroups, sizeof(key), by_group_name);
}

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
    file->groups = arena_array(&inventory->arena, groups->count, sizeof(*file->groups));
    if (!file->groups && groups->count > 0) {
        return err_nomem(err);
    }
    for (const struct yaml_node *node = groups->first; node; node = node->next) {
        struct group *group = &file->groups[file->ngroups++];
        group->name = node->key.ptr;
        int rc = inventory_name_ok(node->key)
                     ? read_layer(file, node, LAYER_GROUP, &group->layer, err)
                     : bad_key(file, node, "group", err);
        if (rc < 0) {
            return rc;
        }
    }
    qsort(file->groups, file->ngroups, sizeof(*file->groups), by_group_name);
    return 0;
}

static int read_folder(struct inventory_file *file, const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    struct view folder = slash ? view_make(path, (size_t)(slash - path) + 1) : VIEW_NONE;
    file->folder = arena_dup(&file->inventory->arena, folder);
    file->inventory->path = arena_dup(&file->inventory->arena, view_of(path));
    return file->folder && file->inventory->path ? 0 : err_nomem(err);
}

int inventory_file_read(struct inventory_file *out, struct inventory *inventory,
                        const char *path, struct err *err)
{
    struct top {
        const struct yaml_node *defaults, *groups, *hosts;
    } top = {NULL, NULL, NULL};
    static const struct yaml_field fields[] = {
        {"defaults", YAML_NODE, offsetof(struct top, defaults), false, 0, 0},
        {"groups", YAML_NODE, offsetof(struct top, groups), false, 0, 0},
        {"hosts", YAML_NODE, offsetof(struct top, hosts), true, 0, 0},
    };
    struct yaml *y = &inventory->yaml;
    *out = (struct inventory_file){.inventory = inventory};
    int rc = read_folder(out, path, err);
    if (rc == 0) {
        rc = yaml_read_file(y, path, err);
    }
    if (rc == 0) {
        rc = yaml_read_map(y, y->root, "an inventory", fields, 3, &top, err);
    }
    if (rc == 0 && top.defaults) {
        rc = read_layer(out, top.defaults, LAYER_DEFAULTS, &out->defaults, err);
    }
    if (rc == 0) {
        rc = read_groups(out, top.groups, err);
    }
    if (rc == 0) {
        out->hosts = top.hosts;
        rc = yaml_want(y, top.hosts, YAML_MAP, "hosts", err);
    }
    return rc;
}
