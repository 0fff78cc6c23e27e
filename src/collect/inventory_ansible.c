/*
 * Ansible's YAML inventories: groups with `hosts`, `children` and `vars`, in any nesting. What
 * wins is what wins there: a host's own variables, then those of its groups, the deeper before
 * the shallower, of equally deep ones the last by name; then those of `all`.
 *
 * Known variables become settings (the table below), scalars become data, other variables are
 * Ansible's own business. Vaults and expressions cannot be resolved here.
 */
#include "collect/inventory_part.h"
#include "collect/name_range.h"

#include "base/limits.h"

#include <stddef.h>
#include <stdlib.h>

/* A place where a group or a host is mentioned. */
struct mention {
    const char *name;
    const char *parent;           /* group; NULL for the top level */
    const struct yaml_node *node; /* the host's variables; the group's map */
    size_t order;
};

struct mentions {
    struct mention *items;
    size_t count, room;
};

struct ansible {
    struct inventory_file *file;
    struct mentions groups, hosts;
    size_t *depths; /* by place in file->groups */
};

/* ---- Variables -----------------------------------------------------------------------------
 */

/* What variables fill. */
struct vars {
    struct layer layer;
    struct secret_texts password, enable;
};

enum var_kind { VAR_TEXT, VAR_PORT, VAR_PLATFORM, VAR_SECRET, VAR_IGNORED };

static const struct var {
    const char *name;
    enum var_kind kind;
    size_t offset;
} vars_table[] = {
    {"ansible_host", VAR_TEXT, offsetof(struct vars, layer.address)},
    {"ansible_ssh_host", VAR_TEXT, offsetof(struct vars, layer.address)},
    {"ansible_port", VAR_PORT, 0},
    {"ansible_ssh_port", VAR_PORT, 0},
    {"ansible_user", VAR_TEXT, offsetof(struct vars, layer.username)},
    {"ansible_ssh_user", VAR_TEXT, offsetof(struct vars, layer.username)},
    {"ansible_network_os", VAR_PLATFORM, 0},
    {"ansible_ssh_private_key_file", VAR_TEXT, offsetof(struct vars, layer.key)},
    {"ansible_private_key_file", VAR_TEXT, offsetof(struct vars, layer.key)},
    {"ansible_password", VAR_SECRET, offsetof(struct vars, password)},
    {"ansible_ssh_pass", VAR_SECRET, offsetof(struct vars, password)},
    {"ansible_ssh_password", VAR_SECRET, offsetof(struct vars, password)},
    {"ansible_become_password", VAR_SECRET, offsetof(struct vars, enable)},
    {"ansible_become_pass", VAR_SECRET, offsetof(struct vars, enable)},
};

/* Ansible's names of network systems, without their collection, and ours. */
static const char *const systems[][2] = {
    {"ios", "cisco_ios"},
    {"iosxr", "cisco_xr"},
    {"nxos", "cisco_nxos"},
    {"asa", "cisco_asa"},
    {"eos", "arista_eos"},
    {"junos", "juniper_junos"},
    {"ce", "huawei_vrp"},
    {"aoscx", "aruba_aoscx"},
    {"fortios", "fortinet"},
    {"panos", "paloalto_panos"},
    {"routeros", "mikrotik_routeros"},
};

static const char *platform_of(struct view system)
{
    for (size_t i = system.len; i > 0; i--) {
        if (system.ptr[i - 1] == '.') {
            system = view_slice(system, i, system.len);
            break;
        }
    }
    for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
        if (view_equal_str(system, systems[i][0])) {
            return systems[i][1];
        }
    }
    return system.ptr; /* a NUL follows */
}

static bool is_expression(struct view text)
{
    return text.len > 1 && strstr(text.ptr, "{{") != NULL;
}

/* "{{ lookup('env', 'NAME') }}" -> NAME, the one expression that we can follow; else NULL. */
static const char *env_name(struct arena *arena, const char *text)
{
    const char *p = strstr(text, "lookup(");
    p = p ? strpbrk(p, "'\"") : NULL;
    struct view plugin = p ? view_make(p + 1, strcspn(p + 1, "'\"")) : VIEW_NONE;
    if (!view_equal_str(plugin, "env") && !view_ends(plugin, VIEW(".env"))) {
        return NULL;
    }
    p = strchr(plugin.ptr, ',');
    p = p ? strpbrk(p, "'\"") : NULL;
    size_t n = p ? strcspn(p + 1, "'\"") : 0;
    return n > 0 ? arena_dup(arena, view_make(p + 1, n)) : NULL;
}

static int set_secret(struct inventory_file *file, const struct yaml_node *node,
                      struct secret_texts *texts, struct err *err)
{
    if (!is_expression(node->text)) {
        texts->plain = node->text.ptr;
        return 0;
    }
    texts->env = env_name(&file->inventory->arena, node->text.ptr);
    return texts->env
               ? 0
               : inventory_warn(file->inventory, err,
                                "%s:%d: the expression for %.*s is not followed; use -k, "
                                "--password-file or lookup('env', 'NAME')",
                                file->inventory->path, node->line, VIEW_ARG(node->key));
}

static int set_var(struct inventory_file *file, const struct yaml_node *node,
                   const struct var *var, struct vars *vars, struct err *err)
{
    const struct yaml *y = &file->inventory->yaml;
    void *field = (char *)vars + var->offset;
    const char *text = NULL;
    if (yaml_is_null(node)) {
        return 0;
    }
    int rc = yaml_string(y, node, &text, err);
    if (rc < 0 || var->kind == VAR_IGNORED) {
        return rc;
    }
    if (var->kind == VAR_SECRET) {
        return set_secret(file, node, field, err);
    }
    if (is_expression(node->text)) {
        return yaml_error(y, node, err, "expressions are not followed here: write the value");
    }
    if (var->kind == VAR_PORT) {
        return yaml_int(y, node, 1, 65535, &vars->layer.port, err);
    }
    if (var->kind == VAR_PLATFORM) {
        vars->layer.platform = platform_of(node->text);
        return 0;
    }
    *(const char **)field = text;
    return 0;
}

static const struct var *find_var(struct view name)
{
    static const struct var ignored = {"ansible_*", VAR_IGNORED, 0};
    for (size_t i = 0; i < sizeof(vars_table) / sizeof(vars_table[0]); i++) {
        if (view_equal_str(name, vars_table[i].name)) {
            return &vars_table[i];
        }
    }
    return view_starts(name, VIEW("ansible_")) ? &ignored : NULL;
}

/* Adds a map of variables to *vars; those that are there already are older and give way. */
static int read_vars(struct inventory_file *file, const struct yaml_node *map,
                     struct vars *vars, struct err *err)
{
    int rc = 0;
    if (!map || yaml_is_null(map)) {
        return 0;
    }
    if (yaml_want(&file->inventory->yaml, map, YAML_MAP, "variables", err) < 0) {
        return ERR_INPUT;
    }
    struct layer *layer = &vars->layer;
    struct host_data *data =
        arena_array(&file->inventory->arena, layer->ndata + map->count + 1, sizeof(*data));
    if (!data) {
        return err_nomem(err);
    }
    size_t n = 0;
    for (const struct yaml_node *node = map->first; node && rc == 0; node = node->next) {
        const struct var *var = find_var(node->key);
        if (var) {
            rc = node->kind == YAML_SCALAR || var->kind != VAR_IGNORED
                     ? set_var(file, node, var, vars, err)
                     : 0;
        } else if (node->kind == YAML_SCALAR && !is_expression(node->text)) {
            data[n++] = (struct host_data){node->key.ptr, node->text.ptr};
        }
    }
    for (size_t i = 0; i < layer->ndata; i++) {
        data[n++] = layer->data[i]; /* the first of a key wins */
    }
    layer->data = data;
    layer->ndata = n;
    return rc;
}

static int finish_vars(struct inventory_file *file, struct vars *vars, int line,
                       struct err *err)
{
    struct place place = {.line = line};
    struct layer *layer = &vars->layer;
    layer->line = line;
    int rc = layer_check(file, &place, layer, err);
    if (rc == 0) {
        rc = layer_secret(file, &place, "password", &vars->password, &layer->password, err);
    }
    if (rc == 0) {
        rc = layer_secret(file, &place, "enable_password", &vars->enable, &layer->enable, err);
    }
    return rc;
}

/* ---- The tree ------------------------------------------------------------------------------
 */

static int mention(struct mentions *list, struct arena *arena, const struct mention *item,
                   struct err *err)
{
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 64;
        struct mention *more = arena_array(arena, room, sizeof(*more));
        if (!more) {
            return err_nomem(err);
        }
        for (size_t i = 0; i < list->count; i++) {
            more[i] = list->items[i];
        }
        list->items = more;
        list->room = room;
    }
    list->items[list->count] = *item;
    list->items[list->count].order = list->count;
    list->count++;
    return 0;
}

static bool group_key(struct view key)
{
    return view_equal_str(key, "hosts") || view_equal_str(key, "children") ||
           view_equal_str(key, "vars");
}

/* A map of nothing but `hosts`, `children` and `vars`. */
static bool like_group(const struct yaml_node *node)
{
    if (yaml_is_null(node)) {
        return true;
    }
    bool like = node->kind == YAML_MAP;
    for (const struct yaml_node *child = node->first; child && like; child = child->next) {
        like = group_key(child->key);
    }
    return like;
}

bool inventory_is_ansible(const struct yaml_node *root)
{
    if (root->kind != YAML_MAP || yaml_get(root, "hosts") || yaml_get(root, "defaults")) {
        return false;
    }
    if (yaml_get(root, "all")) {
        return true;
    }
    bool like = root->first != NULL;
    for (const struct yaml_node *child = root->first; child && like; child = child->next) {
        like = like_group(child) && !yaml_is_null(child);
    }
    return like;
}

static int mention_host(struct ansible *a, const char *group, const struct yaml_node *node,
                        struct view name, struct err *err)
{
    struct arena *arena = &a->file->inventory->arena;
    struct name_range range;
    if (!name_range_read(&range, name)) {
        struct mention item = {name.ptr, group, node, 0};
        int rc = layer_name(a->file, "host", name, node->key_line, node->key_column, err);
        return rc < 0 ? rc : mention(&a->hosts, arena, &item, err);
    }
    int rc = 0;
    for (int64_t i = range.from; i <= range.to && rc == 0; i += range.step) {
        const char *one = name_range_item(&range, i, arena);
        if (a->hosts.count > LIMIT_HOSTS) {
            return yaml_error(&a->file->inventory->yaml, node, err, "more than %d hosts",
                              LIMIT_HOSTS);
        }
        rc = one ? mention_host(a, group, node, view_of(one), err) : err_nomem(err);
    }
    return rc;
}

static int walk_hosts(struct ansible *a, const char *group, const struct yaml_node *hosts,
                      struct err *err)
{
    const struct yaml *y = &a->file->inventory->yaml;
    if (!hosts || yaml_is_null(hosts)) {
        return 0;
    }
    int rc = yaml_want(y, hosts, YAML_MAP, "hosts", err);
    for (const struct yaml_node *node = hosts->first; node && rc == 0; node = node->next) {
        rc = mention_host(a, group, node, node->key, err);
    }
    return rc;
}

/* The tree is at most LIMIT_YAML_DEPTH deep, so recursion is, too. */
static int walk_group(struct ansible *a, const char *parent, const struct yaml_node *node,
                      struct err *err)
{
    const struct yaml *y = &a->file->inventory->yaml;
    struct mention item = {node->key.ptr, parent, node, 0};
    int rc = layer_name(a->file, "group", node->key, node->key_line, node->key_column, err);
    if (rc == 0) {
        rc = mention(&a->groups, &a->file->inventory->arena, &item, err);
    }
    if (rc < 0 || yaml_is_null(node)) {
        return rc;
    }
    if (!like_group(node)) {
        return yaml_error(y, node, err, "a group has `hosts`, `children` and `vars` only");
    }
    rc = walk_hosts(a, node->key.ptr, yaml_get(node, "hosts"), err);
    const struct yaml_node *children = yaml_get(node, "children");
    if (rc < 0 || !children || yaml_is_null(children)) {
        return rc;
    }
    rc = yaml_want(y, children, YAML_MAP, "children", err);
    for (const struct yaml_node *child = children->first; child && rc == 0;
         child = child->next) {
        rc = walk_group(a, node->key.ptr, child, err);
    }
    return rc;
}

/* ---- Groups --------------------------------------------------------------------------------
 */

static int by_name_and_order(const void *a, const void *b)
{
    const struct mention *left = a, *right = b;
    int order = strcmp(left->name, right->name);
    return order ? order : (left->order < right->order ? -1 : left->order > right->order);
}

static bool is_all(const char *name)
{
    return strcmp(name, "all") == 0;
}

static size_t same_name(const struct mentions *list, size_t from)
{
    size_t to = from + 1;
    while (to < list->count && strcmp(list->items[from].name, list->items[to].name) == 0) {
        to++;
    }
    return to;
}

/* All that the mentions [from, to) of a group say in their `vars`. */
static int merge_group(struct ansible *a, size_t from, size_t to, struct layer *out,
                       struct err *err)
{
    struct vars vars = {.password = {NULL, NULL, NULL, NULL}};
    int rc = 0, line = a->groups.items[from].node->key_line;
    for (size_t i = from; i < to && rc == 0; i++) {
        const struct yaml_node *node = a->groups.items[i].node;
        const struct yaml_node *map = node->kind == YAML_MAP ? yaml_get(node, "vars") : NULL;
        line = map ? map->line : line;
        rc = read_vars(a->file, map, &vars, err);
    }
    if (rc == 0) {
        rc = finish_vars(a->file, &vars, line, err);
    }
    *out = vars.layer;
    return rc;
}

static int make_groups(struct ansible *a, struct err *err)
{
    struct inventory_file *file = a->file;
    struct arena *arena = &file->inventory->arena;
    file->groups = arena_array(arena, a->groups.count + 1, sizeof(*file->groups));
    a->depths = arena_array(arena, a->groups.count + 1, sizeof(*a->depths));
    if (!file->groups || !a->depths) {
        return err_nomem(err);
    }
    qsort(a->groups.items, a->groups.count, sizeof(*a->groups.items), by_name_and_order);
    int rc = 0;
    for (size_t from = 0, to; from < a->groups.count && rc == 0; from = to) {
        to = same_name(&a->groups, from);
        struct group *group = &file->groups[file->ngroups++];
        group->name = a->groups.items[from].name;
        rc = merge_group(a, from, to, &group->layer, err);
        if (is_all(group->name)) {
            file->defaults = group->layer;
            group->layer = (struct layer){.address = NULL};
        }
    }
    return rc;
}

/* A group is deeper than each of its parents. More rounds than groups: they go in a circle. */
static int find_depths(struct ansible *a, struct err *err)
{
    struct inventory_file *file = a->file;
    bool changed = true;
    for (size_t round = 0; changed; round++) {
        changed = false;
        for (size_t i = 0; i < a->groups.count; i++) {
            const struct mention *m = &a->groups.items[i];
            size_t place = (size_t)(inventory_file_group(file, m->name) - file->groups);
            size_t parent =
                m->parent && !is_all(m->parent)
                    ? a->depths[inventory_file_group(file, m->parent) - file->groups]
                    : 0;
            if (!is_all(m->name) && a->depths[place] < parent + 1) {
                a->depths[place] = parent + 1;
                changed = true;
            }
        }
        if (round > file->ngroups) {
            return err_set(err, ERR_INPUT, "%s: its groups are children of each other",
                           file->inventory->path);
        }
    }
    return 0;
}

/* ---- Hosts ---------------------------------------------------------------------------------
 */

/* Marks a group and what it is a child of; circles were refused. */
static void mark(const struct ansible *a, bool *marks, const char *name)
{
    const struct inventory_file *file = a->file;
    size_t place = (size_t)(inventory_file_group(file, name) - file->groups);
    if (marks[place]) {
        return;
    }
    marks[place] = true;
    for (size_t i = 0; i < a->groups.count; i++) {
        const struct mention *m = &a->groups.items[i];
        if (m->parent && strcmp(m->name, name) == 0) {
            mark(a, marks, m->parent);
        }
    }
}

/* The host's groups, the strongest first: deeper, then later by name. `all` is everybody's. */
static int groups_of(const struct ansible *a, size_t from, size_t to, struct layer *layer,
                     struct err *err)
{
    const struct inventory_file *file = a->file;
    struct arena *arena = &file->inventory->arena;
    bool *marks = calloc(file->ngroups + 1, sizeof(*marks));
    const char **names = arena_array(arena, file->ngroups + 1, sizeof(*names));
    if (!marks || !names) {
        free(marks);
        return err_nomem(err);
    }
    size_t deepest = 0, n = 0;
    for (size_t i = from; i < to; i++) {
        mark(a, marks, a->hosts.items[i].parent);
    }
    for (size_t i = 0; i < file->ngroups; i++) {
        deepest = marks[i] && a->depths[i] > deepest ? a->depths[i] : deepest;
    }
    for (size_t depth = deepest; depth > 0; depth--) {
        for (size_t i = file->ngroups; i > 0; i--) {
            if (marks[i - 1] && a->depths[i - 1] == depth) {
                names[n++] = file->groups[i - 1].name;
            }
        }
    }
    free(marks);
    layer->groups = names;
    return 0;
}

static int make_host(struct ansible *a, size_t from, size_t to, struct entry *entry,
                     struct err *err)
{
    struct vars vars = {.password = {NULL, NULL, NULL, NULL}};
    const struct mention *first = &a->hosts.items[from];
    int rc = 0;
    for (size_t i = from; i < to && rc == 0; i++) {
        rc = read_vars(a->file, a->hosts.items[i].node, &vars, err);
    }
    if (rc == 0) {
        rc = finish_vars(a->file, &vars, first->node->key_line, err);
    }
    if (rc == 0) {
        rc = groups_of(a, from, to, &vars.layer, err);
    }
    *entry = (struct entry){.name = first->name,
                            .line = first->node->key_line,
                            .order = first->order,
                            .layer = vars.layer};
    return rc;
}

/* Entries are made by name, then put in the order in which they were first mentioned. */
static int by_order(const void *a, const void *b)
{
    size_t left = ((const struct entry *)a)->order, right = ((const struct entry *)b)->order;
    return left < right ? -1 : left > right;
}

static int make_hosts(struct ansible *a, struct err *err)
{
    struct inventory_file *file = a->file;
    file->entries =
        arena_array(&file->inventory->arena, a->hosts.count + 1, sizeof(*file->entries));
    if (!file->entries) {
        return err_nomem(err);
    }
    int rc = 0;
    if (a->hosts.count > 0) {
        qsort(a->hosts.items, a->hosts.count, sizeof(*a->hosts.items), by_name_and_order);
    }
    for (size_t from = 0, to; from < a->hosts.count && rc == 0; from = to) {
        to = same_name(&a->hosts, from);
        rc = make_host(a, from, to, &file->entries[file->nentries++], err);
    }
    if (file->nentries > 0) {
        qsort(file->entries, file->nentries, sizeof(*file->entries), by_order);
    }
    return rc;
}

int inventory_ansible(struct inventory_file *file, struct err *err)
{
    struct ansible a = {.file = file};
    int rc = 0;
    const struct yaml_node *root = file->inventory->yaml.root;
    for (const struct yaml_node *node = root->first; node && rc == 0; node = node->next) {
        rc = walk_group(&a, NULL, node, err);
    }
    if (rc == 0) {
        rc = make_groups(&a, err);
    }
    if (rc == 0) {
        rc = find_depths(&a, err);
    }
    return rc < 0 ? rc : make_hosts(&a, err);
}
