/*
 * Any bytes on the screen, whole and in pieces (the first byte says how large): the same text,
 * the same last line. \x01 stands for "here a pager that begins at the line's start is
 * answered".
 */
#include "session/screen.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_BYTES 5000 /* small, so that the ceiling is met */

static void feed(struct screen *s, const uint8_t *data, size_t size, size_t chunk)
{
    for (size_t i = 0; i < size;) {
        size_t n = 0;
        while (n < chunk && i + n < size && data[i + n] != 1) {
            n++;
        }
        char *piece = malloc(n ? n : 1);
        if (!piece) {
            abort();
        }
        memcpy(piece, data + i, n);
        screen_feed(s, view_make(piece, n));
        free(piece);
        i += n;
        if (i < size && data[i] == 1) {
            screen_pager(s, 0);
            i++;
        }
    }
}

static void check(const struct screen *s)
{
    struct view last = screen_last_line(s);
    if (s->text.len > MOST_BYTES || s->line_start > s->text.len ||
        last.ptr + last.len > s->text.buf + s->text.len) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct screen whole, pieces;
    if (size == 0) {
        return 0;
    }
    screen_init(&whole, MOST_BYTES);
    screen_init(&pieces, MOST_BYTES);
    feed(&whole, data + 1, size - 1, size);
    feed(&pieces, data + 1, size - 1, (size_t)data[0] + 1);
    check(&whole);
    check(&pieces);
    if (!view_equal(strbuf_view(&whole.text), strbuf_view(&pieces.text)) ||
        !view_equal(screen_last_line(&whole), screen_last_line(&pieces)) ||
        screen_pager_stands(&whole) != screen_pager_stands(&pieces)) {
        abort();
    }
    screen_consume(&pieces, size / 2);
    screen_feed(&pieces, VIEW("x\r\n"));
    check(&pieces);
    screen_release(&whole);
    screen_release(&pieces);
    return 0;
}
