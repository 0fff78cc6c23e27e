#include "lab/labdir.h"

#include "base/outfile.h"
#include "base/safename.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#define PATH_BYTES 4096

int labdir_make(const char *dir, struct err *err)
{
    struct stat st;
    if (mkdir(dir, 0755) == 0 ||
        (errno == EEXIST && stat(dir, &st) == 0 && S_ISDIR(st.st_mode))) {
        return 0;
    }
    return err_set(err, ERR_OUTPUT, "%s: %s", dir, strerror(errno == EEXIST ? ENOTDIR : errno));
}

int labdir_put(const char *dir, const char *name, bool secret, const struct strbuf *text,
               struct err *err)
{
    char path[PATH_BYTES];
    if (strbuf_failed(text)) {
        return err_nomem(err);
    }
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    mode_t mask = umask(secret ? 077 : 022);
    int rc = outfile_put(path, strbuf_view(text), err);
    umask(mask);
    return rc;
}

/* A YAML scalar that is always a string. */
static void add_quoted(struct strbuf *out, const char *text)
{
    strbuf_addch(out, '\'');
    for (; *text; text++) {
        strbuf_addstr(out, *text == '\'' ? "''" : "");
        if (*text != '\'') {
            strbuf_addch(out, *text);
        }
    }
    strbuf_addch(out, '\'');
}

static int put_secret(const char *dir, const char *name, const char *secret, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text, "%s\n", secret);
    int rc = labdir_put(dir, name, true, &text, err);
    strbuf_release(&text);
    return rc;
}

/* Writes secret to a file of its own unless it is the fleet's, and says so in the entry. */
static int add_secret(const char *dir, const struct device *device, const char *kind,
                      const char *key, const char *secret, const char *common,
                      struct strbuf *entry, struct err *err)
{
    struct strbuf name = STRBUF_INIT;
    if (!secret || (common && strcmp(secret, common) == 0)) {
        return 0;
    }
    strbuf_addf(&name, "%s-", kind);
    safename_add(&name, view_of(device->name));
    int rc = strbuf_failed(&name) ? err_nomem(err) : put_secret(dir, name.buf, secret, err);
    strbuf_addf(entry, ", %s: ", key);
    add_quoted(entry, name.buf);
    strbuf_release(&name);
    return rc;
}

static void add_data(const struct device *device, struct strbuf *entry)
{
    static const char *const sites[] = {"ams", "ber", "lis", "nyc"};
    const struct yaml_node *data = device->settings.data;
    if (!data || data->kind != YAML_MAP) {
        strbuf_addf(entry, ", data: {site: %s, rack: r%zu}", sites[device->number / 5 % 4],
                    device->number / 20 + 1);
        return;
    }
    strbuf_addstr(entry, ", data: {");
    for (const struct yaml_node *n = data->first; n; n = n->next) {
        if (n->kind == YAML_SCALAR) {
            add_quoted(entry, n->key.ptr);
            strbuf_addstr(entry, ": ");
            add_quoted(entry, n->text.ptr);
            strbuf_addstr(entry, n->next ? ", " : "");
        }
    }
    strbuf_addch(entry, '}');
}

static int add_host(const char *dir, const struct device *device, const struct settings *common,
                    struct strbuf *out, struct err *err)
{
    const struct settings *s = &device->settings;
    bool key_only = !(s->auth & (AUTH_PASSWORD | AUTH_KEYBOARD | AUTH_NONE));
    strbuf_addstr(out, "  ");
    add_quoted(out, device->name);
    strbuf_addf(out, ": {address: '%s', port: %d, groups: [%s]", device->address, device->port,
                device->persona->name);
    if (strcmp(s->username, common->username) != 0) {
        strbuf_addstr(out, ", username: ");
        add_quoted(out, s->username);
    }
    if (key_only && !s->authorized_key) {
        strbuf_addstr(out, ", key: id_ed25519");
    }
    if (s->legacy) {
        strbuf_addstr(out, ", legacy: true");
    }
    int rc = add_secret(dir, device, "password", "password_file", s->password, common->password,
                        out, err);
    rc = rc < 0 ? rc
                : add_secret(dir, device, "enable", "enable_password_file", s->enable,
                             common->enable, out, err);
    add_data(device, out);
    strbuf_addstr(out, "}\n");
    return rc;
}

static int write_hosts(const char *dir, const struct fleet *fleet, struct err *err)
{
    const struct settings *common = &fleet->devices[0].settings;
    struct strbuf out = STRBUF_INIT;
    int rc = put_secret(dir, "password", common->password, err);
    strbuf_addf(&out,
                "# The simulated devices of collect-lab; written anew at each of its starts.\n"
                "defaults:\n  username: ");
    add_quoted(&out, common->username);
    strbuf_addstr(&out, "\n  password_file: password\n  known_hosts: known_hosts\n");
    if (common->enable && rc == 0) {
        strbuf_addstr(&out, "  enable_password_file: enable\n");
        rc = put_secret(dir, "enable", common->enable, err);
    }
    strbuf_addstr(&out, "groups:\n");
    for (const struct persona *p = fleet->personas; p; p = p->next) {
        strbuf_addf(&out, "  %s: {platform: %s}\n", p->name, p->name);
    }
    strbuf_addstr(&out, "hosts:\n");
    for (size_t i = 0; i < fleet->count && rc == 0; i++) {
        rc = add_host(dir, &fleet->devices[i], common, &out, err);
    }
    rc = rc < 0 ? rc : labdir_put(dir, "hosts.yml", false, &out, err);
    strbuf_release(&out);
    return rc;
}

/* The names that known_hosts has for a device: what the inventory calls it, and where it is. */
static void add_known_names(const struct device *device, struct strbuf *out)
{
    if (device->port == 22) {
        strbuf_addf(out, "%s,%s ", device->name, device->address);
    } else {
        strbuf_addf(out, "[%s]:%d,[%s]:%d ", device->name, device->port, device->address,
                    device->port);
    }
}

static int write_known_hosts(const char *dir, const struct fleet *fleet,
                             const struct keys *keys, struct err *err)
{
    struct strbuf out = STRBUF_INIT;
    int rc = 0;
    for (size_t i = 0; i < fleet->count && rc == 0; i++) {
        const struct device *device = &fleet->devices[i];
        size_t number = keys_number(device);
        if (device->settings.host_key == HOST_KEY_UNLISTED) {
            continue;
        }
        if (device->settings.host_key == HOST_KEY_CHANGED) {
            number = (number + 1) % KEYS_HOST;
        }
        if (device->settings.host_key == HOST_KEY_REVOKED) {
            strbuf_addstr(&out, "@revoked ");
        }
        add_known_names(device, &out);
        rc = keys_line(keys, number, &out, err);
        strbuf_addch(&out, '\n');
    }
    rc = rc < 0 ? rc : labdir_put(dir, "known_hosts", false, &out, err);
    strbuf_release(&out);
    return rc;
}

int labdir_write(const char *dir, const struct fleet *fleet, const struct keys *keys,
                 struct err *err)
{
    int rc = write_hosts(dir, fleet, err);
    return rc < 0 ? rc : write_known_hosts(dir, fleet, keys, err);
}
