/* What the user's ssh configuration says of the hosts, where the inventory says nothing. */
#include "base/strbuf.h"
#include "collect/inventory_part.h"
#include "collect/sshconfig.h"

#include <arpa/inet.h>
#include <pwd.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

struct applying {
    struct inventory_file *file;
    struct sshconfig *config;
    struct arena *arena;
    struct err *err;
    bool warned;
};

/* Notes which settings came from there, for people who ask. */
static int note(struct applying *a, struct host *host, enum setting setting, const char *what,
                struct origin origin)
{
    host_note(host, setting, origin);
    host->from_ssh =
        host->from_ssh ? arena_printf(a->arena, "%s %s", host->from_ssh, what) : what;
    return host->from_ssh ? 0 : err_nomem(a->err);
}

static int fill(struct applying *a, struct host *host, const char **into, const char *from,
                enum setting setting, const char *what, struct origin origin)
{
    if (*into || !from) {
        return 0;
    }
    *into = from;
    return note(a, host, setting, what, origin);
}

/* Names go where names of the inventory go, so the same is asked of them. */
static int check_name(struct applying *a, const struct host *host, const char *key,
                      const char *name, const struct origin *at)
{
    if (!name || inventory_name_ok(view_of(name))) {
        return 0;
    }
    return err_set(
        a->err, ERR_INPUT,
        "%s:%d: the %s '%s' of %s is refused: letters, digits and ._:%%- only, no '-' "
        "in front",
        at->file ? at->file : "the ssh configuration", at->line, key, name, host->name);
}

static int check_user(struct applying *a, const struct host *host, const char *name,
                      const struct origin *at)
{
    if (!name || inventory_user_ok(view_of(name))) {
        return 0;
    }
    return err_set(a->err, ERR_INPUT, "%s:%d: the User '%s' of %s is refused: " USER_NAME_WORDS,
                   at->file, at->line, name, host->name);
}

/* How it is dialled. An address to connect from must be one: names are not looked up here. */
static int fill_dialling(struct applying *a, struct host *host, const struct ssh_settings *s)
{
    static const int families[] = {[FAMILY_INET] = AF_INET, [FAMILY_INET6] = AF_INET6};
    const struct origin *bind_at = &s->from[CONFIG_BIND];
    uint8_t bytes[sizeof(struct in6_addr)];
    if (s->bind_address && inet_pton(AF_INET, s->bind_address, bytes) != 1 &&
        inet_pton(AF_INET6, s->bind_address, bytes) != 1) {
        return err_set(a->err, ERR_INPUT,
                       "%s:%d: BindAddress '%s' of %s is not an address, which it must be here",
                       bind_at->file, bind_at->line, s->bind_address, host->name);
    }
    host->bind_address = s->bind_address;
    host->family = families[s->family];
    host->attempts = s->attempts;
    host->rsa_bits = s->rsa_size;
    const struct {
        bool said;
        enum setting setting;
        enum config_key key;
    } all[] = {{s->bind_address, SETTING_BIND, CONFIG_BIND},
               {s->family, SETTING_FAMILY, CONFIG_FAMILY},
               {s->attempts, SETTING_ATTEMPTS, CONFIG_ATTEMPTS},
               {s->rsa_size, SETTING_RSA_SIZE, CONFIG_RSA_SIZE}};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i].said) {
            host_note(host, all[i].setting, s->from[all[i].key]);
        }
    }
    return 0;
}

/* Names are not completed here, so blocks for the whole names are missed: said once. */
static int warn_of_names(struct applying *a, const struct ssh_settings *s)
{
    const struct origin *at = &s->from[CONFIG_CANONICALIZE];
    if (!s->canonicalize || a->warned) {
        return 0;
    }
    a->warned = true;
    return inventory_warn(
        a->file->inventory, a->err,
        "%s:%d: CanonicalizeHostname is not followed: hosts are looked for in "
        "the ssh configuration by the names they are given",
        at->file, at->line);
}

static int fill_address(struct applying *a, struct host *host, const struct ssh_settings *s)
{
    const struct origin *from = s->from;
    if (check_name(a, host, "HostName", s->hostname, &from[CONFIG_HOSTNAME]) < 0 ||
        check_user(a, host, s->user, &from[CONFIG_USER]) < 0 ||
        check_name(a, host, "HostKeyAlias", s->hostkey_alias, &from[CONFIG_ALIAS]) < 0) {
        return ERR_INPUT;
    }
    if (from[CONFIG_HOSTNAME].file && strcmp(s->hostname, host->address) != 0) {
        host->asked = host->address;
        host->address = s->hostname;
        host_note_again(host, SETTING_ADDRESS, from[CONFIG_HOSTNAME]);
        if (note(a, host, SETTING_ADDRESS, "address", from[CONFIG_HOSTNAME]) < 0) {
            return ERR_NOMEM;
        }
    }
    if (s->port && !host->port) {
        host->port = s->port;
        if (note(a, host, SETTING_PORT, "port", from[CONFIG_PORT]) < 0) {
            return ERR_NOMEM;
        }
    }
    if (s->connect_timeout && !host->connect_ms) {
        host->ssh_connect_ms = (ms_t)s->connect_timeout * 1000;
        host_note(host, SETTING_CONNECT, from[CONFIG_TIMEOUT]);
    }
    return fill(a, host, &host->username, s->user, SETTING_USERNAME, "username",
                from[CONFIG_USER]);
}

static const char *const *copy_files(struct applying *a, const char *const *files,
                                     bool readable)
{
    size_t most = 0, n = 0;
    while (files[most]) {
        most++;
    }
    const char **kept = arena_array(a->arena, most + 1, sizeof(*kept));
    for (size_t i = 0; kept && i < most; i++) {
        if (!readable || access(files[i], R_OK) == 0) {
            kept[n++] = files[i];
        }
    }
    return kept;
}

/* Those that are there; ssh, too, passes over the others. */
static int fill_keys(struct applying *a, struct host *host, const struct ssh_settings *s)
{
    if (host->key) {
        return 0;
    }
    host->identities_only = s->identities_only;
    if (s->identities_only) {
        host_note(host, SETTING_IDENTITIES_ONLY, s->from[CONFIG_IDENTITIES_ONLY]);
    }
    if (s->certificates[0]) {
        host->certificates = copy_files(a, s->certificates, true);
        host_note(host, SETTING_CERTIFICATE, s->from[CONFIG_CERTIFICATE]);
    }
    if (s->from[CONFIG_AGENT].file) {
        host->agent_said = true;
        host->agent = s->agent;
        host_note(host, SETTING_AGENT, s->from[CONFIG_AGENT]);
    }
    if (!s->from[CONFIG_IDENTITY].file) {
        return 0;
    }
    host->identities = copy_files(a, s->identities, true);
    return host->identities ? note(a, host, SETTING_KEY, "key", s->from[CONFIG_IDENTITY])
                            : err_nomem(a->err);
}

static bool is_listed(const char *list, const char *name)
{
    size_t len = strlen(name);
    for (; list && *list; list += strcspn(list, ","), list += *list == ',') {
        if (strncasecmp(list, name, len) == 0 && (list[len] == ',' || !list[len])) {
            return true;
        }
    }
    return !list;
}

/* What the inventory itself has for a host, a key or a password, it may be shown: if none of
 * the ways for that is left, they are all open again. A password of the command line is for
 * those hosts that may have one. */
static int fill_methods(struct applying *a, struct host *host, const struct ssh_settings *s)
{
    const struct {
        int said;
        enum config_key key;
        const char *name;
        unsigned bit;
    } all[] = {{s->publickey, CONFIG_PUBKEY, "publickey", LOGIN_PUBLICKEY},
               {s->interactive, CONFIG_INTERACTIVE, "keyboard-interactive", LOGIN_INTERACTIVE},
               {s->password, CONFIG_PASSWORD, "password", LOGIN_PASSWORD}};
    const unsigned for_password = LOGIN_INTERACTIVE | LOGIN_PASSWORD;
    struct origin at = s->from[CONFIG_METHODS];
    unsigned barred = 0;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i].said == METHOD_NO || !is_listed(s->methods, all[i].name)) {
            barred |= all[i].bit;
            at = all[i].said == METHOD_NO ? s->from[all[i].key] : at;
        }
    }
    barred &= host->key ? ~(unsigned)LOGIN_PUBLICKEY : ~0u;
    if (host->password.source != SECRET_NONE && (barred & for_password) == for_password) {
        barred &= ~for_password;
    }
    host->barred = barred;
    return barred ? note(a, host, SETTING_METHODS, "methods", at) : 0;
}

/* A host that the inventory calls old keeps our old algorithms: a list for all hosts, as many
 * an ssh configuration has it, would take them away again. */
static bool list_counts(const struct host *host, const char *list)
{
    return list && (!host->legacy || *list == '+' || *list == '^');
}

static int fill_algorithms(struct applying *a, struct host *host, const struct ssh_settings *s)
{
    struct algorithms *own = &host->algorithms;
    const struct {
        const char **into;
        const char *value;
        enum setting setting;
        enum config_key key;
    } lists[] = {
        {&own->kex, s->kex, SETTING_KEX, CONFIG_KEX},
        {&own->hostkeys, s->hostkeys, SETTING_HOSTKEYS, CONFIG_HOSTKEYS},
        {&own->pubkeys, s->pubkeys, SETTING_PUBKEYS, CONFIG_PUBKEYS},
        {&own->ciphers, s->ciphers, SETTING_CIPHERS, CONFIG_CIPHERS},
        {&own->macs, s->macs, SETTING_MACS, CONFIG_MACS},
    };
    int rc = 0;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && rc == 0; i++) {
        rc = fill(a, host, lists[i].into,
                  list_counts(host, lists[i].value) ? lists[i].value : NULL, lists[i].setting,
                  "algorithms", s->from[lists[i].key]);
    }
    return rc;
}

/* Nobody can be asked in a run, so `ask` is `yes`. And a changed key is refused, whatever is
 * said here: with `no`, ssh itself would not send it a password. */
static int fill_host_keys(struct applying *a, struct host *host, const struct ssh_settings *s)
{
    const struct origin *at = &s->from[CONFIG_STRICT];
    bool lax = s->strict == STRICT_NEW || s->strict == STRICT_NO;
    if (!at->file || a->file->inventory->host_keys_said) {
        return 0;
    }
    host->host_keys_said = true;
    host->host_keys = lax ? HOST_KEYS_ACCEPT_NEW : HOST_KEYS_STRICT;
    host->host_keys_at = *at;
    return note(a, host, SETTING_HOST_KEYS, "host_keys", *at);
}

/* What counts beside the files of the user's own, wherever those come from. */
static int fill_lists(struct applying *a, struct host *host, const struct ssh_settings *s)
{
    const struct origin *global = &s->from[CONFIG_GLOBAL_KNOWN_HOSTS];
    if (global->file &&
        !(host->global_known_hosts = copy_files(a, s->global_known_hosts, false))) {
        return err_nomem(a->err);
    }
    host->hash_known_hosts = s->hash_known_hosts;
    host->revoked = s->revoked;
    const struct {
        bool said;
        enum setting setting;
        enum config_key key;
    } all[] = {{global->file, SETTING_GLOBAL_KNOWN_HOSTS, CONFIG_GLOBAL_KNOWN_HOSTS},
               {s->revoked, SETTING_REVOKED, CONFIG_REVOKED},
               {s->hash_known_hosts, SETTING_HASH, CONFIG_HASH}};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i].said) {
            host_note(host, all[i].setting, s->from[all[i].key]);
        }
    }
    return 0;
}

static int fill_trust(struct applying *a, struct host *host, const struct ssh_settings *s)
{
    static const char *const nothing[] = {"/dev/null", NULL};
    if (fill(a, host, &host->hostkey_alias, s->hostkey_alias, SETTING_ALIAS, "hostkey_alias",
             s->from[CONFIG_ALIAS]) < 0 ||
        fill_host_keys(a, host, s) < 0 || fill_lists(a, host, s) < 0) {
        return ERR_NOMEM;
    }
    if (a->file->inventory->known_hosts || !s->from[CONFIG_KNOWN_HOSTS].file) {
        return 0;
    }
    host->known_hosts = s->known_hosts[0] ? copy_files(a, s->known_hosts, false) : nothing;
    return host->known_hosts
               ? note(a, host, SETTING_KNOWN_HOSTS, "known_hosts", s->from[CONFIG_KNOWN_HOSTS])
               : err_nomem(a->err);
}

static int apply(struct applying *a, struct host *host, struct ssh_settings *s)
{
    struct ssh_query query = {host->address, host->username, host->port};
    int rc = sshconfig_ask(a->config, &query, a->arena, s, a->err);
    if (rc < 0) {
        err_prefix(a->err, "%s", host->name);
        return rc;
    }
    rc = fill_address(a, host, s);
    if (rc == 0) {
        rc = fill_dialling(a, host, s);
    }
    if (rc == 0) {
        rc = warn_of_names(a, s);
    }
    if (rc == 0) {
        rc = fill_methods(a, host, s);
    }
    if (rc == 0) {
        rc = fill_keys(a, host, s);
    }
    if (rc == 0) {
        rc = fill_algorithms(a, host, s);
    }
    return rc == 0 ? fill_trust(a, host, s) : rc;
}

/* Jumps: "a,user@b:2222" means through a to b, and through b to the host. Hosts with the same
 * way share it, so jump hosts are known by the way up to them. As with ssh, what the
 * configuration says of a jump host counts for it too, and so does its own ProxyJump if it is
 * the first of a way. */

struct way {
    const char *text;
    struct origin at; /* the ProxyJump line */
    int depth;        /* of ProxyJumps that lead to ProxyJumps */
};

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

/* One of the list, which may be written as ssh://user@host:port. */
static int parse_jump(struct applying *a, struct view text, struct host_spec *out)
{
    if (view_starts(text, VIEW("ssh://"))) {
        text = view_slice(text, 6, text.len - view_ends(text, VIEW("/")));
    }
    char *copy = arena_dup(a->arena, text);
    int rc = copy ? host_spec_parse(out, copy, a->arena, a->err) : err_nomem(a->err);
    if (rc < 0 && copy) {
        err_prefix(a->err, "the ssh configuration's ProxyJump");
        rc = a->err->code = ERR_INPUT;
    }
    return rc;
}

/* What ProxyJump says of it itself. */
static void set_jump(struct applying *a, struct host *jump, const struct host_spec *spec,
                     struct origin at)
{
    const struct inventory *inventory = a->file->inventory;
    jump->name = jump->address = spec->address;
    jump->username = spec->username;
    jump->port = spec->port;
    host_note(jump, SETTING_ADDRESS, at);
    if (spec->username) {
        host_note(jump, SETTING_USERNAME, at);
    }
    if (spec->port) {
        host_note(jump, SETTING_PORT, at);
    }
    if (jump->jump) {
        host_note(jump, SETTING_JUMP, at);
    }
    if (inventory->known_hosts) {
        host_note(jump, SETTING_KNOWN_HOSTS,
                  (struct origin){inventory->path, inventory->known_hosts_line});
    }
}

static int new_jump(struct applying *a, struct view spec_text, const struct way *way,
                    struct host *before, struct host **out)
{
    struct host_spec spec;
    struct ssh_settings settings;
    static const char *const no_groups[] = {NULL};
    struct host *jump = inventory_new_host(a->file->inventory, a->err);
    int rc = jump ? parse_jump(a, spec_text, &spec) : ERR_NOMEM;
    if (rc < 0) {
        return rc;
    }
    jump->groups = no_groups;
    jump->way = way->text;
    jump->jump = before;
    set_jump(a, jump, &spec, way->at);
    rc = apply(a, jump, &settings);
    if (rc == 0 && !before) {
        rc = fill_jump(a, jump, &settings, way->depth + 1);
    }
    *out = jump;
    return rc == 0 ? inventory_add_jump(a->file->inventory, jump, a->err) : rc;
}

static int follow_way(struct applying *a, const char *list, struct way way, struct host **out)
{
    struct host *at = NULL;
    for (const char *end = list; *end;) {
        const char *start = end;
        end += strcspn(end, ",");
        struct view spec = view_make(start, (size_t)(end - start));
        way.text = arena_dup(a->arena, view_make(list, (size_t)(end - list)));
        if (!way.text) {
            return err_nomem(a->err);
        }
        struct host *jump = known_way(a->file->inventory, way.text);
        int rc = jump ? 0 : new_jump(a, spec, &way, at, &jump);
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
        return fill(a, host, &host->proxy_command, s->proxy_command, SETTING_PROXY_COMMAND,
                    "proxy_command", s->from[CONFIG_PROXY_COMMAND]);
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
    struct way way = {NULL, s->from[CONFIG_PROXY_JUMP], depth};
    int rc = follow_way(a, s->proxy_jump, way, &jump);
    host->jump = jump;
    return rc < 0 ? rc : note(a, host, SETTING_JUMP, "jump", s->from[CONFIG_PROXY_JUMP]);
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
    int rc = sshconfig_read(a->config, own, SSHCONFIG_OWN, a->err);
    return rc < 0 ? rc
                  : sshconfig_read(a->config, "/etc/ssh/ssh_config", SSHCONFIG_SYSTEM, a->err);
}

static int apply_all(struct applying *a, struct host *host)
{
    struct ssh_settings settings;
    int rc = apply(a, host, &settings);
    return rc == 0 ? fill_jump(a, host, &settings, 0) : rc;
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
    rc = path ? sshconfig_read(a.config, path, SSHCONFIG_GIVEN, err) : read_default(&a);
    inventory->ssh_config = a.config;  /* its strings are the hosts' */
    size_t njumps = inventory->njumps; /* the inventory's; ours come behind them */
    for (size_t i = 0; i < inventory->count && rc == 0; i++) {
        rc = apply_all(&a, &inventory->hosts[i]);
    }
    for (size_t i = 0; i < njumps && rc == 0; i++) {
        rc = apply_all(&a, inventory->jumps[i]);
    }
    return rc;
}
