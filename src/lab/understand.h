/* Commands as words: how a typed line is compared with the commands a device knows. */
#ifndef LAB_UNDERSTAND_H
#define LAB_UNDERSTAND_H

#include "base/arena.h"
#include "base/view.h"

/* Lower-case letters and digits; whatever stands between is one blank. NULL: memory. */
char *words_of(struct arena *arena, struct view text);

enum likeness {
    WORDS_DIFFER,
    WORDS_SHORTER, /* each typed word begins the known one, not all are whole */
    WORDS_SAME,
};

/* Compares typed words with those of a known command, and tells how many of them agree. */
enum likeness words_compare(struct view typed, struct view known, size_t *agree);

/* Where in text the word of that number (from 0) begins. */
size_t word_offset(struct view text, size_t number);

#endif
