/* The channels of a peer: requests in, a shell each, its output out as far as there is room. */
#include "lab/limits_lab.h"
#include "lab/peer_inner.h"

#include <stdlib.h>

static void on_note(void *user, const char *what, struct view detail)
{
    peer_note(user, what, detail);
}

static int start(struct channel *channel, struct view command)
{
    struct shell_options options = {
        .device = channel->peer->device,
        .command = command,
        .pty = channel->pty,
        .width = channel->width,
        .note = on_note,
        .user = channel->peer,
    };
    if (!channel->shell) {
        shell_open(&channel->shell, &options, channel->peer->server->now);
    }
    return channel->shell ? 0 : 1;
}

static int on_pty(ssh_session session, ssh_channel ssh, const char *term, int width, int height,
                  int pxwidth, int pxheight, void *userdata)
{
    struct channel *channel = userdata;
    (void)session;
    (void)ssh;
    (void)term;
    (void)height;
    (void)pxwidth;
    (void)pxheight;
    channel->pty = true;
    channel->width = width;
    return 0;
}

static int on_shell(ssh_session session, ssh_channel ssh, void *userdata)
{
    struct channel *channel = userdata;
    (void)session;
    (void)ssh;
    if (!channel->peer->device->settings.shell || channel->shell) {
        return 1;
    }
    peer_note(channel->peer, "shell", VIEW_NONE);
    channel->interactive = true;
    return start(channel, VIEW_NONE);
}

static int on_exec(ssh_session session, ssh_channel ssh, const char *command, void *userdata)
{
    struct channel *channel = userdata;
    (void)session;
    (void)ssh;
    if (!channel->peer->device->settings.exec || channel->shell) {
        return 1;
    }
    return start(channel, view_of(command));
}

static int on_data(ssh_session session, ssh_channel ssh, void *data, uint32_t len,
                   int is_stderr, void *userdata)
{
    struct channel *channel = userdata;
    (void)session;
    (void)ssh;
    if (channel->shell && !is_stderr) {
        shell_feed(channel->shell, view_make(data, len), channel->peer->server->now);
    }
    return (int)len;
}

static void on_eof(ssh_session session, ssh_channel ssh, void *userdata)
{
    struct channel *channel = userdata;
    (void)session;
    (void)ssh;
    if (channel->shell) {
        shell_hangup(channel->shell, channel->peer->server->now);
    }
}

static void on_close(ssh_session session, ssh_channel ssh, void *userdata)
{
    struct channel *channel = userdata;
    (void)session;
    (void)ssh;
    channel->closed = true;
}

static size_t count_channels(const struct peer *peer)
{
    size_t n = 0;
    for (const struct channel *c = peer->channels; c; c = c->next) {
        n++;
    }
    return n;
}

ssh_channel channel_open(struct peer *peer)
{
    struct channel *channel = NULL;
    if (count_channels(peer) < LAB_CHANNELS) {
        channel = calloc(1, sizeof(*channel));
    }
    if (!channel) {
        return NULL;
    }
    channel->ssh = ssh_channel_new(peer->session);
    if (!channel->ssh) {
        free(channel);
        return NULL;
    }
    channel->peer = peer;
    channel->callbacks = (struct ssh_channel_callbacks_struct){
        .size = sizeof(channel->callbacks),
        .userdata = channel,
        .channel_pty_request_function = on_pty,
        .channel_shell_request_function = on_shell,
        .channel_exec_request_function = on_exec,
        .channel_data_function = on_data,
        .channel_eof_function = on_eof,
        .channel_close_function = on_close,
    };
    ssh_set_channel_callbacks(channel->ssh, &channel->callbacks);
    /* At the end: this may be called while channels_pump() walks the list. */
    struct channel **link = &peer->channels;
    while (*link) {
        link = &(*link)->next;
    }
    *link = channel;
    peer->device->counts.channels++;
    return channel->ssh;
}

static void free_channel(struct channel *channel)
{
    /* libssh frees its side only when the client has closed too, and would call us until then.
     */
    ssh_remove_channel_callbacks(channel->ssh, &channel->callbacks);
    ssh_channel_free(channel->ssh);
    shell_free(channel->shell);
    free(channel);
}

/* Writes one piece if libssh can pass it on at once; true when there may be more to write. */
static bool write_piece(struct channel *channel)
{
    struct shell *shell = channel->shell;
    struct view out = shell_output(shell, channel->peer->server->now);
    size_t len = ssh_channel_window_size(channel->ssh);
    len = len < out.len ? len : out.len;
    len = len < LAB_WRITE_BYTES ? len : LAB_WRITE_BYTES;
    if (len == 0 || peer_must_write(channel->peer)) {
        return false;
    }
    int n = shell_is_error(shell)
                ? ssh_channel_write_stderr(channel->ssh, out.ptr, (uint32_t)len)
                : ssh_channel_write(channel->ssh, out.ptr, (uint32_t)len);
    if (n > 0) {
        shell_sent(shell, (size_t)n, channel->peer->server->now);
    }
    return n > 0;
}

/* A shell that is left ends its channel. Once the client has closed it too (it may still have
 * to read), most devices end the connection. True when the channel can be freed. */
static bool finish(struct channel *channel)
{
    struct peer *peer = channel->peer;
    switch (channel->shell && !channel->ended ? shell_end(channel->shell) : SHELL_RUNS) {
    case SHELL_DROPPED:
        peer->dropped = true;
        break;
    case SHELL_LEFT:
        ssh_channel_request_send_exit_status(channel->ssh, shell_exit_status(channel->shell));
        ssh_channel_send_eof(channel->ssh);
        ssh_channel_close(channel->ssh);
        channel->ended = true;
        break;
    case SHELL_RUNS:
        break;
    }
    if (channel->closed && channel->ended && channel->interactive) {
        peer->leaving = peer->device->settings.leave_closes;
    }
    return channel->closed;
}

ms_t channels_pump(struct peer *peer)
{
    ms_t wake = DEADLINE_NEVER;
    for (struct channel **link = &peer->channels; *link;) {
        struct channel *channel = *link;
        if (channel->shell) {
            shell_tick(channel->shell, peer->server->now);
            while (!channel->closed && !channel->ended && write_piece(channel)) {
            }
            wake = deadline_sooner(wake, shell_wake(channel->shell));
        }
        if (finish(channel)) {
            *link = channel->next;
            free_channel(channel);
        } else {
            link = &channel->next;
        }
    }
    return wake;
}

void channels_free(struct peer *peer)
{
    while (peer->channels) {
        struct channel *next = peer->channels->next;
        free_channel(peer->channels);
        peer->channels = next;
    }
}
