#include "collect/rawtree_read.h"

#include "base/limits.h"
#include "collect/rawtree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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
    saved->asks[saved->nasks++] = (struct plan_ask){entry->template, entry->asked};
}

static void add_host(struct rawtree_saved *saved, const struct rawtree_entry *entry)
{
    static const char *const no_groups[] = {NULL};
    struct inventory *inventory = &saved->inventory;
    saved->first[inventory->count] = (size_t)(entry - saved->entries);
    inventory->hosts[inventory->count] = (struct host){.index = inventory->count,
                                                       .name = entry->host,
                                                       .address = entry->host,
                                                       .platform = entry->platform,
                                                       .groups = no_groups,
                                                       .file = inventory->path,
                                                       .line = entry->line};
    inventory->count++;
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const struct host *const *)a)->name,
                  (*(const struct host *const *)b)->name);
}

/* The entries of a host stand together, so its name comes up once. */
static int check_hosts(struct rawtree_saved *saved, struct err *err)
{
    struct inventory *inventory = &saved->inventory;
    const struct host **sorted =
        arena_array(&saved->arena, inventory->count + 1, sizeof(*sorted));
    if (!sorted) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < inventory->count; i++) {
        sorted[i] = &inventory->hosts[i];
    }
    qsort(sorted, inventory->count, sizeof(*sorted), by_name);
    for (size_t i = 1; i < inventory->count; i++) {
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0) {
            return err_set(err, ERR_INPUT, "%s: the outputs of %s do not stand together",
                           inventory->path, sorted[i]->name);
        }
    }
    return 0;
}

static int group_entries(struct rawtree_saved *saved, struct err *err)
{
    struct inventory *inventory = &saved->inventory;
    size_t n = saved->nentries + 1;
    inventory->hosts = arena_array(&saved->arena, n, sizeof(*inventory->hosts));
    saved->first = arena_array(&saved->arena, n, sizeof(*saved->first));
    saved->asks = arena_array(&saved->arena, n, sizeof(*saved->asks));
    if (!inventory->hosts || !saved->first || !saved->asks) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < saved->nentries; i++) {
        const struct rawtree_entry *entry = &saved->entries[i];
        if (i == 0 || strcmp(saved->entries[i - 1].host, entry->host) != 0) {
            add_host(saved, entry);
        }
        add_ask(saved, entry);
    }
    saved->first[inventory->count] = saved->nentries;
    return saved->nentries > 0
               ? check_hosts(saved, err)
               : err_set(err, ERR_INPUT, "%s holds no outputs", inventory->path);
}

static int read_manifest(struct rawtree_saved *saved, struct err *err)
{
    const struct yaml_node *jobs = NULL;
    const struct yaml_field field = {"jobs", YAML_NODE, 0, true, 0, 0};
    struct yaml *y = &saved->inventory.yaml;
    saved->inventory.path = arena_printf(&saved->arena, "%s/" RAWTREE_MANIFEST, saved->dir);
    if (!saved->inventory.path) {
        return err_nomem(err);
    }
    int rc = yaml_read_file(y, saved->inventory.path, err);
    if (rc == 0) {
        rc = yaml_read_map(y, y->root, "a manifest", &field, 1, &jobs, err);
    }
    if (rc == 0) {
        rc = read_entries(saved, jobs, err);
    }
    return rc < 0 ? rc : group_entries(saved, err);
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
    for (size_t i = saved->first[host->index]; i < saved->first[host->index + 1]; i++) {
        if (strcmp(saved->entries[i].command, command) == 0) {
            return &saved->entries[i];
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
        command->status = STATUS_FAILED;
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
    const char **commands = calloc(job->ncommands + 1, sizeof(*commands));
    for (size_t i = 0; commands && i < job->ncommands; i++) {
        commands[i] = job->commands[i].command;
    }
    struct host_result *result =
        commands ? host_result_new(job->host, commands, job->ncommands) : NULL;
    free(commands);
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
