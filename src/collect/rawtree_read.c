#include "collect/rawtree_read.h"

#include "base/limits.h"
#include "collect/host_text.h"
#include "collect/rawtree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct rawtree_entry {
    const char *host, *platform, *command, *asked, *file, *status, *reason, *collected_at;
    bool template;
    int line;
};

static const struct yaml_field entry_fields[] = {
    {"host", YAML_STRING, offsetof(struct rawtree_entry, host), true, 0, 0},
    {"platform", YAML_STRING, offsetof(struct rawtree_entry, platform), true, 0, 0},
    {"command", YAML_STRING, offsetof(struct rawtree_entry, command), true, 0, 0},
    {"asked", YAML_STRING, offsetof(struct rawtree_entry, asked), true, 0, 0},
    {"template", YAML_BOOL, offsetof(struct rawtree_entry, template), true, 0, 0},
    {"file", YAML_STRING, offsetof(struct rawtree_entry, file), false, 0, 0},
    {"status", YAML_STRING, offsetof(struct rawtree_entry, status), true, 0, 0},
    {"reason", YAML_STRING, offsetof(struct rawtree_entry, reason), false, 0, 0},
    {"collected_at", YAML_STRING, offsetof(struct rawtree_entry, collected_at), false, 0, 0},
};

/* The entries of a host stand together. */
struct rawtree_span {
    size_t first, count;
};

struct listed {
    const char *name, *address, *platform;
    const char *const *groups;
    const struct yaml_node *data;
};

static const struct yaml_field host_fields[] = {
    {"host", YAML_STRING, offsetof(struct listed, name), true, 0, 0},
    {"address", YAML_STRING, offsetof(struct listed, address), false, 0, 0},
    {"platform", YAML_STRING, offsetof(struct listed, platform), true, 0, 0},
    {"groups", YAML_STRINGS, offsetof(struct listed, groups), false, 0, 0},
    {"data", YAML_NODE, offsetof(struct listed, data), false, 0, 0},
};
#define HOST_FIELDS  (sizeof(host_fields) / sizeof(host_fields[0]))
#define ENTRY_FIELDS (sizeof(entry_fields) / sizeof(entry_fields[0]))

/* ---- The manifest --------------------------------------------------------------------------
 */

/* A file of the tree is FOLDER/NAME in it, whatever the manifest says. */
static bool inside(const char *file)
{
    const char *slash = strchr(file, '/');
    return slash && slash != file && !strchr(slash + 1, '/') && file[0] != '.' &&
           slash[1] != '.' && slash[1] != '\0';
}

static int read_entries(struct rawtree_saved *saved, const struct yaml_node *jobs,
                        struct err *err)
{
    struct yaml *y = &saved->inventory.yaml;
    if (yaml_want(y, jobs, YAML_LIST, "jobs", err) < 0) {
        return ERR_INPUT;
    }
    saved->entries = arena_array(&saved->arena, jobs->count + 1, sizeof(*saved->entries));
    if (!saved->entries) {
        return err_nomem(err);
    }
    for (const struct yaml_node *node = jobs->first; node; node = node->next) {
        struct rawtree_entry *entry = &saved->entries[saved->nentries++];
        int rc = yaml_read_map(y, node, "an output", entry_fields, ENTRY_FIELDS, entry, err);
        if (rc == 0 && entry->file && !inside(entry->file)) {
            rc = yaml_error(y, node, err, "the file '%s' is not of this tree", entry->file);
        }
        if (rc == 0 && !inventory_name_ok(view_of(entry->platform))) {
            rc = yaml_error(y, node, err, "'%s' is no platform's name", entry->platform);
        }
        if (rc < 0) {
            return rc;
        }
        entry->line = node->line;
    }
    return 0;
}

static void add_ask(struct rawtree_saved *saved, const struct rawtree_entry *entry)
{
    for (size_t i = 0; i < saved->nasks; i++) {
        if (saved->asks[i].template == entry->template &&
            strcmp(saved->asks[i].text, entry->asked) == 0) {
            return;
        }
    }
    saved->asks[saved->nasks++] =
        (struct plan_ask){.template = entry->template, .text = entry->asked};
}

static struct host *add_host(struct rawtree_saved *saved, const struct listed *host, int line)
{
    struct inventory *inventory = &saved->inventory;
    struct host *added = &inventory->hosts[inventory->count];
    *added = (struct host){.index = inventory->count++,
                           .name = host->name,
                           .address = host->address ? host->address : host->name,
                           .platform = host->platform,
                           .groups = host->groups ? host->groups : host_groups_unknown,
                           .file = inventory->path,
                           .line = line};
    return added;
}

/* Manifests that list no hosts: they are those of the outputs. */
static void hosts_of_entries(struct rawtree_saved *saved)
{
    for (size_t i = 0; i < saved->nentries; i++) {
        const struct rawtree_entry *entry = &saved->entries[i];
        if (i == 0 || strcmp(saved->entries[i - 1].host, entry->host) != 0) {
            struct listed host = {.name = entry->host, .platform = entry->platform};
            add_host(saved, &host, entry->line);
        }
    }
}

static int read_hosts(struct rawtree_saved *saved, const struct yaml_node *hosts,
                      struct err *err)
{
    struct yaml *y = &saved->inventory.yaml;
    int rc = yaml_want(y, hosts, YAML_LIST, "hosts", err);
    for (const struct yaml_node *node = rc < 0 ? NULL : hosts->first; node && rc == 0;
         node = node->next) {
        struct listed host = {0};
        rc = yaml_read_map(y, node, "a host", host_fields, HOST_FIELDS, &host, err);
        if (rc == 0 && !inventory_name_ok(view_of(host.platform))) {
            rc = yaml_error(y, node, err, "'%s' is no platform's name", host.platform);
        }
        if (rc == 0) {
            struct host *added = add_host(saved, &host, node->line);
            rc = host_read_data(added, y, host.data, &saved->arena, err);
        }
    }
    return rc;
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const struct host *const *)a)->name,
                  (*(const struct host *const *)b)->name);
}

static int sort_hosts(struct rawtree_saved *saved, struct err *err)
{
    struct inventory *inventory = &saved->inventory;
    saved->by_name = arena_array(&saved->arena, inventory->count + 1, sizeof(*saved->by_name));
    if (!saved->by_name) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < inventory->count; i++) {
        saved->by_name[i] = &inventory->hosts[i];
    }
    qsort(saved->by_name, inventory->count, sizeof(*saved->by_name), by_name);
    for (size_t i = 1; i < inventory->count; i++) {
        if (by_name(&saved->by_name[i - 1], &saved->by_name[i]) == 0) {
            return err_set(err, ERR_INPUT, "%s: the outputs of %s do not stand together",
                           inventory->path, saved->by_name[i]->name);
        }
    }
    return 0;
}

static struct rawtree_span *span_of(const struct rawtree_saved *saved, const char *name)
{
    const struct host host = {.name = name}, *key = &host;
    const struct host **found =
        bsearch(&key, saved->by_name, saved->inventory.count, sizeof(*saved->by_name), by_name);
    return found ? &saved->spans[(*found)->index] : NULL;
}

static int find_spans(struct rawtree_saved *saved, struct err *err)
{
    struct rawtree_span *span = NULL;
    for (size_t i = 0; i < saved->nentries; i++) {
        const struct rawtree_entry *entry = &saved->entries[i];
        if (i == 0 || strcmp(saved->entries[i - 1].host, entry->host) != 0) {
            span = span_of(saved, entry->host);
            if (!span || span->count > 0) {
                return err_set(err, ERR_INPUT, "%s:%d: %s: %s", saved->inventory.path,
                               entry->line, entry->host,
                               span ? "its outputs do not stand together"
                                    : "it is not among the hosts");
            }
            span->first = i;
        }
        span->count++;
        add_ask(saved, entry);
    }
    return 0;
}

static int make_inventory(struct rawtree_saved *saved, const struct yaml_node *hosts,
                          struct err *err)
{
    struct inventory *inventory = &saved->inventory;
    size_t n = (hosts ? hosts->count : saved->nentries) + 1;
    inventory->hosts = arena_array(&saved->arena, n, sizeof(*inventory->hosts));
    saved->spans = arena_array(&saved->arena, n, sizeof(*saved->spans));
    saved->asks = arena_array(&saved->arena, saved->nentries + 1, sizeof(*saved->asks));
    int rc = inventory->hosts && saved->spans && saved->asks ? 0 : err_nomem(err);
    if (rc == 0 && hosts) {
        rc = read_hosts(saved, hosts, err);
    } else if (rc == 0) {
        hosts_of_entries(saved);
    }
    if (rc == 0 && inventory->count == 0) {
        rc = err_set(err, ERR_INPUT, "%s holds no outputs", inventory->path);
    }
    if (rc == 0) {
        rc = sort_hosts(saved, err);
    }
    return rc < 0 ? rc : find_spans(saved, err);
}

struct manifest {
    const char *started;
    const struct yaml_node *hosts, *jobs;
};

static int read_manifest(struct rawtree_saved *saved, struct err *err)
{
    static const struct yaml_field fields[] = {
        {"started", YAML_STRING, offsetof(struct manifest, started), false, 0, 0},
        {"hosts", YAML_NODE, offsetof(struct manifest, hosts), false, 0, 0},
        {"jobs", YAML_NODE, offsetof(struct manifest, jobs), true, 0, 0},
    };
    struct manifest manifest = {0};
    struct yaml *y = &saved->inventory.yaml;
    saved->inventory.path = arena_printf(&saved->arena, "%s/" RAWTREE_MANIFEST, saved->dir);
    if (!saved->inventory.path) {
        return err_nomem(err);
    }
    if (access(saved->inventory.path, F_OK) < 0) {
        return err_set(err, ERR_INPUT,
                       "%s: --save-raw did not leave it, for there is no %s in it", saved->dir,
                       RAWTREE_MANIFEST);
    }
    int rc = yaml_read_file(y, saved->inventory.path, err);
    if (rc == 0) {
        rc = yaml_read_map(y, y->root, "a manifest", fields, 3, &manifest, err);
    }
    saved->started = manifest.started;
    if (rc == 0) {
        rc = read_entries(saved, manifest.jobs, err);
    }
    return rc < 0 ? rc : make_inventory(saved, manifest.hosts, err);
}

int rawtree_read(struct rawtree_saved **out, const char *dir, struct err *err)
{
    *out = NULL;
    struct rawtree_saved *saved = calloc(1, sizeof(*saved));
    if (!saved) {
        return err_nomem(err);
    }
    saved->inventory = (struct inventory)INVENTORY_INIT;
    size_t len = strlen(dir);
    while (len > 1 && dir[len - 1] == '/') {
        len--;
    }
    saved->dir = arena_dup(&saved->arena, view_make(dir, len));
    int rc = saved->dir ? read_manifest(saved, err) : err_nomem(err);
    if (rc < 0) {
        rawtree_saved_free(saved);
        return rc;
    }
    *out = saved;
    return 0;
}

void rawtree_saved_free(struct rawtree_saved *saved)
{
    if (saved) {
        inventory_release(&saved->inventory);
        arena_release(&saved->arena);
        free(saved);
    }
}

/* ---- Results -------------------------------------------------------------------------------
 */

/* The host's entry for a command; a tree may hold fewer commands for one host than for another.
 */
static const struct rawtree_entry *entry_of(const struct rawtree_saved *saved,
                                            const struct host *host, const char *command)
{
    const struct rawtree_span *span = span_of(saved, host->name);
    for (size_t i = 0; span && i < span->count; i++) {
        if (strcmp(saved->entries[span->first + i].command, command) == 0) {
            return &saved->entries[span->first + i];
        }
    }
    return NULL;
}

static bool has_entry(void *user, const struct host *host, const char *command)
{
    return entry_of(user, host, command) != NULL;
}

int rawtree_trim(struct rawtree_saved *saved, struct plan *plan, struct err *err)
{
    return plan_keep(plan, has_entry, saved, err);
}

/* What failed then is failed still; what only our parsing refused is tried again. */
static bool came(const struct rawtree_entry *entry)
{
    return entry->file && (strcmp(entry->status, status_name(STATUS_OK)) == 0 ||
                           strcmp(entry->status, status_name(STATUS_PARSE_ERROR)) == 0);
}

static int load(const struct rawtree_saved *saved, const struct rawtree_entry *entry,
                struct command_result *command, struct err *err)
{
    snprintf(command->collected_at, sizeof(command->collected_at), "%s",
             entry->collected_at ? entry->collected_at : "");
    if (!came(entry)) {
        command->status = status_named(entry->status);
        command->reason = strdup(entry->reason ? entry->reason : entry->status);
        return command->reason ? 0 : err_nomem(err);
    }
    struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/%s", saved->dir, entry->file);
    int rc = 0;
    if (strbuf_read_file(&command->output, path.buf, LIMIT_COMMAND_BYTES) < 0) {
        rc = err_set(err, ERR_INPUT, "%s: %s", path.buf,
                     errno == EFBIG ? "it is too large" : strerror(errno));
    }
    command->status = STATUS_OK;
    strbuf_release(&path);
    return rc;
}

int rawtree_result(const struct rawtree_saved *saved, const struct job *job,
                   struct host_result **out, struct err *err)
{
    struct host_result *result = plan_result(job);
    int rc = result ? 0 : err_nomem(err);
    for (size_t i = 0; i < job->ncommands && rc == 0; i++) {
        const struct rawtree_entry *entry =
            entry_of(saved, job->host, job->commands[i].command);
        if (entry) {
            rc = load(saved, entry, &result->commands[i], err);
        }
    }
    if (rc < 0) {
        host_result_free(result);
        return rc;
    }
    *out = result;
    return 0;
}
