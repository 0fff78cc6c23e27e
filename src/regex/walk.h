/*
 * What track_run.c has for those that write steps of their own (native.c). The walk itself is
 * in subject.h.
 */
#ifndef REGEX_WALK_H
#define REGEX_WALK_H

#include "regex/track.h"

/* Back to the last choice, and on from there. */
enum track_result walk_back(struct walk *w);

#endif
