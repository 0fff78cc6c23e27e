#include "lab/peer_inner.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

void peer_note(struct peer *peer, const char *event, struct view detail)
{
    journal_add(peer->server->journal, peer->device, peer->number, event, detail);
}

bool peer_must_write(const struct peer *peer)
{
    return ssh_get_poll_flags(peer->session) & SSH_WRITE_PENDING;
}

static struct peer *peer_of_timer(struct timer *timer)
{
    return (struct peer *)(void *)((char *)timer - offsetof(struct peer, timer));
}

void peer_close(struct peer *peer)
{
    struct server *server = peer->server;
    peer_note(peer, "close", VIEW_NONE);
    timers_set(&server->timers, &peer->timer, DEADLINE_NEVER);
    if (!peer->deferred) {
        poller_forget(server->poller, &peer->watch);
    }
    channels_free(peer);
    ssh_free(peer->session);
    *(peer->prev ? &peer->prev->next : &server->peers) = peer->next;
    if (peer->next) {
        peer->next->prev = peer->prev;
    }
    peer->device->live--;
    free(peer);
}

/* Breaks the connection without a word of SSH: whatever libssh still says goes nowhere. */
static void drop(struct peer *peer)
{
    shutdown(peer->watch.fd, SHUT_RDWR);
    peer_close(peer);
}

/* Let libssh do what it can without waiting. False when the connection is over. */
static bool advance(struct peer *peer)
{
    if (peer->phase == PEER_KEX) {
        int rc = ssh_handle_key_exchange(peer->session);
        if (rc == SSH_OK) {
            peer->phase = PEER_LOGIN;
        } else if (rc != SSH_AGAIN) {
            return false;
        }
    } else {
        ssh_execute_message_callbacks(peer->session);
    }
    return ssh_is_connected(peer->session);
}

/* What follows once all is written: true if the peer is gone. */
static bool end(struct peer *peer)
{
    if (peer_must_write(peer) || !(peer->leaving || peer->dropped)) {
        return false;
    }
    if (peer->dropped) {
        drop(peer);
    } else {
        ssh_disconnect(peer->session);
        peer_close(peer);
    }
    return true;
}

static void arm(struct peer *peer, ms_t wake)
{
    unsigned events = WATCH_READ | (peer_must_write(peer) ? WATCH_WRITE : 0u);
    poller_set(peer->server->poller, &peer->watch, events);
    timers_set(&peer->server->timers, &peer->timer, wake);
}

/* A write of libssh's reads, too: it may have heard the peer's goodbye and closed the socket,
 * of which the poller then says no more. */
static void step(struct peer *peer)
{
    bool open = advance(peer);
    ms_t wake = open ? channels_pump(peer) : DEADLINE_NEVER;
    if (open && end(peer)) {
        return;
    }
    if (open && ssh_is_connected(peer->session)) {
        arm(peer, wake);
    } else {
        peer_close(peer);
    }
}

/* The network's delay: what came in is looked at later. */
static bool defer(struct peer *peer)
{
    if (peer->device->settings.rtt <= 0) {
        return false;
    }
    peer->deferred = true;
    peer->read_at = peer->server->now + peer->device->settings.rtt;
    poller_forget(peer->server->poller, &peer->watch);
    timers_set(&peer->server->timers, &peer->timer,
               deadline_sooner(peer->read_at, peer->timer.due));
    return true;
}

static void on_ready(struct watch *watch, unsigned events)
{
    struct peer *peer = (struct peer *)(void *)watch;
    peer->server->now = now_ms();
    if (watch->events == WATCH_HANGUP) {
        peer_close(peer);
    } else if (!(events & WATCH_READ) || !defer(peer)) {
        step(peer);
    }
}

void peer_tick(struct timer *timer)
{
    struct peer *peer = peer_of_timer(timer);
    if (peer->deferred && peer->server->now >= peer->read_at) {
        peer->deferred = false;
        if (poller_add(peer->server->poller, &peer->watch, WATCH_READ, NULL) < 0) {
            peer->deferred = true;
            drop(peer);
            return;
        }
    }
    if (!peer->deferred) {
        step(peer);
        return;
    }
    ms_t wake = channels_pump(peer);
    timers_set(&peer->server->timers, &peer->timer, deadline_sooner(wake, peer->read_at));
}

/* A session that owns the fd, or NULL and the fd is closed. */
static ssh_session new_session(struct server *server, const struct device *device, int fd)
{
    ssh_session session = ssh_new();
    ssh_bind bind = server_bind(server, device);
    /* Compression costs 270 KB a session, and would make byte offsets depend on zlib. */
    if (!session || !bind ||
        ssh_options_set(session, SSH_OPTIONS_COMPRESSION, "none") != SSH_OK) {
        ssh_free(session);
        close(fd);
        return NULL;
    }
    if (ssh_bind_accept_fd(bind, session, fd) != SSH_OK) {
        ssh_free(session);
        return NULL;
    }
    ssh_set_blocking(session, 0);
    return session;
}

static struct peer *new_peer(struct server *server, struct device *device, int fd)
{
    struct peer *peer = calloc(1, sizeof(*peer));
    ssh_session session = new_session(server, device, fd);
    if (!peer || !session) {
        ssh_free(session);
        free(peer);
        return NULL;
    }
    peer->watch = (struct watch){.fd = fd, .ready = on_ready};
    peer->timer.due = DEADLINE_NEVER;
    peer->server = server;
    peer->device = device;
    peer->number = server->connections;
    peer->session = session;
    peer->next = server->peers;
    if (peer->next) {
        peer->next->prev = peer;
    }
    server->peers = peer;
    device->live++;
    return peer;
}

/* Silence before libssh could have a say in it: after its own banner it would go on. */
static void hush(struct peer *peer)
{
    const struct settings *s = &peer->device->settings;
    struct strbuf banner = STRBUF_INIT;
    if (s->silent == SILENT_KEX) {
        strbuf_addf(&banner, "SSH-2.0-%s\r\n", s->version);
        (void)send(peer->watch.fd, banner.buf, banner.len, MSG_NOSIGNAL);
    }
    strbuf_release(&banner);
    poller_set(peer->server->poller, &peer->watch, WATCH_HANGUP);
}

void peer_open(struct server *server, struct device *device, int fd)
{
    struct peer *peer = new_peer(server, device, fd);
    if (!peer) {
        return;
    }
    peer_note(peer, "connect", VIEW_NONE);
    peer_offer_login(peer);
    if (poller_add(server->poller, &peer->watch, WATCH_READ, NULL) < 0) {
        peer->deferred = true;
        drop(peer);
    } else if (device->settings.silent == SILENT_BANNER ||
               device->settings.silent == SILENT_KEX) {
        hush(peer);
    } else if (!defer(peer)) {
        step(peer);
    }
}
