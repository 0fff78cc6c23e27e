/*
 * What the lab saw, for people and tests, in the lab folder:
 *
 *   log        one line an event, tab-separated: milliseconds since the start, device,
 * connection number, event, detail (made terminal-safe). Events: connect, refused, login METHOD
 *              ok|denied BYTES, shell, exec COMMAND, command TEXT, enabled, enable-denied,
 * answer TEXT, close. Passwords are never written, only their length. stats.tsv  at the end: a
 * header, then the counters of each device (device.h).
 */
#ifndef LAB_JOURNAL_H
#define LAB_JOURNAL_H

#include "base/deadline.h"
#include "base/strbuf.h"
#include "lab/device.h"

struct journal {
    int fd; /* -1 = not kept */
    ms_t start;
    struct strbuf pending;
};

#define JOURNAL_INIT                                                                           \
    {                                                                                          \
        -1, 0, STRBUF_INIT                                                                     \
    }

int journal_open(struct journal *journal, const char *path, struct err *err);
void journal_add(struct journal *journal, const struct device *device, unsigned long connection,
                 const char *event, struct view detail);
/* Writes what was added: once a turn of the loop, so that a reader is never far behind. */
void journal_flush(struct journal *journal);
void journal_release(struct journal *journal);

/* Appends the counters of n devices as stats.tsv has them. */
void stats_format(const struct device *devices, size_t n, struct strbuf *out);

#endif
