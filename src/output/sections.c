#include "output/sections.h"

#include "base/limits.h"

#include <stdlib.h>

#define PIECE ((size_t)64 << 10)

int sections_init(struct sections *sections, size_t n, struct err *err)
{
    *sections = (struct sections){.n = n};
    strbuf_init(&sections->row);
    sections->items = calloc(n + 1, sizeof(*sections->items));
    if (!sections->items) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        spool_init(&sections->items[i].text, LIMIT_SPOOL_BYTES);
    }
    return 0;
}

void sections_release(struct sections *sections)
{
    for (size_t i = 0; sections->items && i < sections->n; i++) {
        spool_release(&sections->items[i].text);
    }
    free(sections->items);
    strbuf_release(&sections->row);
}

struct strbuf *sections_row(struct sections *sections)
{
    strbuf_reset(&sections->row);
    return &sections->row;
}

int sections_keep(struct sections *sections, size_t i, struct err *err)
{
    if (strbuf_failed(&sections->row)) {
        return err_nomem(err);
    }
    sections->items[i].rows++;
    return spool_add(&sections->items[i].text, strbuf_view(&sections->row), err);
}

int sections_pour(struct sections *sections, size_t i, struct block *block, struct err *err)
{
    struct spool *text = &sections->items[i].text;
    struct spool_cursor cursor;
    spool_seek(&cursor, text, 0);
    int status = 0;
    for (uint64_t left = spool_size(text); left > 0 && status == 0;) {
        size_t n = left < PIECE ? (size_t)left : PIECE;
        struct view piece;
        status = spool_next(&cursor, n, &piece, err);
        if (status == 0) {
            strbuf_addview(&block->buf, piece);
            status = block_settle(block, err);
        }
        left -= n;
    }
    spool_cursor_release(&cursor);
    return status;
}
