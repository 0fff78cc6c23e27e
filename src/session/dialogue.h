/*
 * The dialogue with one device's shell: a pure state machine with no I/O, no clock and no sleep.
 * The caller carries bytes and tells the time; tests and fuzzers are just other callers.
 *
 *     struct dialogue *d;
 *     dialogue_new(&d, &options, now, &err);
 *     loop:
 *         dialogue_feed(d, bytes, now);                 whenever the device sent some
 *         dialogue_tick(d, now);                        when dialogue_deadline(d) has come
 *         send dialogue_unsent(d), then dialogue_sent(d, n);
 *         switch (dialogue_state(d)) {
 *         case DIALOGUE_BUSY:   wait for bytes or the deadline
 *         case DIALOGUE_READY:  dialogue_command(d, "show version", now), or dialogue_leave(d)
 *         case DIALOGUE_OUTPUT: take dialogue_output(d), then dialogue_next(d)
 *         case DIALOGUE_FAILED: dialogue_result(d) and dialogue_error(d) say why; it is over
 *         }
 *
 * It logs in as far as a prompt, learns that prompt exactly, enables if asked to, turns paging
 * off, and takes an output for whole only when the echo of the command and then the prompt at the
 * very end of what came have been seen.
 */
#ifndef SESSION_DIALOGUE_H
#define SESSION_DIALOGUE_H

#include "base/deadline.h"
#include "base/err.h"
#include "base/view.h"
#include "session/platform.h"

struct dialogue;

struct dialogue_options {
    const struct platform *platform; /* outlives the dialogue */
    struct view enable_secret;       /* ptr NULL: do not enable. Copied, wiped on free */
    ms_t login_ms;                   /* from now to the first prompt, enable and setup included */
    ms_t idle_ms;                    /* no byte for so long during a command, 0 = limits.h */
    ms_t command_ms;                 /* a whole command, 0 = limits.h */
    size_t max_bytes;                /* of one output, 0 = limits.h */
};

enum dialogue_state {
    DIALOGUE_BUSY,
    DIALOGUE_READY,
    DIALOGUE_OUTPUT,
    DIALOGUE_FAILED,
};

/* What became of a command (or of the login). */
enum dialogue_result {
    DIALOGUE_OK,
    DIALOGUE_REFUSED,    /* the device answered with an error of its own: see dialogue_error */
    DIALOGUE_INCOMPLETE, /* the stream ended in the middle */
    DIALOGUE_TIMED_OUT,
    DIALOGUE_TOO_LARGE,
    DIALOGUE_QUESTION, /* an unexpected question; nothing was typed */
    DIALOGUE_NO_PROMPT,
    DIALOGUE_ENABLE_FAILED,
    DIALOGUE_NOMEM,
};

int dialogue_new(struct dialogue **out, const struct dialogue_options *options, ms_t now,
                 struct err *err);
void dialogue_free(struct dialogue *d);

enum dialogue_state dialogue_state(const struct dialogue *d);

void dialogue_feed(struct dialogue *d, struct view bytes, ms_t now);
void dialogue_eof(struct dialogue *d);
void dialogue_tick(struct dialogue *d, ms_t now);
ms_t dialogue_deadline(const struct dialogue *d); /* DEADLINE_NEVER when nothing is waited for */

/* Bytes to type; valid until the next call. Secrets are among them only after their prompt. */
struct view dialogue_unsent(const struct dialogue *d);
void dialogue_sent(struct dialogue *d, size_t n, ms_t now);

/* In READY: types a command (no newline in it). */
int dialogue_command(struct dialogue *d, struct view command, ms_t now, struct err *err);

/* In OUTPUT or FAILED: the plain text between echo and prompt, however much there is; valid until
 * dialogue_next or free. */
struct view dialogue_output(const struct dialogue *d);
enum dialogue_result dialogue_result(const struct dialogue *d);
/* One line in the device's words or ours; empty for OK. */
const char *dialogue_error(const struct dialogue *d);
/* OUTPUT -> READY for another command. */
void dialogue_next(struct dialogue *d);

/* In READY: types the platform's exit command. */
void dialogue_leave(struct dialogue *d);

/* The prompt that was learnt ("sw1#"), or empty. */
struct view dialogue_prompt(const struct dialogue *d);

#endif
