#include "audit/report_rows.h"

#include <stdlib.h>

const struct toned report_tones[] = {
    {"FAIL", TONE_BAD},  {"ERROR", TONE_WARN}, {"WAIVED", TONE_NOTE},
    {"PASS", TONE_GOOD}, {"SKIP", TONE_DIM},   {NULL, TONE_NONE},
};

/* ---- A row ---------------------------------------------------------------------------------
 */

void report_row_init(struct report_row *row)
{
    *row = (struct report_row){.arena = ARENA_INIT};
}

void report_row_release(struct report_row *row)
{
    free(row->cells);
    arena_release(&row->arena);
}

void report_row_begin(struct report_row *row)
{
    row->n = 0;
    arena_reset(&row->arena);
}

static void add_cell(struct report_row *row, struct textfsm_cell cell)
{
    if (row->n == row->room) {
        size_t room = row->room ? 2 * row->room : 32;
        struct textfsm_cell *cells = realloc(row->cells, room * sizeof(*cells));
        if (!cells) {
            row->failed = true;
            return;
        }
        row->cells = cells;
        row->room = room;
    }
    row->cells[row->n++] = cell;
}

void report_row_text(struct report_row *row, const char *text)
{
    add_cell(row, cell_text(view_of(text ? text : "")));
}

void report_row_number(struct report_row *row, size_t number)
{
    const char *text = arena_printf(&row->arena, "%zu", number);
    row->failed |= !text;
    report_row_text(row, text);
}

void report_row_numbers(struct report_row *row, const size_t *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        report_row_number(row, numbers[i]);
    }
}

int report_row_write(struct report_row *row, struct writer *writer, size_t table,
                     struct err *err)
{
    return row->failed ? err_nomem(err) : writer_row(writer, table, row->cells, err);
}

int report_end(struct writer *writer, int status, struct err *err)
{
    if (status < 0) {
        writer_abort(writer);
        return status;
    }
    return writer_close(writer, err);
}

/* ---- Evidence ------------------------------------------------------------------------------
 */

static const struct column evidence_columns[] = {
    {.name = "rule"},
    {.name = "severity"},
    {.name = "title"},
    {.name = "host"},
    {.name = "platform"},
    {.name = "verdict", .tones = report_tones},
    {.name = "trend"},
    {.name = "reason"},
    {.name = "violations", .numeric = true},
    {.name = "violation", .numeric = true},
    {.name = "command"},
    {.name = "line", .numeric = true},
    {.name = "text"},
    {.name = "expected"},
    {.name = "template"},
    {.name = "template_fingerprint"},
    {.name = "collected_at"},
    {.name = "output_sha256"},
    {.name = "waiver_owner"},
    {.name = "waiver_expires"},
    {.name = "waiver_reason"},
};

const struct table report_evidence_table = {
    "Evidence", evidence_columns, sizeof(evidence_columns) / sizeof(evidence_columns[0])};

struct writing {
    struct report_row *row;
    struct writer *writer;
    size_t table;
    bool quiet;
};

static void add_number_or_nothing(struct report_row *row, size_t number)
{
    if (number) {
        report_row_number(row, number);
    } else {
        report_row_text(row, NULL);
    }
}

static int write_line(const struct writing *w, const struct audit_finding *finding, size_t i,
                      struct err *err)
{
    static const struct evidence nothing;
    static const struct waiver no_waiver;
    bool seen = i < finding->nevidence;
    const struct evidence *evidence = seen ? &finding->evidence[i] : &nothing;
    const struct waiver *waiver = finding->waiver ? finding->waiver : &no_waiver;
    const char *const finding_texts[] = {finding->rule->id,
                                         severity_names[finding->rule->severity],
                                         finding->rule->title,
                                         finding->host->name,
                                         finding->host->platform,
                                         verdict_names[finding->verdict],
                                         audit_trend_name(finding->trend),
                                         finding->reason};
    const char *const evidence_texts[] = {
        evidence->text,        evidence->expected,     evidence->template_name,
        evidence->fingerprint, evidence->collected_at, evidence->sha256,
        waiver->owner,         waiver->expires,        waiver->reason};
    report_row_begin(w->row);
    for (size_t t = 0; t < sizeof(finding_texts) / sizeof(finding_texts[0]); t++) {
        report_row_text(w->row, finding_texts[t]);
    }
    report_row_number(w->row, finding->violations);
    add_number_or_nothing(w->row, seen ? i + 1 : 0);
    report_row_text(w->row, evidence->command);
    add_number_or_nothing(w->row, evidence->line);
    for (size_t t = 0; t < sizeof(evidence_texts) / sizeof(evidence_texts[0]); t++) {
        report_row_text(w->row, evidence_texts[t]);
    }
    return report_row_write(w->row, w->writer, w->table, err);
}

static int on_finding(void *user, const struct audit_finding *finding, struct err *err)
{
    const struct writing *w = user;
    if (w->quiet && finding->verdict > VERDICT_WAIVED && finding->trend == TREND_NONE) {
        return 0;
    }
    int status = 0;
    for (size_t i = 0; status == 0 && (i == 0 || i < finding->nevidence); i++) {
        status = write_line(w, finding, i, err);
    }
    return status;
}

int report_write_evidence(const struct audit_digest *digest, struct report_row *row,
                          struct writer *writer, size_t table, bool quiet, struct err *err)
{
    struct writing w = {row, writer, table, quiet};
    return digest_each(digest, on_finding, &w, err);
}
