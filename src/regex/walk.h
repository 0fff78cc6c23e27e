/*
 * What track_run.c has for those that write steps of their own (native.c). The walk itself is
 * in subject.h.
 */
#ifndef REGEX_WALK_H
#define REGEX_WALK_H

#include "regex/track.h"

/* With more to come back to than this, or more returns, the track gives up. */
#define CHOICES_MOST 64
#define CHANGES_MOST 64
#define RETURNS_MOST 500

/* A way not taken: to begin at step, or (bound) to stop at another place than before. */
struct choice {
    const struct track_step *step;
    uint32_t at;
    uint32_t bound; /* the next place to stop at is this one, or lies beyond */
    uint32_t changes;
};

/* What a group was when there was something to come back to. */
struct change {
    uint32_t group;
    struct view before;
};

struct walk {
    const uint64_t (*rows)[FAMILY_MOST];
    const uint64_t *classes_of;
    const char *text; /* with bytes to read behind its end (subject.h) */
    const char *base; /* the same where groups are to point to */
    size_t len;
    struct view *groups;
    const struct track_step *steps;
    const struct track_jumps *jumps;
    size_t end;               /* of the match */
    uint32_t nchoices, least; /* choices below `least` are not this walk's */
    uint32_t nchanges;
    uint32_t returns;
    struct choice choices[CHOICES_MOST];
    struct change changes[CHANGES_MOST];
};

/* All of the pattern's groups are set for TRACK_YES, and may be written to for others. The
 * subject is plain. */
static inline enum track_result track_run(const struct track *track,
                                          struct regex_subject *subject, struct view *groups)
{
    struct walk w;
    subject_need(subject, track->rows);
    w.rows = (const uint64_t(*)[FAMILY_MOST])subject->rows;
    w.classes_of = subject->family->classes_of;
    w.text = subject->from;
    w.base = subject->text.ptr;
    w.len = subject->text.len;
    w.groups = groups;
    w.steps = track->steps;
    w.jumps = track->jumps;
    w.nchoices = w.least = w.nchanges = w.returns = 0;
    for (uint64_t loose = track->loose; loose; loose &= loose - 1) {
        groups[__builtin_ctzll(loose)] = VIEW_NONE;
    }
    enum track_result result = track->steps->take(&w, track->steps, 0);
    if (result == TRACK_YES) {
        groups[0] = view_make(w.base, w.end);
    }
    return result;
}

/* Back to the last choice, and on from there. */
enum track_result walk_back(struct walk *w);

#endif
