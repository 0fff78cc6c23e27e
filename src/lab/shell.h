/*
 * The CLI of one simulated device on one channel: a pure state machine, bytes typed in, bytes
 * printed out, the time told by the caller.
 *
 *     struct shell *sh;
 *     shell_open(&sh, &options, now);
 *     loop:
 *         shell_feed(sh, bytes, now);                    when the client typed
 *         shell_tick(sh, now);                           when shell_wake(sh) has come
 *         v = shell_output(sh, now); send; shell_sent(sh, n, now);
 *         switch (shell_end(sh)) ...                     asked when the output is empty
 *     shell_free(sh);
 */
#ifndef LAB_SHELL_H
#define LAB_SHELL_H

#include "base/deadline.h"
#include "base/view.h"
#include "lab/device.h"

enum shell_end {
    SHELL_RUNS,
    SHELL_LEFT,    /* the client left, or the command of an exec channel is done */
    SHELL_DROPPED, /* the settings want the connection to break now */
};

struct shell_options {
    struct device *device; /* its counters are kept */
    struct view command;   /* of an exec channel; ptr NULL: interactive */
    bool pty;              /* newlines as a terminal wants them */
    int width;             /* of the terminal, 0 = not said */
    /* Told of every line that was understood as one: "command", "enable", ... */
    void (*note)(void *user, const char *what, struct view detail);
    void *user;
};

struct shell;

/* NULL in *out when memory ran out. */
void shell_open(struct shell **out, const struct shell_options *options, ms_t now);
void shell_free(struct shell *sh);

void shell_feed(struct shell *sh, struct view typed, ms_t now);
/* No more will be typed: an interactive shell ends when it next waits for a key. */
void shell_hangup(struct shell *sh, ms_t now);
void shell_tick(struct shell *sh, ms_t now);
ms_t shell_wake(const struct shell *sh); /* DEADLINE_NEVER when nothing is timed */

/* What may be printed now; valid until the next call. is_error: it belongs on stderr. */
struct view shell_output(const struct shell *sh, ms_t now);
bool shell_is_error(const struct shell *sh);
void shell_sent(struct shell *sh, size_t n, ms_t now);

enum shell_end shell_end(const struct shell *sh);
int shell_exit_status(const struct shell *sh);

#endif
