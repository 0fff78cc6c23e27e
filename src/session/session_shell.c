/* Commands of shell platforms: all through one dialogue. */
#include "base/limits.h"
#include "session/session_private.h"

static void take(void *user, bool is_stderr, struct view bytes)
{
    (void)is_stderr;
    struct session *s = user;
    trace_received(s->options.trace, s->now, bytes);
    if (s->dialogue) {
        dialogue_feed(s->dialogue, bytes, s->now);
    }
}

struct dialogue_options shell_options(const struct session *s)
{
    return (struct dialogue_options){
        .platform = s->options.platform,
        .enable_secret = s->options.enable,
        .username = view_of(s->options.ssh.username),
        .password = view_of(s->options.ssh.password),
        .login_ms = s->options.auth_ms + s->options.idle_ms,
        .idle_ms = s->options.idle_ms,
        .command_ms = s->options.command_ms,
        .max_bytes = s->options.max_bytes,
        .scratch = s->options.scratch,
    };
}

static int start_dialogue(struct session *s)
{
    struct dialogue_options options = shell_options(s);
    return dialogue_new(&s->dialogue, &options, s->now, &s->err);
}

enum progress shell_open(struct session *s)
{
    if (!s->stream && (stream_new(&s->stream, s->connection, take, s, &s->err) < 0 ||
                       start_dialogue(s) < 0)) {
        return session_fail(s, STATUS_PROTOCOL, "%s", s->err.text);
    }
    switch (stream_shell(s->stream, &s->err)) {
    case STEP_WAIT:
        return WAITING;
    case STEP_DONE:
        session_enter(s, s->options.detector ? PHASE_DETECT : PHASE_TALK, s->options.idle_ms);
        return MOVED;
    default:
        return session_broken(s);
    }
}

static enum status status_of(enum dialogue_result result)
{
    switch (result) {
    case DIALOGUE_OK:
        return STATUS_OK;
    case DIALOGUE_REFUSED:
        return STATUS_FAILED;
    case DIALOGUE_INCOMPLETE:
        return STATUS_INCOMPLETE;
    case DIALOGUE_TIMED_OUT:
    case DIALOGUE_NO_PROMPT:
        return STATUS_TIMED_OUT;
    case DIALOGUE_TOO_LARGE:
        return STATUS_TOO_LARGE;
    case DIALOGUE_QUESTION:
        return STATUS_QUESTION;
    case DIALOGUE_ENABLE_FAILED:
        return STATUS_AUTH;
    default:
        return STATUS_PROTOCOL;
    }
}

static void keep_output(struct session *s)
{
    dialogue_take(s->dialogue, &session_result(s)->output);
}

static enum progress take_output(struct session *s)
{
    enum status status = status_of(dialogue_result(s->dialogue));
    const char *reason = status == STATUS_OK ? NULL : dialogue_error(s->dialogue);
    keep_output(s);
    session_end_command(s, status, reason, dialogue_took(s->dialogue));
    dialogue_next(s->dialogue, s->now);
    return MOVED;
}

enum progress shell_failed(struct session *s)
{
    enum status status = status_of(dialogue_result(s->dialogue));
    if (s->finished < s->begun) {
        keep_output(s);
    }
    return session_fail(s, status, "%s", dialogue_error(s->dialogue));
}

static enum progress next_command(struct session *s)
{
    struct command_result *next = session_begin_command(s);
    if (!next) {
        dialogue_leave(s->dialogue, s->now);
    } else if (dialogue_command(s->dialogue, view_of(next->command), s->now, &s->err) < 0) {
        return session_fail(s, STATUS_FAILED, "%s", s->err.text);
    }
    return MOVED;
}

static void trace_typed(struct session *s, struct view bytes, bool more)
{
    if (!dialogue_unsent_secret(s->dialogue)) {
        trace_sent(s->options.trace, s->now, bytes, more);
    } else if (!more) {
        trace_sent_secret(s->options.trace, s->now);
    }
}

/* Types what the dialogue wants typed; false when the connection broke. */
static bool type_all(struct session *s)
{
    struct view unsent = dialogue_unsent(s->dialogue);
    while (unsent.len) {
        long n = stream_write(s->stream, unsent, &s->err);
        if (n < 0) {
            return false;
        }
        if (n == 0) {
            break;
        }
        if (s->options.trace) {
            trace_typed(s, view_slice(unsent, 0, (size_t)n), (size_t)n < unsent.len);
        }
        dialogue_sent(s->dialogue, (size_t)n, s->now);
        unsent = dialogue_unsent(s->dialogue);
    }
    return true;
}

static enum step hear(struct session *s)
{
    enum step step = STEP_DONE;
    for (int i = 0; i < LIMIT_PUMPS && step == STEP_DONE; i++) {
        step = stream_pump(s->stream, &s->err);
    }
    if (step == STEP_FAILED || (stream_eof(s->stream) && step == STEP_WAIT)) {
        dialogue_eof(s->dialogue);
    }
    dialogue_tick(s->dialogue, s->now);
    return step;
}

/* A prompt that is another one than before. */
static void trace_prompt(struct session *s)
{
    struct view prompt = dialogue_prompt(s->dialogue);
    if (prompt.len && !view_equal(prompt, strbuf_view(&s->prompt))) {
        strbuf_reset(&s->prompt);
        strbuf_addview(&s->prompt, prompt);
        trace_step(s->options.trace, s->now, "prompt learned: %.*s", VIEW_ARG(prompt));
    }
}

enum step shell_exchange(struct session *s)
{
    enum step step = hear(s);
    if (s->options.trace) {
        trace_prompt(s);
    }
    if (!type_all(s)) {
        dialogue_eof(s->dialogue);
    }
    return step;
}

enum progress shell_talk(struct session *s)
{
    enum step step = shell_exchange(s);
    switch (dialogue_state(s->dialogue)) {
    case DIALOGUE_READY:
        return next_command(s);
    case DIALOGUE_OUTPUT:
        return take_output(s);
    case DIALOGUE_FAILED:
        return shell_failed(s);
    case DIALOGUE_LEFT:
        session_enter(s, PHASE_END, 0);
        return MOVED;
    default:
        s->deadline = step == STEP_DONE ? s->now : dialogue_deadline(s->dialogue);
        return WAITING;
    }
}
