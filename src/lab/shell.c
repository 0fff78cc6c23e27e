#include "lab/shell_inner.h"

#include "lab/limits_lab.h"

#include <stdlib.h>

void shell_note(struct shell *sh, const char *what, struct view detail)
{
    if (sh->options.note) {
        sh->options.note(sh->options.user, what, detail);
    }
}

/* A key in one of the states that read keys. */
static void take_key(struct shell *sh, char key, ms_t now)
{
    if (sh->state == STATE_KEY) {
        shell_any_key(sh);
        return;
    }
    if (sh->state == STATE_PAGER) {
        shell_pager_key(sh, key);
        return;
    }
    if (!shell_line_key(sh, key)) {
        return;
    }
    if (sh->state == STATE_USERNAME) {
        shell_take_username(sh);
    } else if (sh->state == STATE_SECRET) {
        shell_take_secret(sh, now);
    } else if (sh->state == STATE_QUESTION) {
        shell_note(sh, "answer", strbuf_view(&sh->line));
        strbuf_reset(&sh->line);
        sh->state = STATE_REPLY;
    } else {
        shell_run_line(sh, now);
    }
}

static void run(struct shell *sh, ms_t now)
{
    for (;;) {
        if (sh->state == STATE_BUSY && now >= sh->due) {
            sh->state = STATE_REPLY;
        }
        if (sh->state == STATE_REPLY && sh->out.len < LAB_PRINTED_BYTES) {
            shell_reply(sh);
            continue;
        }
        if (sh->in.len == 0 || sh->state > STATE_ASKING_LAST) {
            break;
        }
        char key = sh->in.buf[0];
        strbuf_consume(&sh->in, 1);
        take_key(sh, key, now);
    }
    /* Nobody will answer what is being asked. */
    if (sh->hung_up && sh->in.len == 0 && sh->state <= STATE_ASKING_LAST) {
        sh->state = STATE_LEFT;
    }
}

static void begin(struct shell *sh, ms_t now)
{
    if (sh->s->silent == SILENT_PROMPT) {
        sh->state = STATE_MUTE;
    } else if (sh->interactive) {
        shell_greet(sh);
    } else {
        strbuf_addview(&sh->line, sh->options.command);
        shell_run_line(sh, now);
    }
}

void shell_open(struct shell **out, const struct shell_options *options, ms_t now)
{
    struct shell *sh = calloc(1, sizeof(*sh));
    *out = sh;
    if (!sh) {
        return;
    }
    sh->options = *options;
    sh->device = options->device;
    sh->s = &options->device->settings;
    sh->interactive = options->command.ptr == NULL;
    sh->privileged = sh->s->enable == NULL;
    sh->paging = sh->interactive && sh->s->pager && *sh->s->pager;
    strbuf_init(&sh->in);
    strbuf_init(&sh->line);
    strbuf_init(&sh->reply);
    strbuf_init(&sh->out);
    begin(sh, now);
    sh->options.command = VIEW_NONE;
    run(sh, now);
}

void shell_free(struct shell *sh)
{
    if (sh) {
        strbuf_release(&sh->in);
        strbuf_release(&sh->line);
        strbuf_release(&sh->reply);
        strbuf_release(&sh->out);
        free(sh);
    }
}

void shell_feed(struct shell *sh, struct view typed, ms_t now)
{
    if (sh->in.len + typed.len <= LAB_TYPED_BYTES) {
        strbuf_addview(&sh->in, typed);
    }
    run(sh, now);
}

void shell_hangup(struct shell *sh, ms_t now)
{
    sh->hung_up = true;
    run(sh, now);
}

void shell_tick(struct shell *sh, ms_t now)
{
    run(sh, now);
}

ms_t shell_wake(const struct shell *sh)
{
    ms_t wake = sh->state == STATE_BUSY ? sh->due : DEADLINE_NEVER;
    return sh->out.len > 0 && sh->pace ? deadline_sooner(wake, sh->pace) : wake;
}

/* How many bytes a trickling device sends at a time: enough that timers stay few. */
static size_t trickle_bytes(const struct settings *s)
{
    return s->trickle >= 200 ? (size_t)s->trickle / 100 : 1;
}

struct view shell_output(const struct shell *sh, ms_t now)
{
    struct view out = strbuf_view(&sh->out);
    if (sh->s->drop_after >= 0 && sh->sent + out.len > (size_t)sh->s->drop_after) {
        out = view_slice(out, 0, (size_t)sh->s->drop_after - sh->sent);
    }
    if (sh->s->trickle > 0) {
        out = view_slice(out, 0, now < sh->pace ? 0 : trickle_bytes(sh->s));
    }
    return out;
}

bool shell_is_error(const struct shell *sh)
{
    return sh->is_error && !sh->interactive;
}

void shell_sent(struct shell *sh, size_t n, ms_t now)
{
    strbuf_consume(&sh->out, n);
    sh->sent += n;
    sh->device->counts.bytes_out += n;
    if (sh->s->trickle > 0) {
        sh->pace = now + (ms_t)(trickle_bytes(sh->s) * 1000 / (size_t)sh->s->trickle);
    }
    if (sh->s->drop_after >= 0 && sh->sent >= (size_t)sh->s->drop_after) {
        sh->dropped = true;
    }
    run(sh, now);
}

enum shell_end shell_end(const struct shell *sh)
{
    if (sh->dropped) {
        return SHELL_DROPPED;
    }
    return sh->state == STATE_LEFT && sh->out.len == 0 ? SHELL_LEFT : SHELL_RUNS;
}

int shell_exit_status(const struct shell *sh)
{
    return sh->status;
}
