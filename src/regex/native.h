/*
 * Machine code for tracks. A native track is a copy of a track whose takers are code of its own
 * (track.h): what most matches come through stands there as instructions, all constants in
 * them, and each step falls into the next one. What is rare (a run that goes on in the next
 * word of a row, a choice, a change to remember) and what is involved is left to the step's
 * taker in track_run.c, which goes on with the next step's code.
 *
 * Registers: RDI the walk, RSI the step, RDX where in the subject: the arguments of a taker.
 * Within a step RSI holds the rows, R9 the text, R10 the groups; RAX, RCX, R8, R11 are free.
 *
 * Source of the calling convention: System V ABI, AMD64 supplement.
 */
#ifndef REGEX_NATIVE_H
#define REGEX_NATIVE_H

#include "regex/track.h"

/* The native tracks that were made at once, in a mapping that is first written, then run. */
struct native {
    struct native *next; /* the caller's */
    char *map;
    size_t size;
};

/* Native tracks for n tracks of a family into out[]. NULL when memory ran out, the system
 * forbids it, or there is no code for this processor. */
struct native *native_make(const struct track *const *tracks, unsigned n,
                           const struct regex_family *family, const struct track **out);
/* It and all that are linked to it. */
void native_free_all(struct native *native, const struct alloc *alloc);

#endif
