#include "cli/names.h"

#include "cli/setting.h"
#include "collect/inventory.h"

#include <stdlib.h>
#include <string.h>

struct names {
    const struct options *options;
    struct arena arena;
    const char **items;
    size_t count, capacity;
};

static int add(struct names *names, struct view name, struct err *err)
{
    if (!inventory_name_ok(name)) {
        return 0;
    }
    if (names->count == names->capacity) {
        size_t capacity = names->capacity ? 2 * names->capacity : 64;
        const char **more = realloc(names->items, capacity * sizeof(*more));
        if (!more) {
            return err_nomem(err);
        }
        names->items = more;
        names->capacity = capacity;
    }
    const char *copy = arena_dup(&names->arena, name);
    if (!copy) {
        return err_nomem(err);
    }
    names->items[names->count++] = copy;
    return 0;
}

static int add_finding(void *user, const struct finding *finding, struct err *err)
{
    return add(user, view_of(finding->name), err);
}

static int templates(struct names *names, struct err *err)
{
    struct arena arena = ARENA_INIT;
    struct library *library = NULL;
    int rc = setting_library(&library, names->options, &arena, err);
    if (rc == 0) {
        rc = library_each(library, NULL, NULL, NULL, add_finding, names, err);
    }
    library_free(library);
    arena_release(&arena);
    return rc;
}

static int platforms(struct names *names, struct err *err)
{
    struct arena arena = ARENA_INIT;
    struct library *library = NULL;
    const struct platform_set *set = NULL;
    int rc = setting_library(&library, names->options, &arena, err);
    if (rc == 0 && !(set = library_platforms(library, err))) {
        rc = err->code;
    }
    for (size_t i = 0; set && rc == 0 && i < platform_count(set); i++) {
        rc = add(names, view_of(platform_at(set, i)->name), err);
    }
    library_free(library);
    arena_release(&arena);
    return rc;
}

static int hosts(struct names *names, const char *path, bool groups, struct err *err)
{
    struct inventory inventory = INVENTORY_INIT;
    struct inventory_query query = {
        .path = path, .ssh_config = "none", .allow_duplicates = true};
    int rc = path ? inventory_read(&inventory, &query, err) : 0;
    for (size_t i = 0; i < inventory.count && rc == 0; i++) {
        const struct host *host = &inventory.hosts[i];
        rc = add(names, view_of(host->name), err);
        for (size_t g = 0; groups && rc == 0 && host->groups[g]; g++) {
            rc = add(names, view_of(host->groups[g]), err);
        }
    }
    inventory_release(&inventory);
    return rc;
}

static int find(struct names *names, const char *kind, const char *path, struct err *err)
{
    if (strcmp(kind, "template") == 0) {
        return templates(names, err);
    }
    if (strcmp(kind, "platform") == 0) {
        return platforms(names, err);
    }
    bool groups = strcmp(kind, "target") == 0;
    if (groups || strcmp(kind, "host") == 0) {
        return hosts(names, path, groups, err);
    }
    return err_set(err, ERR_USAGE, "there are names of: template, platform, host, target");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int names_add(struct strbuf *out, const struct options *options, const char *kind,
              const char *path, struct err *err)
{
    struct names names = {.options = options, .arena = ARENA_INIT};
    int rc = find(&names, kind, path, err);
    if (names.count > 0) {
        qsort(names.items, names.count, sizeof(*names.items), by_name);
    }
    for (size_t i = 0; i < names.count && rc == 0; i++) {
        if (i == 0 || strcmp(names.items[i], names.items[i - 1]) != 0) {
            strbuf_addf(out, "%s\n", names.items[i]);
        }
    }
    free(names.items);
    arena_release(&names.arena);
    return rc;
}
