/* Shared by session.c and the two ways to run commands, session_exec.c and session_shell.c. */
#ifndef SESSION_SESSION_PRIVATE_H
#define SESSION_SESSION_PRIVATE_H

#include "session/dialogue.h"
#include "session/screen.h"
#include "session/session.h"
#include "session/ssh_stream.h"

enum phase {
    PHASE_DIAL,
    PHASE_HANDSHAKE,
    PHASE_LOGIN,
    PHASE_OPEN,   /* a channel, for the shell or for one command */
    PHASE_DETECT, /* commands that tell the platform */
    PHASE_TALK,
    PHASE_HOLD, /* others use the connection */
    PHASE_END,
};

/* The output of a command by which a platform was told. */
struct collected {
    const char *command;
    struct strbuf output;
    ms_t took_ms;
    char at[UTC_STAMP_SIZE];
};

struct session {
    struct session_options options;
    struct command_result *results;
    size_t nresults;
    size_t begun;    /* commands typed or started */
    size_t finished; /* results filled in: always the first so many */
    enum phase phase;
    ms_t now, started, phase_started, deadline;
    ms_t connect_ms, auth_ms;

    const struct addrinfo *next_address;
    const struct addrinfo *address; /* being dialled */
    int fd;                         /* until the connection owns it */
    unsigned serial;

    struct connection *connection;
    struct stream *stream;

    struct dialogue *dialogue; /* shell */
    struct strbuf prompt;      /* shell, traced: as it was told */

    struct detection *detection; /* while the platform is being found out */
    struct collected collected[DETECT_COMMANDS_MOST];
    size_t ncollected;
    const struct platform *platform; /* that was found */
    char *platform_why;
    char *username; /* another one than the options' */

    struct screen screen; /* exec: the output under way */
    struct strbuf errors; /* exec: what the command wrote to stderr */
    ms_t command_started, last_byte, eof_at;
    bool too_large;

    enum status status;
    char *reason;
    struct err err;
};

/* What a phase's step says: wait, go on (the phase has changed), or it is over. */
enum progress { WAITING, MOVED };

enum progress exec_open(struct session *s);
enum progress exec_talk(struct session *s);
enum progress shell_open(struct session *s);
enum progress shell_talk(struct session *s);

/* Carries bytes between stream and dialogue; WAIT when nothing came. */
enum step shell_exchange(struct session *s);
struct dialogue_options shell_options(const struct session *s);
/* What the dialogue's failure means for the host. */
enum progress shell_failed(struct session *s);

/* Once the server has greeted: the user name may depend on whose it is. */
int detect_greeted(struct session *s);
enum progress detect_talk(struct session *s);
void detect_release(struct session *s);

void session_enter(struct session *s, enum phase phase, ms_t span);

/* Notes the host's failure (the first counts) and ends the session. */
enum progress session_fail(struct session *s, enum status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for what a step of the connection left in s->err. */
enum progress session_broken(struct session *s);

/* The next command to begin; NULL = there is none. */
struct command_result *session_begin_command(struct session *s);

/* Goes past results that are filled in already. */
void session_skip_known(struct session *s);

/* One line, fit for a terminal. NULL when memory ran out. */
char *session_one_line(const char *text);

/* The next result to fill in: of a command that has begun. */
struct command_result *session_result(struct session *s);

/* Fills it in, but for its output. The reason is NULL when ok. */
void session_end_command(struct session *s, enum status status, const char *reason,
                         ms_t took_ms);

/* Bytes of the host's own that may stand in a message: one line, cut. */
void session_quote(struct strbuf *out, struct view text);

#endif
