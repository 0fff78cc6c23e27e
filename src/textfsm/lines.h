/*
 * The lines of a text, one after the other: they end where Python's str.splitlines() has them
 * end, on UTF-8 bytes: at LF, CR, CR LF, VT, FF, U+001C..1E, U+0085, U+2028 and U+2029.
 *
 *     struct lines lines;
 *     struct line line;
 *     for (lines_init(&lines, text); lines_next(&lines, &line);) ...
 *
 * What follows from lines.from on is then a line without an end.
 *
 * 64 bytes are looked at at a time, and each that may end a line or is not ASCII gets a mark.
 * What is left of the marks is kept from line to line: most lines cost no more than the next.
 */
#ifndef TEXTFSM_LINES_H
#define TEXTFSM_LINES_H

#include "base/view.h"

#include <stdint.h>

struct line {
    struct view text; /* without its end */
    bool ascii;       /* all of it is */
};

struct lines {
    struct view text;
    size_t from;    /* where the next line begins */
    size_t block;   /* the marks are of the 64 bytes from here on */
    uint64_t marks; /* one bit a byte; none in front of `from` */
};

void lines_init(struct lines *lines, struct view text);

/* Goes on at `to`, which is not in front of lines->from. */
void lines_go_to(struct lines *lines, size_t to);

/* For lines_next, with no marks left: to the next block with marks, if there is one; the next
 * line where its end is not the first mark, or no LF. */
bool lines_find_mark(struct lines *lines);
bool lines_next_other(struct lines *lines, struct line *line);

/* false: no further line has an end. */
static inline bool lines_next(struct lines *lines, struct line *line)
{
    if (!lines->marks && !lines_find_mark(lines)) {
        return false;
    }
    size_t at = lines->block + (unsigned)__builtin_ctzll(lines->marks);
    if (lines->text.ptr[at] != '\n') {
        struct line other; /* *line need not be in memory */
        if (!lines_next_other(lines, &other)) {
            return false;
        }
        *line = other;
        return true;
    }
    *line = (struct line){view_make(lines->text.ptr + lines->from, at - lines->from), true};
    lines->from = at + 1;
    lines->marks &= lines->marks - 1;
    return true;
}

/*
 * A separator of several bytes that began at the end of `before` and ends at the front of
 * `after` (CR LF is not among them). Returns the bytes of it in after, 0 for none, and sets
 * *back to its bytes in before.
 */
size_t line_end_across(struct view before, struct view after, size_t *back);

#endif
