/*
 * The dialogue with one device's shell: a pure state machine with no I/O, no clock and no
 * sleep. The caller carries bytes and tells the time; tests and fuzzers are just other callers.
 *
 *     struct dialogue *d;
 *     dialogue_new(&d, &options, now, &err);
 *     loop:
 *         dialogue_feed(d, bytes, now);                 whenever the device sent some
 *         dialogue_tick(d, now);                        when dialogue_deadline(d) has come
 *         dialogue_eof(d);                              when the device closed the channel
 *         send dialogue_unsent(d), then dialogue_sent(d, n, now);
 *         switch (dialogue_state(d)) {
 *         case DIALOGUE_BUSY:   wait for bytes or the deadline
 *         case DIALOGUE_READY:  dialogue_command(d, "show version", now, &err), or, when there
 *                               are no more, dialogue_leave(d, now)
 *         case DIALOGUE_OUTPUT: take dialogue_output(d), the output of command
 * dialogue_index(d), then dialogue_next(d, now) case DIALOGUE_LEFT:   all outputs are taken;
 * send what is unsent and close case DIALOGUE_FAILED: dialogue_result(d) and dialogue_error(d)
 * say why, about command dialogue_index(d); it is over
 *         }
 *     and look at the state again after every call, until it is BUSY or the end.
 *
 * How a prompt is known. At login any text whose end looks like the platform's prompt may be
 * it, or a line of a banner. So an empty line is typed, and the prompt is learnt from the
 * answer: the same line twice, nothing between. That costs one round trip and no waiting. After
 * enable it is learnt again the same way.
 *
 * How an output is known to be whole. The exact prompt at the end of what came makes the
 * dialogue READY, at once: no timer. But an output may contain the prompt (a banner in a
 * configuration, a log), and a packet may end there. So the output is kept, and it becomes
 * OUTPUT only when the line "prompt + echo of the NEXT command" has come: that line is where
 * the output before it ends, wherever the prompt was seen first. Outputs therefore arrive one
 * command late, in order, and certain, at no cost in round trips; READY comes first. For the
 * last one, dialogue_leave (or dialogue_confirm) types an empty line, one round trip a session.
 *
 * What looks like a question, like another prompt, or like the prompt at the end of a longer
 * line, is acted upon only once the device has been quiet for DIALOGUE_QUIET_MS, because it may
 * be the middle of a line whose rest is on its way. Then a question ends the dialogue: nothing
 * is ever typed at one. A changed prompt (hostname, mode) is confirmed by an empty line and
 * learnt.
 *
 * The one case that cannot be told: an output that contains the exact prompt alone in its line,
 * on a device that stops sending exactly there, and that echoes what is typed before it reads
 * it.
 */
#ifndef SESSION_DIALOGUE_H
#define SESSION_DIALOGUE_H

#include "base/deadline.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/view.h"
#include "session/platform.h"

#define DIALOGUE_QUIET_MS 250  /* for what is not the exact prompt; see above */
#define DIALOGUE_DOUBT_MS 2000 /* the same for a question, whose rest may be late */
#define DIALOGUE_WAKE_MS  3000 /* at login: silence after which Enter is pressed, once */

struct dialogue;

struct dialogue_options {
    const struct platform *platform; /* outlives the dialogue */
    struct view enable_secret;       /* ptr NULL: do not enable. Copied, wiped on free */
    struct view username, password;  /* only for platforms that ask again in the shell
                                        (platform->login); copied, wiped; ptr NULL: none */
    ms_t login_ms;                   /* from now to READY, enable and setup included; 0 =
                                        LIMIT_AUTH_MS + LIMIT_IDLE_MS */
    ms_t idle_ms;                    /* no byte for so long during a command; 0 = limits.h */
    ms_t command_ms;                 /* a whole command; 0 = limits.h */
    size_t max_bytes;                /* of one output; 0 = limits.h */
    struct regex_scratch *scratch;   /* of the caller's thread, shared; NULL: one of its own */
};

enum dialogue_state {
    DIALOGUE_BUSY,
    DIALOGUE_READY,
    DIALOGUE_OUTPUT,
    DIALOGUE_LEFT,
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

/* The options, with the views, need to live only during the call. */
int dialogue_new(struct dialogue **out, const struct dialogue_options *options, ms_t now,
                 struct err *err);
void dialogue_free(struct dialogue *d);

enum dialogue_state dialogue_state(const struct dialogue *d);

void dialogue_feed(struct dialogue *d, struct view bytes, ms_t now);
void dialogue_eof(struct dialogue *d);
void dialogue_tick(struct dialogue *d, ms_t now);
/* When to call dialogue_tick; DEADLINE_NEVER when nothing is waited for. It moves with every
 * call, mostly later: a caller may keep an old timer and ask again when it fires. */
ms_t dialogue_deadline(const struct dialogue *d);

/* Bytes to type; valid until the next call. Secrets are among them only after their prompt. */
struct view dialogue_unsent(const struct dialogue *d);
void dialogue_sent(struct dialogue *d, size_t n, ms_t now);
/* One is: not to be shown. */
bool dialogue_unsent_secret(const struct dialogue *d);

/* The caller did not listen for so long: that is nobody's silence. */
void dialogue_postpone(struct dialogue *d, ms_t span);

/* What is kept, in bytes. */
size_t dialogue_bytes(const struct dialogue *d);

/* In READY: types a command. ERR_USAGE when it is empty or contains a control character. */
int dialogue_command(struct dialogue *d, struct view command, ms_t now, struct err *err);

/* In OUTPUT or FAILED: the plain text between echo and prompt, however much there is; valid
 * until dialogue_next or free. */
struct view dialogue_output(const struct dialogue *d);
/* The same into *out, replacing what was there. A large one is handed over, not copied, so call
 * it once and do not ask for dialogue_output any more. */
void dialogue_take(struct dialogue *d, struct strbuf *out);
enum dialogue_result dialogue_result(const struct dialogue *d);
/* One line in the device's words or ours; empty for OK. Names no host: the caller does. */
const char *dialogue_error(const struct dialogue *d);
/* Which command OUTPUT or FAILED is about: 0 for the first one typed. In a login that FAILED it
 * is 0 too, and dialogue_logged_in is false. */
size_t dialogue_index(const struct dialogue *d);
bool dialogue_logged_in(const struct dialogue *d);
/* How long that command took, from typing it to its prompt. */
ms_t dialogue_took(const struct dialogue *d);
/* After OUTPUT: goes on to the next command. */
void dialogue_next(struct dialogue *d, ms_t now);

/* In READY: makes the newest output certain by an empty line (a round trip): OUTPUT, then READY
 * again. For callers who need it to choose the next command. Without one: READY at once. */
void dialogue_confirm(struct dialogue *d, ms_t now);

/* In READY: the same, then types the platform's exit command: OUTPUT if one is due, then LEFT.
 */
void dialogue_leave(struct dialogue *d, ms_t now);

/* In READY, when no output is due: the device has turned out to be one of options->platform.
 * What that platform does at login comes now, enable and setup; READY again. Of the options,
 * platform and limits count. */
void dialogue_become(struct dialogue *d, const struct dialogue_options *options, ms_t now);

/* The prompt that was learnt ("sw1#"), or empty. */
struct view dialogue_prompt(const struct dialogue *d);

#endif
