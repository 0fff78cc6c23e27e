/* Finding out the platform of the device at the other end of a shell. */
#include "session/session_private.h"

#include <stdlib.h>

int detect_greeted(struct session *s)
{
    const char *suffix = s->options.detector
                             ? detector_username_suffix(s->options.detector, s->options.scratch,
                                                        connection_banner(s->connection))
                             : NULL;
    struct strbuf name = STRBUF_INIT;
    if (!suffix) {
        return 0;
    }
    strbuf_addf(&name, "%s%s", s->options.ssh.username, suffix);
    s->username = strbuf_detach(&name, NULL);
    if (!s->username) {
        return err_nomem(&s->err);
    }
    connection_rename(s->connection, s->username);
    return 0;
}

void detect_release(struct session *s)
{
    detection_free(s->detection);
    for (size_t i = 0; i < s->ncollected; i++) {
        strbuf_release(&s->collected[i].output);
    }
    free(s->platform_why);
    free(s->username);
}

/* What was collected on the way is the output of that command, if the run wants it. */
static void use_collected(struct session *s)
{
    for (size_t i = 0; i < s->nresults; i++) {
        struct command_result *result = &s->results[i];
        for (size_t k = 0; k < s->ncollected; k++) {
            struct collected *c = &s->collected[k];
            struct view output = strbuf_view(&c->output);
            if (result->status != STATUS_NOT_RUN || strcmp(c->command, result->command) != 0 ||
                platform_refusal(s->platform, s->options.scratch, output).ptr) {
                continue;
            }
            strbuf_reset(&result->output);
            strbuf_addview(&result->output, output);
            if (!strbuf_failed(&result->output)) {
                result->status = STATUS_OK;
                result->took_ms = c->took_ms;
                memcpy(result->collected_at, c->at, sizeof(c->at));
            }
        }
    }
    session_skip_known(s);
}

static int take_job(struct session *s)
{
    struct session_job job = {.idle_ms = s->options.idle_ms,
                              .command_ms = s->options.command_ms,
                              .max_bytes = s->options.max_bytes};
    if (s->options.found(s->options.user, s->platform, &job, &s->err) < 0) {
        return -1;
    }
    s->options.platform = s->platform;
    s->options.idle_ms = job.idle_ms;
    s->options.command_ms = job.command_ms;
    s->options.max_bytes = job.max_bytes;
    s->results = job.results;
    s->nresults = job.n;
    s->screen.text.max = job.max_bytes;
    use_collected(s);
    return 0;
}

static enum progress go_on(struct session *s)
{
    if (s->finished == s->nresults) {
        session_enter(s, PHASE_END, 0);
    } else if (s->platform->exec) {
        dialogue_free(s->dialogue);
        s->dialogue = NULL;
        stream_free(s->stream);
        s->stream = NULL;
        session_enter(s, PHASE_OPEN, s->options.idle_ms);
    } else {
        struct dialogue_options options = shell_options(s);
        dialogue_become(s->dialogue, &options, s->now);
        session_enter(s, PHASE_TALK, s->options.idle_ms);
    }
    return MOVED;
}

static enum progress conclude(struct session *s)
{
    const char *why = detection_why(s->detection);
    s->platform = detection_found(s->detection);
    if (!s->platform) {
        return session_fail(s, STATUS_PLATFORM, "%s", why);
    }
    s->platform_why = session_one_line(why);
    trace_step(s->options.trace, s->now, "platform %s, by %s", s->platform->name, why);
    if (take_job(s) < 0) {
        return session_fail(s, STATUS_FAILED, "%s", s->err.text);
    }
    return go_on(s);
}

static enum progress next(struct session *s)
{
    struct err *err = &s->err;
    if (dialogue_index(s->dialogue) < s->ncollected) {
        dialogue_confirm(s->dialogue, s->now); /* the next step needs this output */
        return MOVED;
    }
    if (!s->detection) {
        if (detection_new(&s->detection, s->options.detector, s->options.scratch,
                          connection_banner(s->connection), err) < 0) {
            return session_fail(s, STATUS_PROTOCOL, "%s", err->text);
        }
        detection_prompt(s->detection, dialogue_prompt(s->dialogue));
    }
    const char *command = detection_next(s->detection);
    if (!command) {
        return conclude(s);
    }
    s->collected[s->ncollected++] = (struct collected){command, STRBUF_INIT, 0, ""};
    return dialogue_command(s->dialogue, view_of(command), s->now, err) < 0
               ? session_fail(s, STATUS_FAILED, "%s", err->text)
               : MOVED;
}

static enum progress take_output(struct session *s)
{
    struct collected *c = &s->collected[s->ncollected - 1];
    dialogue_take(s->dialogue, &c->output);
    c->took_ms = dialogue_took(s->dialogue);
    utc_stamp(c->at, sizeof(c->at));
    detection_output(s->detection, strbuf_view(&c->output));
    dialogue_next(s->dialogue, s->now);
    return MOVED;
}

enum progress detect_talk(struct session *s)
{
    enum step step = shell_exchange(s);
    switch (dialogue_state(s->dialogue)) {
    case DIALOGUE_READY:
        return next(s);
    case DIALOGUE_OUTPUT:
        return take_output(s);
    case DIALOGUE_FAILED:
        return shell_failed(s);
    default:
        s->deadline = step == STEP_DONE ? s->now : dialogue_deadline(s->dialogue);
        return WAITING;
    }
}
