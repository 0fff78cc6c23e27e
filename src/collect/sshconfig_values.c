#include "base/number.h"
#include "collect/sshconfig_part.h"

#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <strings.h>

/* How a value is written, and what a second one means. */
enum value_kind {
    VALUE_TEXT,
    VALUE_PORT,
    VALUE_TIME,
    VALUE_COUNT,
    VALUE_FLAG,
    VALUE_CHOICE, /* one of some words */
    VALUE_FILE,   /* each line one, all count */
    VALUE_FILES,  /* several in a line, the first line counts */
    VALUE_LINE,   /* the rest of the line as it is */
    VALUE_JUMP,   /* the same without a comment */
};

struct choice {
    const char *word; /* NULL at the end */
    int value;
};

struct key {
    const char *name;
    enum config_key key;
    enum value_kind kind;
    size_t offset; /* in struct ssh_settings */
    const struct choice *choices;
};

static const struct choice strict[] = {
    {"yes", STRICT_YES},  {"true", STRICT_YES}, {"ask", STRICT_ASK},        {"no", STRICT_NO},
    {"false", STRICT_NO}, {"off", STRICT_NO},   {"accept-new", STRICT_NEW}, {NULL, 0}};

static const struct choice method[] = {{"yes", METHOD_YES},
                                       {"true", METHOD_YES},
                                       {"no", METHOD_NO},
                                       {"false", METHOD_NO},
                                       {NULL, 0}};

static const struct choice publickey[] = {{"yes", METHOD_YES},
                                          {"true", METHOD_YES},
                                          {"unbound", METHOD_YES},
                                          {"host-bound", METHOD_YES},
                                          {"no", METHOD_NO},
                                          {"false", METHOD_NO},
                                          {NULL, 0}};

static const struct choice family[] = {
    {"any", FAMILY_ANY}, {"inet", FAMILY_INET}, {"inet6", FAMILY_INET6}, {NULL, 0}};

static const struct choice canonical[] = {{"no", 0},   {"false", 0},  {"yes", 1},
                                          {"true", 1}, {"always", 1}, {NULL, 0}};

#define KEY(name, key, kind, member)                                                           \
    {                                                                                          \
        name, key, kind, offsetof(struct ssh_settings, member), NULL                           \
    }
#define CHOICE(name, key, member, choices)                                                     \
    {                                                                                          \
        name, key, VALUE_CHOICE, offsetof(struct ssh_settings, member), choices                \
    }

static const struct key keys[] = {
    KEY("hostname", CONFIG_HOSTNAME, VALUE_TEXT, hostname),
    KEY("user", CONFIG_USER, VALUE_TEXT, user),
    KEY("port", CONFIG_PORT, VALUE_PORT, port),
    KEY("identityfile", CONFIG_IDENTITY, VALUE_FILE, identities),
    KEY("identityfile2", CONFIG_IDENTITY, VALUE_FILE, identities),
    KEY("identitiesonly", CONFIG_IDENTITIES_ONLY, VALUE_FLAG, identities_only),
    KEY("identityagent", CONFIG_AGENT, VALUE_TEXT, agent),
    CHOICE("pubkeyauthentication", CONFIG_PUBKEY, publickey, publickey),
    CHOICE("dsaauthentication", CONFIG_PUBKEY, publickey, publickey),
    CHOICE("passwordauthentication", CONFIG_PASSWORD, password, method),
    CHOICE("kbdinteractiveauthentication", CONFIG_INTERACTIVE, interactive, method),
    CHOICE("challengeresponseauthentication", CONFIG_INTERACTIVE, interactive, method),
    CHOICE("skeyauthentication", CONFIG_INTERACTIVE, interactive, method),
    CHOICE("tisauthentication", CONFIG_INTERACTIVE, interactive, method),
    KEY("preferredauthentications", CONFIG_METHODS, VALUE_TEXT, methods),
    KEY("certificatefile", CONFIG_CERTIFICATE, VALUE_FILE, certificates),
    KEY("proxyjump", CONFIG_PROXY_JUMP, VALUE_JUMP, proxy_jump),
    KEY("proxycommand", CONFIG_PROXY_COMMAND, VALUE_LINE, proxy_command),
    KEY("kexalgorithms", CONFIG_KEX, VALUE_TEXT, kex),
    KEY("ciphers", CONFIG_CIPHERS, VALUE_TEXT, ciphers),
    KEY("macs", CONFIG_MACS, VALUE_TEXT, macs),
    KEY("hostkeyalgorithms", CONFIG_HOSTKEYS, VALUE_TEXT, hostkeys),
    KEY("pubkeyacceptedalgorithms", CONFIG_PUBKEYS, VALUE_TEXT, pubkeys),
    KEY("pubkeyacceptedkeytypes", CONFIG_PUBKEYS, VALUE_TEXT, pubkeys),
    KEY("userknownhostsfile", CONFIG_KNOWN_HOSTS, VALUE_FILES, known_hosts),
    KEY("globalknownhostsfile", CONFIG_GLOBAL_KNOWN_HOSTS, VALUE_FILES, global_known_hosts),
    KEY("revokedhostkeys", CONFIG_REVOKED, VALUE_TEXT, revoked),
    KEY("hashknownhosts", CONFIG_HASH, VALUE_FLAG, hash_known_hosts),
    CHOICE("stricthostkeychecking", CONFIG_STRICT, strict, strict),
    KEY("hostkeyalias", CONFIG_ALIAS, VALUE_TEXT, hostkey_alias),
    KEY("ignoreunknown", CONFIG_IGNORE_UNKNOWN, VALUE_TEXT, ignore_unknown),
    KEY("connectionattempts", CONFIG_ATTEMPTS, VALUE_COUNT, attempts),
    CHOICE("addressfamily", CONFIG_FAMILY, family, family),
    KEY("bindaddress", CONFIG_BIND, VALUE_TEXT, bind_address),
    KEY("requiredrsasize", CONFIG_RSA_SIZE, VALUE_COUNT, rsa_size),
    CHOICE("canonicalizehostname", CONFIG_CANONICALIZE, canonicalize, canonical),
    KEY("connecttimeout", CONFIG_TIMEOUT, VALUE_TIME, connect_timeout),
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

enum config_key config_key(struct view word)
{
    for (size_t i = 0; i < KEYS; i++) {
        if (config_word_is(word, keys[i].name)) {
            return keys[i].key;
        }
    }
    return CONFIG_OTHER;
}

static const struct key *describe(enum config_key key)
{
    size_t i = 0;
    while (i + 1 < KEYS && keys[i].key != key) {
        i++;
    }
    return &keys[i];
}

/* Values. */

/* A number, or a service's name as ssh has it. */
static bool read_port(const char *text, int *out)
{
    int64_t number = 0;
    const struct servent *service;
    if (number_int(view_of(text), 1, 65535, &number)) {
        *out = (int)number;
    } else if ((service = getservbyname(text, "tcp"))) {
        *out = ntohs((uint16_t)service->s_port);
    } else {
        return false;
    }
    return true;
}

static bool read_count(const char *text, int *out)
{
    int64_t number = 0;
    bool good = number_int(view_of(text), 0, INT_MAX, &number);
    *out = (int)number;
    return good;
}

static long unit_of(char c)
{
    switch (c) {
    case '\0':
    case 's':
    case 'S':
        return 1;
    case 'm':
    case 'M':
        return 60;
    case 'h':
    case 'H':
        return 3600;
    case 'd':
    case 'D':
        return 86400;
    case 'w':
    case 'W':
        return 604800;
    default:
        return 0;
    }
}

/* "90", "1m30s": seconds. */
static bool read_time(const char *text, int *out)
{
    long sum = 0;
    do {
        size_t digits = strspn(text, "0123456789");
        int64_t number = 0;
        long unit = unit_of(text[digits]);
        if (!unit || !number_int(view_make(text, digits), 0, INT_MAX / unit, &number) ||
            sum > INT_MAX - (long)number * unit) {
            return false;
        }
        sum += (long)number * unit;
        text += digits + (text[digits] != '\0');
    } while (*text);
    *out = (int)sum;
    return true;
}

static bool read_flag(const char *text, bool *out)
{
    *out = strcasecmp(text, "yes") == 0 || strcasecmp(text, "true") == 0;
    return *out || strcasecmp(text, "no") == 0 || strcasecmp(text, "false") == 0;
}

static bool read_choice(const struct choice *choices, const char *text, int *out)
{
    while (choices->word && strcasecmp(text, choices->word) != 0) {
        choices++;
    }
    *out = choices->value;
    return choices->word;
}

static bool is_none(const char *text)
{
    return strcasecmp(text, "none") == 0;
}

/* Checking, when it is read. */

static bool is_value(const struct key *key, const char *text)
{
    int number = 0;
    bool flag = false;
    switch (key->kind) {
    case VALUE_PORT:
        return read_port(text, &number);
    case VALUE_FLAG:
        return read_flag(text, &flag);
    case VALUE_CHOICE:
        return read_choice(key->choices, text, &number);
    case VALUE_COUNT:
        return read_count(text, &number);
    case VALUE_TIME:
        return is_none(text) || read_time(text, &number);
    default:
        return true;
    }
}

static int check_words(const struct key *key, const char *const *words, int n,
                       const struct origin *at, struct err *err)
{
    for (int i = 0; i < n; i++) {
        if (!*words[i] || (i > 0 && (key->kind != VALUE_FILES || is_none(words[0])))) {
            return config_error(err, at, "%s: '%s' is too much for its value", key->name,
                                words[i]);
        }
    }
    if (n == 0) {
        return config_error(err, at, "%s has no value", key->name);
    }
    if (!is_value(key, words[0])) {
        return config_error(err, at, "%s: it cannot be '%s'", key->name, words[0]);
    }
    return n <= SSHCONFIG_FILES ? 0 : config_error(err, at, "%s: too many files", key->name);
}

static int whole_line(const struct key *key, struct view rest, const struct origin *at,
                      struct arena *arena, const char *const **words, struct err *err)
{
    const char *comment = key->kind == VALUE_JUMP ? memchr(rest.ptr, '#', rest.len) : NULL;
    rest = view_trim(view_slice(rest, 0, comment ? (size_t)(comment - rest.ptr) : rest.len));
    while (rest.len && rest.ptr[0] == '=') {
        rest = view_trim(view_slice(rest, 1, rest.len));
    }
    const char **list = arena_array(arena, 2, sizeof(*list));
    if (!list || !(list[0] = arena_dup(arena, rest))) {
        return err_nomem(err);
    }
    *words = list;
    return rest.len ? 0 : config_error(err, at, "%s has no value", key->name);
}

int config_check(enum config_key which, struct view rest, const struct origin *at,
                 struct arena *arena, const char *const **words, struct err *err)
{
    const struct key *key = describe(which);
    int n = config_split(rest, arena, words);
    if (n < 0) {
        return n == -1 ? config_error(err, at, "a quote is not closed") : err_nomem(err);
    }
    return key->kind == VALUE_LINE || key->kind == VALUE_JUMP
               ? whole_line(key, rest, at, arena, words, err)
               : check_words(key, *words, n, at, err);
}

/* Taking over. */

static int add_file(const struct asking *q, const char **files, const char *value)
{
    size_t n = 0;
    for (; files[n]; n++) {
        if (strcmp(files[n], value) == 0) {
            return 0;
        }
    }
    if (n == SSHCONFIG_FILES) {
        return config_error(q->err, q->at, "more than %d files for one host", SSHCONFIG_FILES);
    }
    files[n] = value;
    return 0;
}

/* ProxyJump and ProxyCommand: whichever comes first counts. */
static bool is_taken(const struct ssh_settings *out, enum config_key key)
{
    if (key == CONFIG_HOSTNAME) {
        return out->hostname; /* the second pass always has one */
    }
    if (key == CONFIG_PROXY_JUMP || key == CONFIG_PROXY_COMMAND) {
        return out->from[CONFIG_PROXY_JUMP].file || out->from[CONFIG_PROXY_COMMAND].file;
    }
    return out->from[key].file != NULL;
}

static void take_number(const struct key *key, const char *value, void *into)
{
    if (key->kind == VALUE_FLAG) {
        (void)read_flag(value, into);
    } else if (key->kind == VALUE_PORT) {
        (void)read_port(value, into);
    } else if (key->kind == VALUE_COUNT) {
        (void)read_count(value, into);
    } else if (key->kind == VALUE_CHOICE) {
        (void)read_choice(key->choices, value, into);
    } else {
        (void)read_time(value, into);
    }
}

/* HostName's token is replaced at once: a Match below looks at the result. */
static int take_text(const struct asking *q, const struct key *key, const char *value,
                     const char **into)
{
    bool proxy = key->kind == VALUE_LINE || key->kind == VALUE_JUMP;
    if (key->key == CONFIG_HOSTNAME) {
        *into = config_expand(q, EXPAND_HOSTNAME, value);
        return *into ? 0 : ERR_INPUT;
    }
    *into = proxy && is_none(value) ? NULL : value;
    return 0;
}

int config_take(const struct asking *q, const struct config_line *line)
{
    const struct key *key = describe(line->key);
    void *into = (char *)q->out + key->offset;
    bool taken = is_taken(q->out, line->key);
    bool unset = key->kind == VALUE_TIME && is_none(line->words[0]); /* as if not there */
    if ((taken && key->kind != VALUE_FILE) || unset) {
        return 0;
    }
    if (!taken) {
        q->out->from[line->key] = line->origin;
    }
    int rc = 0;
    switch (key->kind) {
    case VALUE_FILE:
    case VALUE_FILES:
        for (const char *const *word = line->words; *word && rc == 0; word++) {
            rc = add_file(q, into, *word);
        }
        return rc;
    case VALUE_TEXT:
    case VALUE_LINE:
    case VALUE_JUMP:
        return take_text(q, key, line->words[0], into);
    default:
        take_number(key, line->words[0], into);
        return 0;
    }
}
