/*
 * A device that says anything. The first line is `PLATFORM CHUNK COMMAND;COMMAND ...`; the rest
 * is what the device sends, in pieces of CHUNK bytes, with \xFE for a second of silence and
 * \xFF for its end. The client is a caller as dialogue.h has it, with secrets that must not be
 * typed twice. PLATFORM `auto`: first the platform is found out (session/detect.h).
 */
#include "session/detect.h"
#include "session/dialogue.h"

#include "base/number.h"
#include "base/strbuf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_BYTES 2000
#define SECRET     "s3cr3t-of-the-test"

#define MOST_COMMANDS 8

static struct platform_set *platforms;
static struct regex_scratch *scratch;
static struct detector *detector;

/* templates/ beside the tests. */
static void read_platforms(void)
{
    char dir[4096];
    snprintf(dir, sizeof(dir), "%s", __FILE__);
    for (int i = 0; i < 3 && strrchr(dir, '/'); i++) {
        *strrchr(dir, '/') = '\0';
    }
    size_t len = strlen(dir);
    snprintf(dir + len, sizeof(dir) - len, "/templates");
    const char *dirs[] = {dir};
    struct err err = ERR_INIT;
    if (platform_set_read(&platforms, dirs, 1, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    scratch = regex_scratch_new(NULL, NULL);
    if (detector_new(&detector, platforms, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
}

struct client {
    struct view commands[MOST_COMMANDS];
    size_t ncommands;
    struct dialogue *d;
    ms_t now;
    size_t typed_commands, outputs, secrets, typed;
    struct dialogue_options options;
    struct detection *detection; /* while the platform is being found out */
    size_t asked;
};

static void count_typed(struct client *c)
{
    struct view unsent = dialogue_unsent(c->d);
    for (size_t i = 0; i + sizeof(SECRET) - 1 <= unsent.len; i++) {
        c->secrets += memcmp(unsent.ptr + i, SECRET, sizeof(SECRET) - 1) == 0;
    }
    c->typed += unsent.len;
    dialogue_sent(c->d, unsent.len, c->now);
}

static void take(struct client *c)
{
    if (dialogue_index(c->d) != c->outputs || dialogue_output(c->d).len > MOST_BYTES) {
        abort();
    }
    if ((dialogue_result(c->d) == DIALOGUE_OK) != (dialogue_error(c->d)[0] == '\0')) {
        abort();
    }
    if (c->detection) {
        detection_output(c->detection, dialogue_output(c->d));
    }
    c->outputs++;
    dialogue_next(c->d, c->now);
}

/* At a prompt of a platform that is not known: the next command that tells it. False: it cannot
 * be told. */
static bool find_out(struct client *c)
{
    if (c->outputs < c->asked) {
        dialogue_confirm(c->d, c->now);
        return true;
    }
    if (c->asked == 0) {
        detection_prompt(c->detection, dialogue_prompt(c->d));
    }
    const char *command = detection_next(c->detection);
    if (command) {
        if (++c->asked > DETECT_COMMANDS_MOST || c->secrets > 1 ||
            dialogue_command(c->d, view_of(command), c->now, NULL) < 0) {
            abort();
        }
        c->typed_commands++;
        return true;
    }
    c->options.platform = detection_found(c->detection);
    if (*detection_why(c->detection) == '\0') {
        abort();
    }
    detection_free(c->detection);
    c->detection = NULL;
    if (c->options.platform) {
        c->ncommands += c->typed_commands;
        dialogue_become(c->d, &c->options, c->now);
    }
    return c->options.platform;
}

/* One call; false when the dialogue waits or is over. */
static bool act(struct client *c)
{
    count_typed(c);
    switch (dialogue_state(c->d)) {
    case DIALOGUE_READY:
        if (c->detection) {
            return find_out(c) || (dialogue_leave(c->d, c->now), true);
        }
        if (c->typed_commands == c->ncommands) {
            dialogue_leave(c->d, c->now);
        } else if (dialogue_command(c->d, c->commands[c->typed_commands++ - c->asked], c->now,
                                    NULL) < 0) {
            c->typed_commands--;
            c->ncommands = c->typed_commands;
        }
        return true;
    case DIALOGUE_OUTPUT:
        take(c);
        return true;
    case DIALOGUE_FAILED:
        if (dialogue_output(c->d).len > MOST_BYTES || dialogue_unsent(c->d).len) {
            abort();
        }
        return false;
    default:
        return false;
    }
}

static void settle(struct client *c)
{
    for (int i = 0; act(c); i++) {
        if (i > 100) {
            abort();
        }
    }
}

static void silence(struct client *c, ms_t span)
{
    ms_t end = c->now + span;
    for (int i = 0; dialogue_deadline(c->d) <= end; i++) {
        if (i > 2000) {
            abort();
        }
        c->now = dialogue_deadline(c->d) > c->now ? dialogue_deadline(c->d) : c->now;
        dialogue_tick(c->d, c->now);
        settle(c);
    }
    c->now = end;
}

static void send(struct client *c, struct view bytes, size_t chunk)
{
    for (size_t i = 0; i < bytes.len;) {
        size_t n = 0;
        while (n < chunk && i + n < bytes.len && (unsigned char)bytes.ptr[i + n] < 0xFE) {
            n++;
        }
        char *piece = malloc(n ? n : 1);
        if (!piece) {
            abort();
        }
        memcpy(piece, bytes.ptr + i, n);
        dialogue_feed(c->d, view_make(piece, n), c->now);
        free(piece);
        settle(c);
        i += n;
        if (i < bytes.len && bytes.ptr[i] == '\xFE') {
            silence(c, 1000);
            i++;
        } else if (i < bytes.len && bytes.ptr[i] == '\xFF') {
            break;
        }
    }
}

static struct view take_until(struct view *text, char mark)
{
    const char *end = text->len ? memchr(text->ptr, mark, text->len) : NULL;
    struct view part = view_slice(*text, 0, end ? (size_t)(end - text->ptr) : text->len);
    *text = view_slice(*text, part.len + 1, text->len);
    return part;
}

static void talk(const struct platform *p, struct view bytes, size_t chunk,
                 struct view commands)
{
    struct client c = {.now = 1};
    while (commands.len > 0 && c.ncommands < MOST_COMMANDS) {
        c.commands[c.ncommands++] = take_until(&commands, ';');
    }
    c.options = (struct dialogue_options){
        .platform = p,
        .enable_secret = VIEW(SECRET),
        .username = VIEW("admin"),
        .password = VIEW(SECRET),
        .max_bytes = MOST_BYTES,
        .scratch = scratch,
    };
    if ((p->unknown && detection_new(&c.detection, detector, scratch, "fuzz", NULL) < 0) ||
        dialogue_new(&c.d, &c.options, c.now, NULL) < 0) {
        abort();
    }
    settle(&c);
    send(&c, bytes, chunk);
    dialogue_eof(c.d);
    settle(&c);
    silence(&c, 1000000);
    enum dialogue_state state = dialogue_state(c.d);
    if ((state != DIALOGUE_LEFT && state != DIALOGUE_FAILED) || c.secrets > 2 ||
        c.outputs > c.typed_commands) {
        abort();
    }
    detection_free(c.detection);
    dialogue_free(c.d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view bytes = {(const char *)data, size};
    struct view head = take_until(&bytes, '\n');
    struct view name = take_until(&head, ' ');
    int64_t chunk = 1;
    char text[64];
    if (!platforms) {
        read_platforms();
    }
    number_int(take_until(&head, ' '), 1, 100000, &chunk);
    snprintf(text, sizeof(text), "%.*s", VIEW_ARG(view_slice(name, 0, sizeof(text) - 1)));
    const struct platform *p = strcmp(text, PLATFORM_AUTO) == 0
                                   ? detector_platform(detector)
                                   : platform_find(platforms, text);
    talk(p ? p : platform_at(platforms, name.len % platform_count(platforms)), bytes,
         (size_t)chunk, head);
    return 0;
}
