#include "collect/progress.h"

#include "base/strbuf.h"
#include "base/utf8.h"
#include "base/vis.h"

#include <sys/ioctl.h>
#include <unistd.h>

#define LIVE_EVERY_MS 100 /* the eye needs no more */
#define LIVE_FIRST_MS 300 /* a run that ends at once shows nothing */
#define LINE_EVERY_MS 30000
#define RATE_AFTER_MS 2000 /* the first hosts say little about the rest */
#define SLOW_MS       5000 /* a host that takes longer is worth a name */

void progress_init(struct progress *progress, int fd, bool wanted, size_t hosts, ms_t now)
{
    *progress = (struct progress){.fd = fd,
                                  .on = wanted,
                                  .terminal = isatty(fd) == 1,
                                  .hosts = hosts,
                                  .started = now,
                                  .shown = now};
}

static void put(struct progress *progress, const struct strbuf *text)
{
    if (strbuf_failed(text) || write(progress->fd, text->buf, text->len) < 0) {
        progress->on = false;
    }
}

static void add_span(struct strbuf *out, ms_t ms)
{
    long long seconds = (long long)(ms / 1000);
    if (seconds < 120) {
        strbuf_addf(out, "%lld s", seconds);
    } else {
        strbuf_addf(out, "%lld min", (seconds + 30) / 60);
    }
}

/* How much of a line there is room for: one that wraps cannot be written over. */
static size_t room(const struct progress *progress)
{
    struct winsize size;
    if (!progress->terminal) {
        return SIZE_MAX;
    }
    return ioctl(progress->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1U
                                                                          : 255;
}

/* The line, part by part. */
struct parts {
    struct strbuf *line;
    struct strbuf next;
    size_t width;
    bool full;
};

/* From the first part on that does not fit they are left out; the very first one is cut. */
static void add_next(struct parts *parts)
{
    struct view text = strbuf_view(&parts->next);
    parts->full |= utf8_length(strbuf_view(parts->line)) + utf8_length(text) > parts->width;
    if (parts->line->len == 0) {
        text = view_slice(text, 0, parts->width); /* it is ASCII */
    }
    if (!parts->full || parts->line->len == 0) {
        strbuf_addview(parts->line, text);
    }
    strbuf_reset(&parts->next);
}

static void add_pace(struct parts *parts, const struct progress *progress,
                     const struct loop_progress *numbers, ms_t took)
{
    if (took < RATE_AFTER_MS || numbers->done == 0) {
        strbuf_addstr(&parts->next, ", ");
        add_span(&parts->next, took);
        add_next(parts);
        return;
    }
    strbuf_addf(&parts->next, ", %.1f a second", (double)numbers->done * 1000 / (double)took);
    add_next(parts);
    if (numbers->done < progress->hosts) {
        ms_t left = took * (ms_t)(progress->hosts - numbers->done) / (ms_t)numbers->done;
        strbuf_addstr(&parts->next, ", ");
        add_span(&parts->next, left);
        strbuf_addstr(&parts->next, " to go");
        add_next(parts);
    }
}

static void describe(struct strbuf *out, const struct progress *progress,
                     const struct loop_progress *numbers, ms_t took)
{
    struct parts parts = {.line = out, .next = STRBUF_INIT, .width = room(progress)};
    strbuf_addf(&parts.next, "%zu of %zu host%s", numbers->done, progress->hosts,
                progress->hosts == 1 ? "" : "s");
    add_next(&parts);
    strbuf_addf(&parts.next, ", %zu failed", numbers->failed);
    add_next(&parts);
    strbuf_addf(&parts.next, ", %zu running", numbers->running);
    add_next(&parts);
    add_pace(&parts, progress, numbers, took);
    if (numbers->slowest && numbers->slowest_ms >= SLOW_MS) {
        strbuf_addstr(&parts.next, ", slowest ");
        vis_add(&parts.next, view_of(numbers->slowest->name), VIS_LINE);
        strbuf_addstr(&parts.next, " (");
        add_span(&parts.next, numbers->slowest_ms);
        strbuf_addch(&parts.next, ')');
        add_next(&parts);
    }
    strbuf_release(&parts.next);
}

/* In the background the terminal is somebody else's. */
static bool in_background(int fd)
{
    pid_t foreground = tcgetpgrp(fd);
    return foreground >= 0 && foreground != getpgrp();
}

bool progress_due(const struct progress *progress, ms_t now)
{
    ms_t every = progress->terminal ? LIVE_EVERY_MS : LINE_EVERY_MS;
    return progress->on && now - progress->shown >= every &&
           !(progress->terminal && now - progress->started < LIVE_FIRST_MS);
}

void progress_show(struct progress *progress, const struct loop_progress *numbers, ms_t now)
{
    if (!progress_due(progress, now)) {
        return;
    }
    progress->shown = now;
    if (progress->terminal && in_background(progress->fd)) {
        return;
    }
    struct strbuf words = STRBUF_INIT, line = STRBUF_INIT;
    describe(&words, progress, numbers, now - progress->started);
    strbuf_addf(&line, progress->terminal ? "\r%s\033[K" : "%s\n", words.buf);
    put(progress, &line);
    strbuf_release(&line);
    strbuf_release(&words);
    progress->visible = progress->terminal;
}

void progress_soil(struct progress *progress)
{
    progress->visible = progress->terminal;
}

void progress_clear(struct progress *progress)
{
    if (progress->visible) {
        struct strbuf line = STRBUF_INIT;
        strbuf_addstr(&line, "\r\033[K");
        put(progress, &line);
        strbuf_release(&line);
        progress->visible = false;
    }
}
