/*
 * Streams of a connection: a shell with a terminal, or one command. Nothing waits. (They are
 * SSH channels; libssh has the names channel_*.)
 *
 *     struct stream *s;
 *     stream_new(&s, c, take, user, &err);
 *     while ((step = stream_shell(s, &err)) == STEP_WAIT) ...     or stream_exec()
 *     while ((step = stream_pump(s, &err)) == STEP_DONE) ...      take() gets what came
 *     stream_write(s, bytes, &err);
 *     if (stream_eof(s)) ...                                      the other side is done
 *     stream_free(s);
 *
 * Received bytes are handed to take() at once, whichever call happened to read them from the
 * socket: nothing stays behind in a buffer that no poll would ever report.
 *
 * The terminal is 511 columns wide, so that devices do not wrap long lines. Agent and X11
 * forwarding are never asked for, and what a server asks to open is refused.
 */
#ifndef SESSION_SSH_STREAM_H
#define SESSION_SSH_STREAM_H

#include "session/ssh.h"

#include <stddef.h>

struct stream;

/* Must not call back into the stream or its connection. */
typedef void (*stream_take)(void *user, bool is_stderr, struct view bytes);

int stream_new(struct stream **out, struct connection *c, stream_take take, void *user,
               struct err *err);
void stream_free(struct stream *s);

/* The same where the connection is freed next: that ends its channels without a word for each.
 */
void stream_abandon(struct stream *s);

enum step stream_shell(struct stream *s, struct err *err);
enum step stream_exec(struct stream *s, const char *command, struct err *err);

/* To host:port as the server reaches it: a connection through it, not to it. */
enum step stream_forward(struct stream *s, const char *host, int port, struct err *err);

/* After it failed: the server has no room for so many channels, but may have later. */
bool stream_no_room(const struct stream *s);

/* Reads a little from the socket, for all streams of the connection. DONE: something came,
 * maybe there is more; WAIT: nothing for now; FAILED: the connection broke. A stream that was
 * never opened serves, too. */
enum step stream_pump(struct stream *s, struct err *err);

/* How many bytes were taken, maybe fewer than given; negative = it cannot be written to. */
long stream_write(struct stream *s, struct view bytes, struct err *err);

/* The other side sends nothing more. */
bool stream_eof(const struct stream *s);

/* It also closed the channel: no exit status can follow. */
bool stream_closed(const struct stream *s);

/* -1 when none has come. */
int stream_exit_status(const struct stream *s);

/* "KILL" when a signal ended the command, else "". */
const char *stream_exit_signal(const struct stream *s);

#endif
