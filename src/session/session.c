#include "session/session.h"

#include "base/limits.h"
#include "base/vis.h"
#include "session/session_private.h"
#include "session/tcp.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int session_new(struct session **out, const struct session_options *options,
                struct command_result *results, size_t n, ms_t now, struct err *err)
{
    struct session *s = calloc(1, sizeof(*s));
    if (!s) {
        return err_nomem(err);
    }
    s->options = *options;
    if (options->detector) {
        s->options.platform = detector_platform(options->detector);
    }
    s->results = results;
    s->nresults = n;
    s->now = s->started = now;
    s->connect_ms = s->auth_ms = -1;
    s->fd = options->fd;
    s->serial = options->fd >= 0;
    s->next_address = options->addresses;
    s->status = STATUS_OK;
    strbuf_init(&s->errors);
    strbuf_init(&s->prompt);
    s->prompt.max = LIMIT_LINE_BYTES;
    s->errors.max = LIMIT_STDERR_BYTES;
    screen_init(&s->screen, options->max_bytes);
    session_enter(s, PHASE_DIAL, options->connect_ms);
    *out = s;
    return 0;
}

void session_free(struct session *s)
{
    if (!s) {
        return;
    }
    dialogue_free(s->dialogue);
    detect_release(s);
    stream_abandon(s->stream);
    connection_free(s->connection);
    if (s->fd >= 0) {
        close(s->fd);
    }
    screen_release(&s->screen);
    strbuf_release(&s->errors);
    strbuf_release(&s->prompt);
    free(s->reason);
    free(s);
}

/* The last that is heard of it: NULL = all went well. */
static void trace_closing(struct session *s)
{
    const char *reason = session_reason(s);
    trace_end(s->options.trace, s->now);
    trace_step(s->options.trace, s->now, "closed%s%s", reason ? ": " : "",
               reason ? reason : "");
}

void session_enter(struct session *s, enum phase phase, ms_t span)
{
    bool ends = phase == PHASE_END && s->phase != PHASE_END;
    s->phase = phase;
    s->phase_started = s->now;
    s->deadline = deadline_in(s->now, span);
    if (ends && s->options.trace) {
        trace_closing(s);
    }
}

/* Outcomes. */

char *session_one_line(const char *text)
{
    struct strbuf line = STRBUF_INIT;
    vis_add(&line, view_of(text), VIS_LINE);
    return strbuf_detach(&line, NULL);
}

void session_quote(struct strbuf *out, struct view text)
{
    text = view_trim(text);
    const char *newline = text.len ? memchr(text.ptr, '\n', text.len) : NULL;
    struct view line = newline ? view_make(text.ptr, (size_t)(newline - text.ptr)) : text;
    vis_add(out, view_slice(view_trim(line), 0, LIMIT_QUOTE_BYTES), VIS_LINE);
}

static void note(struct session *s, enum status status, const char *reason)
{
    if (s->status == STATUS_OK && status != STATUS_OK) {
        s->status = status;
        s->reason = session_one_line(reason);
    }
}

void session_stop(struct session *s, enum status status, const char *reason, ms_t now)
{
    s->now = now;
    if (s->finished < s->begun) {
        session_end_command(s, status, reason, s->now - s->command_started);
    }
    note(s, status, reason);
    session_enter(s, PHASE_END, 0);
}

enum progress session_fail(struct session *s, enum status status, const char *fmt, ...)
{
    char text[sizeof(s->err.text)];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    session_stop(s, status, text, s->now);
    return MOVED;
}

static enum status status_of(const struct session *s, enum fault fault)
{
    switch (fault) {
    case FAULT_HOST_KEY:
        return STATUS_HOST_KEY;
    case FAULT_AUTH:
        return STATUS_AUTH;
    case FAULT_LOST:
        return s->begun ? STATUS_INCOMPLETE : STATUS_PROTOCOL;
    default:
        return STATUS_PROTOCOL;
    }
}

enum progress session_broken(struct session *s)
{
    enum fault fault = connection_fault(s->connection);
    return session_fail(s, status_of(s, fault), "%s", s->err.text);
}

struct command_result *session_begin_command(struct session *s)
{
    if (s->begun == s->nresults) {
        return NULL;
    }
    s->command_started = s->last_byte = s->now;
    struct command_result *next = &s->results[s->begun++];
    session_skip_known(s);
    return next;
}

static void skip_known(const struct session *s, size_t *i)
{
    while (*i < s->nresults && s->results[*i].status != STATUS_NOT_RUN) {
        (*i)++;
    }
}

void session_skip_known(struct session *s)
{
    skip_known(s, &s->begun);
    skip_known(s, &s->finished);
}

struct command_result *session_result(struct session *s)
{
    return &s->results[s->finished];
}

void session_end_command(struct session *s, enum status status, const char *reason,
                         ms_t took_ms)
{
    struct command_result *result = session_result(s);
    s->finished++;
    result->status = status;
    result->reason = reason ? session_one_line(reason) : NULL;
    result->took_ms = took_ms;
    utc_stamp(result->collected_at, sizeof(result->collected_at));
    session_skip_known(s);
    if (status != STATUS_OK) {
        struct strbuf text = STRBUF_INIT;
        strbuf_addf(&text, "%s: %s", result->command, reason ? reason : "failed");
        note(s, status, text.buf);
        strbuf_release(&text);
    }
    trace_step(s->options.trace, s->now, "%s: %zu bytes, %lld ms%s%s", result->command,
               result->output.len, (long long)took_ms, reason ? ": " : "",
               reason ? reason : "");
}

/* Dialling: each address in turn, each with its share of the time that is left. */

static ms_t share(const struct session *s)
{
    ms_t left = s->started + s->options.connect_ms - s->now, n = 1;
    for (const struct addrinfo *a = s->next_address->ai_next; a; a = a->ai_next) {
        n++;
    }
    return left / n > 0 ? left / n : 1;
}

static void trace_dialling(struct session *s)
{
    if (s->options.trace) {
        char name[TCP_NAME_SIZE];
        tcp_name(s->address->ai_addr, name);
        trace_step(s->options.trace, s->now, "connecting to %s", name);
    }
}

static enum progress dial_next(struct session *s)
{
    if (s->err.text[0] && s->next_address) {
        trace_step(s->options.trace, s->now, "%s", s->err.text);
    }
    while (s->next_address) {
        s->address = s->next_address;
        s->deadline = deadline_in(s->now, share(s));
        s->next_address = s->address->ai_next;
        trace_dialling(s);
        s->fd = tcp_dial(s->address->ai_addr, s->address->ai_addrlen, s->options.bind_address,
                         s->options.idle_ms, &s->err);
        if (s->fd >= 0) {
            s->serial++;
            return WAITING;
        }
    }
    if (s->err.text[0] == '\0') {
        err_set(&s->err, ERR_HOST, "no address to connect to");
    }
    return session_fail(s, s->err.code == ERR_LIMIT ? STATUS_TIMED_OUT : STATUS_UNREACHABLE,
                        "%s", s->err.text);
}

static const struct addrinfo given;

static void hang_up(struct session *s)
{
    close(s->fd);
    s->fd = -1;
}

static enum progress connected(struct session *s)
{
    int fd = s->fd;
    s->fd = -1;
    if (connection_new(&s->connection, fd, &s->options.ssh, &s->err) < 0) {
        return session_fail(s, STATUS_PROTOCOL, "%s", s->err.text);
    }
    trace_step(s->options.trace, s->now, "connected");
    ms_t left = s->started + s->options.connect_ms - s->now;
    session_enter(s, PHASE_HANDSHAKE, left > 0 ? left : 1);
    return MOVED;
}

static enum progress dial(struct session *s)
{
    if (s->fd < 0) {
        return dial_next(s);
    }
    if (!s->address) { /* given, not dialled; WAITING once, so that it is polled first */
        s->address = &given;
        return WAITING;
    }
    if (s->address == &given) {
        return connected(s);
    }
    struct pollfd p = {.fd = s->fd, .events = POLLOUT};
    if (poll(&p, 1, 0) == 0) {
        if (s->now < s->deadline) {
            return WAITING;
        }
        char name[TCP_NAME_SIZE];
        tcp_name(s->address->ai_addr, name);
        err_set(&s->err, ERR_LIMIT, "connect to %s: timed out", name);
    } else if (tcp_result(s->fd, s->address->ai_addr, &s->err) == 0) {
        return connected(s);
    }
    hang_up(s);
    return dial_next(s);
}

/* SSH up to a login. */

static void trace_host_key(struct session *s)
{
    const struct connection_options *o = &s->options.ssh;
    bool pinned = o->peer.pinned, off = hostkeys_policy(o->trust) == HOST_KEYS_OFF && !pinned;
    trace_step(s->options.trace, s->now, "host key %s: %s (%s)",
               off      ? "not checked"
               : pinned ? "verified by its fingerprint"
                        : "verified",
               session_fingerprint(s), session_algorithms(s));
}

static enum progress handshake(struct session *s)
{
    switch (connection_handshake(s->connection, &s->err)) {
    case STEP_WAIT:
        return WAITING;
    case STEP_DONE:
        s->connect_ms = s->now - s->started;
        if (s->options.trace) {
            trace_host_key(s);
        }
        if (detect_greeted(s) < 0) {
            return session_fail(s, STATUS_PROTOCOL, "%s", s->err.text);
        }
        session_enter(s, PHASE_LOGIN, s->options.auth_ms);
        return MOVED;
    default:
        return session_broken(s);
    }
}

static enum progress begin_commands(struct session *s)
{
    bool more = s->finished < s->nresults || s->options.detector;
    session_enter(s, more ? PHASE_OPEN : PHASE_END, s->options.idle_ms);
    return MOVED;
}

static void take_nothing(void *user, bool is_stderr, struct view bytes)
{
    (void)user, (void)is_stderr, (void)bytes;
}

static enum progress begin_hold(struct session *s)
{
    if (stream_new(&s->stream, s->connection, take_nothing, s, &s->err) < 0) {
        return session_fail(s, STATUS_PROTOCOL, "%s", s->err.text);
    }
    session_enter(s, PHASE_HOLD, 0);
    return MOVED;
}

/* Reads for whoever has streams on the connection. */
static enum progress hold(struct session *s)
{
    enum step step = STEP_DONE;
    for (int i = 0; i < LIMIT_PUMPS && step == STEP_DONE; i++) {
        step = stream_pump(s->stream, &s->err);
    }
    s->deadline = step == STEP_DONE ? s->now : DEADLINE_NEVER;
    return step == STEP_FAILED ? session_broken(s) : WAITING;
}

static void trace_login(struct session *s)
{
    struct strbuf method = STRBUF_INIT;
    connection_method(s->connection, &method);
    trace_step(s->options.trace, s->now, "authenticated as %s by %s", s->options.ssh.username,
               method.buf);
    strbuf_release(&method);
}

static enum progress login(struct session *s)
{
    switch (connection_login(s->connection, &s->err)) {
    case STEP_WAIT:
        return WAITING;
    case STEP_DONE:
        s->auth_ms = s->now - s->phase_started;
        if (s->options.trace) {
            trace_login(s);
        }
        return s->options.hold ? begin_hold(s) : begin_commands(s);
    default:
        return session_broken(s);
    }
}

/* The machine. */

static enum progress step_phase(struct session *s)
{
    bool exec = s->options.platform->exec;
    switch (s->phase) {
    case PHASE_DIAL:
        return dial(s);
    case PHASE_HANDSHAKE:
        return handshake(s);
    case PHASE_LOGIN:
        return login(s);
    case PHASE_OPEN:
        return exec ? exec_open(s) : shell_open(s);
    case PHASE_DETECT:
        return detect_talk(s);
    case PHASE_TALK:
        return exec ? exec_talk(s) : shell_talk(s);
    case PHASE_HOLD:
        return hold(s);
    default:
        return WAITING;
    }
}

/* Dialling and talking know their own deadlines. */
static bool late(const struct session *s)
{
    bool here =
        s->phase == PHASE_HANDSHAKE || s->phase == PHASE_LOGIN || s->phase == PHASE_OPEN;
    return here && s->now >= s->deadline;
}

bool session_step(struct session *s, ms_t now)
{
    s->now = now;
    while (s->phase != PHASE_END && step_phase(s) == MOVED) {
    }
    if (s->phase != PHASE_END && s->connection && connection_lost(s->connection, &s->err)) {
        session_broken(s);
    } else if (late(s)) {
        ms_t took = s->now - s->phase_started;
        session_fail(s, STATUS_TIMED_OUT, "timed out during %s, after %.1f s",
                     connection_doing(s->connection), (double)took / 1000);
    }
    return s->phase == PHASE_END;
}

int session_socket(const struct session *s)
{
    return s->fd >= 0 ? s->fd : s->connection ? connection_fd(s->connection) : -1;
}

unsigned session_serial(const struct session *s)
{
    return s->serial;
}

unsigned session_events(const struct session *s)
{
    return s->connection ? connection_events(s->connection) : EVENT_WRITABLE;
}

size_t session_bytes(const struct session *s)
{
    size_t bytes = s->screen.text.len + (s->dialogue ? dialogue_bytes(s->dialogue) : 0);
    for (size_t i = 0; i < s->nresults; i++) {
        bytes += s->results[i].output.len;
    }
    return bytes;
}

static void postpone(ms_t *when, ms_t span)
{
    *when = *when && *when != DEADLINE_NEVER ? *when + span : *when;
}

void session_postpone(struct session *s, ms_t span)
{
    postpone(&s->deadline, span);
    postpone(&s->command_started, span);
    postpone(&s->last_byte, span);
    postpone(&s->eof_at, span);
    if (s->dialogue) {
        dialogue_postpone(s->dialogue, span);
    }
}

ms_t session_deadline(const struct session *s)
{
    return s->deadline;
}

enum status session_status(const struct session *s)
{
    return s->status;
}

const char *session_reason(const struct session *s)
{
    return s->status == STATUS_OK ? NULL : s->reason ? s->reason : "out of memory";
}

bool session_may_retry(const struct session *s)
{
    bool transient = s->status == STATUS_UNREACHABLE || s->status == STATUS_TIMED_OUT ||
                     (s->connection && connection_fault(s->connection) == FAULT_LOST);
    return s->connect_ms < 0 && transient;
}

struct connection *session_connection(const struct session *s)
{
    return s->phase == PHASE_HOLD ? s->connection : NULL;
}

struct session_times session_times(const struct session *s)
{
    return (struct session_times){s->connect_ms, s->auth_ms};
}

const struct platform *session_platform(const struct session *s)
{
    return s->platform;
}

const char *session_platform_why(const struct session *s)
{
    return s->platform_why;
}

const char *session_algorithms(const struct session *s)
{
    return s->connection ? connection_algorithms(s->connection) : NULL;
}

const char *session_fingerprint(const struct session *s)
{
    return s->connection ? connection_fingerprint(s->connection) : NULL;
}
