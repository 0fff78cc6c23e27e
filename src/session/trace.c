#include "session/trace.h"

#include "base/vis.h"
#include "session/mask.h"

#include <stdarg.h>
#include <stdlib.h>

/* Longer runs of bytes without a line feed are cut. */
#define PIECE_MOST 512

struct trace {
    enum trace_level level;
    ms_t zero;
    trace_line line;
    void *user;
    char *host;            /* escaped */
    struct mask in, out;   /* the two streams */
    struct mask words;     /* a step's text */
    bool hiding, hidden;   /* until a line feed; it was said so */
    struct strbuf text;    /* masked */
    struct strbuf written; /* the line */
};

static char *escape(const char *name)
{
    struct strbuf text = STRBUF_INIT;
    vis_add(&text, view_of(name), VIS_LINE);
    return strbuf_detach(&text, NULL);
}

int trace_new(struct trace **out, const struct trace_options *options, struct err *err)
{
    struct view secrets[] = {options->password, options->enable};
    struct trace *t = calloc(1, sizeof(*t));
    if (!t) {
        return err_nomem(err);
    }
    *t = (struct trace){.level = options->level,
                        .zero = options->zero,
                        .line = options->line,
                        .user = options->user,
                        .host = escape(options->host),
                        .text = STRBUF_INIT,
                        .written = STRBUF_INIT};
    int rc = t->host ? 0 : err_nomem(err);
    struct mask *masks[] = {&t->in, &t->out, &t->words};
    for (size_t i = 0; i < 3 && rc == 0; i++) {
        rc = mask_init(masks[i], secrets, 2, err);
    }
    if (rc < 0) {
        trace_free(t);
        return rc;
    }
    *out = t;
    return 0;
}

void trace_free(struct trace *t)
{
    if (t) {
        mask_release(&t->in);
        mask_release(&t->out);
        mask_release(&t->words);
        strbuf_release(&t->text);
        strbuf_release(&t->written);
        free(t->host);
        free(t);
    }
}

/* Lines. */

static void begin(struct trace *t, ms_t now, const char *sign)
{
    strbuf_reset(&t->written);
    strbuf_addf(&t->written, "%s +%lld ms%s ", t->host, (long long)(now - t->zero), sign);
}

static void end(struct trace *t)
{
    strbuf_addch(&t->written, '\n');
    if (!strbuf_failed(&t->written)) {
        t->line(t->user, strbuf_view(&t->written));
    }
}

/* A line for each line of the device's, however it is cut. */
static void put_bytes(struct trace *t, ms_t now, const char *sign)
{
    struct view rest = strbuf_view(&t->text);
    while (rest.len) {
        const char *feed = memchr(rest.ptr, '\n', rest.len);
        size_t n = feed ? (size_t)(feed - rest.ptr) + 1 : rest.len;
        n = n < PIECE_MOST ? n : PIECE_MOST;
        begin(t, now, sign);
        strbuf_addch(&t->written, '"');
        vis_add(&t->written, view_slice(rest, 0, n), VIS_LINE);
        strbuf_addch(&t->written, '"');
        end(t);
        rest = view_slice(rest, n, rest.len);
    }
    strbuf_reset(&t->text);
}

static void put_note(struct trace *t, ms_t now, const char *sign, const char *note)
{
    begin(t, now, sign);
    strbuf_addstr(&t->written, note);
    end(t);
}

void trace_step(struct trace *t, ms_t now, const char *fmt, ...)
{
    if (!t) {
        return;
    }
    struct strbuf words = STRBUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    strbuf_vaddf(&words, fmt, ap);
    va_end(ap);
    mask_feed(&t->words, strbuf_view(&words), &t->text);
    mask_flush(&t->words, &t->text);
    begin(t, now, ":");
    vis_add(&t->written, strbuf_view(&t->text), VIS_LINE);
    end(t);
    strbuf_reset(&t->text);
    strbuf_release(&words);
}

/* The dialogue. */

/* A device may echo what was typed at its password prompt, in whatever way. Nothing of that
 * line is shown; its end is. */
static struct view hide(struct trace *t, ms_t now, struct view bytes)
{
    const char *feed = memchr(bytes.ptr, '\n', bytes.len);
    size_t n = feed ? (size_t)(feed - bytes.ptr) : bytes.len;
    size_t visible = n;
    while (visible > 0 && bytes.ptr[visible - 1] == '\r') {
        visible--;
    }
    if (visible > 0 && !t->hidden) {
        t->hidden = true;
        put_note(t, now, " <", "<hidden: the rest of the line>");
    }
    t->hiding = feed == NULL;
    return view_slice(bytes, feed ? visible : n, bytes.len);
}

void trace_received(struct trace *t, ms_t now, struct view bytes)
{
    if (!t || t->level < TRACE_DIALOGUE || bytes.len == 0) {
        return;
    }
    if (t->hiding) {
        bytes = hide(t, now, bytes);
    }
    mask_feed(&t->in, bytes, &t->text);
    put_bytes(t, now, " <");
}

void trace_sent(struct trace *t, ms_t now, struct view bytes, bool more)
{
    if (!t || t->level < TRACE_DIALOGUE) {
        return;
    }
    mask_feed(&t->out, bytes, &t->text);
    if (!more) {
        mask_flush(&t->out, &t->text);
    }
    put_bytes(t, now, " >");
}

void trace_sent_secret(struct trace *t, ms_t now)
{
    if (!t) {
        return;
    }
    t->hiding = true;
    t->hidden = false;
    if (t->level >= TRACE_DIALOGUE) {
        put_note(t, now, " >", "<secret>");
    }
}

void trace_end(struct trace *t, ms_t now)
{
    if (!t) {
        return;
    }
    mask_flush(&t->in, &t->text);
    put_bytes(t, now, " <");
    mask_flush(&t->out, &t->text);
    put_bytes(t, now, " >");
    t->hiding = false;
}
