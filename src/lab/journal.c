#include "lab/journal.h"

#include "base/vis.h"
#include "lab/limits_lab.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int journal_open(struct journal *journal, const char *path, struct err *err)
{
    journal->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (journal->fd < 0) {
        return err_set(err, ERR_OUTPUT, "%s: %s", path, strerror(errno));
    }
    journal->start = now_ms();
    return 0;
}

void journal_add(struct journal *journal, const struct device *device, unsigned long connection,
                 const char *event, struct view detail)
{
    if (journal->fd < 0) {
        return;
    }
    strbuf_addf(&journal->pending, "%lld\t%s\t%lu\t%s\t",
                (long long)(now_ms() - journal->start), device->name, connection, event);
    vis_add(&journal->pending, detail, VIS_LINE);
    strbuf_addch(&journal->pending, '\n');
    if (journal->pending.len > LAB_LOG_BYTES) {
        journal_flush(journal);
    }
}

void journal_flush(struct journal *journal)
{
    size_t done = 0;
    while (done < journal->pending.len) {
        ssize_t n =
            write(journal->fd, journal->pending.buf + done, journal->pending.len - done);
        if (n < 0 && errno != EINTR) {
            break;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    strbuf_reset(&journal->pending);
}

void journal_release(struct journal *journal)
{
    if (journal->fd >= 0) {
        journal_flush(journal);
        close(journal->fd);
    }
    strbuf_release(&journal->pending);
    journal->fd = -1;
}

void stats_format(const struct device *devices, size_t n, struct strbuf *out)
{
    strbuf_addstr(out,
                  "device\tconnections\trefused\tauth_requests\tauth_denied\tpassword_bytes\t"
                  "channels\tcommands\tpager_keys\tbytes_out\n");
    for (size_t i = 0; i < n; i++) {
        const struct device_counts *c = &devices[i].counts;
        strbuf_addf(out, "%s\t%lu\t%lu\t%lu\t%lu\t%lu\t%lu\t%lu\t%lu\t%lu\n", devices[i].name,
                    c->connections, c->refused, c->auth_requests, c->auth_denied,
                    c->password_bytes, c->channels, c->commands, c->pager_keys, c->bytes_out);
    }
}
