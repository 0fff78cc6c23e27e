/*
 * What one session does and says, as lines for a person (-v, -vv):
 *
 *     sw1 +3 ms: connecting to 192.0.2.7:22                        a step
 *     sw1 +61 ms < "sw1#show version\r\n"                          bytes received
 *     sw1 +98 ms > "show version\n"                                bytes sent
 *     sw1 +99 ms > <secret>                                        ... to a password prompt
 *
 * Each line is handed over whole, with its line feed, as soon as it is known. Foreign bytes are
 * escaped (base/vis.h), also in the host's name. Secrets of the session never stand in a line:
 * what is typed at a password prompt is not shown, nor what comes back before the next line
 * feed (a device that echoes it), and known secrets are masked wherever they turn up (mask.h).
 * A byte that may be the beginning of one is shown when its fate is known, later than it came.
 *
 * All functions take NULL for a trace that is off.
 */
#ifndef SESSION_TRACE_H
#define SESSION_TRACE_H

#include "base/deadline.h"
#include "base/err.h"
#include "base/view.h"

#include <stdbool.h>

struct trace;

/* Each in the thread of the session. */
typedef void (*trace_line)(void *user, struct view line);

enum trace_level { TRACE_OFF, TRACE_STEPS, TRACE_DIALOGUE };

struct trace_options {
    const char *host;
    enum trace_level level;
    ms_t zero; /* the lines' times count from here */
    struct view password, enable;
    trace_line line;
    void *user;
};

/* The options' texts are copied. */
int trace_new(struct trace **out, const struct trace_options *options, struct err *err);
void trace_free(struct trace *trace);

void trace_step(struct trace *trace, ms_t now, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

void trace_received(struct trace *trace, ms_t now, struct view bytes);

/* more: what is being typed goes on. */
void trace_sent(struct trace *trace, ms_t now, struct view bytes, bool more);
void trace_sent_secret(struct trace *trace, ms_t now);

/* The bytes that were held back come out: no more can follow. */
void trace_end(struct trace *trace, ms_t now);

#endif
