#include "collect/inventory_part.h"

#include "base/limits.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

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

static int by_group_name(const void *a, const void *b)
{
    return strcmp(((const struct group *)a)->name, ((const struct group *)b)->name);
}

void inventory_file_sort_groups(struct inventory_file *file)
{
    if (file->ngroups > 0) {
        qsort(file->groups, file->ngroups, sizeof(*file->groups), by_group_name);
    }
    for (size_t i = 0; i < file->ngroups; i++) {
        struct group *group = &file->groups[i];
        group->cap = (struct host_cap){group->name, i, (size_t)group->layer.max_sessions};
    }
}

const struct group *inventory_file_group(const struct inventory_file *file, const char *name)
{
    struct group key = {.name = name};
    return file->ngroups == 0
               ? NULL
               : bsearch(&key, file->groups, file->ngroups, sizeof(key), by_group_name);
}

static int by_entry_name(const void *a, const void *b)
{
    return strcmp((*(struct entry *const *)a)->name, (*(struct entry *const *)b)->name);
}

int inventory_file_find(struct inventory_file *file, const char *name, struct entry **out,
                        struct err *err)
{
    if (file->nentries == 0) {
        return 0;
    }
    if (!file->by_name) {
        file->by_name =
            arena_array(&file->inventory->arena, file->nentries, sizeof(struct entry *));
        if (!file->by_name) {
            return err_nomem(err);
        }
        for (size_t i = 0; i < file->nentries; i++) {
            file->by_name[i] = &file->entries[i];
        }
        qsort(file->by_name, file->nentries, sizeof(struct entry *), by_entry_name);
    }
    struct entry key = {.name = name}, *pointer = &key;
    struct entry **found =
        bsearch(&pointer, file->by_name, file->nentries, sizeof(struct entry *), by_entry_name);
    *out = found ? *found : NULL;
    return found != NULL;
}

int inventory_file_layer(struct inventory_file *file, const struct entry *entry,
                         struct layer *out, struct err *err)
{
    if (entry->node) {
        return inventory_yaml_host(file, entry->node, out, err);
    }
    *out = entry->layer;
    return 0;
}

static int set_path(struct inventory_file *file, const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    struct view folder = slash ? view_make(path, (size_t)(slash - path) + 1) : VIEW_NONE;
    file->folder = arena_dup(&file->inventory->arena, folder);
    file->inventory->path = arena_dup(&file->inventory->arena, view_of(path));
    return file->folder && file->inventory->path ? 0 : err_nomem(err);
}

static bool ends_in_csv(const char *path)
{
    size_t len = strlen(path);
    return len > 4 && strcasecmp(path + len - 4, ".csv") == 0;
}

/* -i -, in YAML; paths in it are those of the working folder. */
static int read_stdin(struct yaml *yaml, const char *name, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    int rc = strbuf_read_fd(&text, STDIN_FILENO, LIMIT_YAML_BYTES);
    rc = rc < 0 ? err_set(err, ERR_INPUT, "%s: cannot read it: %s", name, strerror(errno))
                : yaml_read_text(yaml, name, strbuf_view(&text), err);
    strbuf_release(&text);
    return rc;
}

int inventory_file_read(struct inventory_file *out, struct inventory *inventory,
                        const char *path, struct err *err)
{
    *out = (struct inventory_file){.inventory = inventory};
    bool standard = strcmp(path, "-") == 0;
    int rc = set_path(out, standard ? "stdin" : path, err);
    if (rc < 0) {
        return rc;
    }
    if (ends_in_csv(path)) {
        return inventory_csv(out, path, err);
    }
    rc = standard ? read_stdin(&inventory->yaml, "stdin", err)
                  : yaml_read_file(&inventory->yaml, path, err);
    if (rc < 0) {
        return rc;
    }
    return inventory_is_ansible(inventory->yaml.root) ? inventory_ansible(out, err)
                                                      : inventory_yaml(out, err);
}
