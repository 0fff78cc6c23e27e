/*
 * Inside the dialogue. dialogue.c is its outside: the calls of dialogue.h, typing, time and the
 * end. dialogue_look.c looks at the screen and says what the bytes mean. The phases:
 *
 *     LEARN   something that looks like a prompt is awaited, then an empty line is typed, then
 * the same prompt must stand there twice. Why it is learnt is `purpose`. ECHO    a line was
 * typed at the prompt; its echo is awaited ENABLE  the echo of the enable command has come: a
 * password prompt or a new prompt follows RUN     the echo has come: output runs until the
 * prompt IDLE    at the prompt, nothing is awaited
 */
#ifndef SESSION_DIALOGUE_PART_H
#define SESSION_DIALOGUE_PART_H

#include "base/secret.h"
#include "base/strbuf.h"
#include "session/dialogue.h"
#include "session/screen.h"

enum phase {
    PHASE_LEARN,
    PHASE_ECHO,
    PHASE_ENABLE,
    PHASE_RUN,
    PHASE_IDLE,
};

enum purpose {
    FOR_LOGIN,   /* the first prompt */
    FOR_ENABLE,  /* enable, and the prompt after it */
    FOR_SETUP,   /* a command of platform->setup */
    FOR_COMMAND, /* a command of the caller's */
    FOR_CHANGE,  /* a command is done, but its prompt is another one */
    FOR_CONFIRM, /* the newest output must become certain */
};

struct dialogue {
    const struct platform *platform;
    struct regex_scratch *scratch;
    bool own_scratch;
    ms_t idle_ms, command_ms;
    size_t max_bytes;
    bool may_enable; /* there is a secret, maybe an empty one */
    bool enable;
    struct secret secret, username, password;

    enum dialogue_state state;
    enum phase phase;
    enum purpose purpose;
    bool logged_in, leaving, ended;
    struct strbuf prompt; /* as learnt, without blanks at its end */
    struct strbuf unsent;
    bool unsent_secret; /* ... is, or holds, a password */
    struct screen screen;

    /* offsets in screen.text */
    size_t from;   /* the line in which something was typed last */
    size_t scan;   /* ECHO: the line to try next */
    size_t start;  /* where the output of the oldest command that was not taken begins */
    size_t end;    /* OUTPUT: where it ends */
    size_t resume; /* OUTPUT: where what comes after it begins */

    struct strbuf command; /* the newest line typed at a prompt */
    struct strbuf before;  /* pending: the one before it */
    struct strbuf heard;   /* ECHO: the bytes since, as far as their first line feed */
    bool heard_line;       /* ... which has come */
    size_t next_setup;
    size_t taken;     /* outputs that the caller has taken */
    bool have_output; /* a command's prompt was seen; its output is not certain yet */
    bool pending;     /* ... and the next command has been typed */
    unsigned probes;  /* empty lines typed in this LEARN */
    unsigned answers; /* of platform->login */
    unsigned pagers;  /* answered since the last command was typed */
    bool asked_username, asked_password, asked_secret;
    bool enabled;  /* the device has said so (platform->enable.done) */
    bool answered; /* something was typed in the line at `from`, which is not a prompt */
    bool woken;

    ms_t now, last, absolute, quiet; /* last: of bytes in either direction */
    ms_t probed_at;                  /* the newest of those empty lines */
    ms_t typed_at, seen_at, pending_typed_at;

    enum dialogue_result result;
    char error[512];
};

/* dialogue.c */
void dialogue_type(struct dialogue *d, struct view bytes, bool newline);
void dialogue_type_line(struct dialogue *d, struct view line, enum purpose purpose);
void dialogue_learn(struct dialogue *d, enum purpose purpose);
void dialogue_probe(struct dialogue *d); /* one empty line */
/* The output from start to end is certain; what follows it begins at resume. */
void dialogue_deliver(struct dialogue *d, size_t end, size_t resume);
void dialogue_fail(struct dialogue *d, enum dialogue_result result, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Forgets the first n bytes on the screen; all offsets move. */
void dialogue_forget(struct dialogue *d, size_t n);
void dialogue_set_prompt(struct dialogue *d, struct view prompt);
/* At the first prompt: enable, if that is asked for, and setup. */
void dialogue_settle(struct dialogue *d);
/* After the login or a command: the next thing to do at the prompt. */
void dialogue_at_prompt(struct dialogue *d);

/* dialogue_look.c: looks at the screen until nothing more can be said. */
void dialogue_look(struct dialogue *d);
/* The device has been quiet for a while: what does its last line look like? */
void dialogue_look_quiet(struct dialogue *d);
/* The last line without blanks at its end. */
struct view dialogue_last_line(const struct dialogue *d);
/* The last line between two offsets that is not empty, or the beginning of it. */
struct view dialogue_last_words(const struct dialogue *d, size_t from, size_t to);

#endif
