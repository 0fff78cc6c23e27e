/*
 * A platform: what there is to know of a device family's CLI, as data. Each lives in
 * templates/<name>/platform.yml; people add their own in their templates folder.
 *
 *     aliases: [cisco_xe]
 *     transport: shell              # shell | exec (a channel of its own for each command)
 *     prompt: '[\w.\-/:]+(?:\([^)]*\))?[>#]\s?'     # the line the device waits in, whole
 *     prompt_above: ['\{master\}']  # lines that the prompt puts above itself
 *     prompt_varies: '\d+(?= #)'    # the part of the prompt that is another one every time
 *     login:                        # what the shell asks before its first prompt
 *       username: 'User:\s*'        # asked again in the shell, after SSH has done so
 *       password: 'Password:\s*'
 *       answers: [{pattern: 'Press any key to continue', send: ' '}]
 *     username_suffix: '+ct'        # appended to the SSH user name
 *     setup: ['terminal length 0', 'terminal width 511']
 *     enable: {command: enable, password: '[Pp]assword:\s*', prompt: '[\w.\-]+#\s?'}
 *                                   # done: 'Now user privilege is' where the prompt stays the
 * same pager: [{pattern: '--More--', send: ' '}] errors: ['% Invalid input detected', '%
 * Ambiguous command'] questions: ['Erase .*\?']     # beside the common ones (passwords, [y/n],
 * any key ...) read_only: [show, ping, traceroute] writes: ['\|\s*(?:redirect|tee)\b'] # not
 * read-only although it begins so commands: {show_version: 'display version'}   # neutral
 * template name -> command exit: exit newline: "\n" limits: {idle: 30, command: 120, bytes:
 * 64M} redact: ['(?:password|secret) (?:\d )?(\S+)'] detect:                       # how
 * `platform: auto` knows it (session/detect.h) banner: 'Cisco-\d'          # its SSH server's
 * software, of "SSH-2.0-Cisco-1.25" prompt: '[\w.\-]+[>#]'      # when `prompt` is wider than
 * the family's own commands: {show version: 'Cisco IOS Software'}
 *
 * Only prompt is required. Unknown keys are errors with file, line and a guess. Patterns are
 * Python `re` (regex room), compiled once here and shared by all sessions. Where each must
 * match:
 *
 *     prompt, prompt_above, enable.prompt, detect.prompt, pager, login
 *                                      a whole line, blanks around it aside
 *     questions, enable.password       the end of the line the device waits in
 *     errors                           the start of one of the first lines of an output
 *     enable.done                      the start of a line that the enable command printed
 *     detect.banner                    its start
 *     writes, prompt_varies            anywhere
 *     detect.commands                  anywhere in a line of the output
 *     redact                           anywhere in a line; its group 1, if any, is the secret
 */
#ifndef SESSION_PLATFORM_H
#define SESSION_PLATFORM_H

#include "base/deadline.h"
#include "base/err.h"
#include "base/view.h"
#include "regex/regex.h"

struct pattern_answer {
    struct regex *pattern;
    const char *send; /* bytes to type, NUL-terminated */
};

struct name_command {
    const char *name;
    const char *command;
};

struct regex_list {
    struct regex **items;
    size_t n;
};

struct answer_list {
    struct pattern_answer *items;
    size_t n;
};

struct command_pattern {
    const char *command;
    struct regex *pattern;
};

struct platform {
    const char *name;
    const char *path;           /* of its platform.yml */
    const char *const *aliases; /* NULL-terminated, like every list of strings here */
    bool exec;
    bool unknown;             /* a detector's: it stands for all platforms until one is found */
    struct regex_list prompt; /* matches the whole last line; one, but of a detector's */
    struct regex_list
        prompt_end; /* the same pattern at the end of a line, wherever it starts */
    struct regex_list prompt_above;
    struct regex_list prompt_varies; /* none: the prompt stays the same */
    struct {
        struct regex_list username, password; /* none: the shell does not ask */
        struct answer_list answers;
    } login;
    const char *username_suffix; /* NULL: none */
    const char *const *setup;
    struct {
        const char *command; /* NULL: the platform has no enable */
        struct regex *password;
        struct regex *prompt; /* the prompt once privileged */
        struct regex *done;   /* NULL: the prompt tells; else what the device says then */
    } enable;
    struct answer_list pager;
    struct regex_list errors;
    struct regex_list questions;  /* the platform's, then the common ones */
    const char *const *read_only; /* commands that only read; NULL = no list */
    struct regex_list writes;
    struct name_command *commands;
    size_t ncommands;
    const char *exit;         /* "exit" when not said */
    const char *newline;      /* "\n" when not said */
    ms_t idle_ms, command_ms; /* 0 = the run's */
    size_t max_bytes;         /* of one command's output, 0 = the run's */
    struct regex_list redact;
    struct {
        struct regex_list banner;
        struct regex *prompt; /* NULL = prompt */
        struct command_pattern *commands;
        size_t ncommands; /* 0: it is never found out, only said */
    } detect;
};

/* What hosts write for a platform that is to be found out; no platform's name. */
#define PLATFORM_AUTO "auto"

struct platform_set;

/*
 * Reads <dir>/<name>/platform.yml for each of the n template folders, the first one that has a
 * name winning. Any unusable file is an error (ERR_INPUT). Owns all platforms, in name order.
 */
int platform_set_read(struct platform_set **out, const char *const *dirs, size_t n,
                      struct err *err);
void platform_set_free(struct platform_set *set);

/* By name or alias; NULL when unknown. The result lives as long as the set. */
const struct platform *platform_find(const struct platform_set *set, const char *name);
size_t platform_count(const struct platform_set *set);
const struct platform *platform_at(const struct platform_set *set, size_t i);

/* The nearest known name to one that is unknown, for "did you mean", or NULL. */
const char *platform_guess(const struct platform_set *set, const char *name);

/* The command that a neutral template name stands for here, or NULL when the platform has no
 * mapping of its own for it. */
const char *platform_command(const struct platform *p, const char *template_name);

/*
 * Whether command only reads, by the platform's list (true when it has none): its first words
 * are those of an entry of read_only, word by word (`*` at the front of an entry stands for one
 * or more words), and no pattern of writes is found in it. Conservative: an abbreviated `sh
 * ver` is not recognized.
 */
bool platform_reads_only(const struct platform *p, struct view command);

/* The line in which the device refused a command, in its own words, if one of the first lines
 * of the output matches a pattern of errors; else ptr is NULL. */
struct view platform_refusal(const struct platform *p, struct regex_scratch *scratch,
                             struct view output);

#endif
