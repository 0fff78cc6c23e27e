#include "cli/past.h"

#include "collect/host_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

void past_release(struct past *past)
{
    if (past->tree) {
        past->inventory = (struct inventory)INVENTORY_INIT; /* the tree's */
    }
    rawtree_saved_free(past->tree);
    saved_close(past->saved);
    db_close(past->db);
    inventory_release(&past->inventory);
    arena_release(&past->arena);
    *past = (struct past)PAST_INIT;
}

/* ---- Hosts ---------------------------------------------------------------------------------
 */

static int read_data(struct past *past, struct host *host, const char *text, struct err *err)
{
    struct yaml y = YAML_INIT;
    int rc = text ? yaml_read_text(&y, past->path, view_of(text), err) : 0;
    if (rc == 0 && text) {
        rc = host_read_data(host, &y, y.root, &past->arena, err);
    }
    if (rc < 0) {
        err_prefix(err, "the data of %s", host->name);
    }
    yaml_release(&y);
    return rc;
}

static int add_host(struct past *past, const struct save_host *from, struct err *err)
{
    struct inventory *inventory = &past->inventory;
    struct host *host = &inventory->hosts[inventory->count];
    *host = (struct host){.index = inventory->count++,
                          .name = from->host,
                          .address = from->address ? from->address : from->host,
                          .port = from->port > 0 ? from->port : 0,
                          .platform = from->platform ? from->platform : PLATFORM_AUTO};
    if (from->platform && !inventory_name_ok(view_of(from->platform))) {
        return err_set(err, ERR_INPUT, "%s: '%s' is no platform's name", past->path,
                       from->platform);
    }
    int rc = host_read_groups(host, from->groups, &past->arena, err);
    return rc < 0 ? rc : read_data(past, host, from->data, err);
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const struct host *const *)a)->name,
                  (*(const struct host *const *)b)->name);
}

static int sort_hosts(struct past *past, struct err *err)
{
    size_t n = past->inventory.count;
    past->by_name = arena_array(&past->arena, n + 1, sizeof(*past->by_name));
    if (!past->by_name) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        past->by_name[i] = &past->inventory.hosts[i];
    }
    qsort(past->by_name, n, sizeof(*past->by_name), by_name);
    return 0;
}

const struct host *past_host(const struct past *past, const char *name)
{
    const struct host host = {.name = name}, *key = &host;
    size_t n = past->inventory.count;
    const struct host **found =
        n ? bsearch(&key, past->by_name, n, sizeof(*past->by_name), by_name) : NULL;
    return found ? *found : NULL;
}

int past_take(struct past *past, struct db *db, const char *path, struct err *err)
{
    past->db = db;
    past->path = path;
    int rc = saved_open(&past->saved, db, err);
    if (rc < 0) {
        return rc;
    }
    past->started = past->saved->run.started;
    past->ended = past->saved->run.ended;
    past->inventory.path = path;
    past->inventory.hosts =
        arena_array(&past->arena, past->saved->nhosts + 1, sizeof(*past->inventory.hosts));
    if (!past->inventory.hosts) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < past->saved->nhosts && rc == 0; i++) {
        rc = add_host(past, &past->saved->hosts[i], err);
    }
    return rc < 0 ? rc : sort_hosts(past, err);
}

static int open_tree(struct past *past, const char *path, struct err *err)
{
    int rc = rawtree_read(&past->tree, path, err);
    if (rc == 0) {
        past->inventory = past->tree->inventory;
        past->started = past->tree->started;
        past->ended =
            past->started ? past->started : "unknown"; /* a manifest is written last */
    }
    return rc < 0 ? rc : sort_hosts(past, err);
}

int past_open(struct past *past, const char *path, struct err *err)
{
    struct stat st;
    past->path = path;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        return open_tree(past, path, err);
    }
    struct db *db = NULL;
    int rc = db_open(&db, path, DB_READ, err);
    return rc < 0 ? rc : past_take(past, db, path, err);
}

/* ---- Outputs -------------------------------------------------------------------------------
 */

static int set_reason(struct command_result *command, const char *text, struct err *err)
{
    command->reason = strdup(text);
    return command->reason ? 0 : err_nomem(err);
}

static int load(const struct save_job *job, struct command_result *command, struct err *err)
{
    enum status status = job->status ? status_named(job->status) : STATUS_FAILED;
    snprintf(command->collected_at, sizeof(command->collected_at), "%s",
             job->collected_at ? job->collected_at : "");
    command->took_ms = job->took_ms;
    command->exit_status = job->exit_status;
    if (status != STATUS_OK && status != STATUS_PARSE_ERROR) {
        command->status = status;
        return set_reason(command, job->reason ? job->reason : status_name(status), err);
    }
    command->status = STATUS_OK;
    strbuf_addview(&command->output, job->output);
    return strbuf_failed(&command->output) ? err_nomem(err) : 0;
}

/* A host whose platform was not found has no jobs, only its reason. */
static int load_host(const struct past *past, const struct host *host,
                     struct command_result *command, struct err *err)
{
    const struct host *known = past_host(past, host->name);
    const struct save_host *saved = known ? &past->saved->hosts[known->index] : NULL;
    enum status status = saved && saved->status ? status_named(saved->status) : STATUS_OK;
    if (status == STATUS_OK || status == STATUS_PARSE_ERROR || !host_is_auto(known)) {
        return 0;
    }
    command->status = status;
    return set_reason(command, saved->reason ? saved->reason : status_name(status), err);
}

static int saved_result(struct past *past, const struct job *job, struct host_result **out,
                        struct err *err)
{
    struct host_result *result = plan_result(job);
    int rc = result ? 0 : err_nomem(err);
    for (size_t i = 0; i < job->ncommands && rc == 0; i++) {
        struct command_result *command = &result->commands[i];
        struct save_job saved;
        rc = saved_job(past->saved, job->host->name, command->command, &saved, err);
        if (rc >= 0) {
            rc = rc > 0 ? load(&saved, command, err) : load_host(past, job->host, command, err);
        }
    }
    *out = result;
    return rc;
}

/* What the run does not hold, and what the host came to with all its commands. Of a platform
 * that is not known no output says anything. */
static int complete(const struct job *job, struct host_result *result, struct err *err)
{
    char reason[512];
    int rc = 0;
    for (size_t i = 0; i < result->ncommands && rc == 0; i++) {
        struct command_result *command = &result->commands[i];
        if (command->status == STATUS_OK && !job->platform) {
            command->status = STATUS_NOT_RUN;
            rc = set_reason(command, "its platform is not known", err);
        }
        if (command->status == STATUS_NOT_RUN && !command->reason) {
            snprintf(reason, sizeof(reason), "the run holds no output of '%s'",
                     command->command);
            rc = set_reason(command, reason, err);
        }
        if (rc == 0 && command->status != STATUS_OK && result->status == STATUS_OK) {
            result->status = command->status;
            result->reason = strdup(command->reason ? command->reason : "");
            rc = result->reason ? 0 : err_nomem(err);
        }
    }
    return rc;
}

int past_result(struct past *past, const struct job *job, struct host_result **out,
                struct err *err)
{
    struct host_result *result = NULL;
    int rc = past->tree ? rawtree_result(past->tree, job, &result, err)
                        : saved_result(past, job, &result, err);
    if (rc == 0) {
        rc = complete(job, result, err);
    }
    if (rc < 0) {
        host_result_free(result);
        return rc;
    }
    *out = result;
    return 0;
}
