/*
 * Between the files that make up sshconfig:
 *
 *     sshconfig.c          the files: lines, blocks, Include
 *     sshconfig_words.c    a line's words
 *     sshconfig_keywords.c what ssh takes for a key
 *     sshconfig_values.c   the keys: what their values may be, and taking them over
 *     sshconfig_ask.c      one host: which blocks apply
 *     sshconfig_match.c    Host's and Match's conditions
 *     sshconfig_exec.c     running Match's command
 *     sshconfig_expand.c   ~, ${NAME} and %tokens
 *
 * What is read becomes a flat list of lines, which is walked for each host as ssh reads the
 * files: a Host or Match whose condition fails skips to the end of its block.
 */
#ifndef COLLECT_SSHCONFIG_PART_H
#define COLLECT_SSHCONFIG_PART_H

#include "base/strbuf.h"
#include "base/view.h"
#include "collect/sshconfig.h"

enum line_kind { LINE_VALUE, LINE_HOST, LINE_MATCH, LINE_UNKNOWN };

enum criterion_kind {
    MATCH_ALL,
    MATCH_HOST,
    MATCH_ORIGINAL,
    MATCH_USER,
    MATCH_LOCAL_USER,
    MATCH_EXEC,
    MATCH_FINAL,
};

/* One word of a Match line with what follows it. */
struct criterion {
    enum criterion_kind kind;
    bool negated;
    const char *text; /* patterns by commas, or a command */
    struct criterion *next;
    char *asked; /* EXEC: the command that was run last, and whether it succeeded */
    bool answer;
};

struct config_line {
    enum line_kind kind;
    enum config_key key;      /* VALUE */
    const char *const *words; /* VALUE, HOST, UNKNOWN (its first one); NULL-terminated */
    struct criterion *criteria;
    size_t end; /* HOST, MATCH: the line behind the block */
    struct origin origin;
};

struct sshconfig {
    struct arena arena;
    struct config_line *lines;
    size_t count, size;
    const char *home, *local_user;
    bool has_final, has_ignored;
};

/* One host being asked about. */
struct asking {
    struct sshconfig *config;
    const struct ssh_query *query;
    bool final; /* the second pass */
    struct arena *arena;
    struct ssh_settings *out;
    const struct origin *at; /* of the line under way, for errors */
    struct err *err;
};

/* ERR_INPUT at a line: "/home/me/.ssh/config:3: ..." */
int config_error(struct err *err, const struct origin *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- sshconfig_words.c ---------------------------------------------------------------------
 */

/* Takes the next word off a line as ssh's strdelim(): by blanks or one `=`, or in double
 * quotes. false: a quote is not closed. */
bool config_take_word(struct view *line, struct view *word);

/* The words of a line as a shell would see them, without a comment, and a NULL. Their number,
 * or -1: a quote is not closed, -2: memory. */
int config_split(struct view line, struct arena *arena, const char *const **words);

bool config_word_is(struct view word, const char *name);

/* ---- sshconfig_keywords.c ------------------------------------------------------------------
 */

/* Whether ssh knows the word that a line begins with, in whatever case. */
bool config_keyword(struct view word);

/* It does not: the error. */
int config_refuse_keyword(struct err *err, const struct origin *at, struct view word);

/* ---- sshconfig_values.c --------------------------------------------------------------------
 */

enum config_key config_key(struct view word);

/* What ssh would refuse when it reads: the words of a value, or the rest of the line where that
 * is the value. *words is what to keep. */
int config_check(enum config_key key, struct view rest, const struct origin *at,
                 struct arena *arena, const char *const **words, struct err *err);

/* Takes a line's value over, if it is the first of its key (files add up). */
int config_take(const struct asking *q, const struct config_line *line);

/* ---- sshconfig_match.c ---------------------------------------------------------------------
 */

bool config_match_name(const char *const *patterns, const char *name);

/* The same for patterns by commas. */
bool config_match_list(const char *list, const char *text);

/* 1 = the line's criteria hold, 0 = not, negative = an error. */
int config_match(struct asking *q, struct criterion *criteria);

/* Whether a command succeeds in the user's shell, as ssh runs it; -1: it cannot be run. */
int config_exec(const char *command);

/* ---- sshconfig_expand.c --------------------------------------------------------------------
 */

enum expand_kind {
    EXPAND_HOSTNAME, /* %h %% */
    EXPAND_PATH,     /* all, and ~ and ${NAME} in it */
    EXPAND_COMMAND,  /* ProxyCommand, Match exec: goes to a shell */
    EXPAND_JUMP,     /* as COMMAND, but goes nowhere */
};

/* The text with its tokens replaced, or NULL and err. */
char *config_expand(const struct asking *q, enum expand_kind kind, const char *text);

/* The name to connect to as far as it is known by now. */
const char *config_hostname(const struct asking *q);
const char *config_user(const struct asking *q);

#endif
