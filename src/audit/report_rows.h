/*
 * Findings as rows of tables, for the formats that have a writer already: CSV, XLSX, Markdown
 * and the tables within the text for people. A row is gathered cell by cell:
 *
 *     struct report_row row;
 *     report_row_init(&row);
 *     report_row_begin(&row);
 *     report_row_text(&row, host->name);              borrowed until the row is written
 *     report_row_number(&row, counts[VERDICT_FAIL]);
 *     report_row_write(&row, writer, table, &err);
 *     report_row_release(&row);
 */
#ifndef AUDIT_REPORT_ROWS_H
#define AUDIT_REPORT_ROWS_H

#include "audit/report_part.h"
#include "base/arena.h"

struct report_row {
    struct textfsm_cell *cells;
    size_t n, room;
    struct arena arena; /* numbers as text, until the next row */
    bool failed;
};

void report_row_init(struct report_row *row);
void report_row_release(struct report_row *row);

void report_row_begin(struct report_row *row);
void report_row_text(struct report_row *row, const char *text); /* NULL: an empty cell */
void report_row_number(struct report_row *row, size_t number);
void report_row_numbers(struct report_row *row, const size_t *numbers, size_t n);
int report_row_write(struct report_row *row, struct writer *writer, size_t table,
                     struct err *err);

/* A line an evidence, one for a finding that has none: what CSV and XLSX hold. quiet: without
 * PASS and SKIP that were so before. */
extern const struct table report_evidence_table;
int report_write_evidence(const struct audit_digest *digest, struct report_row *row,
                          struct writer *writer, size_t table, bool quiet, struct err *err);

/* Ends the writer either way: what was written counts when status is 0. */
int report_end(struct writer *writer, int status, struct err *err);

/* The colours of verdicts. */
extern const struct toned report_tones[];

#endif
