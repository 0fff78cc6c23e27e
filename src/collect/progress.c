#include "collect/progress.h"

#include "base/strbuf.h"

#include <unistd.h>

#define EVERY_MS 100 /* the eye needs no more */
#define FIRST_MS 300 /* a run that ends at once shows nothing */

void progress_init(struct progress *progress, int fd, bool wanted, size_t hosts)
{
    *progress = (struct progress){
        .fd = fd, .on = wanted && isatty(fd), .hosts = hosts, .started = now_ms()};
}

static void put(struct progress *progress, struct view text)
{
    if (write(progress->fd, text.ptr, text.len) < 0) {
        progress->on = false;
    }
}

void progress_show(struct progress *progress, const struct loop_progress *numbers, ms_t now)
{
    if (!progress->on || now - progress->started < FIRST_MS ||
        now - progress->shown < EVERY_MS) {
        return;
    }
    struct strbuf line = STRBUF_INIT;
    strbuf_addf(&line, "\r%zu of %zu hosts, %zu failed, %zu running, %lld s\033[K",
                numbers->done, progress->hosts, numbers->failed, numbers->running,
                (long long)((now - progress->started) / 1000));
    put(progress, strbuf_view(&line));
    strbuf_release(&line);
    progress->shown = now;
    progress->visible = true;
}

void progress_clear(struct progress *progress)
{
    if (progress->visible) {
        put(progress, VIEW("\r\033[K"));
        progress->visible = false;
    }
}
