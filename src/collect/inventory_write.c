#include "collect/inventory_write.h"

#include "output/cell.h"

#include <stdlib.h>

/* One of the hosts that are to be written. */
static bool is_meant(const struct inventory_text *what, size_t i)
{
    return !what->marks || what->marks[i];
}

static const char *platform_of(const struct inventory_text *what, const struct host *host)
{
    bool found =
        what->platforms && host->index < what->inventory->count && what->platforms[host->index];
    return found ? what->platforms[host->index] : host->platform;
}

/* ---- YAML: JSON's strings are YAML's, too --------------------------------------------------
 */

static void add_key(struct strbuf *out, const char *key)
{
    char last = out->len > 0 ? out->buf[out->len - 1] : '{';
    strbuf_addf(out, "%s%s: ", last == '{' ? "" : ", ", key);
}

static void add_text(struct strbuf *out, const char *key, const char *value)
{
    if (value) {
        add_key(out, key);
        json_add_string(out, view_of(value));
    }
}

/* The new file may lie in another folder than the old one. */
static void add_path(struct strbuf *out, const struct inventory_text *what, const char *key,
                     const char *path)
{
    if (!path || path[0] == '/' || !what->cwd) {
        add_text(out, key, path);
        return;
    }
    struct strbuf whole = STRBUF_INIT;
    strbuf_addf(&whole, "%s/%s", what->cwd, path);
    add_text(out, key, whole.buf);
    strbuf_release(&whole);
}

static void add_secret(struct strbuf *out, const struct inventory_text *what,
                       const char *prefix, struct secret_spec secret)
{
    static const char *const suffixes[] = {
        [SECRET_ENV] = "_env", [SECRET_FILE] = "_file", [SECRET_COMMAND] = "_command"};
    if (secret.source == SECRET_NONE || secret.source == SECRET_PLAIN) {
        return;
    }
    struct strbuf key = STRBUF_INIT;
    strbuf_addf(&key, "%s%s", prefix, suffixes[secret.source]);
    if (secret.source == SECRET_FILE) {
        add_path(out, what, key.buf, secret.value);
    } else {
        add_text(out, key.buf, secret.value);
    }
    strbuf_release(&key);
}

static void add_timeouts(struct strbuf *out, const struct host *host)
{
    const struct {
        const char *key;
        ms_t value;
    } times[] = {{"connect", host->connect_ms},
                 {"auth", host->auth_ms},
                 {"command", host->command_ms},
                 {"idle", host->idle_ms}};
    struct strbuf map = STRBUF_INIT;
    strbuf_addch(&map, '{');
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        if (times[i].value) {
            add_key(&map, times[i].key);
            strbuf_addf(&map, "%lldms", (long long)times[i].value);
        }
    }
    if (map.len > 1) {
        add_key(out, "timeouts");
        strbuf_addf(out, "%s}", map.buf);
    }
    strbuf_release(&map);
}

static void add_algorithms(struct strbuf *out, const struct host *host)
{
    const struct {
        const char *key, *value;
    } lists[] = {{"kex", host->algorithms.kex},
                 {"hostkey", host->algorithms.hostkeys},
                 {"pubkey", host->algorithms.pubkeys},
                 {"cipher", host->algorithms.ciphers},
                 {"mac", host->algorithms.macs}};
    struct strbuf map = STRBUF_INIT;
    strbuf_addch(&map, '{');
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        add_text(&map, lists[i].key, lists[i].value);
    }
    if (map.len > 1) {
        add_key(out, "algorithms");
        strbuf_addf(out, "%s}", map.buf);
    }
    strbuf_release(&map);
}

static void add_groups(struct strbuf *out, const struct host *host)
{
    if (host->groups[0]) {
        add_key(out, "groups");
        strbuf_addch(out, '[');
    }
    for (size_t i = 0; host->groups[i]; i++) {
        strbuf_addstr(out, i ? ", " : "");
        json_add_string(out, view_of(host->groups[i]));
    }
    strbuf_addstr(out, host->groups[0] ? "]" : "");
}

static void add_data(struct strbuf *out, const struct host *host)
{
    if (host->ndata > 0) {
        add_key(out, "data");
        strbuf_addch(out, '{');
    }
    for (size_t i = 0; i < host->ndata; i++) {
        strbuf_addstr(out, i ? ", " : "");
        json_add_string(out, view_of(host->data[i].key));
        strbuf_addstr(out, ": ");
        json_add_string(out, view_of(host->data[i].value));
    }
    strbuf_addstr(out, host->ndata > 0 ? "}" : "");
}

/* A way that the ssh configuration knows it will know again, by the address that it was asked
 * for.
 */
static bool written(const struct host *jump)
{
    return jump && !jump->way;
}

static void add_host(struct strbuf *out, const struct inventory_text *what,
                     const struct host *host)
{
    strbuf_addstr(out, "  ");
    json_add_string(out, view_of(host->name));
    strbuf_addstr(out, ": {");
    add_text(out, "address", host->asked ? host->asked : host->address);
    if (host->port) {
        add_key(out, "port");
        strbuf_addf(out, "%d", host->port);
    }
    add_text(out, "platform", platform_of(what, host));
    add_text(out, "username", host->username);
    add_secret(out, what, "password", host->password);
    add_secret(out, what, "enable_password", host->enable);
    add_path(out, what, "key", host->key);
    add_text(out, "fingerprint", host->fingerprint);
    add_text(out, "jump", written(host->jump) ? host->jump->name : NULL);
    if (host->max_sessions) {
        add_key(out, "max_sessions");
        strbuf_addf(out, "%zu", host->max_sessions);
    }
    if (host->legacy) {
        add_key(out, "legacy");
        strbuf_addstr(out, "true");
    }
    add_algorithms(out, host);
    add_timeouts(out, host);
    add_groups(out, host);
    add_data(out, host);
    strbuf_addstr(out, "}\n");
}

/* ---- The file ------------------------------------------------------------------------------
 */

struct mention {
    const char *group;
    size_t most; /* sessions; 0 = any number */
};

static int by_group(const void *a, const void *b)
{
    return strcmp(((const struct mention *)a)->group, ((const struct mention *)b)->group);
}

/* The groups of a host; how many. mentions NULL: only counts. */
static size_t mention_groups(const struct host *host, struct mention *mentions)
{
    size_t n = 0;
    for (; host->groups[n]; n++) {
        if (mentions) {
            mentions[n] = (struct mention){.group = host->groups[n]};
        }
    }
    for (size_t i = 0; mentions && i < n; i++) {
        for (const struct host_cap *const *cap = host->caps; cap && *cap; cap++) {
            bool same = strcmp((*cap)->group, mentions[i].group) == 0;
            mentions[i].most = same ? (*cap)->most : mentions[i].most;
        }
    }
    return n;
}

static void add_group(struct strbuf *out, const struct mention *mention)
{
    strbuf_addstr(out, "  ");
    json_add_string(out, view_of(mention->group));
    if (mention->most) {
        strbuf_addf(out, ": {max_sessions: %zu}\n", mention->most);
    } else {
        strbuf_addstr(out, ": {}\n");
    }
}

/* The hosts' groups, each once. */
static int add_group_names(struct strbuf *out, const struct inventory_text *what,
                           struct err *err)
{
    size_t most = 0, n = 0;
    const struct inventory *inventory = what->inventory;
    for (size_t i = 0; i < inventory->count; i++) {
        most += is_meant(what, i) ? mention_groups(&inventory->hosts[i], NULL) : 0;
    }
    struct mention *mentions = calloc(most + 1, sizeof(*mentions));
    if (!mentions) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < inventory->count; i++) {
        n += is_meant(what, i) ? mention_groups(&inventory->hosts[i], mentions + n) : 0;
    }
    qsort(mentions, n, sizeof(*mentions), by_group);
    strbuf_addstr(out, n > 0 ? "groups:\n" : "");
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(mentions[i - 1].group, mentions[i].group) != 0) {
            add_group(out, &mentions[i]);
        }
    }
    free(mentions);
    return 0;
}

int inventory_write(struct strbuf *out, const struct inventory_text *what, struct err *err)
{
    const struct inventory *inventory = what->inventory;
    size_t meant = 0;
    char stamp[UTC_STAMP_SIZE];
    utc_stamp(stamp, sizeof(stamp));
    strbuf_addf(out, "# %s %s\n", what->comment, stamp);
    if (inventory->known_hosts) {
        strbuf_addstr(out, "defaults: {");
        add_path(out, what, "known_hosts", inventory->known_hosts);
        strbuf_addstr(out, "}\n");
    }
    int rc = add_group_names(out, what, err);
    for (size_t i = 0; i < inventory->count; i++) {
        meant += is_meant(what, i);
    }
    strbuf_addf(out, "hosts:%s\n", meant == 0 ? " {}" : "");
    for (size_t i = 0; i < inventory->count; i++) {
        if (is_meant(what, i)) {
            add_host(out, what, &inventory->hosts[i]);
        }
    }
    bool any = false;
    for (size_t i = 0; i < inventory->njumps; i++) {
        if (!written(inventory->jumps[i])) {
            continue;
        }
        strbuf_addstr(out, any ? "" : "jumps:\n");
        any = true;
        add_host(out, what, inventory->jumps[i]);
    }
    return rc == 0 && strbuf_failed(out) ? err_nomem(err) : rc;
}
