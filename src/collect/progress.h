/*
 * Progress: one live line on a terminal, nothing elsewhere.
 *
 *     struct progress progress;
 *     progress_init(&progress, STDERR_FILENO, wanted, hosts);
 *     progress_show(&progress, &numbers, now_ms());    as often as one likes
 *     progress_clear(&progress);                       before anything else is said
 */
#ifndef COLLECT_PROGRESS_H
#define COLLECT_PROGRESS_H

#include "collect/loop.h"

struct progress {
    int fd;
    bool on;      /* fd is a terminal and somebody wants to know */
    bool visible; /* the line stands there */
    size_t hosts;
    ms_t started, shown;
};

void progress_init(struct progress *progress, int fd, bool wanted, size_t hosts);
void progress_show(struct progress *progress, const struct loop_progress *numbers, ms_t now);
void progress_clear(struct progress *progress);

#endif
