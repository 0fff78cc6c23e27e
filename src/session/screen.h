/*
 * Device bytes -> plain text: what a terminal would show. CR LF in every mix becomes LF; CR,
 * backspace and erase sequences overwrite; ANSI sequences vanish; tabs stay. Bytes that are not
 * UTF-8 pass unchanged. Feedable in chunks of any size with the same result.
 *
 *     struct screen s;
 *     screen_init(&s, LIMIT_COMMAND_BYTES);
 *     screen_feed(&s, bytes);                     as often as bytes come
 *     struct view line = screen_last_line(&s);    what the cursor stands behind
 *     screen_release(&s);
 *
 * It is a terminal of one line: what is above the current line is never touched again. Moves up
 * and down are ignored, an absolute move to another row begins a new line. The cursor counts
 * bytes; a backspace steps over a whole UTF-8 character. NUL is an ordinary byte except right
 * after CR, where old devices use it as padding. Other control characters show nothing.
 *
 * Pagers: whoever answers "--More--" says so with screen_pager(). However the device then
 * removes it (CR, backspaces, blanks, erase sequences, a new line, or not at all), the text
 * comes out as if it had never been there, blanks at the end of lines included.
 */
#ifndef SESSION_SCREEN_H
#define SESSION_SCREEN_H

#include "base/strbuf.h"
#include "base/view.h"

struct screen {
    struct strbuf text; /* finished lines, then the line being written */
    size_t line_start;  /* where the current line begins in text */
    size_t column;      /* the cursor's byte offset in the current line */
    unsigned row;       /* of the last absolute move, 0 = not known */
    /* the rest is the parser's */
    unsigned char state;
    bool after_cr;
    unsigned sequence_len;
    char sequence[32];
    unsigned char pager;
    size_t pager_start, pager_end; /* in the current line */
};

/* max_bytes: ceiling of text, 0 = LIMIT_COMMAND_BYTES. */
void screen_init(struct screen *s, size_t max_bytes);
void screen_release(struct screen *s);
/* Empty again, at the start of a line, memory kept. */
void screen_clear(struct screen *s);

/* false when max_bytes was passed or memory ran out (what fitted is kept). */
bool screen_feed(struct screen *s, struct view bytes);

/* The line being written up to the cursor, or up to its end if there is more than blanks behind
 * the cursor: where prompts, pagers and questions stand. */
struct view screen_last_line(const struct screen *s);

/* The current line from column start on is a pager that has just been answered. */
void screen_pager(struct screen *s, size_t start);

/* Whether that pager is still there, whole or in parts: it needs no second answer. */
bool screen_pager_stands(const struct screen *s);

/* Forgets the first n bytes of text, at most up to line_start. */
void screen_consume(struct screen *s, size_t n);

/* The same for bytes that are to be kept elsewhere: text up to n (at most line_start) from
 * start on becomes *out, without being copied. false, and nothing done, when memory ran out. */
bool screen_detach(struct screen *s, size_t start, size_t n, struct strbuf *out);

#endif
