/*
 * collect hosts: what an inventory selects, fully resolved, without connecting. With -v each
 * setting by itself, and where it comes from.
 */
#include "cli/hosts_query.h"
#include "cli/hosts_settings.h"
#include "cli/hosts_write.h"
#include "cli/setting.h"
#include "cli/talk.h"

enum { NAME, ADDRESS, PORT, PLATFORM, USERNAME, PASSWORD, KEY, GROUPS, DATA, SOURCE, COLUMNS };

static const struct column columns[COLUMNS] = {
    [NAME] = {.name = "host", .key = true},
    [ADDRESS] = {.name = "address"},
    [PORT] = {.name = "port", .numeric = true},
    [PLATFORM] = {.name = "platform"},
    [USERNAME] = {.name = "username"},
    [PASSWORD] = {.name = "password"},
    [KEY] = {.name = "key"},
    [GROUPS] = {.name = "groups", .list = true},
    [DATA] = {.name = "data", .list = true},
    [SOURCE] = {.name = "source"},
};

static const struct table table = {"hosts", columns, COLUMNS};

static struct textfsm_cell list_cell(const struct textfsm_cell *items, size_t n)
{
    return (struct textfsm_cell){.kind = TEXTFSM_LIST, .len = (uint32_t)n, .u.items = items};
}

static const char *source_text(struct arena *arena, const struct host *host)
{
    const char *place =
        host->file ? arena_printf(arena, "%s:%d", host->file, host->line) : "command line";
    return place && host->from_ssh
               ? arena_printf(arena, "%s; ssh configuration: %s", place, host->from_ssh)
               : place;
}

static int write_host(struct writer *writer, const struct host *host, struct arena *arena,
                      struct err *err)
{
    struct textfsm_cell cells[COLUMNS];
    size_t ngroups = 0;
    while (host->groups[ngroups]) {
        ngroups++;
    }
    struct textfsm_cell *groups = arena_array(arena, ngroups + 1, sizeof(*groups));
    struct textfsm_cell *data = arena_array(arena, host->ndata + 1, sizeof(*data));
    const char *port = arena_printf(arena, "%d", host_port(host));
    const char *password = hosts_secret_text(arena, host->password);
    const char *source = source_text(arena, host);
    if (!groups || !data || !port || !password || !source) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < ngroups; i++) {
        groups[i] = setting_cell(host->groups[i]);
    }
    for (size_t i = 0; i < host->ndata; i++) {
        data[i] =
            setting_cell(arena_printf(arena, "%s=%s", host->data[i].key, host->data[i].value));
    }
    cells[NAME] = setting_cell(host->name);
    cells[ADDRESS] = setting_cell(host->address);
    cells[PORT] = setting_cell(port);
    cells[PLATFORM] = setting_cell(host->platform);
    cells[USERNAME] = setting_cell(host->username);
    cells[PASSWORD] = setting_cell(password);
    cells[KEY] = setting_cell(host->key);
    cells[GROUPS] = list_cell(groups, ngroups);
    cells[DATA] = list_cell(data, host->ndata);
    cells[SOURCE] = setting_cell(source);
    return writer_row(writer, 0, cells, err);
}

static int write_hosts(struct writer *writer, const struct inventory *inventory,
                       struct err *err)
{
    struct arena arena = ARENA_INIT;
    int rc = 0;
    for (size_t i = 0; i < inventory->count && rc == 0; i++) {
        arena_reset(&arena);
        rc = write_host(writer, &inventory->hosts[i], &arena, err);
    }
    arena_release(&arena);
    return rc;
}

static int list(const struct inventory *inventory, const struct options *options,
                struct err *err)
{
    struct writer *writer = NULL;
    bool settings = options->verbose > 0;
    int rc = setting_data(&writer, options, settings ? &hosts_settings_table : &table, err);
    if (rc == 0) {
        rc = settings ? hosts_settings_write(writer, inventory, err)
                      : write_hosts(writer, inventory, err);
    }
    if (rc < 0) {
        writer_abort(writer);
        return rc;
    }
    return writer_close(writer, err);
}

int verb_hosts(const struct options *options)
{
    struct err err = ERR_INIT;
    struct inventory inventory = INVENTORY_INIT;
    int rc = hosts_wants_inventory(options) ? setting_fits(options, NULL, &err) : 0;
    if (rc == 0) {
        rc = hosts_query(&inventory, options, &err);
    }
    if (rc == 0 && options->detect) {
        rc = hosts_detect(&inventory, options, &err);
    } else if (rc == 0 && hosts_wants_inventory(options)) {
        rc = hosts_write(&inventory, NULL, options, &err);
    } else if (rc == 0) {
        rc = list(&inventory, options, &err);
    }
    inventory_release(&inventory);
    return rc < 0 ? talk_failure(&err, "hosts") : rc;
}
