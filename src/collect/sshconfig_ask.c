#include "collect/sshconfig_part.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

/* Patterns. */

static bool glob_match(const char *p, const char *p_end, const char *t)
{
    const char *star = NULL, *mark = NULL;
    while (*t) {
        if (p < p_end && *p == '*') {
            star = p++;
            mark = t;
        } else if (p < p_end && (*p == '?' || *p == *t)) {
            p++;
            t++;
        } else if (star) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < p_end && *p == '*') {
        p++;
    }
    return p == p_end;
}

/* A negated pattern that fits outweighs all others. */
static bool list_match(const char *list, const char *text)
{
    bool found = false;
    while (*list) {
        size_t len = strcspn(list, " \t,");
        bool negated = len && *list == '!';
        if (len && glob_match(list + negated, list + len, text)) {
            if (negated) {
                return false;
            }
            found = true;
        }
        list += len + (list[len] != '\0');
    }
    return found;
}

/* One host being asked about. */
struct question {
    const struct sshconfig *config;
    const char *name;
    const char *user;
    bool final; /* the second pass, for `Match final` */
    struct ssh_settings *out;
};

/* Match lets case go by. */
static bool host_match(const char *list, const char *host)
{
    char lower[256];
    size_t n = 0;
    for (; host[n] && n < sizeof(lower) - 1; n++) {
        lower[n] = (char)tolower((unsigned char)host[n]);
    }
    lower[n] = '\0';
    return host[n] == '\0' && list_match(list, lower);
}

static bool holds(const struct question *q, const struct condition *c)
{
    const char *user = q->user ? q->user : q->out->user ? q->out->user : q->config->local_user;
    switch (c->criterion) {
    case MATCH_ALL:
        return true;
    case MATCH_NAME:
        return list_match(c->patterns, q->name);
    case MATCH_ORIGINAL:
        return host_match(c->patterns, q->name);
    case MATCH_HOST:
        return host_match(c->patterns, q->out->hostname ? q->out->hostname : q->name);
    case MATCH_USER:
        return list_match(c->patterns, user);
    case MATCH_LOCAL_USER:
        return list_match(c->patterns, q->config->local_user);
    case MATCH_FINAL:
        return q->final;
    }
    return false;
}

static bool applies(const struct question *q, const struct condition *c)
{
    for (; c; c = c->above) {
        if (holds(q, c) == c->negated) {
            return false;
        }
    }
    return true;
}

/* Values. */

/* What a token stands for; false: it is none of ours and stays as it is. */
static bool add_token(struct strbuf *out, char token, const struct sshconfig *config,
                      const char *name, const struct ssh_settings *s)
{
    switch (token) {
    case 'd':
        strbuf_addstr(out, config->home);
        return true;
    case 'u':
        strbuf_addstr(out, config->local_user);
        return true;
    case 'h':
        strbuf_addstr(out, s->hostname ? s->hostname : name);
        return true;
    case 'n':
        strbuf_addstr(out, name);
        return true;
    case 'r':
        strbuf_addstr(out, s->user ? s->user : config->local_user);
        return true;
    case 'p':
        strbuf_addf(out, "%d", s->port ? s->port : 22);
        return true;
    case '%':
        strbuf_addch(out, '%');
        return true;
    default:
        return false;
    }
}

/* ~/ and tokens. Values here are paths and commands of the user's own. */
static char *expand(const struct sshconfig *config, const char *text, const char *name,
                    const struct ssh_settings *s, struct arena *arena)
{
    struct strbuf out = STRBUF_INIT;
    if (text[0] == '~' && text[1] == '/') {
        strbuf_addstr(&out, config->home);
        text++;
    }
    for (; *text; text++) {
        if (*text == '%' && add_token(&out, text[1], config, name, s)) {
            text++;
        } else {
            strbuf_addch(&out, *text);
        }
    }
    char *copy = strbuf_failed(&out) ? NULL : arena_dup(arena, strbuf_view(&out));
    strbuf_release(&out);
    return copy;
}

static void first_text(const char **into, const char *value)
{
    *into = *into ? *into : value;
}

static void first_number(int *into, const char *value)
{
    char *end = NULL;
    long number = strtol(value, &end, 10);
    if (*into == 0 && end != value && number > 0 && number < 65536) {
        *into = (int)number;
    }
}

static void add_file(const char **files, const char *value)
{
    size_t n = 0;
    while (files[n]) {
        n++;
    }
    if (n < SSHCONFIG_FILES && strcasecmp(value, "none") != 0) {
        files[n] = value;
    }
}

static int add_files(const char **files, const char *value, struct arena *arena)
{
    while (*value) {
        size_t len = strcspn(value, " \t");
        char *copy = len ? arena_dup(arena, view_make(value, len)) : NULL;
        if (len && !copy) {
            return ERR_NOMEM;
        }
        if (len) {
            add_file(files, copy);
        }
        value += len + (value[len] != '\0');
    }
    return 0;
}

/* ProxyJump and ProxyCommand: whichever comes first counts. */
static void take_proxy(struct ssh_settings *out, bool jump, const char *value)
{
    if (!out->proxy_jump && !out->proxy_command) {
        *(jump ? &out->proxy_jump : &out->proxy_command) = value;
    }
}

int settings_take(const struct sshconfig *config, enum config_key key, const char *value,
                  struct arena *arena, struct ssh_settings *out)
{
    (void)config;
    const char **texts[] = {
        [CONFIG_HOSTNAME] = &out->hostname,
        [CONFIG_USER] = &out->user,
        [CONFIG_CERTIFICATE] = &out->certificate,
        [CONFIG_KEX] = &out->kex,
        [CONFIG_CIPHERS] = &out->ciphers,
        [CONFIG_MACS] = &out->macs,
        [CONFIG_HOSTKEYS] = &out->hostkeys,
        [CONFIG_ALIAS] = &out->hostkey_alias,
        [CONFIG_TIMEOUT] = NULL,
    };
    switch (key) {
    case CONFIG_PORT:
        first_number(&out->port, value);
        return 0;
    case CONFIG_TIMEOUT:
        first_number(&out->connect_timeout, value);
        return 0;
    case CONFIG_IDENTITY:
        add_file(out->identities, value);
        return 0;
    case CONFIG_KNOWN_HOSTS:
        return out->known_hosts[0] ? 0 : add_files(out->known_hosts, value, arena);
    case CONFIG_IDENTITIES_ONLY:
        out->identities_only |= !out->identities_only_said && strcasecmp(value, "yes") == 0;
        out->identities_only_said = true;
        return 0;
    case CONFIG_PROXY_JUMP:
    case CONFIG_PROXY_COMMAND:
        take_proxy(out, key == CONFIG_PROXY_JUMP, value);
        return 0;
    case CONFIG_OTHER:
        return 0;
    default:
        first_text(texts[key], value);
        return 0;
    }
}

static int pass_over(struct question *q, struct arena *arena)
{
    const struct sshconfig *config = q->config;
    for (size_t i = 0; i < config->count; i++) {
        const struct directive *d = &config->directives[i];
        if (applies(q, d->condition) &&
            settings_take(config, d->key, d->value, arena, q->out) < 0) {
            return ERR_NOMEM;
        }
    }
    return 0;
}

static void drop_none(const char **value)
{
    if (*value && strcasecmp(*value, "none") == 0) {
        *value = NULL;
    }
}

static int expand_text(const struct sshconfig *config, const char **text, const char *name,
                       struct arena *arena, const struct ssh_settings *s)
{
    *text = expand(config, *text, name, s, arena);
    return *text ? 0 : ERR_NOMEM;
}

/* HostName first: the others' %h means it, its own the name. */
int settings_expand(const struct sshconfig *config, const char *name, struct arena *arena,
                    struct ssh_settings *out)
{
    struct ssh_settings named = *out;
    named.hostname = NULL;
    const char **texts[] = {&out->certificate, &out->proxy_command};
    const char **lists[] = {out->identities, out->known_hosts};
    drop_none(&out->proxy_jump);
    drop_none(&out->proxy_command);
    int rc = out->hostname ? expand_text(config, &out->hostname, name, arena, &named) : 0;
    for (size_t i = 0; i < 2 && rc == 0; i++) {
        rc = *texts[i] ? expand_text(config, texts[i], name, arena, out) : 0;
        for (const char **file = lists[i]; *file && rc == 0; file++) {
            rc = expand_text(config, file, name, arena, out);
        }
    }
    return rc;
}

int sshconfig_ask(const struct sshconfig *config, const char *name, const char *user,
                  struct arena *arena, struct ssh_settings *out, struct err *err)
{
    *out = (struct ssh_settings){0};
    if (config->needs_ssh) {
        return sshconfig_ask_ssh(config, name, user, arena, out, err);
    }
    struct question q = {.config = config, .name = name, .user = user, .out = out};
    int rc = pass_over(&q, arena);
    if (rc == 0 && config->has_final) {
        q.final = true;
        struct ssh_settings first = *out;
        *out = (struct ssh_settings){.hostname = first.hostname, .user = first.user};
        rc = pass_over(&q, arena);
    }
    if (rc == 0) {
        rc = settings_expand(config, name, arena, out);
    }
    return rc < 0 ? err_nomem(err) : 0;
}
