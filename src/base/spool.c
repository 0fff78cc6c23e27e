#include "base/spool.h"

#include "base/tempfile.h"

#include <errno.h>
#include <unistd.h>

#define READ_AHEAD ((size_t)128 << 10)

void spool_init(struct spool *spool, size_t ceiling)
{
    *spool = (struct spool){.ceiling = ceiling, .fd = -1};
    strbuf_init(&spool->tail);
}

void spool_release(struct spool *spool)
{
    if (spool->fd >= 0) {
        close(spool->fd);
    }
    strbuf_release(&spool->tail);
    spool_init(spool, spool->ceiling);
}

static int fail(struct err *err)
{
    char reason[128] = "unknown error";
    strerror_r(errno, reason, sizeof(reason));
    return err_set(err, ERR_OUTPUT,
                   "cannot keep waiting records in a temporary file in %s: %s (TMPDIR chooses "
                   "another folder)",
                   tempfile_folder(), reason);
}

static int write_at(int fd, const char *bytes, size_t len, uint64_t at, struct err *err)
{
    while (len > 0) {
        ssize_t n = pwrite(fd, bytes, len, (off_t)at);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return fail(err);
        }
        bytes += n;
        at += (uint64_t)n;
        len -= (size_t)n;
    }
    return 0;
}

static int move_to_disk(struct spool *spool, struct err *err)
{
    if (spool->fd < 0) {
        spool->fd = tempfile_anonymous();
        if (spool->fd < 0) {
            return fail(err);
        }
    }
    int status = write_at(spool->fd, spool->tail.buf, spool->tail.len, spool->on_disk, err);
    if (status == 0) {
        spool->on_disk += spool->tail.len;
        strbuf_reset(&spool->tail);
    }
    return status;
}

int spool_add(struct spool *spool, struct view bytes, struct err *err)
{
    strbuf_addview(&spool->tail, bytes);
    if (strbuf_failed(&spool->tail)) {
        return err_nomem(err);
    }
    return spool->tail.len > spool->ceiling ? move_to_disk(spool, err) : 0;
}

uint64_t spool_size(const struct spool *spool)
{
    return spool->on_disk + spool->tail.len;
}

int spool_read(struct spool *spool, uint64_t at, char *buf, size_t len, struct err *err)
{
    while (len > 0 && at < spool->on_disk) {
        uint64_t there = spool->on_disk - at;
        ssize_t n = pread(spool->fd, buf, len < there ? len : (size_t)there, (off_t)at);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            errno = n ? errno : EIO;
            return fail(err);
        }
        buf += n;
        at += (uint64_t)n;
        len -= (size_t)n;
    }
    if (len == 0) {
        return 0;
    }
    size_t from = (size_t)(at - spool->on_disk);
    if (from > spool->tail.len || len > spool->tail.len - from) {
        return err_set(err, ERR_OUTPUT, "waiting records ended too soon");
    }
    memcpy(buf, spool->tail.buf + from, len);
    return 0;
}

void spool_seek(struct spool_cursor *cursor, struct spool *spool, uint64_t at)
{
    *cursor = (struct spool_cursor){.spool = spool, .at = at};
    strbuf_init(&cursor->ahead);
}

void spool_cursor_release(struct spool_cursor *cursor)
{
    strbuf_release(&cursor->ahead);
}

/* Has at least len bytes ahead, or as many as there are when that is enough. */
static int read_ahead(struct spool_cursor *cursor, size_t len, struct err *err)
{
    strbuf_consume(&cursor->ahead, cursor->used);
    cursor->used = 0;
    size_t missing = len - cursor->ahead.len;
    uint64_t there = spool_size(cursor->spool) - cursor->at;
    size_t want = missing > READ_AHEAD ? missing : READ_AHEAD;
    if (want > there && missing <= there) {
        want = (size_t)there;
    }
    if (!strbuf_grow(&cursor->ahead, want)) {
        return err_nomem(err);
    }
    char *end = cursor->ahead.buf + cursor->ahead.len;
    int status = spool_read(cursor->spool, cursor->at, end, want, err);
    if (status == 0) {
        cursor->ahead.len += want;
        cursor->at += want;
    }
    return status;
}

int spool_next(struct spool_cursor *cursor, size_t len, struct view *bytes, struct err *err)
{
    if (cursor->ahead.len - cursor->used < len) {
        int status = read_ahead(cursor, len, err);
        if (status < 0) {
            return status;
        }
    }
    *bytes = view_make(cursor->ahead.buf + cursor->used, len);
    cursor->used += len;
    return 0;
}

int spool_reset(struct spool *spool, struct err *err)
{
    strbuf_reset(&spool->tail);
    spool->on_disk = 0;
    return spool->fd >= 0 && ftruncate(spool->fd, 0) < 0 ? fail(err) : 0;
}
