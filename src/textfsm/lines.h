/*
 * Line ends as Python's str.splitlines() knows them, on UTF-8 bytes: LF, CR, CR LF, VT, FF,
 * U+001C..1E, U+0085, U+2028 and U+2029.
 */
#ifndef TEXTFSM_LINES_H
#define TEXTFSM_LINES_H

#include "base/view.h"

struct line_end {
    size_t at;  /* where the separator begins; the length of the text when there is none */
    size_t len; /* its bytes, 0 = none found */
    bool ascii; /* the bytes before it are all ASCII */
};

struct line_end line_end_find(struct view text);

/*
 * A separator of several bytes that began at the end of `before` and ends at the front of
 * `after` (CR LF is not among them). Returns the bytes of it in after, 0 for none, and sets
 * *back to its bytes in before.
 */
size_t line_end_across(struct view before, struct view after, size_t *back);

#endif
