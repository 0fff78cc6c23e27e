/*
 * A platform: what there is to know of a device family's CLI, as data. Each lives in
 * templates/<name>/platform.yml; people add their own in their templates folder.
 *
 *     aliases: [cisco_xe]
 *     transport: shell              # shell | exec (a channel of its own for each command)
 *     prompt: '[\w.\-/:]+(?:\([^)]*\))?[>#]\s?'     # what the last line looks like when ready
 *     setup: ['terminal length 0', 'terminal width 511']
 *     enable: {command: enable, password: '[Pp]assword:\s*', prompt: '#\s?'}
 *     pager: [{pattern: '--More--', send: ' '}]
 *     errors: ['% Invalid input detected', '% Ambiguous command']
 *     questions: ['\[confirm\]', '\[y/n\]']
 *     read_only: [show, ping, traceroute]
 *     commands: {show_version: 'display version'}   # neutral template name -> command
 *     exit: exit
 *     newline: "\n"
 *     limits: {idle: 30, command: 120, bytes: 64M}
 *     redact: ['(?:password|secret) (?:\d )?(\S+)']
 *
 * Unknown keys are errors with file, line and a guess. Patterns are Python `re` (regex room),
 * compiled once here and shared by all sessions.
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

struct platform {
    const char *name;
    const char *path; /* of its platform.yml */
    const char *const *aliases; /* NULL-terminated, like every list of strings here */
    bool exec;
    struct regex *prompt; /* matched against the last line, from its start to its end */
    const char *const *setup;
    struct {
        const char *command; /* NULL: the platform has no enable */
        struct regex *password;
        struct regex *prompt; /* the prompt once privileged */
    } enable;
    struct pattern_answer *pager;
    size_t npager;
    struct regex **errors;
    size_t nerrors;
    struct regex **questions;
    size_t nquestions;
    const char *const *read_only; /* first words of commands that only read; NULL = no list */
    struct name_command *commands;
    size_t ncommands;
    const char *exit;
    const char *newline;
    ms_t idle_ms, command_ms; /* 0 = the run's */
    size_t max_bytes;         /* of one command's output, 0 = the run's */
    struct regex **redact;
    size_t nredact;
};

struct platform_set;

/*
 * Reads <dir>/<name>/platform.yml for each of the n template folders, the first one that has a
 * name winning. Any unusable file is an error (ERR_INPUT). Owns all platforms.
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

/* Whether command only reads, by the platform's list (true when it has none). */
bool platform_reads_only(const struct platform *p, struct view command);

#endif
