/* Commands of exec platforms: one channel each, on the one connection. */
#include "base/limits.h"
#include "session/session_private.h"

static void take(void *user, bool is_stderr, struct view bytes)
{
    struct session *s = user;
    s->last_byte = s->now;
    trace_received(s->options.trace, s->now, bytes);
    if (is_stderr) {
        strbuf_addview(&s->errors, bytes); /* what passes the ceiling is not needed */
    } else if (!screen_feed(&s->screen, bytes)) {
        s->too_large = true;
    }
}

static int begin(struct session *s)
{
    session_begin_command(s);
    s->eof_at = 0;
    s->too_large = false;
    screen_clear(&s->screen);
    strbuf_reset(&s->errors);
    trace_sent(s->options.trace, s->now, view_of(session_result(s)->command), false);
    return stream_new(&s->stream, s->connection, take, s, &s->err);
}

enum progress exec_open(struct session *s)
{
    if (!s->stream && begin(s) < 0) {
        return session_fail(s, STATUS_PROTOCOL, "%s", s->err.text);
    }
    switch (stream_exec(s->stream, session_result(s)->command, &s->err)) {
    case STEP_WAIT:
        return WAITING;
    case STEP_DONE:
        session_enter(s, PHASE_TALK, s->options.command_ms);
        return MOVED;
    default:
        return session_broken(s);
    }
}

/* What the command printed becomes the result's, whatever its fate. */
static void keep_output(struct session *s)
{
    struct command_result *result = session_result(s);
    strbuf_release(&result->output);
    result->output = s->screen.text;
    strbuf_init(&s->screen.text);
    s->screen.text.max = result->output.max;
    screen_clear(&s->screen);
    result->exit_status = stream_exit_status(s->stream);
}

static enum progress give_up(struct session *s, enum status status, const char *reason)
{
    keep_output(s);
    return session_fail(s, status, "%s", reason);
}

/* Why the command failed: how it ended, or what the platform knows for a refusal. */
static void find_failure(struct session *s, struct strbuf *reason)
{
    int status = stream_exit_status(s->stream);
    const char *signal = stream_exit_signal(s->stream);
    struct view output = strbuf_view(&session_result(s)->output);
    struct view refusal = platform_refusal(s->options.platform, s->options.scratch, output);
    if (*signal) {
        strbuf_addf(reason, "ended by signal %s", signal);
    } else if (status > 0) {
        strbuf_addf(reason, "exit status %d", status);
    }
    struct view words = refusal.ptr ? refusal : strbuf_view(&s->errors);
    if ((reason->len || refusal.ptr) && view_trim(words).len) {
        strbuf_addstr(reason, reason->len ? ": " : "");
        session_quote(reason, words);
    }
}

static enum progress finish(struct session *s)
{
    struct strbuf reason = STRBUF_INIT;
    keep_output(s);
    find_failure(s, &reason);
    bool ok = reason.len == 0;
    session_end_command(s, ok ? STATUS_OK : STATUS_FAILED, ok ? NULL : reason.buf,
                        s->now - s->command_started);
    strbuf_release(&reason);
    bool more = s->begun < s->nresults;
    if (more) {
        stream_free(s->stream);
        s->stream = NULL;
    }
    session_enter(s, more ? PHASE_OPEN : PHASE_END, s->options.idle_ms);
    return MOVED;
}

/* The exit status may follow the end of the output, and some devices never close the channel.
 */
static bool complete(struct session *s)
{
    if (!stream_eof(s->stream)) {
        return false;
    }
    s->eof_at = s->eof_at ? s->eof_at : s->now;
    return stream_closed(s->stream) || stream_exit_status(s->stream) >= 0 ||
           *stream_exit_signal(s->stream) || s->now >= s->eof_at + LIMIT_EXIT_STATUS_MS;
}

static void set_deadline(struct session *s)
{
    ms_t idle = deadline_in(s->last_byte, s->options.idle_ms);
    ms_t whole = deadline_in(s->command_started, s->options.command_ms);
    s->deadline = deadline_sooner(idle, whole);
    if (s->eof_at) {
        s->deadline = deadline_sooner(s->deadline, s->eof_at + LIMIT_EXIT_STATUS_MS);
    }
}

enum progress exec_talk(struct session *s)
{
    enum step step = STEP_DONE;
    for (int i = 0; i < LIMIT_PUMPS && step == STEP_DONE && !s->too_large; i++) {
        step = stream_pump(s->stream, &s->err);
    }
    if (s->too_large) {
        return give_up(s, STATUS_TOO_LARGE, "the output passes the limit");
    }
    if (complete(s)) {
        return finish(s);
    }
    if (step == STEP_FAILED) {
        keep_output(s);
        return session_broken(s);
    }
    set_deadline(s);
    if (step == STEP_DONE) {
        s->deadline = s->now; /* there may be more: come back after the others had their turn */
    } else if (s->now >= s->deadline) {
        bool idle = s->now < deadline_in(s->command_started, s->options.command_ms);
        return give_up(s, STATUS_TIMED_OUT,
                       idle ? "timed out: no more output came" : "timed out: it took too long");
    }
    return WAITING;
}
