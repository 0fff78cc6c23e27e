/*
 * Recorded dialogues: fixtures/dialogues/PLATFORM/NAME.dialogue, played by a small device to
 * the dialogue under test. fixtures/dialogues/README.md says how they are written.
 */
#ifndef TESTS_REPLAY_H
#define TESTS_REPLAY_H

#include "base/arena.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "session/dialogue.h"

#include <stdio.h>
#include <stdlib.h>

enum replay_kind {
    REPLAY_SEND,
    REPLAY_EXPECT, /* the client types text and a newline */
    REPLAY_RAW,    /* the client types exactly text */
    REPLAY_QUIET,
    REPLAY_CLOSE,
};

struct replay_step {
    enum replay_kind kind;
    struct view text;
    ms_t span;
    int line;
};

#define REPLAY_STEPS    4000
#define REPLAY_COMMANDS 32

struct replay {
    struct arena arena;
    const char *path;
    const char *platform;
    struct view enable, username, password;
    struct view commands[REPLAY_COMMANDS];
    size_t ncommands;
    size_t max_bytes;
    bool type_ahead_echo;
    struct replay_step steps[REPLAY_STEPS];
    size_t nsteps;
    size_t body;        /* where the outcome begins in text */
    struct strbuf text; /* the file */
};

static inline void replay_die(const char *path, int line, const char *why)
{
    fprintf(stderr, "%s:%d: %s\n", path, line, why);
    exit(1);
}

static inline int replay_hex(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* C escapes: \r \n \t \b \a \e \s (a blank) \0 \\ \xHH. */
static inline struct view replay_unescape(struct replay *r, struct view text, int line)
{
    char *out = arena_get(&r->arena, text.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        static const char names[] = "rntbaes0\\", bytes[] = "\r\n\t\b\a\x1b \0\\";
        if (text.ptr[i] != '\\') {
            out[n++] = text.ptr[i];
            continue;
        }
        char c = i + 1 < text.len ? text.ptr[++i] : 0;
        const char *name = c ? strchr(names, c) : NULL;
        if (name) {
            out[n++] = bytes[name - names];
        } else if (c == 'x' && i + 2 < text.len) {
            out[n++] = (char)(replay_hex(text.ptr[i + 1]) * 16 + replay_hex(text.ptr[i + 2]));
            i += 2;
        } else {
            replay_die(r->path, line, "unknown escape");
        }
    }
    return view_make(out, n);
}

static inline void replay_add(struct replay *r, enum replay_kind kind, struct view text,
                              int line)
{
    if (r->nsteps == REPLAY_STEPS) {
        replay_die(r->path, line, "too many steps");
    }
    r->steps[r->nsteps++] = (struct replay_step){kind, text, 0, line};
}

static inline struct view replay_join(struct replay *r, struct view a, const char *b)
{
    struct strbuf sb = STRBUF_INIT;
    strbuf_addview(&sb, a);
    strbuf_addstr(&sb, b);
    char *copy = arena_dup(&r->arena, strbuf_view(&sb));
    struct view v = {copy, sb.len};
    strbuf_release(&sb);
    return v;
}

static inline void replay_head(struct replay *r, struct view key, struct view value, int line)
{
    struct view *secrets[] = {&r->enable, &r->username, &r->password};
    static const char *const names[] = {"enable", "username", "password"};
    for (size_t i = 0; i < 3; i++) {
        if (view_equal_str(key, names[i])) {
            *secrets[i] = value;
            return;
        }
    }
    if (view_equal_str(key, "platform")) {
        r->platform = arena_dup(&r->arena, value);
    } else if (view_equal_str(key, "command") && r->ncommands < REPLAY_COMMANDS) {
        r->commands[r->ncommands++] = value;
    } else if (view_equal_str(key, "max-bytes")) {
        number_size(value, &r->max_bytes);
    } else {
        replay_die(r->path, line, "unknown key");
    }
}

/* One line of the dialogue: a token, one blank, text. */
static inline void replay_line(struct replay *r, struct view text, int line)
{
    const char *blank = memchr(text.ptr, ' ', text.len);
    size_t n = blank ? (size_t)(blank - text.ptr) : text.len;
    struct view token = view_slice(text, 0, n);
    struct view rest = replay_unescape(r, view_slice(text, n + 1, text.len), line);
    if (view_equal_str(token, "<")) {
        replay_add(r, REPLAY_SEND, replay_join(r, rest, "\r\n"), line);
    } else if (view_equal_str(token, "<-")) {
        replay_add(r, REPLAY_SEND, rest, line);
    } else if (view_equal_str(token, ">")) {
        replay_add(r, REPLAY_EXPECT, rest, line);
        replay_add(r, REPLAY_SEND, replay_join(r, rest, "\r\n"), line);
    } else if (view_equal_str(token, ">-")) {
        replay_add(r, REPLAY_EXPECT, rest, line);
    } else if (view_equal_str(token, ">.")) {
        replay_add(r, REPLAY_EXPECT, rest, line);
        replay_add(r, REPLAY_SEND, VIEW("\r\n"), line);
    } else if (view_equal_str(token, "?")) {
        replay_add(r, REPLAY_RAW, rest, line);
    } else if (view_equal_str(token, "quiet")) {
        replay_add(r, REPLAY_QUIET, rest, line);
        number_duration(rest, &r->steps[r->nsteps - 1].span);
    } else if (view_equal_str(token, "close")) {
        replay_add(r, REPLAY_CLOSE, rest, line);
    } else {
        replay_die(r->path, line, "unknown token");
    }
}

static inline struct replay *replay_read(const char *path)
{
    struct replay *r = calloc(1, sizeof(*r));
    *r = (struct replay){.path = path, .text = STRBUF_INIT, .arena = ARENA_INIT};
    if (strbuf_read_file(&r->text, path, 1 << 20) < 0) {
        replay_die(path, 0, "cannot read it");
    }
    struct view all = strbuf_view(&r->text);
    int line = 0, part = 0;
    for (size_t at = 0; at < all.len && part < 2;) {
        const char *feed = memchr(all.ptr + at, '\n', all.len - at);
        size_t to = feed ? (size_t)(feed - all.ptr) : all.len;
        struct view text = view_slice(all, at, to);
        at = to + 1;
        line++;
        if (view_equal_str(text, "---")) {
            part++;
            r->body = at;
        } else if (text.len == 0 || text.ptr[0] == '#') {
            continue;
        } else if (part == 0) {
            const char *colon = memchr(text.ptr, ':', text.len);
            size_t n = colon ? (size_t)(colon - text.ptr) : text.len;
            replay_head(r, view_slice(text, 0, n), view_trim(view_slice(text, n + 1, text.len)),
                        line);
        } else {
            replay_line(r, text, line);
        }
    }
    if (part < 2 || !r->platform) {
        replay_die(path, line,
                   "it needs a head with a platform, ---, a dialogue, ---, an outcome");
    }
    return r;
}

static inline void replay_free(struct replay *r)
{
    strbuf_release(&r->text);
    arena_release(&r->arena);
    free(r);
}

static inline size_t replay_bytes(const struct replay *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->nsteps; i++) {
        n += r->steps[i].kind == REPLAY_SEND ? r->steps[i].text.len : 0;
    }
    return n;
}

/* How to play: chunk sizes, and where the connection is cut or falls silent. */
struct replay_options {
    size_t chunk;    /* bytes a read, 0 = as much as there is */
    unsigned seed;   /* not 0: chunks of changing sizes up to chunk */
    size_t cut;      /* after so many bytes of the device */
    bool cut_silent; /* ... it says nothing more, instead of closing */
};
#define REPLAY_WHOLE SIZE_MAX

struct replay_run {
    const struct replay *replay;
    const struct replay_options *options;
    struct dialogue *d;
    struct strbuf typed; /* by the client, not yet read by the device */
    struct strbuf outcome;
    size_t next_command;
    size_t sent; /* by the device */
    ms_t now;
    unsigned random;
    const char *trouble; /* what the test has to complain about */
    int trouble_line;
    size_t max_deadlines;
    ms_t latency; /* unused time: for measuring */
};

static const char *const replay_results[] = {"ok",        "refused",       "incomplete",
                                             "timed-out", "too-large",     "question",
                                             "no-prompt", "enable-failed", "nomem"};

static inline void replay_record(struct replay_run *run)
{
    struct dialogue *d = run->d;
    size_t index = dialogue_index(d);
    struct view name = !dialogue_logged_in(d)           ? VIEW("(login)")
                       : index < run->replay->ncommands ? run->replay->commands[index]
                                                        : VIEW("(end)");
    strbuf_addf(&run->outcome, "= %.*s: %s", VIEW_ARG(name),
                replay_results[dialogue_result(d)]);
    if (dialogue_error(d)[0]) {
        strbuf_addf(&run->outcome, ": %s", dialogue_error(d));
    }
    strbuf_addch(&run->outcome, '\n');
    if (dialogue_state(d) == DIALOGUE_FAILED && !dialogue_logged_in(d)) {
        return;
    }
    struct view rest = dialogue_output(d);
    while (rest.len > 0) {
        const char *feed = memchr(rest.ptr, '\n', rest.len);
        size_t n = feed ? (size_t)(feed - rest.ptr) : rest.len;
        strbuf_addf(&run->outcome, n ? "| " : "|");
        strbuf_add(&run->outcome, rest.ptr, n);
        strbuf_addstr(&run->outcome, feed ? "\n" : "\\\n");
        rest = view_slice(rest, n + 1, rest.len);
    }
}

/* The client: does what a caller of dialogue.h does, until the dialogue waits. */
static inline bool replay_client(struct replay_run *run)
{
    struct dialogue *d = run->d;
    for (;;) {
        struct view unsent = dialogue_unsent(d);
        strbuf_addview(&run->typed, unsent);
        dialogue_sent(d, unsent.len, run->now);
        switch (dialogue_state(d)) {
        case DIALOGUE_BUSY:
            return true;
        case DIALOGUE_READY:
            if (run->next_command < run->replay->ncommands) {
                dialogue_command(d, run->replay->commands[run->next_command++], run->now, NULL);
            } else {
                dialogue_leave(d, run->now);
            }
            break;
        case DIALOGUE_OUTPUT:
            replay_record(run);
            dialogue_next(d, run->now);
            break;
        case DIALOGUE_LEFT:
            if (unsent.len == 0) {
                return false;
            }
            break;
        case DIALOGUE_FAILED:
            return false;
        }
    }
}

static inline bool replay_over(const struct replay_run *run)
{
    enum dialogue_state state = dialogue_state(run->d);
    return state == DIALOGUE_LEFT || state == DIALOGUE_FAILED;
}

/* Time passes to the dialogue's next deadline. */
static inline bool replay_wait(struct replay_run *run)
{
    ms_t deadline = dialogue_deadline(run->d);
    if (replay_over(run) || deadline == DEADLINE_NEVER || ++run->max_deadlines > 1000) {
        return false;
    }
    run->now = deadline > run->now ? deadline : run->now;
    dialogue_tick(run->d, run->now);
    return replay_client(run);
}

static inline size_t replay_chunk(struct replay_run *run, size_t left)
{
    size_t n = run->options->chunk ? run->options->chunk : left;
    if (run->options->seed) {
        run->random = run->random * 1103515245u + 12345u;
        n = 1 + (run->random >> 8) % n;
    }
    size_t until_cut = run->options->cut - run->sent;
    n = n < left ? n : left;
    return n < until_cut ? n : until_cut;
}

/* false when the connection was cut. */
static inline bool replay_send(struct replay_run *run, struct view bytes)
{
    while (bytes.len > 0) {
        size_t n = replay_chunk(run, bytes.len);
        if (n == 0) {
            return false;
        }
        char *copy = malloc(n); /* so that a sanitizer sees what is read behind it */
        memcpy(copy, bytes.ptr, n);
        dialogue_feed(run->d, view_make(copy, n), run->now);
        free(copy);
        run->sent += n;
        bytes = view_slice(bytes, n, bytes.len);
        replay_client(run);
    }
    return true;
}

static inline void replay_trouble(struct replay_run *run, const struct replay_step *step,
                                  const char *what)
{
    if (!run->trouble) {
        run->trouble = what;
        run->trouble_line = step->line;
    }
}

/* The device reads what it expects; while it is not there, time passes. */
static inline bool replay_expect(struct replay_run *run, const struct replay_step *step,
                                 const char *newline)
{
    struct strbuf want = STRBUF_INIT;
    strbuf_addview(&want, step->text);
    strbuf_addstr(&want, newline);
    while (run->typed.len < want.len && replay_wait(run)) {
    }
    bool there = view_starts(strbuf_view(&run->typed), strbuf_view(&want));
    if (there) {
        strbuf_consume(&run->typed, want.len);
    } else if (!replay_over(run)) {
        replay_trouble(run, step, "the client did not type what was expected here");
    }
    strbuf_release(&want);
    return there;
}

static inline bool replay_step(struct replay_run *run, size_t i, const char *newline)
{
    const struct replay_step *step = &run->replay->steps[i];
    switch (step->kind) {
    case REPLAY_SEND:
        return replay_send(run, step->text);
    case REPLAY_EXPECT:
        return replay_expect(run, step, newline);
    case REPLAY_RAW:
        return replay_expect(run, step, "");
    case REPLAY_QUIET:
        for (ms_t end = run->now + step->span; dialogue_deadline(run->d) <= end;) {
            if (!replay_wait(run)) {
                break;
            }
        }
        run->now += step->span;
        return true;
    default:
        dialogue_eof(run->d);
        replay_client(run);
        return true;
    }
}

/* Consecutive sends are one stream: a chunk may reach over them. */
static inline void replay_play(struct replay_run *run, const char *newline)
{
    const struct replay *r = run->replay;
    struct strbuf stream = STRBUF_INIT;
    bool on = true;
    replay_client(run);
    for (size_t i = 0; i < r->nsteps && on && !run->trouble; i++) {
        if (r->steps[i].kind == REPLAY_SEND) {
            strbuf_addview(&stream, r->steps[i].text);
            if (i + 1 < r->nsteps && r->steps[i + 1].kind == REPLAY_SEND) {
                continue;
            }
            on = replay_send(run, strbuf_view(&stream));
            strbuf_reset(&stream);
        } else {
            on = replay_step(run, i, newline);
        }
    }
    if (!on && !run->options->cut_silent && run->sent == run->options->cut) {
        dialogue_eof(run->d);
        replay_client(run);
    }
    while (replay_wait(run)) {
    }
    strbuf_release(&stream);
}

/* Plays it; the outcome is appended to run->outcome. The caller releases typed and outcome. */
static inline void replay_run(struct replay_run *run, const struct replay *r,
                              const struct platform *p, const struct replay_options *options,
                              struct regex_scratch *scratch)
{
    struct dialogue_options o = {
        .platform = p,
        .enable_secret = r->enable,
        .username = r->username,
        .password = r->password,
        .max_bytes = r->max_bytes,
        .scratch = scratch,
    };
    struct err err = ERR_INIT;
    *run = (struct replay_run){.replay = r,
                               .options = options,
                               .now = 1000,
                               .random = options->seed,
                               .typed = STRBUF_INIT,
                               .outcome = STRBUF_INIT};
    if (dialogue_new(&run->d, &o, run->now, &err) < 0) {
        replay_die(r->path, 0, err.text);
    }
    replay_play(run, p->newline);
    if (dialogue_state(run->d) == DIALOGUE_FAILED) {
        replay_record(run);
    } else if (dialogue_state(run->d) != DIALOGUE_LEFT) {
        strbuf_addstr(&run->outcome, "= (end): never came\n");
    }
    dialogue_free(run->d);
    run->d = NULL;
}

static inline void replay_run_release(struct replay_run *run)
{
    strbuf_release(&run->typed);
    strbuf_release(&run->outcome);
}

#endif
