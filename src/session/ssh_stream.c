#include "session/ssh_stream.h"

#include "session/ssh_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TERMINAL "vt100"
#define COLUMNS  511
#define ROWS     24

enum opening { OPEN_SESSION, OPEN_TERMINAL, OPEN_COMMAND, OPEN_DONE };

struct stream {
    struct connection *connection;
    ssh_channel channel;
    struct ssh_channel_callbacks_struct callbacks;
    stream_take take;
    void *user;
    enum opening opening;
    bool eof, closed;
    bool no_room; /* it was refused for want of resources */
    int status;
    char signal[16];
};

static int on_data(ssh_session session, ssh_channel channel, void *data, uint32_t len,
                   int is_stderr, void *user)
{
    (void)session, (void)channel;
    struct stream *s = user;
    s->connection->received++;
    s->take(s->user, is_stderr != 0, view_make(data, len));
    return (int)len;
}

static void on_eof(ssh_session session, ssh_channel channel, void *user)
{
    (void)session, (void)channel;
    struct stream *s = user;
    s->connection->received++;
    s->eof = true;
}

static void on_close(ssh_session session, ssh_channel channel, void *user)
{
    (void)session, (void)channel;
    struct stream *s = user;
    s->connection->received++;
    s->eof = true;
    s->closed = true;
}

static void on_status(ssh_session session, ssh_channel channel, int status, void *user)
{
    (void)session, (void)channel;
    struct stream *s = user;
    s->connection->received++;
    s->status = status;
}

static void on_signal(ssh_session session, ssh_channel channel, const char *name, int core,
                      const char *message, const char *language, void *user)
{
    (void)session, (void)channel, (void)core, (void)message, (void)language;
    struct stream *s = user;
    s->connection->received++;
    snprintf(s->signal, sizeof(s->signal), "%s", name && *name ? name : "?");
}

int stream_new(struct stream **out, struct connection *c, stream_take take, void *user,
               struct err *err)
{
    struct stream *s = calloc(1, sizeof(*s));
    if (!s || !(s->channel = ssh_channel_new(c->session))) {
        free(s);
        return err_nomem(err);
    }
    s->connection = c;
    s->take = take;
    s->user = user;
    s->status = -1;
    s->callbacks.userdata = s;
    s->callbacks.channel_data_function = on_data;
    s->callbacks.channel_eof_function = on_eof;
    s->callbacks.channel_close_function = on_close;
    s->callbacks.channel_exit_status_function = on_status;
    s->callbacks.channel_exit_signal_function = on_signal;
    ssh_callbacks_init(&s->callbacks);
    if (ssh_set_channel_callbacks(s->channel, &s->callbacks) != SSH_OK) {
        stream_free(s);
        return err_nomem(err);
    }
    *out = s;
    return 0;
}

/* libssh keeps a channel until the server closed it, too: our callbacks must be gone by then.
 */
void stream_free(struct stream *s)
{
    if (!s) {
        return;
    }
    (void)ssh_remove_channel_callbacks(s->channel, &s->callbacks);
    ssh_channel_free(s->channel);
    free(s);
}

void stream_abandon(struct stream *s)
{
    if (s) {
        (void)ssh_remove_channel_callbacks(s->channel, &s->callbacks);
        free(s);
    }
}

/* Opening. */

static enum step failed(struct stream *s, struct err *err)
{
    bool refused = ssh_get_error_code(s->connection->session) == SSH_REQUEST_DENIED;
    /* RFC 4254, 5.1: reason 4; libssh has it only in its words */
    s->no_room = refused && strstr(ssh_get_error(s->connection->session), "error (4)");
    return connection_fail(s->connection, refused ? FAULT_REFUSED : FAULT_PROTOCOL, err);
}

/* The outcome of one libssh call of the opening: success moves to the next one. */
static enum step advance(struct stream *s, int rc, enum opening next, struct err *err)
{
    if (rc == SSH_AGAIN) {
        return STEP_WAIT;
    }
    if (rc != SSH_OK) {
        return failed(s, err);
    }
    s->opening = next;
    return STEP_DONE;
}

static enum step open_session(struct stream *s, enum opening next, struct err *err)
{
    s->connection->doing = "the opening of a channel";
    return advance(s, ssh_channel_open_session(s->channel), next, err);
}

enum step stream_shell(struct stream *s, struct err *err)
{
    enum step step = STEP_DONE;
    if (s->opening == OPEN_SESSION) {
        step = open_session(s, OPEN_TERMINAL, err);
    }
    if (step == STEP_DONE && s->opening == OPEN_TERMINAL) {
        s->connection->doing = "the request of a terminal";
        int rc = ssh_channel_request_pty_size(s->channel, TERMINAL, COLUMNS, ROWS);
        step = advance(s, rc, OPEN_COMMAND, err);
    }
    if (step == STEP_DONE && s->opening == OPEN_COMMAND) {
        s->connection->doing = "the start of a shell";
        step = advance(s, ssh_channel_request_shell(s->channel), OPEN_DONE, err);
    }
    return step;
}

enum step stream_exec(struct stream *s, const char *command, struct err *err)
{
    enum step step = STEP_DONE;
    if (s->opening == OPEN_SESSION) {
        step = open_session(s, OPEN_COMMAND, err);
    }
    if (step == STEP_DONE && s->opening == OPEN_COMMAND) {
        s->connection->doing = "the start of the command";
        step = advance(s, ssh_channel_request_exec(s->channel, command), OPEN_DONE, err);
    }
    return step;
}

bool stream_no_room(const struct stream *s)
{
    return s->no_room;
}

enum step stream_forward(struct stream *s, const char *host, int port, struct err *err)
{
    s->connection->doing = "the opening of a connection through it";
    int rc = ssh_channel_open_forward(s->channel, host, port, "127.0.0.1", 0);
    return advance(s, rc, OPEN_DONE, err);
}

/* Talking. */

static enum step lost(struct stream *s, struct err *err)
{
    s->connection->doing = "the conversation";
    return connection_fail(s->connection, FAULT_PROTOCOL, err);
}

enum step stream_pump(struct stream *s, struct err *err)
{
    unsigned long before = s->connection->received;
    /* After EOF libssh's poll reads no more, but its wait for the exit status does. */
    if (s->eof) {
        (void)ssh_channel_get_exit_status(s->channel);
    } else {
        (void)ssh_channel_poll(s->channel, 0);
    }
    if (s->connection->received != before) {
        return STEP_DONE;
    }
    bool broken = ssh_get_status(s->connection->session) & (SSH_CLOSED | SSH_CLOSED_ERROR);
    return broken && !s->closed ? lost(s, err) : STEP_WAIT;
}

long stream_write(struct stream *s, struct view bytes, struct err *err)
{
    if (bytes.len == 0) {
        return 0;
    }
    int n = ssh_channel_write(s->channel, bytes.ptr, (uint32_t)bytes.len);
    if (n >= 0) {
        return n;
    }
    if (n == SSH_AGAIN) {
        return 0;
    }
    lost(s, err);
    return -1;
}

bool stream_eof(const struct stream *s)
{
    return s->eof;
}

bool stream_closed(const struct stream *s)
{
    return s->closed;
}

int stream_exit_status(const struct stream *s)
{
    return s->status;
}

const char *stream_exit_signal(const struct stream *s)
{
    return s->signal;
}
