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

static void add_pace(struct strbuf *out, const struct progress *progress,
                     const struct loop_progress *numbers, ms_t took)
{
    if (took < RATE_AFTER_MS || numbers->done == 0) {
        strbuf_addstr(out, ", ");
        add_span(out, took);
        return;
    }
    strbuf_addf(out, ", %.1f a second", (double)numbers->done * 1000 / (double)took);
    if (numbers->done < progress->hosts) {
        ms_t left = took * (ms_t)(progress->hosts - numbers->done) / (ms_t)numbers->done;
        strbuf_addstr(out, ", ");
        add_span(out, left);
        strbuf_addstr(out, " to go");
    }
}

static void describe(struct strbuf *out, const struct progress *progress,
                     const struct loop_progress *numbers, ms_t took)
{
    strbuf_addf(out, "%zu of %zu hosts, %zu failed, %zu running", numbers->done,
                progress->hosts, numbers->failed, numbers->running);
    add_pace(out, progress, numbers, took);
    if (numbers->slowest && numbers->slowest_ms >= SLOW_MS) {
        strbuf_addstr(out, ", slowest ");
        vis_add(out, view_of(numbers->slowest->name), VIS_LINE);
        strbuf_addstr(out, " (");
        add_span(out, numbers->slowest_ms);
        strbuf_addch(out, ')');
    }
}

/* A line that wraps cannot be written over. */
static void fit_terminal(struct strbuf *line, int fd)
{
    struct winsize size;
    size_t width = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 256;
    size_t at = 0;
    for (size_t n = 0; at < line->len && n < width - 1; n++) {
        uint32_t cp;
        at += utf8_decode(view_slice(strbuf_view(line), at, line->len), &cp);
    }
    strbuf_truncate(line, at);
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
    if (progress->terminal) {
        fit_terminal(&words, progress->fd);
    }
    strbuf_addf(&line, progress->terminal ? "\r%s\033[K" : "%s\n", words.buf);
    put(progress, &line);
    strbuf_release(&line);
    strbuf_release(&words);
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
