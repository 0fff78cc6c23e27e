#include "session/echo.h"

/* Blanks and line feeds in an echo beyond those of its command. */
#define FORGIVEN_MOST 1024

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A blank of the command that was swallowed where the line was wrapped. */
static bool swallowed(struct view text, size_t j, struct view command, size_t i)
{
    return j > 0 && text.ptr[j - 1] == '\n' && i + 1 < command.len && blank(command.ptr[i]) &&
           text.ptr[j] == command.ptr[i + 1];
}

/* Letter by letter, with line feeds and blanks forgiven where a line was wrapped. */
static enum echo spelled(struct view text, struct view command, size_t *end)
{
    size_t i = 0, most = 2 * command.len + FORGIVEN_MOST;
    for (size_t j = 0; j < text.len; j++) {
        char c = text.ptr[j];
        if (i < command.len && c == command.ptr[i]) {
            i++;
        } else if (c == '\n' && i == command.len) {
            *end = j + 1;
            return ECHO_FOUND;
        } else if (swallowed(text, j, command, i)) {
            i += 2;
        } else if ((c == '\n' && i == 0) || (c != '\n' && !blank(c)) || j > most) {
            return ECHO_NONE;
        }
    }
    return ECHO_PARTIAL;
}

static struct view next_word(struct view *text)
{
    size_t from = 0, to;
    while (from < text->len && blank(text->ptr[from])) {
        from++;
    }
    for (to = from; to < text->len && !blank(text->ptr[to]);) {
        to++;
    }
    struct view word = view_slice(*text, from, to);
    *text = view_slice(*text, to, text->len);
    return word;
}

/* Word by word, each begun by what was typed. */
static bool expanded(struct view line, struct view command)
{
    struct view typed, shown;
    do {
        typed = next_word(&command);
        shown = next_word(&line);
        if ((typed.len == 0) != (shown.len == 0) || !view_starts(shown, typed)) {
            return false;
        }
    } while (typed.len > 0);
    return true;
}

static bool scrolled(struct view line, struct view command)
{
    line = view_trim(line);
    return line.len > 1 && (line.ptr[0] == '$' || line.ptr[0] == '<') &&
           view_ends(view_trim(command), view_slice(line, 1, line.len));
}

/* The length of the escape sequence or the other silent byte at the front, 0 = a letter. */
static size_t silent(struct view bytes)
{
    unsigned char c = (unsigned char)bytes.ptr[0];
    size_t n = 2;
    if (c != 0x1b) {
        return c <= ' ' || c == 0x7F ? 1 : 0;
    }
    if (bytes.len > 1 && bytes.ptr[1] == '[') {
        while (n < bytes.len && (unsigned char)bytes.ptr[n] < 0x40) {
            n++;
        }
        n++;
    }
    return n;
}

bool echo_heard(struct view bytes, struct view command)
{
    size_t i = 0;
    for (size_t j = 0; j < bytes.len;) {
        size_t skip = silent(view_slice(bytes, j, bytes.len));
        while (i < command.len && blank(command.ptr[i])) {
            i++;
        }
        if (skip == 0 && (i == command.len || bytes.ptr[j] != command.ptr[i++])) {
            return false;
        }
        j += skip ? skip : 1;
    }
    return i == command.len;
}

enum echo echo_match(struct view text, struct view prompt, struct view command, size_t *end)
{
    if (!view_starts(text, prompt)) {
        return text.len < prompt.len && view_starts(prompt, text) ? ECHO_PARTIAL : ECHO_NONE;
    }
    const char *feed = memchr(text.ptr + prompt.len, '\n', text.len - prompt.len);
    if (!feed) {
        return ECHO_PARTIAL;
    }
    size_t n = 0;
    enum echo found = spelled(view_slice(text, prompt.len, text.len), command, &n);
    if (found == ECHO_FOUND) {
        *end = prompt.len + n;
    } else if (found == ECHO_NONE) {
        struct view line = view_slice(text, prompt.len, (size_t)(feed - text.ptr));
        if (expanded(line, command) || scrolled(line, command)) {
            *end = (size_t)(feed - text.ptr) + 1;
            found = ECHO_FOUND;
        }
    }
    return found;
}
