/*
 * Progress of a run: one live line on a terminal; elsewhere a line now and then, so that the
 * log of a long run shows that it lives.
 *
 *     struct progress progress;
 *     progress_init(&progress, STDERR_FILENO, wanted, hosts, now_ms());
 *     if (progress_due(&progress, now_ms())) {         as often as one likes
 *         struct loop_progress numbers = loop_progress(loop);
 *         progress_show(&progress, &numbers, now_ms());
 *     }
 *     progress_clear(&progress);                       before anything else is said
 *
 *     120 of 500 hosts, 3 failed, 100 running, 9.8 a second, 38 s to go, slowest r17 (12 s)
 */
#ifndef COLLECT_PROGRESS_H
#define COLLECT_PROGRESS_H

#include "collect/loop.h"

struct progress {
    int fd;
    bool on;       /* somebody wants to know */
    bool terminal; /* fd is one */
    bool visible;  /* the live line stands there */
    size_t hosts;
    ms_t started, shown;
};

void progress_init(struct progress *progress, int fd, bool wanted, size_t hosts, ms_t now);
bool progress_due(const struct progress *progress, ms_t now);
/* Nothing when it is not due. */
void progress_show(struct progress *progress, const struct loop_progress *numbers, ms_t now);
void progress_clear(struct progress *progress);
/* Something else stands in its line, such as the ^C that a terminal shows when it is typed: the
 * next progress_clear() takes that away, too. */
void progress_soil(struct progress *progress);

#endif
