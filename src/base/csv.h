/*
 * CSV, RFC 4180, over libcsv: what needs quotes is decided here (only what a reader would else
 * misread), the quoting and all reading is the library's.
 *
 * Writing appends to a strbuf:
 *
 *     struct csv_style style;
 *     csv_style_init(&style, ',', false);
 *     csv_add_record(&style, &sb, cells, ncells);
 *
 * Cells are bytes: any come back as they were from libcsv (strict) and from Python's csv.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/err.h"
#include "base/strbuf.h"
#include "base/view.h"

struct csv_style {
    char delimiter;
    bool crlf;         /* lines end in CR LF, else LF */
    bool special[256]; /* bytes that need quotes wherever they stand */
};

/* Whether c can separate cells: not a quote, a line end, NUL, a blank or beyond ASCII. */
bool csv_delimiter_ok(char c);

void csv_style_init(struct csv_style *style, char delimiter, bool crlf);
/* A record of one empty cell is written as "", since readers skip empty lines. */
void csv_add_record(const struct csv_style *style, struct strbuf *out, const struct view *cells,
                    size_t ncells);

/*
 * Reads a whole text: calls on_record for each record with its fields and the 1-based line
 * where it starts; a byte order mark and blank lines are skipped. The fields live until it
 * returns, each followed by a NUL; negative ends the reading with that code. What is not CSV is
 * ERR_INPUT with path and line; more than LIMIT_CSV_FIELDS fields in a record or
 * LIMIT_CSV_BYTES of text ERR_LIMIT.
 */
typedef int csv_record_fn(void *user, const struct view *fields, size_t nfields, int line,
                          struct err *err);

int csv_read(struct view text, const char *path, char delimiter, csv_record_fn *on_record,
             void *user, struct err *err);

#endif
