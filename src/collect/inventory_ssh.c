/* What the user's ssh configuration says of the hosts, where the inventory says nothing. */
#include "base/strbuf.h"
#include "collect/inventory_part.h"
#include "collect/sshconfig.h"

#include <pwd.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

struct applying {
    struct inventory_file *file;
    struct sshconfig *config;
    struct arena *arena;
    struct err *err;
};

/* Notes which settings came from there, for people who ask. */
static int note(struct applying *a, struct host *host, const char *what)
{
    host->from_ssh =
        host->from_ssh ? arena_printf(a->arena, "%s %s", host->from_ssh, what) : what;
    return host->from_ssh ? 0 : err_nomem(a->err);
}

static int fill(struct applying *a, struct host *host, const char **into, const char *from,
                const char *what)
{
    if (*into || !from) {
        return 0;
    }
    *into = from;
    return note(a, host, what);
}

/* Names go where names of the inventory go, so the same is asked of them. */
static int check_name(struct applying *a, const struct host *host, const char *key,
                      const char *name)
{
    if (!name || inventory_name_ok(view_of(name))) {
        return 0;
    }
    return err_set(a->err, ERR_INPUT,
                   "the ssh configuration's %s '%s' for %s is refused: letters, digits and "
                   "._:%%- only, no '-' in front",
                   key, name, host->name);
}

static int fill_address(struct applying *a, struct host *host, const struct ssh_settings *s)
{
    if (check_name(a, host, "HostName", s->hostname) < 0 ||
        check_name(a, host, "User", s->user) < 0 ||
        check_name(a, host, "HostKeyAlias", s->hostkey_alias) < 0) {
        return ERR_INPUT;
    }
    if (s->hostname && strcmp(s->hostname, host->address) != 0) {
        host->address = s->hostname;
        if (note(a, host, "address") < 0) {
            return ERR_NOMEM;
        }
    }
    if (s->port && !host->port) {
        host->port = s->port;
        if (note(a, host, "port") < 0) {
            return ERR_NOMEM;
        }
    }
    if (s->connect_timeout && !host->connect_ms) {
        host->connect_ms = (ms_t)s->connect_timeout * 1000;
    }
    return fill(a, host, &host->username, s->user, "username");
}

/* Those that are there; ssh, too, passes over the others. */
static int fill_keys(struct applying *a, struct host *host, const struct ssh_settings *s)
{
    if (host->key || !s->identities[0]) {
        return 0;
    }
    const char **kept = arena_array(a->arena, SSHCONFIG_FILES + 1, sizeof(*kept));
    if (!kept) {
        return err_nomem(a->err);
    }
    size_t n = 0;
    for (size_t i = 0; s->identities[i]; i++) {
        if (access(s->identities[i], R_OK) == 0) {
            kept[n++] = s->identities[i];
        }
    }
    host->identities = kept;
    host->identities_only = s->identities_only;
    host->certificate = s->certificate;
    return n ? note(a, host, "key") : 0;
}

static int fill_trust(struct applying *a, struct host *host, const struct ssh_settings *s)
{
    struct algorithms *lists = &host->algorithms;
    const char **texts[] = {&lists->kex, &lists->hostkeys, &lists->ciphers, &lists->macs};
    const char *values[] = {s->kex, s->hostkeys, s->ciphers, s->macs};
    for (size_t i = 0; i < 4; i++) {
        if (fill(a, host, texts[i], values[i], "algorithms") < 0) {
            return ERR_NOMEM;
        }
    }
    if (fill(a, host, &host->hostkey_alias, s->hostkey_alias, "hostkey_alias") < 0) {
        return ERR_NOMEM;
    }
    bool said = a->file->inventory->known_hosts != NULL;
    return fill(a, host, &host->known_hosts, said ? NULL : s->known_hosts[0], "known_hosts");
}

static int apply(struct applying *a, struct host *host, struct ssh_settings *s)
{
    int rc = sshconfig_ask(a->config, host->address, host->username, a->arena, s, a->err);
    if (rc == 0) {
        rc = fill_address(a, host, s);
    }
    if (rc == 0) {
        rc = fill_keys(a, host, s);
    }
    return rc == 0 ? fill_trust(a, host, s) : rc;
}

/* Jumps: "a,user@b:2222" means through a to b, and through b to the host. Hosts with the same
 * way share it, so jump hosts are known by the way up to them. */

static struct host *known_way(const struct inventory *inventory, const char *way)
{
    for (size_t i = 0; i < inventory->njumps; i++) {
        const char *known = inventory->jumps[i]->way;
        if (known && strcmp(known, way) == 0) {
            return inventory->jumps[i];
        }
    }
    return NULL;
}

static int fill_jump(struct applying *a, struct host *host, const struct ssh_settings *s,
                     int depth);

static int new_jump(struct applying *a, const char *spec_text, const char *way,
                    struct host *before, int depth, struct host **out)
{
    struct host_spec spec;
    struct ssh_settings settings;
    static const char *const no_groups[] = {NULL};
    struct host *jump = arena_get(a->arena, sizeof(*jump));
    if (!jump) {
        return err_nomem(a->err);
    }
    int rc = host_spec_parse(&spec, spec_text, a->arena, a->err);
    if (rc < 0) {
        err_prefix(a->err, "the ssh configuration's ProxyJump");
        return ERR_INPUT;
    }
    jump->name = jump->address = spec.address;
    jump->username = spec.username;
    jump->port = spec.port;
    jump->groups = no_groups;
    jump->way = way;
    jump->jump = before;
    rc = apply(a, jump, &settings);
    if (rc == 0 && !before) {
        rc = fill_jump(a, jump, &settings, depth + 1);
    }
    *out = jump;
    return rc == 0 ? inventory_add_jump(a->file->inventory, jump, a->err) : rc;
}

static int follow_way(struct applying *a, const char *list, int depth, struct host **out)
{
    struct host *at = NULL;
    for (const char *end = list; *end;) {
        const char *start = end;
        end += strcspn(end, ",");
        char *spec = arena_dup(a->arena, view_make(start, (size_t)(end - start)));
        char *way = arena_dup(a->arena, view_make(list, (size_t)(end - list)));
        if (!spec || !way) {
            return err_nomem(a->err);
        }
        struct host *jump = known_way(a->file->inventory, way);
        int rc = jump ? 0 : new_jump(a, spec, way, at, depth, &jump);
        if (rc < 0) {
            return rc;
        }
        at = jump;
        end += *end == ',';
    }
    *out = at;
    return 0;
}

static int fill_jump(struct applying *a, struct host *host, const struct ssh_settings *s,
                     int depth)
{
    if (host->jump_name || host->jump) {
        return 0;
    }
    if (s->proxy_command) {
        return fill(a, host, &host->proxy_command, s->proxy_command, "proxy_command");
    }
    if (!s->proxy_jump) {
        return 0;
    }
    if (depth > 8) {
        return err_set(a->err, ERR_INPUT,
                       "the ssh configuration's ProxyJump for %s leads in a "
                       "circle",
                       host->name);
    }
    struct host *jump = NULL;
    int rc = follow_way(a, s->proxy_jump, depth, &jump);
    host->jump = jump;
    return rc < 0 ? rc : note(a, host, "jump");
}

/* The files. */

static int read_default(struct applying *a)
{
    const struct passwd *pw = getpwuid(getuid());
    const char *home = getenv("HOME");
    char *own = arena_printf(a->arena, "%s/.ssh/config",
                             home && *home ? home
                             : pw          ? pw->pw_dir
                                           : "/");
    if (!own) {
        return err_nomem(a->err);
    }
    int rc = sshconfig_read(a->config, own, true, a->err);
    return rc < 0 ? rc : sshconfig_read(a->config, "/etc/ssh/ssh_config", false, a->err);
}

static int read_given(struct applying *a, const char *path)
{
    if (access(path, R_OK) < 0) {
        return err_set(a->err, ERR_INPUT, "-F %s: it cannot be read", path);
    }
    sshconfig_set_path(a->config, path);
    return sshconfig_read(a->config, path, true, a->err);
}

int inventory_ssh(struct inventory_file *file, const char *path, struct err *err)
{
    struct inventory *inventory = file->inventory;
    struct applying a = {.file = file, .arena = &inventory->arena, .err = err};
    if (path && strcmp(path, "none") == 0) {
        return 0;
    }
    int rc = sshconfig_new(&a.config, err);
    if (rc < 0) {
        return rc;
    }
    rc = path ? read_given(&a, path) : read_default(&a);
    inventory->ssh_config = a.config; /* its strings are the hosts' */
    for (size_t i = 0; i < inventory->count && rc == 0; i++) {
        struct ssh_settings settings;
        rc = apply(&a, &inventory->hosts[i], &settings);
        if (rc == 0) {
            rc = fill_jump(&a, &inventory->hosts[i], &settings, 0);
        }
    }
    return rc;
}
