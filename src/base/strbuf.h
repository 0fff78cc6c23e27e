/*
 * struct strbuf owns a growing run of bytes, always followed by a NUL that is not counted.
 *
 *     struct strbuf sb = STRBUF_INIT;
 *     strbuf_addstr(&sb, "show ");
 *     strbuf_addf(&sb, "%d", n);
 *     if (strbuf_failed(&sb)) ...          one question at the end, not one a call
 *     strbuf_release(&sb);
 *
 * A failed allocation or a ceiling that would be passed makes the buffer "failed": it keeps what
 * it had, further adds do nothing, and strbuf_failed() stays true until clear or release. `buf`
 * is never NULL. init / release / clear mean what they mean in git's strbuf: release gives the
 * memory back and leaves an empty, usable buffer; reset keeps the memory.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include "base/view.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct strbuf {
    char *buf;
    size_t len;
    size_t size; /* bytes allocated, 0 = none */
    size_t max;  /* ceiling for len, 0 = none */
    bool failed;
};

extern char strbuf_empty[];

#define STRBUF_INIT       {strbuf_empty, 0, 0, 0, false}
#define STRBUF_MAX(limit) {strbuf_empty, 0, 0, (limit), false}

void strbuf_init(struct strbuf *sb);
void strbuf_release(struct strbuf *sb);

/* Empty again, not failed, memory kept. */
void strbuf_reset(struct strbuf *sb);

static inline bool strbuf_failed(const struct strbuf *sb)
{
    return sb->failed;
}

static inline struct view strbuf_view(const struct strbuf *sb)
{
    return (struct view){sb->buf, sb->len};
}

/* Room for extra more bytes; false if there is none (the buffer is then failed). */
bool strbuf_grow(struct strbuf *sb, size_t extra);

void strbuf_add(struct strbuf *sb, const void *data, size_t len);
void strbuf_addch(struct strbuf *sb, char c);
void strbuf_addchars(struct strbuf *sb, char c, size_t n);
void strbuf_addstr(struct strbuf *sb, const char *str);
void strbuf_addview(struct strbuf *sb, struct view v);
void strbuf_addf(struct strbuf *sb, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* Shorter: keep the first len bytes. */
void strbuf_truncate(struct strbuf *sb, size_t len);

/* Remove n bytes at the front. */
void strbuf_consume(struct strbuf *sb, size_t n);

/* Hands the NUL-terminated bytes to the caller (free()), leaving sb empty. NULL if failed. */
char *strbuf_detach(struct strbuf *sb, size_t *len);

/* Appends a whole file, at most max bytes: 0, or -1 with errno (EFBIG when it is larger). */
int strbuf_read_file(struct strbuf *sb, const char *path, size_t max);

/* Appends all of a descriptor, with the same results. */
int strbuf_read_fd(struct strbuf *sb, int fd, size_t max);

#endif
