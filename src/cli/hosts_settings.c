#include "cli/hosts_settings.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "cli/setting.h"

#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST, SETTING, VALUE, SOURCE, COLUMNS };

static const struct column columns[COLUMNS] = {
    [HOST] = {.name = "host", .key = true},
    [SETTING] = {.name = "setting", .key = true},
    [VALUE] = {.name = "value"},
    [SOURCE] = {.name = "source"},
};

const struct table hosts_settings_table = {"settings", columns, COLUMNS};

const char *hosts_secret_text(struct arena *arena, struct secret_spec spec)
{
    switch (spec.source) {
    case SECRET_ENV:
        return arena_printf(arena, "env %s", spec.value);
    case SECRET_FILE:
        return arena_printf(arena, "file %s", spec.value);
    case SECRET_COMMAND:
        return arena_printf(arena, "command %s", spec.value);
    case SECRET_PLAIN:
        return "in the inventory";
    case SECRET_NONE:
        break;
    }
    return "";
}

/* Values as texts; NULL = there is nothing to say. */

static const char *time_text(struct arena *arena, ms_t said, ms_t usual)
{
    long long span = said ? said : usual;
    if (span % 60000 == 0) {
        return arena_printf(arena, "%lldm", span / 60000);
    }
    return span % 1000 ? arena_printf(arena, "%lldms", span)
                       : arena_printf(arena, "%llds", span / 1000);
}

static const char *list_text(struct arena *arena, const char *const *items)
{
    struct strbuf text = STRBUF_INIT;
    for (; items && *items; items++) {
        strbuf_addf(&text, "%s%s", text.len ? ", " : "", *items);
    }
    const char *copy = arena_dup(arena, strbuf_view(&text));
    strbuf_release(&text);
    return copy;
}

/* The way from here: "gw1, gw2". */
static const char *jump_text(struct arena *arena, const struct host *jump)
{
    const char *text = jump ? jump->name : NULL;
    for (jump = jump ? jump->jump : NULL; jump && text; jump = jump->jump) {
        text = arena_printf(arena, "%s, %s", jump->name, text);
    }
    return text;
}

static const char *login_name(void)
{
    const struct passwd *pw = getpwuid(getuid());
    return pw ? pw->pw_name : NULL;
}

static const char *key_text(struct arena *arena, const struct host *host)
{
    if (host->key) {
        return host->key;
    }
    return host->identities ? list_text(arena, host->identities)
                            : "the agent's, and id_ed25519, id_ecdsa and id_rsa of ~/.ssh";
}

static const char *who_text(struct arena *arena, const struct host *host, enum setting setting)
{
    switch (setting) {
    case SETTING_USERNAME:
        return host->username ? host->username : login_name();
    case SETTING_PASSWORD:
        return hosts_secret_text(arena, host->password);
    case SETTING_ENABLE:
        return hosts_secret_text(arena, host->enable);
    case SETTING_KEY:
        return key_text(arena, host);
    case SETTING_CERTIFICATE:
        return list_text(arena, host->certificates);
    case SETTING_AGENT:
        return host->agent ? host->agent : host->agent_said ? "none" : NULL;
    case SETTING_IDENTITIES_ONLY:
        return host->identities_only ? "yes" : NULL;
    default:
        return NULL;
    }
}

static const char *way_text(struct arena *arena, const struct host *host, enum setting setting)
{
    switch (setting) {
    case SETTING_ADDRESS:
        return host->address;
    case SETTING_PORT:
        return arena_printf(arena, "%d", host_port(host));
    case SETTING_PLATFORM:
        return host->platform;
    case SETTING_JUMP:
        return host->jump ? jump_text(arena, host->jump) : host->jump_name;
    case SETTING_PROXY_COMMAND:
        return host->proxy_command;
    case SETTING_MAX_SESSIONS:
        return host->max_sessions ? arena_printf(arena, "%zu", host->max_sessions) : NULL;
    default:
        return NULL;
    }
}

static const char *dial_text(struct arena *arena, const struct host *host, enum setting setting)
{
    switch (setting) {
    case SETTING_FAMILY:
        return !host->family ? NULL : host->family == AF_INET ? "inet" : "inet6";
    case SETTING_BIND:
        return host->bind_address;
    case SETTING_ATTEMPTS:
        return host->attempts ? arena_printf(arena, "%d", host->attempts) : NULL;
    case SETTING_RSA_SIZE:
        return host->rsa_bits ? arena_printf(arena, "%d", host->rsa_bits) : NULL;
    case SETTING_CONNECT:
        return time_text(arena, host->connect_ms ? host->connect_ms : host->ssh_connect_ms,
                         LIMIT_CONNECT_MS);
    case SETTING_AUTH:
        return time_text(arena, host->auth_ms, LIMIT_AUTH_MS);
    case SETTING_COMMAND:
        return time_text(arena, host->command_ms, LIMIT_COMMAND_MS);
    case SETTING_IDLE:
        return time_text(arena, host->idle_ms, LIMIT_IDLE_MS);
    default:
        return NULL;
    }
}

static const char *methods_text(struct arena *arena, unsigned barred)
{
    const char *left[] = {"publickey", "keyboard-interactive", "password", NULL};
    size_t n = 0;
    for (unsigned i = 0; i < 3; i++) {
        if (!(barred & 1u << i)) {
            left[n++] = left[i];
        }
    }
    left[n] = NULL;
    return !barred ? NULL : n ? list_text(arena, left) : "none";
}

static const char *trust_text(struct arena *arena, const struct inventory *inventory,
                              const struct host *host, enum setting setting)
{
    switch (setting) {
    case SETTING_METHODS:
        return methods_text(arena, host->barred);
    case SETTING_FINGERPRINT:
        return host->fingerprint;
    case SETTING_KNOWN_HOSTS:
        return host->known_hosts        ? list_text(arena, host->known_hosts)
               : inventory->known_hosts ? inventory->known_hosts
                                        : "~/.ssh/known_hosts";
    case SETTING_GLOBAL_KNOWN_HOSTS:
        return host->global_known_hosts ? list_text(arena, host->global_known_hosts) : NULL;
    case SETTING_REVOKED:
        return host->revoked;
    case SETTING_HASH:
        return host->hash_known_hosts ? "yes" : NULL;
    case SETTING_HOST_KEYS:
        return !host->host_keys_said                     ? NULL
               : host->host_keys == HOST_KEYS_ACCEPT_NEW ? "accept-new"
                                                         : "strict";
    case SETTING_ALIAS:
        return host->hostkey_alias;
    default:
        return NULL;
    }
}

static const char *algorithms_text(const struct host *host, enum setting setting)
{
    switch (setting) {
    case SETTING_LEGACY:
        return host->legacy ? "yes" : "no";
    case SETTING_KEX:
        return host->algorithms.kex;
    case SETTING_HOSTKEYS:
        return host->algorithms.hostkeys;
    case SETTING_PUBKEYS:
        return host->algorithms.pubkeys;
    case SETTING_CIPHERS:
        return host->algorithms.ciphers;
    case SETTING_MACS:
        return host->algorithms.macs;
    default:
        return NULL;
    }
}

/* As the inventory names them. */
static const char *const names[SETTINGS] = {
    [SETTING_ADDRESS] = "address",
    [SETTING_PORT] = "port",
    [SETTING_PLATFORM] = "platform",
    [SETTING_USERNAME] = "username",
    [SETTING_PASSWORD] = "password",
    [SETTING_ENABLE] = "enable_password",
    [SETTING_KEY] = "key",
    [SETTING_CERTIFICATE] = "certificate",
    [SETTING_IDENTITIES_ONLY] = "identities_only",
    [SETTING_AGENT] = "agent",
    [SETTING_METHODS] = "methods",
    [SETTING_FINGERPRINT] = "fingerprint",
    [SETTING_KNOWN_HOSTS] = "known_hosts",
    [SETTING_GLOBAL_KNOWN_HOSTS] = "global_known_hosts",
    [SETTING_REVOKED] = "revoked_host_keys",
    [SETTING_HASH] = "hash_known_hosts",
    [SETTING_HOST_KEYS] = "host_keys",
    [SETTING_ALIAS] = "hostkey_alias",
    [SETTING_JUMP] = "jump",
    [SETTING_PROXY_COMMAND] = "proxy_command",
    [SETTING_MAX_SESSIONS] = "max_sessions",
    [SETTING_LEGACY] = "legacy",
    [SETTING_KEX] = "algorithms.kex",
    [SETTING_HOSTKEYS] = "algorithms.hostkey",
    [SETTING_PUBKEYS] = "algorithms.pubkey",
    [SETTING_CIPHERS] = "algorithms.cipher",
    [SETTING_MACS] = "algorithms.mac",
    [SETTING_FAMILY] = "address_family",
    [SETTING_BIND] = "bind_address",
    [SETTING_ATTEMPTS] = "connection_attempts",
    [SETTING_RSA_SIZE] = "required_rsa_size",
    [SETTING_CONNECT] = "timeouts.connect",
    [SETTING_AUTH] = "timeouts.auth",
    [SETTING_COMMAND] = "timeouts.command",
    [SETTING_IDLE] = "timeouts.idle",
};

static const char *source_text(struct arena *arena, struct origin origin)
{
    if (!origin.file) {
        return "default";
    }
    return origin.line ? arena_printf(arena, "%s:%d", origin.file, origin.line) : origin.file;
}

static int write_setting(struct writer *writer, struct arena *arena,
                         const struct inventory *inventory, const struct host *host,
                         enum setting setting, struct err *err)
{
    const char *value = who_text(arena, host, setting);
    value = value ? value : way_text(arena, host, setting);
    value = value ? value : dial_text(arena, host, setting);
    value = value ? value : trust_text(arena, inventory, host, setting);
    value = value ? value : algorithms_text(host, setting);
    bool said = host->from[setting].file;
    if (!said && (!value || !*value)) {
        return 0;
    }
    const char *source = source_text(arena, host->from[setting]);
    if (!source) {
        return err_nomem(err);
    }
    struct textfsm_cell cells[COLUMNS];
    cells[HOST] = setting_cell(host->name);
    cells[SETTING] = setting_cell(names[setting]);
    cells[VALUE] = setting_cell(value);
    cells[SOURCE] = setting_cell(source);
    return writer_row(writer, 0, cells, err);
}

int hosts_settings_write(struct writer *writer, const struct inventory *inventory,
                         struct err *err)
{
    struct arena arena = ARENA_INIT;
    int rc = 0;
    for (size_t i = 0; i < inventory->count + inventory->njumps && rc == 0; i++) {
        const struct host *host = i < inventory->count ? &inventory->hosts[i]
                                                       : inventory->jumps[i - inventory->count];
        arena_reset(&arena);
        for (enum setting s = 0; s < SETTINGS && rc == 0; s++) {
            rc = write_setting(writer, &arena, inventory, host, s, err);
        }
    }
    arena_release(&arena);
    return rc;
}
