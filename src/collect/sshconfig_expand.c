#include "base/sha1.h"
#include "collect/sshconfig_part.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#define HOST_NAME_SIZE 256

const char *config_hostname(const struct asking *q)
{
    return q->out->hostname ? q->out->hostname : q->query->name;
}

const char *config_user(const struct asking *q)
{
    return q->out->user ? q->out->user : q->config->local_user;
}

static const char *local_name(char buf[HOST_NAME_SIZE], bool whole)
{
    if (gethostname(buf, HOST_NAME_SIZE) < 0) {
        buf[0] = '\0';
    }
    buf[HOST_NAME_SIZE - 1] = '\0';
    if (!whole) {
        buf[strcspn(buf, ".")] = '\0';
    }
    return buf;
}

static int port_of(const struct asking *q)
{
    return q->out->port ? q->out->port : 22;
}

/* %C: SHA-1 of "%l%h%p%r". */
static void add_hash(struct strbuf *out, const struct asking *q)
{
    char name[HOST_NAME_SIZE];
    struct strbuf text = STRBUF_INIT;
    uint8_t digest[SHA1_SIZE];
    strbuf_addf(&text, "%s%s%d%s", local_name(name, true), config_hostname(q), port_of(q),
                config_user(q));
    sha1(strbuf_view(&text), digest);
    for (size_t i = 0; i < sizeof(digest); i++) {
        strbuf_addf(out, "%02x", digest[i]);
    }
    strbuf_release(&text);
}

/* Which tokens there are for which kind of text. */
static bool is_token(enum expand_kind kind, char token)
{
    static const char *const tokens[] = {
        [EXPAND_HOSTNAME] = "%h",
        [EXPAND_PATH] = "%CLdhiklnpru",
        [EXPAND_COMMAND] = "%CLdhiklnpru",
        [EXPAND_JUMP] = "%hknpr",
    };
    return token && strchr(tokens[kind], token);
}

static const char *name_of(const struct asking *q, char token)
{
    switch (token) {
    case 'h':
        return config_hostname(q);
    case 'n':
        return q->query->name;
    case 'k':
        return q->out->hostkey_alias ? q->out->hostkey_alias : q->query->name;
    case 'r':
        return config_user(q);
    case 'u':
        return q->config->local_user;
    case 'd':
        return q->config->home;
    default:
        return NULL;
    }
}

static void add_other(struct strbuf *out, const struct asking *q, char token)
{
    char name[HOST_NAME_SIZE];
    switch (token) {
    case '%':
        strbuf_addch(out, '%');
        break;
    case 'p':
        strbuf_addf(out, "%d", port_of(q));
        break;
    case 'i':
        strbuf_addf(out, "%u", (unsigned)getuid());
        break;
    case 'C':
        add_hash(out, q);
        break;
    default:
        strbuf_addstr(out, local_name(name, token == 'l'));
    }
}

/* Host and user names can come from anywhere; the home folder is the user's own. */
static bool fit_for_shell(char token, const char *name)
{
    return token == 'd' || (*name != '-' && name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                              "abcdefghijklmnopqrstuvwxyz"
                                                              "0123456789._:%-")] == '\0');
}

static int add_token(struct strbuf *out, const struct asking *q, enum expand_kind kind,
                     char token)
{
    if (!is_token(kind, token)) {
        return config_error(q->err, q->at, "there is no token '%%%c' here",
                            token ? token : ' ');
    }
    const char *name = name_of(q, token);
    if (!name) {
        add_other(out, q, token);
    } else if (kind == EXPAND_COMMAND && !fit_for_shell(token, name)) {
        return config_error(q->err, q->at,
                            "%%%c: '%s' has characters that must not reach a shell", token,
                            name);
    } else {
        strbuf_addstr(out, name);
    }
    return 0;
}

/* "${NAME}": how much of the text it takes, or negative. */
static long add_variable(struct strbuf *out, const struct asking *q, const char *text)
{
    const char *end = strchr(text, '}');
    char *name =
        end ? arena_dup(q->arena, view_make(text + 2, (size_t)(end - text - 2))) : NULL;
    const char *value = name ? getenv(name) : NULL;
    if (!value) {
        return config_error(q->err, q->at, "the environment has no value for %s", text);
    }
    strbuf_addstr(out, value);
    return end - text + 1;
}

/* "~/" and "~name/": how much of the text it takes, or negative. */
static long add_home(struct strbuf *out, const struct asking *q, const char *text)
{
    size_t len = strcspn(text, "/");
    char *name = arena_dup(q->arena, view_make(text + 1, len - 1));
    if (!name) {
        return err_nomem(q->err);
    }
    const struct passwd *pw = *name ? getpwnam(name) : NULL;
    if (*name && !pw) {
        return config_error(q->err, q->at, "there is no user %s", name);
    }
    strbuf_addstr(out, pw ? pw->pw_dir : q->config->home);
    return (long)len;
}

static long expand_one(struct strbuf *out, const struct asking *q, enum expand_kind kind,
                       const char *text)
{
    if (*text == '%') {
        int rc = add_token(out, q, kind, text[1]);
        return rc < 0 ? rc : 2;
    }
    if (kind == EXPAND_PATH && text[0] == '$' && text[1] == '{') {
        return add_variable(out, q, text);
    }
    strbuf_addch(out, *text);
    return 1;
}

char *config_expand(const struct asking *q, enum expand_kind kind, const char *text)
{
    struct strbuf out = STRBUF_INIT;
    long taken = kind == EXPAND_PATH && *text == '~' ? add_home(&out, q, text) : 0;
    text += taken > 0 ? taken : 0;
    while (*text && taken >= 0) {
        taken = expand_one(&out, q, kind, text);
        text += taken > 0 ? taken : 0;
    }
    char *copy = NULL;
    if (taken >= 0) {
        copy = strbuf_failed(&out) ? NULL : arena_dup(q->arena, strbuf_view(&out));
        if (!copy) {
            err_nomem(q->err);
        }
    }
    strbuf_release(&out);
    return copy;
}
