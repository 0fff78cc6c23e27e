/*
 * All that can be said of a simulated device. It is said in layers, each winning over the one
 * before: the built-in defaults, fixtures/<platform>/device.yml (how that family looks), the
 * command line, and the device's own entry in the device file. One table of keys serves both
 * files; collect-lab.1 lists them.
 *
 * Texts may hold {hostname} and {username}, prompts also {count} (commands so far, and one);
 * `error` and `ambiguous` also {command}, {word} (its
 * first word), {bad} (its first word that was not understood), {token} (that one's number) and
 * {caret} (blanks up to it on the terminal).
 */
#ifndef LAB_SETTINGS_H
#define LAB_SETTINGS_H

#include "base/deadline.h"
#include "base/err.h"
#include "base/yaml.h"

/* Up to which phase a device that falls silent still takes part. */
enum silence {
    SILENT_NEVER,
    SILENT_ACCEPT,  /* the connection stays in the listen queue */
    SILENT_BANNER,  /* accepted, and not a word */
    SILENT_KEX,     /* its SSH banner, then nothing */
    SILENT_AUTH,    /* keys are exchanged, no login is ever answered */
    SILENT_CHANNEL, /* logged in, no channel is ever opened */
    SILENT_PROMPT,  /* a shell in which nothing is ever printed */
    SILENT_COMMAND, /* a prompt, and no answer to any command */
};

enum echo_style {
    ECHO_PLAIN,
    ECHO_OFF,
    ECHO_WRAP,      /* broken at the terminal's width, as shells with a line editor do */
    ECHO_REDRAW,    /* each key redraws prompt and line */
    ECHO_BACKSPACE, /* the line is backed over and typed again after each key */
};

enum host_key {
    HOST_KEY_KNOWN,
    HOST_KEY_CHANGED,  /* known_hosts has another */
    HOST_KEY_UNLISTED, /* known_hosts does not have the host */
    HOST_KEY_REVOKED,  /* known_hosts says @revoked */
};

enum auth_method {
    AUTH_NONE = 1,
    AUTH_PASSWORD = 2,
    AUTH_KEYBOARD = 4,
    AUTH_PUBLICKEY = 8,
};

struct settings {
    /* who and where */
    const char *platform;
    const char *hostname;
    const char *serial;
    const char *address; /* numeric */
    int port;
    int count;                    /* so many devices like this */
    const struct yaml_node *data; /* for its inventory entry */

    /* SSH */
    const char *username, *password;
    unsigned auth;              /* enum auth_method, or-ed */
    const char *authorized_key; /* a public key file */
    const char *version;        /* what follows "SSH-2.0-" */
    const char *banner;         /* shown before the login */
    int max_sessions;           /* further connections are closed at once; 0 = any number */
    bool legacy;                /* only SHA-1 key exchanges, ssh-rsa and CBC ciphers */
    enum host_key host_key;

    /* the CLI */
    bool exec, shell;
    const char *motd;
    const char *ask_key; /* "Press any key to continue" before the first prompt */
    const char *ask_username, *ask_password; /* logins that the shell asks once more */
    const char *prompt, *user_prompt;        /* the second before `enable`; NULL = the same */
    const char *enable; /* its password: logins begin unprivileged. NULL = none */
    const char *password_prompt, *denied, *enabled;
    const char *error;     /* the answer to an unknown command */
    int error_status;      /* its exit status on an exec channel */
    const char *ambiguous; /* the answer to one that is short for several */
    bool abbreviate;       /* commands may be cut short */
    const char *pager;     /* "--More--"; NULL or empty = never pages */
    const char *pager_erase;
    const char *pager_all;         /* the key that prints all the rest */
    const char *pager_end;         /* what stands after the last page, until `q` */
    const char *const *paging_off; /* commands, beside those of platform.yml */
    int page_lines;
    enum echo_style echo;
    int width; /* where echo wraps, when the client names no width */
    const char *newline;
    const char *fixture;               /* only files of this name */
    const struct yaml_node *responses; /* command: text */
    bool plain;                        /* fixtures as they are, hostname and serial untouched */
    bool leave_closes;                 /* `exit` ends the connection, not only the channel */

    /* time */
    ms_t latency; /* before the answer to each command */
    ms_t rtt;     /* before anything the client sent is noticed */

    /* faults */
    enum silence silent;
    int trickle;          /* bytes a second, 0 = at once */
    int drop_after;       /* the connection breaks after so many bytes of shell, -1 = never */
    bool no_prompt;       /* output, and then no prompt */
    bool endless;         /* a command's output begins again and again */
    bool pager_stuck;     /* pages although paging was turned off */
    const char *question; /* asked in the middle of each output */
    bool escapes;         /* terminal sequences around lines and prompts */
    const char *wrong_prompt; /* another prompt once a command has run */
};

/* The built-in layer. */
void settings_init(struct settings *settings);

/* Lays the map over settings; what names it in messages. Strings live with y. */
int settings_read(struct settings *settings, struct yaml *y, const struct yaml_node *map,
                  const char *what, struct err *err);

/* "password" or the like for one method, for inventories and messages. */
const char *auth_method_name(enum auth_method method);
/* The method of that name, 0 when there is none. */
unsigned auth_method_of(const char *name);

#endif
