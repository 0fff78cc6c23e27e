#include "session/dialogue.h"

#include "base/limits.h"
#include "session/dialogue_part.h"
#include "session/echo.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Bytes beside the outputs that the screen holds: echoes, prompts, what comes in one read. */
#define SCREEN_SLACK KIB(256)

/* Outputs from this size on are worth moving instead of copying. */
#define TAKE_LARGE MIB(1)

/* Room for a secret without moving the buffer, so that no copy of it is left behind. */
#define UNSENT_ROOM 1024

static size_t first_of(size_t a, size_t b, size_t c)
{
    return a ? a : b ? b : c;
}

static size_t screen_ceiling(const struct dialogue *d)
{
    return d->max_bytes > SIZE_MAX / 4 ? SIZE_MAX / 2 : d->max_bytes * 2 + SCREEN_SLACK;
}

/* What depends on the platform: now, or when it is known. */
static void set_platform(struct dialogue *d, const struct dialogue_options *o)
{
    const struct platform *p = o->platform;
    d->platform = p;
    d->idle_ms = (ms_t)first_of((size_t)o->idle_ms, (size_t)p->idle_ms, LIMIT_IDLE_MS);
    d->command_ms =
        (ms_t)first_of((size_t)o->command_ms, (size_t)p->command_ms, LIMIT_COMMAND_MS);
    d->max_bytes = first_of(o->max_bytes, p->max_bytes, LIMIT_COMMAND_BYTES);
    d->enable = d->may_enable && p->enable.command;
    d->absolute =
        deadline_in(d->now, o->login_ms ? o->login_ms : LIMIT_AUTH_MS + LIMIT_IDLE_MS);
}

static int set_secrets(struct dialogue *d, const struct dialogue_options *o, struct err *err)
{
    int code = secret_set(&d->secret, o->enable_secret, err);
    if (code == 0) {
        code = secret_set(&d->username, o->username, err);
    }
    return code == 0 ? secret_set(&d->password, o->password, err) : code;
}

int dialogue_new(struct dialogue **out, const struct dialogue_options *options, ms_t now,
                 struct err *err)
{
    struct dialogue *d = calloc(1, sizeof(*d));
    *out = NULL;
    if (!d) {
        return err_nomem(err);
    }
    *d = (struct dialogue){
        .secret = SECRET_INIT,
        .username = SECRET_INIT,
        .password = SECRET_INIT,
        .prompt = STRBUF_MAX(LIMIT_LINE_BYTES),
        .unsent = STRBUF_MAX(LIMIT_LINE_BYTES),
        .command = STRBUF_MAX(LIMIT_LINE_BYTES),
        .before = STRBUF_MAX(LIMIT_LINE_BYTES),
        .heard = STRBUF_MAX(LIMIT_LINE_BYTES),
        .scratch = options->scratch,
        .now = now,
        .last = now,
        .quiet = DEADLINE_NEVER,
    };
    d->may_enable = options->enable_secret.ptr;
    int code = set_secrets(d, options, err);
    set_platform(d, options);
    screen_init(&d->screen, screen_ceiling(d));
    if (!d->scratch) {
        struct regex_limits limits = {.jit_stack_bytes = KIB(64)};
        d->scratch = regex_scratch_new(&limits, NULL);
        d->own_scratch = true;
    }
    if (code == 0 && (!d->scratch || !strbuf_grow(&d->unsent, UNSENT_ROOM))) {
        code = err_nomem(err);
    }
    if (code < 0) {
        dialogue_free(d);
        return code;
    }
    d->quiet = now + DIALOGUE_WAKE_MS;
    *out = d;
    return 0;
}

void dialogue_free(struct dialogue *d)
{
    if (!d) {
        return;
    }
    secret_release(&d->secret);
    secret_release(&d->username);
    secret_release(&d->password);
    if (d->unsent.size) {
        secret_wipe(d->unsent.buf, d->unsent.size);
    }
    strbuf_release(&d->unsent);
    strbuf_release(&d->prompt);
    strbuf_release(&d->command);
    strbuf_release(&d->before);
    strbuf_release(&d->heard);
    screen_release(&d->screen);
    if (d->own_scratch) {
        regex_scratch_free(d->scratch);
    }
    free(d);
}

enum dialogue_state dialogue_state(const struct dialogue *d)
{
    return d->state;
}

enum dialogue_result dialogue_result(const struct dialogue *d)
{
    return d->result;
}

const char *dialogue_error(const struct dialogue *d)
{
    return d->error;
}

size_t dialogue_index(const struct dialogue *d)
{
    return d->taken;
}

bool dialogue_logged_in(const struct dialogue *d)
{
    return d->logged_in;
}

struct view dialogue_prompt(const struct dialogue *d)
{
    return strbuf_view(&d->prompt);
}

struct view dialogue_unsent(const struct dialogue *d)
{
    return strbuf_view(&d->unsent);
}

bool dialogue_unsent_secret(const struct dialogue *d)
{
    return d->unsent_secret;
}

ms_t dialogue_took(const struct dialogue *d)
{
    ms_t typed = d->pending ? d->pending_typed_at : d->typed_at;
    return (d->state == DIALOGUE_OUTPUT ? d->seen_at : d->now) - typed;
}

struct view dialogue_output(const struct dialogue *d)
{
    if (d->state == DIALOGUE_OUTPUT) {
        return view_slice(strbuf_view(&d->screen.text), d->start, d->end);
    }
    struct view rest = view_slice(strbuf_view(&d->screen.text), d->start, d->screen.text.len);
    return d->state == DIALOGUE_FAILED ? view_slice(rest, 0, d->max_bytes) : VIEW_NONE;
}

void dialogue_fail(struct dialogue *d, enum dialogue_result result, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(d->error, sizeof(d->error), fmt, ap);
    va_end(ap);
    d->result = result;
    d->state = DIALOGUE_FAILED;
    d->quiet = DEADLINE_NEVER;
    secret_wipe(d->unsent.buf, d->unsent.len);
    strbuf_reset(&d->unsent);
}

void dialogue_type(struct dialogue *d, struct view bytes, bool newline)
{
    strbuf_addview(&d->unsent, bytes);
    if (newline) {
        strbuf_addstr(&d->unsent, d->platform->newline);
    }
    d->last = d->now;
    d->quiet = DEADLINE_NEVER;
    if (strbuf_failed(&d->unsent)) {
        dialogue_fail(d, DIALOGUE_NOMEM, "out of memory");
    }
}

void dialogue_sent(struct dialogue *d, size_t n, ms_t now)
{
    d->now = now;
    if (n > d->unsent.len) {
        n = d->unsent.len;
    }
    size_t rest = d->unsent.len - n;
    memmove(d->unsent.buf, d->unsent.buf + n, rest);
    secret_wipe(d->unsent.buf + rest, n);
    strbuf_truncate(&d->unsent, rest);
    d->unsent_secret = d->unsent_secret && rest > 0;
}

static void shift(struct dialogue *d, size_t n)
{
    size_t *offsets[] = {&d->from, &d->scan, &d->start, &d->end, &d->resume};
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        *offsets[i] -= *offsets[i] < n ? *offsets[i] : n;
    }
}

void dialogue_forget(struct dialogue *d, size_t n)
{
    if (n > d->screen.line_start) {
        n = d->screen.line_start;
    }
    screen_consume(&d->screen, n);
    shift(d, n);
}

void dialogue_take(struct dialogue *d, struct strbuf *out)
{
    struct view output = dialogue_output(d);
    size_t end = d->start + output.len;
    bool whole_lines = end <= d->screen.line_start;
    if (output.len >= TAKE_LARGE && whole_lines &&
        screen_detach(&d->screen, d->start, end, out)) {
        shift(d, end);
    } else {
        strbuf_reset(out);
        strbuf_addview(out, output);
    }
}

void dialogue_set_prompt(struct dialogue *d, struct view prompt)
{
    strbuf_reset(&d->prompt);
    strbuf_addview(&d->prompt, prompt);
    if (strbuf_failed(&d->prompt)) {
        dialogue_fail(d, DIALOGUE_NOMEM, "out of memory");
    }
}

void dialogue_type_line(struct dialogue *d, struct view line, enum purpose purpose)
{
    struct strbuf unused = d->before;
    d->before = d->command;
    d->command = unused;
    strbuf_reset(&d->command);
    strbuf_addview(&d->command, line);
    strbuf_reset(&d->heard);
    d->heard_line = false;
    d->from = d->scan = d->screen.line_start;
    d->pending = purpose == FOR_COMMAND && d->have_output;
    if (!d->pending) {
        d->start = d->from;
    }
    d->have_output = false;
    d->answered = false;
    d->pending_typed_at = d->typed_at;
    d->typed_at = d->now;
    d->pagers = 0;
    d->purpose = purpose;
    d->phase = PHASE_ECHO;
    d->state = DIALOGUE_BUSY;
    dialogue_type(d, line, true);
}

void dialogue_probe(struct dialogue *d)
{
    d->probes++;
    d->probed_at = d->now;
    dialogue_type(d, VIEW_NONE, true);
    d->quiet = deadline_in(d->now, DIALOGUE_DOUBT_MS);
}

void dialogue_learn(struct dialogue *d, enum purpose purpose)
{
    d->purpose = purpose;
    d->phase = PHASE_LEARN;
    d->state = DIALOGUE_BUSY;
    d->from = d->screen.line_start;
    d->probes = 0;
    d->answered = false;
    dialogue_probe(d);
}

void dialogue_at_prompt(struct dialogue *d)
{
    const char *setup = d->platform->setup[d->next_setup];
    if (!d->logged_in && setup) {
        d->next_setup++;
        dialogue_type_line(d, view_of(setup), FOR_SETUP);
        return;
    }
    if (!d->logged_in) {
        d->start = d->screen.line_start;
    }
    d->logged_in = true;
    d->phase = PHASE_IDLE;
    d->state = DIALOGUE_READY;
    d->quiet = DEADLINE_NEVER;
}

/* A terminal that echoes what is typed before the shell reads it lets the shell echo it again.
 */
static void skip_second_echo(struct dialogue *d, size_t end)
{
    struct view text = view_slice(strbuf_view(&d->screen.text), d->start, end);
    struct view command = strbuf_view(d->pending ? &d->before : &d->command);
    size_t length;
    if (echo_match(text, dialogue_prompt(d), command, &length) == ECHO_FOUND) {
        d->start += length;
    }
}

void dialogue_deliver(struct dialogue *d, size_t end, size_t resume)
{
    skip_second_echo(d, end);
    d->end = end > d->start ? end : d->start;
    d->resume = resume;
    d->state = DIALOGUE_OUTPUT;
    d->result = DIALOGUE_OK;
    d->error[0] = '\0';
    struct view refusal = platform_refusal(d->platform, d->scratch, dialogue_output(d));
    if (refusal.ptr) {
        d->result = DIALOGUE_REFUSED;
        snprintf(d->error, sizeof(d->error), "%.*s", VIEW_ARG(view_slice(refusal, 0, 400)));
    }
}

/* What has not been asked for can only be a failure. */
static void look(struct dialogue *d)
{
    dialogue_look(d);
    bool waits = d->state == DIALOGUE_BUSY || d->state == DIALOGUE_READY;
    if (!d->ended || !waits) {
        return;
    }
    if (!d->logged_in) {
        dialogue_fail(d, DIALOGUE_INCOMPLETE,
                      "the device closed the connection during the login; "
                      "its last words: '%.*s'",
                      VIEW_ARG(dialogue_last_words(d, 0, d->screen.text.len)));
    } else if (d->have_output || d->pending) {
        dialogue_fail(d, DIALOGUE_INCOMPLETE,
                      "the device closed the connection before it was "
                      "certain that its output had ended");
    } else {
        dialogue_fail(d, DIALOGUE_INCOMPLETE, "the device closed the connection");
    }
}

static void hear(struct dialogue *d, struct view bytes)
{
    if (d->phase == PHASE_ECHO && !d->heard_line) {
        const char *feed = memchr(bytes.ptr, '\n', bytes.len);
        strbuf_add(&d->heard, bytes.ptr, feed ? (size_t)(feed - bytes.ptr) : bytes.len);
        d->heard_line = feed;
    }
}

void dialogue_feed(struct dialogue *d, struct view bytes, ms_t now)
{
    d->now = now;
    if (d->state == DIALOGUE_FAILED || d->state == DIALOGUE_LEFT || bytes.len == 0) {
        return;
    }
    d->last = now;
    d->quiet = now + DIALOGUE_QUIET_MS;
    hear(d, bytes);
    bool fits = screen_feed(&d->screen, bytes);
    if (d->state != DIALOGUE_OUTPUT) {
        look(d);
    }
    if (!fits && d->state != DIALOGUE_FAILED && d->state != DIALOGUE_OUTPUT) {
        bool full = d->screen.text.len + SCREEN_SLACK > d->screen.text.max;
        dialogue_fail(d, full ? DIALOGUE_TOO_LARGE : DIALOGUE_NOMEM,
                      full ? "the output is larger than %zu bytes"
                           : "out of memory below the output's limit of %zu bytes",
                      d->max_bytes);
    }
}

void dialogue_eof(struct dialogue *d)
{
    d->ended = true;
    if (d->state != DIALOGUE_OUTPUT) {
        look(d);
    }
}

ms_t dialogue_deadline(const struct dialogue *d)
{
    if (d->state != DIALOGUE_BUSY) {
        return DEADLINE_NEVER;
    }
    ms_t soonest = deadline_sooner(d->absolute, d->quiet);
    return d->logged_in ? deadline_sooner(soonest, deadline_in(d->last, d->idle_ms)) : soonest;
}

static void time_out(struct dialogue *d)
{
    struct view line = dialogue_last_words(d, 0, d->screen.text.len);
    if (!d->logged_in) {
        dialogue_fail(d, d->prompt.len ? DIALOGUE_TIMED_OUT : DIALOGUE_NO_PROMPT,
                      "timed out during the login%s; the last line is '%.*s'",
                      d->prompt.len ? "" : ", without a prompt", VIEW_ARG(line));
    } else if (d->phase == PHASE_ECHO) {
        dialogue_fail(d, DIALOGUE_TIMED_OUT,
                      "timed out: the device did not echo '%.*s'; the last "
                      "line is '%.*s'",
                      VIEW_ARG(view_slice(strbuf_view(&d->command), 0, 100)), VIEW_ARG(line));
    } else if (d->now >= d->absolute) {
        dialogue_fail(d, DIALOGUE_TIMED_OUT,
                      "timed out: no prompt after %.1f s; the last line is "
                      "'%.*s'",
                      (double)d->command_ms / 1000, VIEW_ARG(line));
    } else {
        dialogue_fail(d, DIALOGUE_TIMED_OUT,
                      "timed out: the device has been silent for %.1f s; "
                      "the last line is '%.*s'",
                      (double)d->idle_ms / 1000, VIEW_ARG(line));
    }
}

void dialogue_tick(struct dialogue *d, ms_t now)
{
    d->now = now;
    if (d->state != DIALOGUE_BUSY) {
        return;
    }
    if (now >= d->absolute || (d->logged_in && now >= deadline_in(d->last, d->idle_ms))) {
        time_out(d);
    } else if (now >= d->quiet) {
        d->quiet = DEADLINE_NEVER;
        dialogue_look_quiet(d);
    }
}

void dialogue_postpone(struct dialogue *d, ms_t span)
{
    ms_t *const times[] = {&d->last,     &d->absolute, &d->quiet,           &d->probed_at,
                           &d->typed_at, &d->seen_at,  &d->pending_typed_at};
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        *times[i] += *times[i] != DEADLINE_NEVER ? span : 0;
    }
}

size_t dialogue_bytes(const struct dialogue *d)
{
    return d->screen.text.len;
}

static bool has_control(struct view text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F) {
            return true;
        }
    }
    return false;
}

int dialogue_command(struct dialogue *d, struct view command, ms_t now, struct err *err)
{
    command = view_trim(command);
    d->now = now;
    if (d->state != DIALOGUE_READY) {
        return err_set(err, ERR_USAGE, "the device is not at its prompt");
    }
    if (command.len == 0 || command.len > KIB(64) || has_control(command)) {
        return err_set(err, ERR_USAGE,
                       "a command is one line of text without control characters");
    }
    d->absolute = deadline_in(now, d->command_ms);
    dialogue_type_line(d, command, FOR_COMMAND);
    return 0;
}

void dialogue_become(struct dialogue *d, const struct dialogue_options *options, ms_t now)
{
    if (d->state != DIALOGUE_READY || d->have_output) {
        return;
    }
    d->now = now;
    set_platform(d, options);
    d->screen.text.max = screen_ceiling(d);
    d->logged_in = false;
    d->next_setup = 0;
    dialogue_forget(d, d->screen.line_start);
    dialogue_settle(d);
}

static void leave(struct dialogue *d)
{
    d->state = DIALOGUE_LEFT;
    if (!d->ended) {
        dialogue_type(d, view_of(d->platform->exit), true);
    }
}

void dialogue_confirm(struct dialogue *d, ms_t now)
{
    d->now = now;
    if (d->state == DIALOGUE_READY && d->have_output) {
        d->absolute = deadline_in(now, d->command_ms);
        dialogue_learn(d, FOR_CONFIRM);
    }
}

void dialogue_leave(struct dialogue *d, ms_t now)
{
    d->now = now;
    if (d->state != DIALOGUE_READY) {
        return;
    }
    d->leaving = true;
    if (d->have_output) {
        dialogue_confirm(d, now);
    } else {
        leave(d);
    }
}

void dialogue_next(struct dialogue *d, ms_t now)
{
    d->now = now;
    if (d->state != DIALOGUE_OUTPUT) {
        return;
    }
    d->taken++;
    d->have_output = false;
    d->start = d->resume;
    d->result = DIALOGUE_OK;
    d->error[0] = '\0';
    dialogue_forget(d, d->resume);
    if (d->pending) {
        d->pending = false;
        d->phase = PHASE_RUN;
        d->state = DIALOGUE_BUSY;
        d->last = now;
        d->quiet = now + DIALOGUE_QUIET_MS;
    } else if (d->leaving) {
        leave(d);
    } else {
        dialogue_at_prompt(d);
    }
    if (d->state != DIALOGUE_LEFT) {
        look(d);
    }
}
