#include "collect/sshconfig_part.h"

#include <ctype.h>
#include <stdlib.h>

/* A word that ssh does not know is an error in blocks for other hosts, too. What an
 * IgnoreUnknown says counts from its line on, and only if it is for this host. */
static int check_unknown(const struct asking *q, const struct config_line *line)
{
    const char *ignored = q->out->ignore_unknown;
    return ignored && config_match_list(ignored, line->words[0])
               ? 0
               : config_refuse_keyword(q->err, &line->origin, view_of(line->words[0]));
}

static int skip_block(const struct asking *q, size_t *i, size_t end)
{
    int rc = 0;
    for (; *i < end && rc == 0; ++*i) {
        const struct config_line *line = &q->config->lines[*i];
        rc = line->kind == LINE_UNKNOWN ? check_unknown(q, line) : 0;
    }
    return rc;
}

/* One line that counts: 1 = go on, 0 = not with its block. */
static int heed(struct asking *q, struct config_line *line, const char *name)
{
    int rc = 0;
    q->at = &line->origin;
    switch (line->kind) {
    case LINE_HOST:
        return config_match_name(line->words, name);
    case LINE_MATCH:
        return config_match(q, line->criteria);
    case LINE_UNKNOWN:
        rc = check_unknown(q, line);
        break;
    case LINE_VALUE:
        rc = config_take(q, line);
        break;
    }
    return rc < 0 ? ERR_INPUT : 1;
}

/* One reading of the files for a host. */
static int pass_over(struct asking *q)
{
    const struct sshconfig *config = q->config;
    const char *name = q->final ? q->out->hostname : q->query->name;
    size_t i = 0;
    while (i < config->count) {
        struct config_line *line = &config->lines[i++];
        int rc = heed(q, line, name);
        if (rc == 0) {
            rc = skip_block(q, &i, line->end);
        }
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

/* The name to connect to is in lower case from here on, but for an address with a zone. */
static int settle_hostname(struct asking *q)
{
    char *name = arena_dup(q->arena, view_of(config_hostname(q)));
    for (char *c = name && !strchr(name, '%') ? name : NULL; c && *c; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    q->out->hostname = name;
    return name ? 0 : err_nomem(q->err);
}

static int expand_text(struct asking *q, enum expand_kind kind, enum config_key key,
                       const char **text)
{
    q->at = &q->out->from[key];
    *text = *text ? config_expand(q, kind, *text) : NULL;
    return *text || !q->err->code ? 0 : q->err->code;
}

static bool is_none(const char *text)
{
    return config_word_is(view_of(text), "none");
}

/* "none" as a file is none. */
static int expand_files(struct asking *q, enum config_key key, const char **files)
{
    size_t n = 0;
    int rc = 0;
    for (size_t i = 0; files[i] && rc == 0; i++) {
        const char *file = files[i];
        rc = expand_text(q, EXPAND_PATH, key, &file);
        if (rc == 0 && !is_none(file)) {
            files[n++] = file;
        }
    }
    files[n] = NULL;
    return rc;
}

/* A path, "none", or a variable that has the path: $NAME, or SSH_AUTH_SOCK by that word. */
static int expand_agent(struct asking *q)
{
    const char **agent = &q->out->agent;
    if (!*agent || strcmp(*agent, "none") == 0) {
        *agent = NULL;
        return 0;
    }
    bool variable = (*agent)[0] == '$' && (*agent)[1] != '{';
    if (variable || strcmp(*agent, "SSH_AUTH_SOCK") == 0) {
        *agent = getenv(*agent + variable);
        *agent = *agent && **agent ? arena_dup(q->arena, view_of(*agent)) : NULL;
        return 0;
    }
    return expand_text(q, EXPAND_PATH, CONFIG_AGENT, agent);
}

static int expand_revoked(struct asking *q)
{
    const char **file = &q->out->revoked;
    if (*file && is_none(*file)) {
        *file = NULL;
    }
    return expand_text(q, EXPAND_PATH, CONFIG_REVOKED, file);
}

/* The system's files are taken as they are written, but for "none". */
static void expand_global(struct asking *q)
{
    const char **files = q->out->global_known_hosts;
    if (files[0] && is_none(files[0])) {
        files[0] = NULL;
    }
}

static int expand(struct asking *q)
{
    struct ssh_settings *out = q->out;
    const struct {
        enum config_key key;
        const char **files;
    } lists[] = {{CONFIG_IDENTITY, out->identities},
                 {CONFIG_CERTIFICATE, out->certificates},
                 {CONFIG_KNOWN_HOSTS, out->known_hosts}};
    int rc = expand_agent(q);
    if (rc == 0) {
        rc = expand_text(q, EXPAND_COMMAND, CONFIG_PROXY_COMMAND, &out->proxy_command);
    }
    if (rc == 0) {
        rc = expand_text(q, EXPAND_JUMP, CONFIG_PROXY_JUMP, &out->proxy_jump);
    }
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && rc == 0; i++) {
        rc = expand_files(q, lists[i].key, lists[i].files);
    }
    expand_global(q);
    return rc == 0 ? expand_revoked(q) : rc;
}

int sshconfig_ask(struct sshconfig *config, const struct ssh_query *query, struct arena *arena,
                  struct ssh_settings *out, struct err *err)
{
    struct err local = ERR_INIT;
    static const struct origin said_elsewhere = {ORIGIN_COMMAND_LINE, 0};
    struct asking q = {.config = config,
                       .query = query,
                       .arena = arena,
                       .out = out,
                       .err = err ? err : &local};
    q.err->code = 0;
    *out = (struct ssh_settings){.user = query->user, .port = query->port};
    if (query->user) {
        out->from[CONFIG_USER] = said_elsewhere;
    }
    if (query->port) {
        out->from[CONFIG_PORT] = said_elsewhere;
    }
    int rc = pass_over(&q);
    if (rc == 0) {
        rc = settle_hostname(&q);
    }
    if (rc == 0 && config->has_final) {
        q.final = true;
        rc = pass_over(&q);
    }
    return rc == 0 ? expand(&q) : rc;
}
