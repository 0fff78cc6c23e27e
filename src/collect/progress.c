#include "collect/progress.h"

#include "base/strbuf.h"

#include <unistd.h>

#define LIVE_EVERY_MS 100 /* the eye needs no more */
#define LIVE_FIRST_MS 300 /* a run that ends at once shows nothing */
#define LINE_EVERY_MS 30000
#define RATE_AFTER_MS 2000 /* the first hosts say little about the rest */

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

static void describe(struct strbuf *out, const struct progress *progress,
                     const struct loop_progress *numbers, ms_t took)
{
    strbuf_addf(out, "%zu of %zu hosts, %zu failed, %zu running", numbers->done,
                progress->hosts, numbers->failed, numbers->running);
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

void progress_show(struct progress *progress, const struct loop_progress *numbers, ms_t now)
{
    ms_t took = now - progress->started;
    ms_t every = progress->terminal ? LIVE_EVERY_MS : LINE_EVERY_MS;
    if (!progress->on || now - progress->shown < every ||
        (progress->terminal && took < LIVE_FIRST_MS)) {
        return;
    }
    struct strbuf line = STRBUF_INIT;
    strbuf_addstr(&line, progress->terminal ? "\r" : "");
    describe(&line, progress, numbers, took);
    strbuf_addstr(&line, progress->terminal ? "\033[K" : "\n");
    put(progress, &line);
    strbuf_release(&line);
    progress->shown = now;
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
