/*
 * Device bytes -> plain text: what a terminal would show. CR LF in every mix becomes LF; CR,
 * backspace and erase sequences overwrite; ANSI sequences vanish; tabs stay. Bytes that are not
 * UTF-8 pass unchanged. Feedable in chunks of any size with the same result.
 */
#ifndef SESSION_SCREEN_H
#define SESSION_SCREEN_H

#include "base/strbuf.h"
#include "base/view.h"

struct screen {
    struct strbuf text; /* finished lines, then the line being written */
    size_t line_start;  /* where the current line begins in text */
    size_t column;      /* the cursor's byte offset in the current line */
    unsigned state;     /* of the escape-sequence parser */
    struct strbuf sequence;
};

void screen_init(struct screen *s, size_t max_bytes);
void screen_release(struct screen *s);
void screen_clear(struct screen *s);

/* false when max_bytes is passed (what fitted is kept). */
bool screen_feed(struct screen *s, struct view bytes);

/* The line being written: where prompts, pagers and questions stand. */
struct view screen_last_line(const struct screen *s);

#endif
