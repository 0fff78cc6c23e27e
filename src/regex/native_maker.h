/*
 * Making machine code for tracks, inside: native.c lays tracks out, native_steps.c writes their
 * steps, native_parts.c what steps have in common. What registers hold is said in native.h.
 *
 * Nothing here fails: when memory runs out, maker->x.failed is set and the rest has no effect.
 */
#ifndef REGEX_NATIVE_MAKER_H
#define REGEX_NATIVE_MAKER_H

#include "regex/family.h"
#include "regex/native.h"
#include "regex/walk.h"
#include "regex/x86.h"

#if defined(__x86_64__) && !defined(__ILP32__)
#define NATIVE_X86_64 1
#else
#define NATIVE_X86_64 0
#endif

/* Where a jump goes to. */
enum target {
    TO_BODY,  /* of a step */
    TO_TAKER, /* of a step, in track_run.c */
    TO_BACK,
    TO_NO,
    TO_UNKNOWN,
    TO_NOTE, /* a routine, see add_note() */
    TARGETS,
};

struct fixup {
    size_t hole, from;
    enum target target;
    unsigned step;
};

/* Where in the code a step is. */
struct place {
    size_t body, taker;
    bool taker_used;
};

struct native_maker {
    struct x86 x;
    const struct track *track;
    const struct regex_family *family;
    size_t steps; /* where the track's steps are in the code */
    unsigned at;  /* the step at hand */
    bool chooses; /* some step may leave something to come back to */
    bool choices; /* ... and may have done so when this step is come to */
    struct place places[TRACK_STEPS_MOST];
    struct fixup *fixups;
    size_t nfixups, fixups_size;
};

#define WALK(member) x86_at(RDI, offsetof(struct walk, member))
#define GROUP(number, member)                                                                  \
    x86_at(R10, (number) * sizeof(struct view) + offsetof(struct view, member))

/* ---- native_steps.c ---- */

/* false: the step is left to its taker. */
bool native_has_code(const struct track_step *step);
void native_write(struct native_maker *m, const struct track_step *step);

/* ---- native_parts.c: jumps ---- */

void native_jump(struct native_maker *m, enum target target, unsigned step);
void native_jump_if(struct native_maker *m, enum x86_if condition, enum target target,
                    unsigned step);
/* What is at `hole` is to be the distance from `from`. */
void native_fix_later(struct native_maker *m, size_t hole, size_t from, enum target target,
                      unsigned step);
/* A jump from `hole` comes here. */
void native_land(struct native_maker *m, size_t hole);
/* Where to when the step at hand does not match; there, always or on a condition. */
enum target native_failure(const struct native_maker *m);
void native_fail(struct native_maker *m);
void native_fail_if(struct native_maker *m, enum x86_if condition);
/* To the step's taker, which begins anew: nothing must have been changed yet. */
void native_leave_if(struct native_maker *m, enum x86_if condition);
void native_leave_if_words_differ(struct native_maker *m, enum x86_reg a, enum x86_reg b);

/* ---- native_parts.c: runs and bytes. Where in the subject is said by a register. ---- */

/* to = the word of a row that has the place. */
void native_load_word(struct native_maker *m, enum x86_reg to, unsigned row, enum x86_reg at);
/* RAX = how many members of the row are there; zero flag: none. */
void native_count_run(struct native_maker *m, unsigned row, enum x86_reg at);
/* RAX at least min (the zero flag tells of 0), and at most the step's max. */
void native_want(struct native_maker *m, unsigned min);
void native_cap(struct native_maker *m, const struct track_step *step);
/* to = the end of a run of at least min. */
void native_run(struct native_maker *m, unsigned row, unsigned min, enum x86_reg at,
                enum x86_reg to);
void native_has_bytes(struct native_maker *m, const struct track_step *step, enum x86_reg at);
/* The step's bytes cannot be found behind the subject's end. */
bool native_ends_at_end(const struct track_step *step);
/* RAX = the next byte, or what is behind the end; equal flag: this is the end. */
void native_load_next(struct native_maker *m);
void native_compare_end(struct native_maker *m);
/* The next byte is one of class. */
void native_one_of(struct native_maker *m, unsigned class);
/* On at `at` + n. */
void native_advance(struct native_maker *m, enum x86_reg at, unsigned n);

/* ---- native_parts.c: groups and results ---- */

/* Before the step's group changes: remembers it where there is something to come back to. */
void native_before_change(struct native_maker *m, const struct track_step *step);
/* The routine for it: the group's number in RCX; carry flag: there is no room. */
void native_add_note(struct native_maker *m);
void native_set_group(struct native_maker *m, const struct track_step *step, enum x86_reg from,
                      enum x86_reg to);
void native_lea_step(struct native_maker *m, enum x86_reg reg, unsigned step);
/* Both ways of a fork may be open. */
bool native_classes_meet(const struct native_maker *m, const struct track_step *step);
void native_add_result(struct native_maker *m, enum track_result result);

#endif
