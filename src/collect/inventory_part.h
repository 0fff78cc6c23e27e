/*
 * Between the files that make up inventory_read(); nobody else's.
 *
 *     inventory.c          the query, resolving, duplicates
 *     inventory_file.c     which kind of file it is; names in it
 *     inventory_yaml.c     hosts.yml as inventory.h describes it
 *     inventory_csv.c      a table, a host a line
 *     inventory_ansible.c  Ansible's YAML inventories
 *     inventory_layer.c    what all kinds check alike
 *     inventory_jump.c     jump hosts
 *     inventory_ssh.c      what ~/.ssh/config adds
 *     inventory_select.c   -l (inventory_select() is in inventory.h)
 *     host_spec.c          -H
 *
 * A layer is what one place says of a host: the host itself, one of its groups, defaults, or
 * the command line. Layers are laid over each other, strongest first.
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
    const char *jump;
    struct algorithms algorithms;
    int max_sessions;
    int port;
    int legacy; /* 0 = not said, 1 = no, 2 = yes */
    ms_t connect_ms, auth_ms, command_ms, idle_ms;
    struct secret_spec password, enable;
    const char *const *groups;
    const struct host_data *data;
    size_t ndata;
    const struct yaml_node *map; /* where its keys stand, or NULL */
    int line;                    /* where it stands, 0 = in no one line */
};

struct group {
    const char *name;
    struct layer layer;
    struct host_cap cap; /* most 0 = none */
};

struct entry {
    const char *name;
    int line;
    size_t order; /* for whoever makes entries in another order than the file's */
    const struct yaml_node *node; /* hosts.yml: what to read the layer from when it is needed */
    struct layer layer;           /* without node: complete and checked */
};

/* A file as read, before hosts are resolved. */
struct inventory_file {
    struct inventory *inventory;
    const char *folder; /* of the file */
    struct layer defaults;
    struct group *groups; /* sorted by name */
    size_t ngroups;
    struct entry *entries; /* in the order of the file */
    size_t nentries;
    struct entry *jumps; /* hosts.yml: only passed through */
    size_t njumps;
    struct entry **by_name; /* sorted; made when it is first needed */
};

/* ---- inventory_file.c ----------------------------------------------------------------------
 */

/* Reads the file, whichever kind it is. */
int inventory_file_read(struct inventory_file *out, struct inventory *inventory,
                        const char *path, struct err *err);
void inventory_file_sort_groups(struct inventory_file *file);
const struct group *inventory_file_group(const struct inventory_file *file, const char *name);
/* 1 and the entry, 0 when there is none of that name, or negative. */
int inventory_file_find(struct inventory_file *file, const char *name, struct entry **out,
                        struct err *err);
/* What the file says of one of its hosts. */
int inventory_file_layer(struct inventory_file *file, const struct entry *entry,
                         struct layer *out, struct err *err);

int inventory_warn(struct inventory *inventory, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Lays a host's layers over what the command line has written into it. */
int inventory_resolve(struct host *host, const struct inventory_file *file,
                      const struct layer *own, struct err *err);

/* Lets the ssh configuration say what nobody has said of the selected hosts. path: see the
 * query. */
int inventory_ssh(struct inventory_file *file, const char *path, struct err *err);

/* A host of no words yet; with room for origins if they are asked for. */
struct host *inventory_new_host(struct inventory *inventory, struct err *err);
int inventory_want_origins(struct inventory *inventory, struct host *host, struct err *err);

/* Where a setting was said, if nobody has said it before; again: even then. */
void host_note(struct host *host, enum setting setting, struct origin origin);
void host_note_again(struct host *host, enum setting setting, struct origin origin);

/* One more of inventory->jumps. */
int inventory_add_jump(struct inventory *inventory, struct host *jump, struct err *err);

/* Finds the jump hosts of the selected hosts. */
int inventory_jumps(struct inventory_file *file, struct err *err);

/* ---- The kinds -----------------------------------------------------------------------------
 */

int inventory_yaml(struct inventory_file *file, struct err *err);
int inventory_yaml_host(struct inventory_file *file, const struct yaml_node *node,
                        struct layer *out, struct err *err);

/* Whether the tree that was read is one of Ansible's. */
bool inventory_is_ansible(const struct yaml_node *root);
int inventory_ansible(struct inventory_file *file, struct err *err);

int inventory_csv(struct inventory_file *file, const char *path, struct err *err);

/* ---- inventory_layer.c ---------------------------------------------------------------------
 */

/* Where in the file a layer's keys stand: in a map, or in a line. */
struct place {
    const struct yaml_node *map; /* NULL = none */
    int line;
};

/* ERR_INPUT at a key (NULL: at the layer itself): "hosts.yml:3:5: ..." */
int place_error(const struct inventory_file *file, const struct place *place, const char *key,
                struct err *err, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* A secret's four keys, as they stand in the file. */
struct secret_texts {
    const char *plain, *env, *file, *command;
};

/* Checks names and addresses and resolves paths. */
int layer_check(struct inventory_file *file, const struct place *place, struct layer *layer,
                struct err *err);
/* prefix is "password" or "enable_password": what the keys begin with. */
int layer_secret(struct inventory_file *file, const struct place *place, const char *prefix,
                 const struct secret_texts *texts, struct secret_spec *out, struct err *err);
/* what is "host" or "group". */
int layer_name(const struct inventory_file *file, const char *what, struct view name, int line,
               int column, struct err *err);
/* Relative paths are of the file's folder; ~/ is the home folder. */
int layer_path(struct inventory_file *file, const char **path, struct err *err);

/* ---- host_spec.c: [USER@]HOST[:PORT], [V6]:PORT, V6. Strings are the arena's.
 * ---------------- */

struct host_spec {
    const char *name;    /* without the user */
    const char *address; /* without the port and brackets */
    const char *username;
    int port;
};
int host_spec_parse(struct host_spec *out, const char *text, struct arena *arena,
                    struct err *err);

#endif
