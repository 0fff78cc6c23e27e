#include "collect/pieces.h"

#include "base/limits.h"
#include "output/cell.h"

#include <stdlib.h>

int pieces_init(struct pieces *pieces, size_t count, struct err *err)
{
    spool_init(&pieces->spool, LIMIT_WAITING_BYTES);
    pieces->count = count;
    pieces->items = calloc(count + 1, sizeof(*pieces->items));
    return pieces->items ? 0 : err_nomem(err);
}

void pieces_release(struct pieces *pieces)
{
    if (pieces->items) {
        spool_release(&pieces->spool);
        free(pieces->items);
        pieces->items = NULL;
    }
}

int pieces_add(struct pieces *pieces, size_t place, const struct strbuf *text, struct err *err)
{
    if (strbuf_failed(text)) {
        return err_nomem(err);
    }
    pieces->items[place] = (struct piece){spool_size(&pieces->spool), text->len};
    return spool_add(&pieces->spool, strbuf_view(text), err);
}

static int write_piece(struct pieces *pieces, const struct piece *piece, struct strbuf *buf,
                       struct outfile *out, struct err *err)
{
    if (!strbuf_grow(buf, piece->len)) {
        return err_nomem(err);
    }
    int rc = spool_read(&pieces->spool, piece->at, buf->buf + buf->len, piece->len, err);
    buf->len += rc == 0 ? piece->len : 0;
    buf->buf[buf->len] = '\0';
    if (rc == 0 && buf->len > KIB(64)) {
        rc = outfile_write(out, buf->buf, buf->len, err);
        strbuf_reset(buf);
    }
    return rc;
}

int pieces_write(struct pieces *pieces, struct outfile *out, struct err *err)
{
    struct strbuf buf = STRBUF_INIT;
    const char *between = "\n";
    int rc = 0;
    for (size_t i = 0; i < pieces->count && rc == 0; i++) {
        if (pieces->items[i].len > 0) {
            strbuf_addstr(&buf, between);
            between = ",\n";
            rc = write_piece(pieces, &pieces->items[i], &buf, out, err);
        }
    }
    if (rc == 0) {
        rc = strbuf_failed(&buf) ? err_nomem(err) : outfile_write(out, buf.buf, buf.len, err);
    }
    strbuf_release(&buf);
    return rc;
}

/* ---- Members -------------------------------------------------------------------------------
 */

void member_key(struct strbuf *out, const char *key)
{
    char last = out->len > 0 ? out->buf[out->len - 1] : '{';
    strbuf_addf(out, "%s\"%s\":", last == '{' ? "" : ",", key);
}

void member_text(struct strbuf *out, const char *key, const char *value)
{
    member_key(out, key);
    if (value) {
        json_add_string(out, view_of(value));
    } else {
        strbuf_addstr(out, "null");
    }
}

void member_number(struct strbuf *out, const char *key, long long value)
{
    member_key(out, key);
    strbuf_addf(out, "%lld", value);
}

void member_bool(struct strbuf *out, const char *key, bool value)
{
    member_key(out, key);
    strbuf_addstr(out, value ? "true" : "false");
}
