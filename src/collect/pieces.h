/*
 * Texts of hosts that come in the order of finishing and leave in the order of the inventory;
 * in between they wait in a spool. And the members of a JSON object, as reports write them.
 *
 *     pieces_init(&pieces, njobs, &err);
 *     pieces_add(&pieces, place, text, &err);            each place at most once
 *     pieces_write(&pieces, outfile, &err);              "\n" piece ",\n" piece ...
 *     pieces_release(&pieces);
 */
#ifndef COLLECT_PIECES_H
#define COLLECT_PIECES_H

#include "base/outfile.h"
#include "base/spool.h"
#include "base/strbuf.h"

struct piece {
    uint64_t at;
    size_t len; /* 0 = not there */
};

struct pieces {
    struct spool spool;
    struct piece *items;
    size_t count;
};

int pieces_init(struct pieces *pieces, size_t count, struct err *err);
void pieces_release(struct pieces *pieces);
int pieces_add(struct pieces *pieces, size_t place, const struct strbuf *text, struct err *err);
int pieces_write(struct pieces *pieces, struct outfile *out, struct err *err);

/* "key": with a comma in front where one is due. */
void member_key(struct strbuf *out, const char *key);
void member_text(struct strbuf *out, const char *key, const char *value); /* NULL: null */
void member_number(struct strbuf *out, const char *key, long long value);
void member_bool(struct strbuf *out, const char *key, bool value);

#endif
