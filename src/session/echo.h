/*
 * Finding a command's echo: the line in which the device shows its prompt and, behind it, what
 * was typed. Lines come from the screen, so redraws with backspaces or CR are already gone.
 * What is left to forgive:
 *
 *     sw1#show version                    plain
 *     sw1#show interfaces sta             wrapped at the device's width, at any place
 *     tus
 *     sw1#$ces status | include up        scrolled: `$` or `<` and the end of the command
 *     user@r1> show version               expanded: `sh ver` was typed, the device completed it
 */
#ifndef SESSION_ECHO_H
#define SESSION_ECHO_H

#include "base/view.h"

enum echo {
    ECHO_NONE,    /* this line is not it */
    ECHO_PARTIAL, /* it may become it when more comes */
    ECHO_FOUND,
};

/*
 * A device that wraps by itself (a blank and CR at its right margin) writes over its own prompt
 * on our unbounded line. So its bytes as they came, up to their first line feed, are the second
 * witness: whether their letters, blanks and controls aside, are those of the command.
 */
bool echo_heard(struct view bytes, struct view command);

/* text begins with the line in question. FOUND sets *end behind the echo's last line feed. */
enum echo echo_match(struct view text, struct view prompt, struct view command, size_t *end);

#endif
