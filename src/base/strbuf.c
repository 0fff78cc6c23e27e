#include "base/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

char strbuf_empty[1];

void strbuf_init(struct strbuf *sb)
{
    *sb = (struct strbuf)STRBUF_INIT;
}

void strbuf_release(struct strbuf *sb)
{
    if (sb->size) {
        free(sb->buf);
    }
    size_t max = sb->max;
    strbuf_init(sb);
    sb->max = max;
}

void strbuf_reset(struct strbuf *sb)
{
    strbuf_truncate(sb, 0);
    sb->failed = false;
}

bool strbuf_grow(struct strbuf *sb, size_t extra)
{
    if (sb->failed) {
        return false;
    }
    if ((sb->max && extra > sb->max - sb->len) || extra > SIZE_MAX / 4 - sb->len) {
        sb->failed = true;
        return false;
    }
    size_t need = sb->len + extra + 1;
    if (need <= sb->size) {
        return true;
    }
    size_t size = sb->size * 2 > need ? sb->size * 2 : need;
    if (size < 64) {
        size = 64;
    }
    char *buf = realloc(sb->size ? sb->buf : NULL, size);
    if (!buf) {
        sb->failed = true;
        return false;
    }
    buf[sb->len] = '\0';
    sb->buf = buf;
    sb->size = size;
    return true;
}

void strbuf_add(struct strbuf *sb, const void *data, size_t len)
{
    if (len == 0 || !strbuf_grow(sb, len)) {
        return;
    }
    memcpy(sb->buf + sb->len, data, len);
    sb->len += len;
    sb->buf[sb->len] = '\0';
}

void strbuf_addch(struct strbuf *sb, char c)
{
    strbuf_add(sb, &c, 1);
}

void strbuf_addchars(struct strbuf *sb, char c, size_t n)
{
    if (n == 0 || !strbuf_grow(sb, n)) {
        return;
    }
    memset(sb->buf + sb->len, c, n);
    sb->len += n;
    sb->buf[sb->len] = '\0';
}

void strbuf_addstr(struct strbuf *sb, const char *str)
{
    strbuf_add(sb, str, strlen(str));
}

void strbuf_addview(struct strbuf *sb, struct view v)
{
    strbuf_add(sb, v.ptr, v.len);
}

void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    if (n > 0 && strbuf_grow(sb, (size_t)n)) {
        vsnprintf(sb->buf + sb->len, (size_t)n + 1, fmt, again);
        sb->len += (size_t)n;
    }
    va_end(again);
}

void strbuf_addf(struct strbuf *sb, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    strbuf_vaddf(sb, fmt, ap);
    va_end(ap);
}

void strbuf_truncate(struct strbuf *sb, size_t len)
{
    if (len < sb->len) {
        sb->len = len;
    }
    if (sb->size) {
        sb->buf[sb->len] = '\0';
    }
}

void strbuf_consume(struct strbuf *sb, size_t n)
{
    if (n > sb->len) {
        n = sb->len;
    }
    if (n == 0) {
        return;
    }
    memmove(sb->buf, sb->buf + n, sb->len - n + 1);
    sb->len -= n;
}

char *strbuf_detach(struct strbuf *sb, size_t *len)
{
    if (sb->failed || !strbuf_grow(sb, 0)) {
        strbuf_release(sb);
        return NULL;
    }
    char *buf = sb->buf;
    if (len) {
        *len = sb->len;
    }
    size_t max = sb->max;
    strbuf_init(sb);
    sb->max = max;
    return buf;
}

int strbuf_read_fd(struct strbuf *sb, int fd, size_t max)
{
    size_t start = sb->len;
    for (;;) {
        if (!strbuf_grow(sb, 16384)) {
            errno = ENOMEM;
            return -1;
        }
        ssize_t n = read(fd, sb->buf + sb->len, 16384);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return -1;
        }
        sb->len += (size_t)n;
        sb->buf[sb->len] = '\0';
        if (n == 0) {
            return 0;
        }
        if (sb->len - start > max) {
            errno = EFBIG;
            return -1;
        }
    }
}

int strbuf_read_file(struct strbuf *sb, const char *path, size_t max)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    int status = strbuf_read_fd(sb, fd, max);
    int saved = errno;
    close(fd);
    errno = saved;
    return status;
}
