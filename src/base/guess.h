/*
 * "did you mean": the known word nearest to one that is unknown, if it is near enough to be a
 * slip of the fingers. Nearness is the number of letters inserted, dropped, changed or swapped
 * with their neighbour; case and `-` against `_` do not count; a third of the word may differ.
 *
 *     struct guess guess;
 *     guess_init(&guess, view_of("hostt"));
 *     for each known word: guess_offer(&guess, known);
 *     if (guess.best) ... "did you mean '%s'"
 *
 * The words offered are kept by pointer, not copied. Of equally near
 * words the one with more of the same beginning and end wins, then the first.
 */
#ifndef BASE_GUESS_H
#define BASE_GUESS_H

#include "base/view.h"

struct guess {
    struct view word;
    const char *best; /* NULL when none is near enough */
    size_t distance;  /* of best; while there is none, one more than what is allowed */
    size_t kept;      /* letters that best begins and ends with as word does */
};

void guess_init(struct guess *guess, struct view word);
void guess_offer(struct guess *guess, const char *known);

/* The same for a list of n known words. */
const char *guess_nearest(struct view word, const char *const *known, size_t n);

#endif
