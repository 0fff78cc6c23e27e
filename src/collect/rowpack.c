#include "collect/rowpack.h"

/* What stands before a row's cells. */
struct head {
    uint32_t table;
    uint32_t ncells;
    uint64_t bytes; /* of the cells */
};

static void add_cell(struct strbuf *out, const struct textfsm_cell *cell)
{
    uint32_t head[2] = {cell->kind, cell->len};
    strbuf_add(out, head, sizeof(head));
    if (cell->kind == TEXTFSM_TEXT) {
        strbuf_add(out, cell->u.text, cell->len);
        return;
    }
    for (uint32_t i = 0; cell->kind != TEXTFSM_NULL && i < cell->len; i++) {
        add_cell(out, &cell->u.items[i]);
    }
}

void rowpack_add(struct strbuf *out, uint32_t table, const struct textfsm_cell *cells,
                 size_t ncells)
{
    size_t start = out->len;
    struct head head = {table, (uint32_t)ncells, 0};
    strbuf_add(out, &head, sizeof(head));
    for (size_t i = 0; i < ncells; i++) {
        add_cell(out, &cells[i]);
    }
    if (!strbuf_failed(out)) {
        head.bytes = out->len - start - sizeof(head);
        memcpy(out->buf + start, &head, sizeof(head));
    }
}

/* n cells from the front of *bytes; NULL when memory ran out. */
static struct textfsm_cell *take_cells(struct view *bytes, uint32_t n, struct arena *arena)
{
    struct textfsm_cell *cells = arena_array(arena, n, sizeof(*cells));
    for (uint32_t i = 0; cells && i < n; i++) {
        uint32_t head[2];
        memcpy(head, bytes->ptr, sizeof(head));
        *bytes = view_slice(*bytes, sizeof(head), bytes->len);
        cells[i].kind = head[0];
        cells[i].len = head[1];
        if (head[0] == TEXTFSM_TEXT) {
            cells[i].u.text = bytes->ptr;
            *bytes = view_slice(*bytes, head[1], bytes->len);
        } else if (head[0] != TEXTFSM_NULL) {
            cells[i].u.items = take_cells(bytes, head[1], arena);
            if (!cells[i].u.items) {
                return NULL;
            }
        }
    }
    return cells;
}

int rowpack_next(struct spool_cursor *cursor, struct arena *arena, struct rowpack_row *row,
                 struct err *err)
{
    struct view bytes;
    struct head head;
    int status = spool_next(cursor, sizeof(head), &bytes, err);
    if (status < 0) {
        return status;
    }
    memcpy(&head, bytes.ptr, sizeof(head));
    status = spool_next(cursor, (size_t)head.bytes, &bytes, err);
    if (status < 0) {
        return status;
    }
    arena_reset(arena);
    *row =
        (struct rowpack_row){head.table, head.ncells, take_cells(&bytes, head.ncells, arena)};
    return row->cells ? 0 : err_nomem(err);
}
