#include "collect/loop_relay.h"

#include "base/limits.h"
#include "collect/loop_link.h"
#include "session/ssh_stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum hop_state { HOP_WAITING, HOP_OPENING, HOP_OPEN, HOP_OVER };

struct hop {
    struct relay *relay;
    struct hop *next, **place; /* in the relay's list for its state */
    enum hop_state state;
    const struct host *host;
    hop_ready ready;
    void *user;
    struct stream *stream;
    ms_t since;      /* when the opening began, 0 = not yet */
    int fd;          /* our end */
    uv_poll_t *poll; /* of fd */
    int events;
    struct strbuf to_host; /* read from fd, not yet taken by the channel */
    struct strbuf to_fd;   /* come from the channel, not yet taken by fd */
};

struct relay {
    struct engine *engine;
    struct relay *next;
    const struct host *host;
    struct link *link; /* NULL = not connected */
    bool down;         /* for good: reason says why */
    enum status status;
    char *reason;
    int reconnects;
    struct hop *waiting, **last_waiting;
    struct hop *opening, *open;
    size_t running; /* opening and open */
    size_t room;    /* for so many, as the jump host let us know by refusing; 0 = unknown */
    ms_t not_before;
    int in_vain; /* refusals in a row with no other channel open */
    uv_timer_t poke;
};

static void serve(struct relay *relay);

/* Lists. */

static void enlist(struct hop *hop, struct hop **place)
{
    hop->place = place;
    hop->next = *place;
    if (hop->next) {
        hop->next->place = &hop->next;
    }
    *place = hop;
}

static void delist(struct hop *hop)
{
    struct relay *relay = hop->relay;
    if (hop->place) {
        if (relay->last_waiting == &hop->next) {
            relay->last_waiting = hop->place;
        }
        *hop->place = hop->next;
        if (hop->next) {
            hop->next->place = hop->place;
        }
        hop->place = NULL;
    }
}

static void set_state(struct hop *hop, enum hop_state state)
{
    struct relay *relay = hop->relay;
    bool ran = hop->state == HOP_OPENING || hop->state == HOP_OPEN;
    bool runs = state == HOP_OPENING || state == HOP_OPEN;
    delist(hop);
    relay->running = relay->running + runs - ran;
    hop->state = state;
    if (state == HOP_WAITING) {
        enlist(hop, relay->last_waiting);
        relay->last_waiting = &hop->next;
    } else if (runs) {
        enlist(hop, state == HOP_OPENING ? &relay->opening : &relay->open);
    }
}

/* Serving is put off to the event loop: callers are in the middle of something. */

static void on_poke(uv_timer_t *timer)
{
    serve(timer->data);
}

static void poke(struct relay *relay)
{
    ms_t pause = relay->not_before - now_ms();
    uv_timer_start(&relay->poke, on_poke, pause > 0 ? (uint64_t)pause : 0, 0);
}

/* The joint of channel and socketpair. */

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

static void close_fd(struct hop *hop)
{
    if (hop->poll) {
        uv_close((uv_handle_t *)hop->poll, free_handle);
        hop->poll = NULL;
    }
    if (hop->fd >= 0) {
        close(hop->fd);
        hop->fd = -1;
    }
}

/* Over: the session at the other end of fd sees the connection closed. */
static void hop_close(struct hop *hop)
{
    close_fd(hop);
    stream_free(hop->stream);
    hop->stream = NULL;
    set_state(hop, HOP_OVER);
    poke(hop->relay);
}

static void on_fd(uv_poll_t *poll, int status, int events);

/* What came from fd waits for the channel before more is read. */
static void watch_fd(struct hop *hop)
{
    int events = (hop->to_host.len ? 0 : UV_READABLE) | (hop->to_fd.len ? UV_WRITABLE : 0);
    if (hop->poll && events != hop->events) {
        hop->events = events;
        if (events) {
            uv_poll_start(hop->poll, events, on_fd);
        } else {
            uv_poll_stop(hop->poll);
        }
    }
}

static bool flush_to_fd(struct hop *hop)
{
    while (hop->to_fd.len) {
        ssize_t n = send(hop->fd, hop->to_fd.buf, hop->to_fd.len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0) {
            return errno == EAGAIN || errno == EWOULDBLOCK;
        }
        strbuf_consume(&hop->to_fd, (size_t)n);
    }
    return true;
}

static bool flush_to_host(struct hop *hop)
{
    struct err err = ERR_INIT;
    while (hop->to_host.len) {
        long n = stream_write(hop->stream, strbuf_view(&hop->to_host), &err);
        if (n < 0) {
            return false;
        }
        if (n == 0) {
            break;
        }
        strbuf_consume(&hop->to_host, (size_t)n);
    }
    return true;
}

static bool read_fd(struct hop *hop)
{
    char buf[KIB(16)];
    ssize_t n = recv(hop->fd, buf, sizeof(buf), MSG_DONTWAIT);
    if (n > 0) {
        strbuf_add(&hop->to_host, buf, (size_t)n);
    }
    return n > 0 ? !strbuf_failed(&hop->to_host) : n < 0 && errno == EAGAIN;
}

static void on_fd(uv_poll_t *poll, int status, int events)
{
    struct hop *hop = poll->data;
    struct relay *relay = hop->relay;
    bool ok = status == 0 && flush_to_fd(hop);
    if (ok && (events & UV_READABLE)) {
        ok = read_fd(hop) && flush_to_host(hop);
    }
    if (!ok) {
        hop_close(hop);
    } else {
        watch_fd(hop);
    }
    link_poke(relay->link);
}

/* Called while the relay's connection reads: only notes and passes on. */
static void take(void *user, bool is_stderr, struct view bytes)
{
    struct hop *hop = user;
    if (is_stderr || hop->state == HOP_OVER) {
        return;
    }
    strbuf_addview(&hop->to_fd, bytes); /* it may come together with the channel's opening */
    if (hop->fd >= 0) {
        (void)flush_to_fd(hop);
    }
}

/* Opening. */

static void refuse(struct hop *hop, enum status status, const char *reason)
{
    char text[1200];
    snprintf(text, sizeof(text), "jump host %s: %s", hop->relay->host->name, reason);
    hop_close(hop);
    hop->ready(hop->user, -1, status, text);
}

static void opened(struct hop *hop)
{
    int ends[2];
    uv_poll_t *poll = calloc(1, sizeof(*poll));
    if (!poll || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        free(poll);
        refuse(hop, STATUS_UNREACHABLE, strerror(errno));
        return;
    }
    hop->fd = ends[0];
    if (uv_poll_init(&hop->relay->engine->uv, poll, hop->fd) < 0) {
        free(poll);
        close(ends[1]);
        refuse(hop, STATUS_UNREACHABLE, "its socket cannot be watched");
        return;
    }
    poll->data = hop;
    hop->poll = poll;
    set_state(hop, HOP_OPEN);
    hop->relay->in_vain = 0;
    (void)flush_to_fd(hop);
    watch_fd(hop);
    hop->ready(hop->user, ends[1], STATUS_OK, NULL);
}

/* A jump host that allows fewer channels than we thought: the hop waits until another one ends,
 * or, if there is none, a little while, since what ended just now may not have ended there yet.
 * One that has no room for a single channel has it for none of those that wait. */
static bool put_off(struct hop *hop)
{
    struct relay *relay = hop->relay;
    size_t others = relay->running - 1;
    relay->in_vain = others ? 0 : relay->in_vain + 1;
    if (!stream_no_room(hop->stream) || relay->in_vain > LIMIT_IN_VAIN) {
        return false;
    }
    stream_free(hop->stream);
    hop->stream = NULL;
    hop->since = 0;
    set_state(hop, HOP_WAITING);
    relay->room = others ? others : 1;
    relay->not_before = now_ms() + LIMIT_RETRY_MS;
    poke(relay);
    return true;
}

static void open_step(struct hop *hop)
{
    struct err err = ERR_INIT;
    int port = hop->host->port ? hop->host->port : 22;
    switch (stream_forward(hop->stream, hop->host->address, port, &err)) {
    case STEP_WAIT:
        break;
    case STEP_DONE:
        opened(hop);
        break;
    default:
        if (!put_off(hop)) {
            refuse(hop, STATUS_UNREACHABLE, err.text);
        }
    }
}

static void open_begin(struct hop *hop, struct connection *connection)
{
    struct err err = ERR_INIT;
    set_state(hop, HOP_OPENING);
    hop->since = now_ms();
    if (stream_new(&hop->stream, connection, take, hop, &err) < 0) {
        refuse(hop, STATUS_UNREACHABLE, err.text);
        return;
    }
    open_step(hop);
}

/* The relay. */

static void refuse_all(struct relay *relay)
{
    while (relay->waiting) {
        refuse(relay->waiting, relay->status, relay->reason);
    }
}

/* Something came: for channels that are opening, that wait for room, or that ended. */
static void serve_running(struct relay *relay)
{
    struct hop *next;
    for (struct hop *hop = relay->opening; hop; hop = next) {
        next = hop->next;
        open_step(hop);
    }
    for (struct hop *hop = relay->open; hop; hop = next) {
        next = hop->next;
        bool ok = flush_to_host(hop) && !strbuf_failed(&hop->to_fd);
        if (!ok || (stream_eof(hop->stream) && hop->to_fd.len == 0)) {
            hop_close(hop);
        } else {
            watch_fd(hop);
        }
    }
}

static bool has_room(const struct relay *relay)
{
    size_t most = relay->host->max_sessions ? relay->host->max_sessions : LIMIT_HOPS;
    most = relay->room && relay->room < most ? relay->room : most;
    return relay->waiting && relay->running < most && now_ms() >= relay->not_before;
}

static void on_stepped(void *user)
{
    struct relay *relay = user;
    if (session_connection(link_session(relay->link))) {
        serve_running(relay);
        if (has_room(relay)) {
            poke(relay); /* new ones not from in here: they would step the link in its step */
        }
    }
}

static void close_running(struct relay *relay, enum status status, const char *reason)
{
    while (relay->opening) {
        refuse(relay->opening, status, reason);
    }
    while (relay->open) {
        hop_close(relay->open);
    }
}

/* A relay that worked and was lost may be tried again; one that never did is down for good. */
static void on_over(void *user)
{
    struct relay *relay = user;
    struct session_times times = {-1, -1};
    if (link_session(relay->link)) {
        times = session_times(link_session(relay->link));
    }
    enum status status = link_status(relay->link);
    const char *reason = link_reason(relay->link);
    reason = reason ? reason : "the connection ended";
    close_running(relay, status, reason);
    if (times.auth_ms < 0 || ++relay->reconnects > LIMIT_RECONNECTS) {
        relay->down = true;
        relay->status = status == STATUS_OK ? STATUS_PROTOCOL : status;
        relay->reason = strdup(reason);
    }
    link_free(relay->link);
    relay->link = NULL;
    poke(relay);
}

static void connect_relay(struct relay *relay)
{
    struct err err = ERR_INIT;
    struct link_use use = {.engine = relay->engine,
                           .host = relay->host,
                           .hold = true,
                           .stepped = on_stepped,
                           .over = on_over,
                           .user = relay};
    if (link_new(&relay->link, &use, &err) < 0) {
        relay->down = true;
        relay->status = STATUS_PROTOCOL;
        relay->reason = strdup(err.text);
        refuse_all(relay);
        return;
    }
    link_begin(relay->link);
}

static void serve(struct relay *relay)
{
    if (relay->down) {
        refuse_all(relay);
    } else if (!relay->link) {
        if (relay->waiting) {
            connect_relay(relay);
        }
    } else if (link_session(relay->link) && has_room(relay)) {
        struct connection *connection = session_connection(link_session(relay->link));
        while (connection && has_room(relay)) {
            open_begin(relay->waiting, connection);
        }
        link_poke(relay->link);
    }
}

static struct relay *relay_to(struct engine *engine, const struct host *host)
{
    struct relay *relay = engine->relays;
    while (relay && relay->host != host) {
        relay = relay->next;
    }
    if (!relay && (relay = calloc(1, sizeof(*relay)))) {
        relay->engine = engine;
        relay->host = host;
        relay->last_waiting = &relay->waiting;
        uv_timer_init(&engine->uv, &relay->poke);
        relay->poke.data = relay;
        relay->next = engine->relays;
        engine->relays = relay;
    }
    return relay;
}

static void on_poke_closed(uv_handle_t *handle)
{
    struct relay *relay = handle->data;
    free(relay->reason);
    free(relay);
}

/* Streams must be gone before the connection they are on, and relays hang on one another. */
static void close_all(struct relay *relay)
{
    while (relay->opening) {
        hop_close(relay->opening);
    }
    while (relay->open) {
        hop_close(relay->open);
    }
}

void relays_free(struct engine *engine)
{
    for (struct relay *relay = engine->relays; relay; relay = relay->next) {
        close_all(relay);
    }
    while (engine->relays) {
        struct relay *relay = engine->relays;
        engine->relays = relay->next;
        link_free(relay->link);
        relay->link = NULL;
        uv_close((uv_handle_t *)&relay->poke, on_poke_closed);
    }
}

/* Hops, as their users see them. */

int hop_ask(struct hop **out, struct engine *engine, const struct host *host, hop_ready ready,
            void *user, struct err *err)
{
    struct relay *relay = relay_to(engine, host->jump);
    struct hop *hop = relay ? calloc(1, sizeof(*hop)) : NULL;
    if (!hop) {
        return err_nomem(err);
    }
    hop->relay = relay;
    hop->host = host;
    hop->ready = ready;
    hop->user = user;
    hop->fd = -1;
    hop->state = HOP_OVER;
    strbuf_init(&hop->to_host);
    strbuf_init(&hop->to_fd);
    hop->to_fd.max = LIMIT_RELAY_BYTES;
    set_state(hop, HOP_WAITING);
    poke(relay);
    *out = hop;
    return 0;
}

ms_t hop_since(const struct hop *hop)
{
    return hop->since;
}

void hop_free(struct hop *hop)
{
    if (hop) {
        hop_close(hop);
        strbuf_release(&hop->to_host);
        strbuf_release(&hop->to_fd);
        free(hop);
    }
}
