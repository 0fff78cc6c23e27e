#include "collect/failed.h"

#include "base/outfile.h"
#include "base/strbuf.h"
#include "output/cell.h"

#include <stdlib.h>
#include <unistd.h>

struct failed {
    const struct inventory *inventory;
    struct outfile *out;
    bool *marks; /* by host->index */
    size_t count;
    char *cwd;
};

int failed_open(struct failed **out, const char *path, const struct inventory *inventory,
                struct err *err)
{
    struct failed *failed = calloc(1, sizeof(*failed));
    if (!failed) {
        return err_nomem(err);
    }
    failed->inventory = inventory;
    failed->marks = calloc(inventory->count + 1, sizeof(*failed->marks));
    failed->cwd = getcwd(NULL, 0);
    int rc = failed->marks ? outfile_open(&failed->out, path, err) : err_nomem(err);
    if (rc < 0) {
        failed->out = NULL;
        failed_free(failed);
        return rc;
    }
    *out = failed;
    return 0;
}

void failed_free(struct failed *failed)
{
    if (!failed) {
        return;
    }
    outfile_abort(failed->out);
    free(failed->marks);
    free(failed->cwd);
    free(failed);
}

void failed_add(struct failed *failed, const struct host *host)
{
    failed->count += !failed->marks[host->index];
    failed->marks[host->index] = true;
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
static void add_path(struct strbuf *out, const struct failed *failed, const char *key,
                     const char *path)
{
    if (!path || path[0] == '/' || !failed->cwd) {
        add_text(out, key, path);
        return;
    }
    struct strbuf whole = STRBUF_INIT;
    strbuf_addf(&whole, "%s/%s", failed->cwd, path);
    add_text(out, key, whole.buf);
    strbuf_release(&whole);
}

static void add_secret(struct strbuf *out, const struct failed *failed, const char *prefix,
                       struct secret_spec secret)
{
    static const char *const suffixes[] = {
        [SECRET_ENV] = "_env", [SECRET_FILE] = "_file", [SECRET_COMMAND] = "_command"};
    if (secret.source == SECRET_NONE || secret.source == SECRET_PLAIN) {
        return;
    }
    struct strbuf key = STRBUF_INIT;
    strbuf_addf(&key, "%s%s", prefix, suffixes[secret.source]);
    if (secret.source == SECRET_FILE) {
        add_path(out, failed, key.buf, secret.value);
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

static void add_host(struct strbuf *out, const struct failed *failed, const struct host *host)
{
    strbuf_addstr(out, "  ");
    json_add_string(out, view_of(host->name));
    strbuf_addstr(out, ": {");
    add_text(out, "address", host->address);
    if (host->port) {
        add_key(out, "port");
        strbuf_addf(out, "%d", host->port);
    }
    add_text(out, "platform", host->platform);
    add_text(out, "username", host->username);
    add_secret(out, failed, "password", host->password);
    add_secret(out, failed, "enable_password", host->enable);
    add_path(out, failed, "key", host->key);
    add_text(out, "fingerprint", host->fingerprint);
    add_text(out, "jump", host->jump ? host->jump->name : NULL);
    if (host->max_sessions) {
        add_key(out, "max_sessions");
        strbuf_addf(out, "%zu", host->max_sessions);
    }
    if (host->legacy) {
        add_key(out, "legacy");
        strbuf_addstr(out, "true");
    }
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

/* The failed hosts' groups, each once. */
static int add_group_names(struct strbuf *out, const struct failed *failed, struct err *err)
{
    size_t most = 0, n = 0;
    const struct inventory *inventory = failed->inventory;
    for (size_t i = 0; i < inventory->count; i++) {
        most += failed->marks[i] ? mention_groups(&inventory->hosts[i], NULL) : 0;
    }
    struct mention *mentions = calloc(most + 1, sizeof(*mentions));
    if (!mentions) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < inventory->count; i++) {
        n += failed->marks[i] ? mention_groups(&inventory->hosts[i], mentions + n) : 0;
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

static int compose(struct strbuf *out, const struct failed *failed, struct err *err)
{
    const struct inventory *inventory = failed->inventory;
    char stamp[UTC_STAMP_SIZE];
    utc_stamp(stamp, sizeof(stamp));
    strbuf_addf(out, "# Hosts that failed in a run of collect that ended at %s\n", stamp);
    if (inventory->known_hosts) {
        strbuf_addstr(out, "defaults: {");
        add_path(out, failed, "known_hosts", inventory->known_hosts);
        strbuf_addstr(out, "}\n");
    }
    int rc = add_group_names(out, failed, err);
    strbuf_addf(out, "hosts:%s\n", failed->count == 0 ? " {}" : "");
    for (size_t i = 0; i < inventory->count; i++) {
        if (failed->marks[i]) {
            add_host(out, failed, &inventory->hosts[i]);
        }
    }
    strbuf_addstr(out, inventory->njumps ? "jumps:\n" : "");
    for (size_t i = 0; i < inventory->njumps; i++) {
        add_host(out, failed, inventory->jumps[i]);
    }
    return rc == 0 && strbuf_failed(out) ? err_nomem(err) : rc;
}

int failed_close(struct failed *failed, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    int rc = compose(&text, failed, err);
    if (rc == 0) {
        rc = outfile_write(failed->out, text.buf, text.len, err);
    }
    if (rc == 0) {
        rc = outfile_commit(failed->out, err);
        failed->out = NULL;
    }
    strbuf_release(&text);
    failed_free(failed);
    return rc;
}
