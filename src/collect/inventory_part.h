/*
 * Between the files that make up inventory_read(); nobody else's.
 *
 * A layer is what one place says of a host: the host itself, one of its groups, defaults, or
 * the command line. Layers are laid over each other with layer_fill(), strongest first.
 */
#ifndef COLLECT_INVENTORY_PART_H
#define COLLECT_INVENTORY_PART_H

#include "collect/inventory.h"

enum layer_kind { LAYER_HOST, LAYER_GROUP, LAYER_DEFAULTS };

/* NULL, 0 and SECRET_NONE = not said. */
struct layer {
    const char *address;
    const char *platform;
    const char *username;
    const char *key;
    const char *fingerprint;
    int port;
    int legacy; /* 0 = not said, 1 = no, 2 = yes */
    ms_t connect_ms, auth_ms, command_ms, idle_ms;
    struct secret_spec password, enable;
    const char *const *groups;
    const struct yaml_node *data; /* checked: a map of scalars */
};

struct group {
    const char *name;
    struct layer layer;
};

/* A file as read, before hosts are resolved. */
struct inventory_file {
    struct inventory *inventory;
    const char *folder; /* of the file */
    struct layer defaults;
    struct group *groups; /* sorted by name */
    size_t ngroups;
    const struct yaml_node *hosts; /* a map */
};

/* inventory_yaml.c: reads the file into inventory->yaml and *out. */
int inventory_file_read(struct inventory_file *out, struct inventory *inventory,
                        const char *path, struct err *err);
const struct group *inventory_file_group(const struct inventory_file *file, const char *name);
/* What the file says of one of its hosts. */
int inventory_file_host(struct inventory_file *file, const struct yaml_node *node,
                        struct layer *out, struct err *err);

int inventory_warn(struct inventory *inventory, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* host_spec.c: [USER@]HOST[:PORT], [V6]:PORT, V6. Strings are the arena's. */
struct host_spec {
    const char *name;    /* without the user */
    const char *address; /* without the port and brackets */
    const char *username;
    int port;
};
int host_spec_parse(struct host_spec *out, const char *text, struct arena *arena,
                    struct err *err);

/* inventory_select.c: keeps the hosts that the patterns mean. */
int inventory_select(struct inventory *inventory, const char *const *targets, size_t n,
                     struct err *err);

#endif
