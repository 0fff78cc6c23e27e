/*
 * Lines on their way from the loops' threads to a descriptor (-v, -vv). Whoever adds a line
 * never waits: lines are kept, at most LIMIT_LOG_BYTES of them, for a thread that writes them,
 * one write a line. What does not fit is left out, and a line says how much.
 *
 *     struct loop_log *log;
 *     loop_log_open(&log, STDERR_FILENO, &err);
 *     loop_log_add(log, line);        any thread; whole, with its line feed
 *     loop_log_close(log);            once nobody adds: writes what is left
 */
#ifndef COLLECT_LOOP_LOG_H
#define COLLECT_LOOP_LOG_H

#include "base/err.h"
#include "base/view.h"

struct loop_log;

int loop_log_open(struct loop_log **out, int fd, struct err *err);
void loop_log_add(struct loop_log *log, struct view line);
void loop_log_close(struct loop_log *log);

#endif
