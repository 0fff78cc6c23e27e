/*
 * A spool: bytes that wait their turn, in memory up to a ceiling and beyond it in an unlinked
 * temporary file ($TMPDIR), so that what waits can be larger than memory and is gone whenever
 * the process is.
 *
 *     struct spool spool;
 *     spool_init(&spool, LIMIT_SPOOL_BYTES);
 *     uint64_t at = spool_size(&spool);
 *     spool_add(&spool, view, &err);                 appends
 *     spool_read(&spool, at, buf, len, &err);        any bytes that were added
 *     spool_release(&spool);
 *
 * Errors: ERR_OUTPUT naming the folder, ERR_NOMEM.
 */
#ifndef BASE_SPOOL_H
#define BASE_SPOOL_H

#include "base/err.h"
#include "base/strbuf.h"
#include "base/view.h"

#include <stdint.h>

struct spool {
    size_t ceiling;
    struct strbuf tail; /* the newest bytes, not yet in the file */
    uint64_t on_disk;   /* bytes in the file: all before tail */
    int fd;             /* -1 = all is in memory */
};

void spool_init(struct spool *spool, size_t ceiling);
void spool_release(struct spool *spool);

int spool_add(struct spool *spool, struct view bytes, struct err *err);
uint64_t spool_size(const struct spool *spool);
int spool_read(struct spool *spool, uint64_t at, char *buf, size_t len, struct err *err);

/* Reading on and on from one place, in large pieces. */
struct spool_cursor {
    struct spool *spool;
    uint64_t at; /* of the next byte that is not in ahead */
    struct strbuf ahead;
    size_t used; /* of ahead */
};

void spool_seek(struct spool_cursor *cursor, struct spool *spool, uint64_t at);
void spool_cursor_release(struct spool_cursor *cursor);

/* The next len bytes in one piece, valid until the next call. */
int spool_next(struct spool_cursor *cursor, size_t len, struct view *bytes, struct err *err);

/* Empty again; the file is kept but takes no room. */
int spool_reset(struct spool *spool, struct err *err);

#endif
