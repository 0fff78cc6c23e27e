/*
 * Cells as text, and the block that writers collect their bytes in: what every format shares.
 */
#ifndef OUTPUT_CELL_H
#define OUTPUT_CELL_H

#include "base/strbuf.h"
#include "output/writer.h"

static inline struct view cell_view(const struct textfsm_cell *cell)
{
    return view_make(cell->u.text, cell->len);
}

static inline struct textfsm_cell cell_text(struct view text)
{
    return (struct textfsm_cell){
        .kind = TEXTFSM_TEXT, .len = (uint32_t)text.len, .u.text = text.ptr};
}

/*
 * The cell as one text: its bytes, or its items joined by sep, dictionaries as compact JSON
 * objects, absent items empty. Borrowed from the cell or, for lists, from scratch, whose
 * contents go.
 */
struct view cell_flat(const struct textfsm_cell *cell, const struct column *column,
                      const char *sep, struct strbuf *scratch);

/* The same, appended. */
void cell_add_flat(struct strbuf *out, const struct textfsm_cell *cell,
                   const struct column *column, const char *sep);

/* ---- JSON -------------------------------------------------------------------------------- */

/*
 * Appends text as a JSON string: valid UTF-8 always (bad bytes become U+FFFD), C0 escaped, and
 * escaped too what could act on a terminal (DEL, C1, bidirectional overrides) or ends a line in
 * JavaScript (U+2028, U+2029).
 */
void json_add_string(struct strbuf *out, struct view text);

/* Appends a cell: a string, an array for a list column, null for an absent item. indent < 0:
 * compact, else pretty, nested this deep. */
void json_add_cell(struct strbuf *out, const struct textfsm_cell *cell,
                   const struct column *column, int indent);

/* ---- Blocks ------------------------------------------------------------------------------ */

/* Bytes collect in buf and reach the sink in large pieces. */
struct block {
    struct strbuf buf;
    struct sink *sink;
};

void block_init(struct block *block, struct sink *sink);
void block_release(struct block *block);

/* After each row: passes the bytes on when there are many. Also tells that memory ran out. */
int block_settle(struct block *block, struct err *err);
int block_flush(struct block *block, struct err *err);

#endif
