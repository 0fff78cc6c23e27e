/*
 * Talk: what the program says on stderr. Every line goes through vis.h, so no word of a device,
 * file or argument reaches a terminal as a control sequence.
 */
#ifndef CLI_TALK_H
#define CLI_TALK_H

#include "base/err.h"
#include "base/strbuf.h"

/* "collect: ..." and a newline. */
void talk_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "collect: warning: ..." */
void talk_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The text alone. */
void talk_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Each line of a text by itself. */
void talk_lines(const struct strbuf *text);

/* Says err's text and gives the exit status that its code stands for. Quiet about ERR_PIPE: who
 * hung up knows. A usage error adds where to read on; verb may be NULL. */
int talk_failure(const struct err *err, const char *verb);

#endif
