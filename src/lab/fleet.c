#include "lab/fleet.h"

#include "lab/limits_lab.h"

#include <stdio.h>
#include <stdlib.h>

/* What is being built, and of what. */
struct building {
    struct fleet *fleet;
    const struct fleet_options *options;
    const struct yaml_node *defaults;
    size_t size; /* devices there is room for */
};

static int find_persona(struct fleet *fleet, const struct fleet_options *options,
                        const char *name, struct persona **out, struct err *err)
{
    const struct platform *known =
        fleet->platforms ? platform_find(fleet->platforms, name) : NULL;
    const char *real = known ? known->name : name;
    struct persona *p = fleet->personas;
    while (p && strcmp(p->name, real) != 0) {
        p = p->next;
    }
    if (!p) {
        int rc = persona_read(&p, options->fixtures, options->nfixtures, fleet->platforms, real,
                              err);
        if (rc < 0) {
            return rc;
        }
        p->next = fleet->personas;
        fleet->personas = p;
    }
    *out = p;
    return 0;
}

static struct device *new_device(struct building *b)
{
    struct fleet *fleet = b->fleet;
    if (fleet->count == b->size) {
        size_t size = b->size ? b->size * 2 : 64;
        struct device *devices = realloc(fleet->devices, size * sizeof(*devices));
        if (!devices) {
            return NULL;
        }
        fleet->devices = devices;
        b->size = size;
    }
    struct device *device = &fleet->devices[fleet->count];
    *device = (struct device){.number = fleet->count};
    return device;
}

/* "ios-001" for the first device if it is a cisco_ios one. */
static const char *make_hostname(struct arena *arena, const char *platform, size_t number)
{
    const char *family = strchr(platform, '_');
    char *name = arena_printf(arena, "%s-%03zu", family ? family + 1 : platform, number + 1);
    for (char *c = name; c && *c; c++) {
        *c = *c == '_' ? '-' : *c;
    }
    return name;
}

static int lay_settings(struct building *b, struct device *device,
                        const struct yaml_node *entry, struct err *err)
{
    struct settings *s = &device->settings;
    struct fleet *fleet = b->fleet;
    const char *platform = s->platform;
    *s = device->persona->settings;
    s->platform = platform;
    if (fleet->set.root && !yaml_is_null(fleet->set.root) &&
        settings_read(s, &fleet->set, fleet->set.root, "a device", err) < 0) {
        return ERR_INPUT;
    }
    if (b->defaults && settings_read(s, &fleet->file, b->defaults, "a device", err) < 0) {
        return ERR_INPUT;
    }
    return entry ? settings_read(s, &fleet->file, entry, "a device", err) : 0;
}

static bool name_taken(const struct fleet *fleet, const char *name)
{
    for (size_t i = 0; i < fleet->count; i++) {
        if (strcmp(fleet->devices[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static int name_device(struct building *b, struct device *device, const struct yaml_node *entry,
                       struct err *err)
{
    struct settings *s = &device->settings;
    if (!s->hostname) {
        s->hostname = make_hostname(&b->fleet->arena, device->persona->name, device->number);
    } else if (s->count > 1) {
        s->hostname = arena_printf(&b->fleet->arena, "%s-%zu", s->hostname, device->number + 1);
    }
    if (!s->hostname) {
        return err_nomem(err);
    }
    if (entry && name_taken(b->fleet, s->hostname)) {
        return yaml_error(&b->fleet->file, entry, err, "a second device called %s",
                          s->hostname);
    }
    device->name = s->hostname;
    return 0;
}

static int add_device(struct building *b, const char *platform, const struct yaml_node *entry,
                      int *count, struct err *err)
{
    struct device *device = new_device(b);
    struct persona *persona = NULL;
    if (!device) {
        return err_nomem(err);
    }
    if (b->fleet->count >= LAB_DEVICES) {
        return err_set(err, ERR_LIMIT, "more than %d devices", LAB_DEVICES);
    }
    int rc = find_persona(b->fleet, b->options, platform, &persona, err);
    if (rc < 0) {
        return rc;
    }
    device->persona = persona;
    device->settings.platform = persona->name;
    device->serial = b->options->seed * 7919 + device->number;
    rc = lay_settings(b, device, entry, err);
    rc = rc < 0 ? rc : name_device(b, device, entry, err);
    if (rc == 0) {
        device->settings.platform = persona->name;
        device->ordinal = persona->devices++;
        *count = device->settings.count;
        b->fleet->count++;
    }
    return rc;
}

/* As many devices as the entry's `count` says. */
static int add_devices(struct building *b, const char *platform, const struct yaml_node *entry,
                       struct err *err)
{
    int count = 1, rc = 0;
    for (int i = 0; i < count && rc == 0; i++) {
        rc = add_device(b, platform, entry, &count, err);
    }
    return rc;
}

struct file_map {
    const struct yaml_node *defaults, *devices;
};

static int add_file(struct building *b, struct err *err)
{
    static const struct yaml_field fields[] = {
        YAML_FIELD("defaults", YAML_NODE, struct file_map, defaults, 0),
        YAML_FIELD("devices", YAML_NODE, struct file_map, devices, .required = true),
    };
    struct yaml *y = &b->fleet->file;
    struct file_map map = {NULL, NULL};
    if (yaml_read_file(y, b->options->device_file, err) < 0 ||
        yaml_read_map(y, y->root, "a device file", fields, 2, &map, err) < 0 ||
        yaml_want(y, map.devices, YAML_LIST, "a device file", err) < 0) {
        return ERR_INPUT;
    }
    b->defaults = map.defaults && !yaml_is_null(map.defaults) ? map.defaults : NULL;
    int rc = 0;
    for (const struct yaml_node *n = map.devices->first; n && rc == 0; n = n->next) {
        const struct yaml_node *platform = n->kind == YAML_MAP ? yaml_get(n, "platform") : NULL;
        const char *name = NULL;
        if (!platform) {
            return yaml_error(y, n, err, "a device without platform");
        }
        rc = yaml_string(y, platform, &name, err);
        rc = rc < 0 ? rc : add_devices(b, name, n, err);
    }
    return rc;
}

static int read_set(struct fleet *fleet, const struct fleet_options *options, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    for (const char *const *line = options->set; line && *line; line++) {
        strbuf_addf(&text, "%s\n", *line);
    }
    int rc = yaml_read_text(&fleet->set, "--set", strbuf_view(&text), err);
    strbuf_release(&text);
    return rc;
}

static int add_numbered(struct building *b, struct err *err)
{
    size_t kinds = 0;
    while (b->options->platforms[kinds]) {
        kinds++;
    }
    int rc = 0;
    for (size_t i = 0; i < b->options->devices && rc == 0; i++) {
        int count;
        rc = add_device(b, b->options->platforms[i % kinds], NULL, &count, err);
    }
    return rc;
}

int fleet_build(struct fleet *fleet, const struct fleet_options *options, struct err *err)
{
    struct building b = {.fleet = fleet, .options = options};
    int rc = platform_set_read(&fleet->platforms, options->templates, options->ntemplates, err);
    rc = rc < 0 ? rc : read_set(fleet, options, err);
    if (rc == 0 && options->device_file) {
        rc = add_file(&b, err);
    }
    return rc < 0 ? rc : add_numbered(&b, err);
}

void fleet_release(struct fleet *fleet)
{
    while (fleet->personas) {
        struct persona *next = fleet->personas->next;
        persona_free(fleet->personas);
        fleet->personas = next;
    }
    platform_set_free(fleet->platforms);
    yaml_release(&fleet->file);
    yaml_release(&fleet->set);
    arena_release(&fleet->arena);
    free(fleet->devices);
}

static void own_address(struct device *device, int net, size_t n)
{
    snprintf(device->address, sizeof(device->address), "127.%d.%zu.%zu", net,
             (n + 1) / 256 % 256, (n + 1) % 256);
}

int fleet_address(struct fleet *fleet, int net, const char *address, int port, bool by_port,
                  struct err *err)
{
    for (size_t i = 0; i < fleet->count; i++) {
        struct device *device = &fleet->devices[i];
        const struct settings *s = &device->settings;
        size_t own_port = (size_t)port + (by_port ? i : 0);
        if (!s->port && own_port > 65535) {
            return err_set(err, ERR_USAGE,
                           "no ports are left for device %zu: begin lower than %d", i + 1,
                           port);
        }
        device->port = s->port ? s->port : (int)own_port;
        if (s->address || by_port) {
            snprintf(device->address, sizeof(device->address), "%s",
                     s->address ? s->address : address);
        } else {
            own_address(device, net, i);
        }
    }
    return 0;
}
