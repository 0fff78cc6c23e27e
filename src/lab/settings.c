#include "lab/settings.h"

#include <string.h>

/* A key whose value is one of a few words. */
struct word {
    const char *word;
    int value;
};

static const struct word silences[] = {
    {"never", SILENT_NEVER},   {"accept", SILENT_ACCEPT},   {"banner", SILENT_BANNER},
    {"kex", SILENT_KEX},       {"auth", SILENT_AUTH},       {"channel", SILENT_CHANNEL},
    {"prompt", SILENT_PROMPT}, {"command", SILENT_COMMAND}, {NULL, 0},
};

static const struct word echoes[] = {
    {"plain", ECHO_PLAIN},         {"off", ECHO_OFF},
    {"wrap", ECHO_WRAP},           {"redraw", ECHO_REDRAW},
    {"backspace", ECHO_BACKSPACE}, {NULL, 0},
};

static const struct word host_keys[] = {
    {"known", HOST_KEY_KNOWN},
    {"changed", HOST_KEY_CHANGED},
    {"unlisted", HOST_KEY_UNLISTED},
    {"revoked", HOST_KEY_REVOKED},
    {NULL, 0},
};

static const struct word methods[] = {
    {"none", AUTH_NONE},
    {"password", AUTH_PASSWORD},
    {"keyboard-interactive", AUTH_KEYBOARD},
    {"publickey", AUTH_PUBLICKEY},
    {NULL, 0},
};

/* The members whose text needs more than the table can say, as they are read. */
struct reading {
    struct settings s;
    const char *silent, *echo, *host_key;
    const char *const *auth;
};

#define FIELD(key, type, member, ...) YAML_FIELD(key, type, struct reading, member, __VA_ARGS__)
#define MANY                          .min = 0, .max = 1000000000

static const struct yaml_field fields[] = {
    FIELD("platform", YAML_STRING, s.platform, 0),
    FIELD("hostname", YAML_STRING, s.hostname, 0),
    FIELD("serial", YAML_STRING, s.serial, 0),
    FIELD("address", YAML_STRING, s.address, 0),
    FIELD("port", YAML_INT, s.port, .min = 1, .max = 65535),
    FIELD("count", YAML_INT, s.count, .min = 1, .max = 100000),
    FIELD("data", YAML_NODE, s.data, 0),
    FIELD("username", YAML_STRING, s.username, 0),
    FIELD("password", YAML_STRING, s.password, 0),
    FIELD("auth", YAML_STRINGS, auth, 0),
    FIELD("authorized_key", YAML_STRING, s.authorized_key, 0),
    FIELD("version", YAML_STRING, s.version, 0),
    FIELD("banner", YAML_STRING, s.banner, 0),
    FIELD("max_sessions", YAML_INT, s.max_sessions, MANY),
    FIELD("legacy", YAML_BOOL, s.legacy, 0),
    FIELD("host_key", YAML_STRING, host_key, 0),
    FIELD("exec", YAML_BOOL, s.exec, 0),
    FIELD("shell", YAML_BOOL, s.shell, 0),
    FIELD("motd", YAML_STRING, s.motd, 0),
    FIELD("ask_key", YAML_STRING, s.ask_key, 0),
    FIELD("ask_username", YAML_STRING, s.ask_username, 0),
    FIELD("ask_password", YAML_STRING, s.ask_password, 0),
    FIELD("prompt", YAML_STRING, s.prompt, 0),
    FIELD("user_prompt", YAML_STRING, s.user_prompt, 0),
    FIELD("enable", YAML_STRING, s.enable, 0),
    FIELD("password_prompt", YAML_STRING, s.password_prompt, 0),
    FIELD("denied", YAML_STRING, s.denied, 0),
    FIELD("enabled", YAML_STRING, s.enabled, 0),
    FIELD("error", YAML_STRING, s.error, 0),
    FIELD("error_status", YAML_INT, s.error_status, .min = 0, .max = 255),
    FIELD("ambiguous", YAML_STRING, s.ambiguous, 0),
    FIELD("abbreviate", YAML_BOOL, s.abbreviate, 0),
    FIELD("pager", YAML_STRING, s.pager, 0),
    FIELD("pager_erase", YAML_STRING, s.pager_erase, 0),
    FIELD("pager_all", YAML_STRING, s.pager_all, 0),
    FIELD("pager_end", YAML_STRING, s.pager_end, 0),
    FIELD("paging_off", YAML_STRINGS, s.paging_off, 0),
    FIELD("page_lines", YAML_INT, s.page_lines, .min = 2, .max = 100000),
    FIELD("echo", YAML_STRING, echo, 0),
    FIELD("width", YAML_INT, s.width, .min = 10, .max = 100000),
    FIELD("newline", YAML_STRING, s.newline, 0),
    FIELD("fixture", YAML_STRING, s.fixture, 0),
    FIELD("responses", YAML_NODE, s.responses, 0),
    FIELD("plain", YAML_BOOL, s.plain, 0),
    FIELD("leave_closes", YAML_BOOL, s.leave_closes, 0),
    FIELD("latency", YAML_DURATION, s.latency, 0),
    FIELD("rtt", YAML_DURATION, s.rtt, 0),
    FIELD("silent", YAML_STRING, silent, 0),
    FIELD("trickle", YAML_INT, s.trickle, MANY),
    FIELD("drop_after", YAML_INT, s.drop_after, MANY),
    FIELD("no_prompt", YAML_BOOL, s.no_prompt, 0),
    FIELD("endless", YAML_BOOL, s.endless, 0),
    FIELD("pager_stuck", YAML_BOOL, s.pager_stuck, 0),
    FIELD("question", YAML_STRING, s.question, 0),
    FIELD("escapes", YAML_BOOL, s.escapes, 0),
    FIELD("wrong_prompt", YAML_STRING, s.wrong_prompt, 0),
};

void settings_init(struct settings *settings)
{
    *settings = (struct settings){
        .count = 1,
        .username = "admin",
        .password = "admin",
        .auth = AUTH_PASSWORD | AUTH_KEYBOARD,
        .version = "lab",
        .shell = true,
        .prompt = "{hostname}#",
        .password_prompt = "Password: ",
        .denied = "% Access denied",
        .error = "% Unknown command",
        .error_status = 1,
        .ambiguous = "% Ambiguous command:  \"{command}\"",
        .abbreviate = true,
        .page_lines = 24,
        .width = 80,
        .newline = "\r\n",
        .leave_closes = true,
        .drop_after = -1,
    };
}

static const struct word *find_word(const struct word *words, const char *text)
{
    while (words->word && strcmp(words->word, text) != 0) {
        words++;
    }
    return words->word ? words : NULL;
}

static int read_word(const struct yaml *y, const struct yaml_node *map, const char *key,
                     const struct word *words, const char *text, int *out, struct err *err)
{
    if (!text) {
        return 0;
    }
    const struct word *found = find_word(words, text);
    if (!found) {
        return yaml_error(y, yaml_get(map, key), err, "%s cannot be \"%s\"", key, text);
    }
    *out = found->value;
    return 0;
}

static int read_methods(const struct yaml *y, const struct yaml_node *map,
                        const struct reading *r, unsigned *out, struct err *err)
{
    unsigned all = 0;
    for (const char *const *name = r->auth; name && *name; name++) {
        unsigned method = auth_method_of(*name);
        if (!method) {
            return yaml_error(y, yaml_get(map, "auth"), err,
                              "\"%s\" is no way to log in (none, password, "
                              "keyboard-interactive, publickey)",
                              *name);
        }
        all |= method;
    }
    *out = all ? all : *out;
    return 0;
}

int settings_read(struct settings *settings, struct yaml *y, const struct yaml_node *map,
                  const char *what, struct err *err)
{
    struct reading r = {.s = *settings};
    size_t n = sizeof(fields) / sizeof(fields[0]);
    int silent = (int)r.s.silent, echo = (int)r.s.echo, host_key = (int)r.s.host_key;
    if (yaml_read_map(y, map, what, fields, n, &r, err) < 0 ||
        read_word(y, map, "silent", silences, r.silent, &silent, err) < 0 ||
        read_word(y, map, "echo", echoes, r.echo, &echo, err) < 0 ||
        read_word(y, map, "host_key", host_keys, r.host_key, &host_key, err) < 0 ||
        read_methods(y, map, &r, &r.s.auth, err) < 0) {
        return ERR_INPUT;
    }
    r.s.silent = (enum silence)silent;
    r.s.echo = (enum echo_style)echo;
    r.s.host_key = (enum host_key)host_key;
    *settings = r.s;
    return 0;
}

const char *auth_method_name(enum auth_method method)
{
    const struct word *word = methods;
    while (word->word && word->value != (int)method) {
        word++;
    }
    return word->word;
}

unsigned auth_method_of(const char *name)
{
    const struct word *found = find_word(methods, name);
    return found ? (unsigned)found->value : 0;
}
