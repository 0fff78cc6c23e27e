/*
 * XLSX: Summary, Rules, Hosts, Matrix and Evidence. A sheet shows a thousand rules;
 * more of them go on in a second Matrix.
 */
#include "audit/report_rows.h"

#include "output/formats.h"

#include <stdlib.h>

#define MATRIX_RULES 1000

enum { SUMMARY, RULES, HOSTS, EVIDENCE, MATRIX };

static const struct toned severity_tones[] = {
    {"critical", TONE_BAD}, {"high", TONE_BAD}, {"medium", TONE_WARN}, {NULL, TONE_NONE}};

static const struct column summary_columns[] = {
    {.name = "what", .tones = report_tones},
    {.name = "value", .numeric = true},
};

#define COUNT_COLUMNS                                                                          \
    {.name = "FAIL", .numeric = true}, {.name = "ERROR", .numeric = true},                     \
        {.name = "WAIVED", .numeric = true}, {.name = "PASS", .numeric = true},                \
    {                                                                                          \
        .name = "SKIP", .numeric = true                                                        \
    }

static const struct column rules_columns[] = {
    {.name = "rule", .pinned = true},
    {.name = "severity", .tones = severity_tones},
    {.name = "title"},
    COUNT_COLUMNS,
    {.name = "why"},
    {.name = "fix"},
};

static const struct column hosts_columns[] = {
    {.name = "host", .pinned = true},      {.name = "platform"},
    {.name = "critical", .numeric = true}, {.name = "high", .numeric = true},
    {.name = "medium", .numeric = true},   {.name = "low", .numeric = true},
    {.name = "info", .numeric = true},     COUNT_COLUMNS,
};

#define COLUMNS(array) array, sizeof(array) / sizeof((array)[0])

struct book {
    const struct audit_digest *digest;
    struct column *matrix_columns; /* of all matrices, one after the other */
    struct table *tables;          /* in the order of the sheets */
    size_t ntables, nmatrices;
    struct writer *writer;
    struct report_row row;
};

/* The place of a table among the sheets: matrices stand before the evidence. */
static size_t sheet(const struct book *book, int which, size_t matrix)
{
    return which == MATRIX     ? EVIDENCE + matrix
           : which == EVIDENCE ? EVIDENCE + book->nmatrices
                               : (size_t)which;
}

static int make_tables(struct book *book, struct err *err)
{
    size_t nrules = book->digest->audit->rules->nrules;
    book->nmatrices = nrules ? (nrules + MATRIX_RULES - 1) / MATRIX_RULES : 1;
    book->ntables = EVIDENCE + book->nmatrices + 1;
    book->tables = calloc(book->ntables, sizeof(*book->tables));
    book->matrix_columns = calloc(nrules + book->nmatrices, sizeof(*book->matrix_columns));
    if (!book->tables || !book->matrix_columns) {
        return err_nomem(err);
    }
    book->tables[SUMMARY] = (struct table){"Summary", COLUMNS(summary_columns)};
    book->tables[RULES] = (struct table){"Rules", COLUMNS(rules_columns)};
    book->tables[HOSTS] = (struct table){"Hosts", COLUMNS(hosts_columns)};
    book->tables[sheet(book, EVIDENCE, 0)] = report_evidence_table;
    struct column *column = book->matrix_columns;
    for (size_t m = 0; m < book->nmatrices; m++) {
        struct column *first = column;
        *column++ = (struct column){.name = "host", .pinned = true};
        for (size_t r = m * MATRIX_RULES; r < nrules && r < (m + 1) * MATRIX_RULES; r++) {
            const char *id = book->digest->audit->rules->rules[r].id;
            *column++ = (struct column){.name = id, .tones = report_tones};
        }
        book->tables[sheet(book, MATRIX, m)] =
            (struct table){"Matrix", first, (size_t)(column - first)};
    }
    return 0;
}

/* ---- Sheets --------------------------------------------------------------------------------
 */

static int say(struct book *book, const char *what, const char *value, struct err *err)
{
    report_row_begin(&book->row);
    report_row_text(&book->row, what);
    report_row_text(&book->row, value);
    return value ? report_row_write(&book->row, book->writer, SUMMARY, err) : 0;
}

static int say_number(struct book *book, const char *what, size_t number, struct err *err)
{
    report_row_begin(&book->row);
    report_row_text(&book->row, what);
    report_row_number(&book->row, number);
    return report_row_write(&book->row, book->writer, SUMMARY, err);
}

static int write_about(struct book *book, struct err *err)
{
    const struct audit *audit = book->digest->audit;
    const struct {
        const char *what, *value;
    } lines[] = {{"source", audit->source},
                 {"collected", audit->started},
                 {"judged", audit->judged},
                 {"collect", audit->version}};
    int status = 0;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]) && status == 0; i++) {
        status = say(book, lines[i].what, lines[i].value, err);
    }
    for (size_t i = 0; i < audit->nwarnings && status == 0; i++) {
        status = say(book, "warning", audit->warnings[i], err);
    }
    return status;
}

static int write_summary(struct book *book, struct err *err)
{
    const struct audit *audit = book->digest->audit;
    int status = say_number(book, "hosts", audit->nhosts, err);
    status = status ? status : say_number(book, "rules", audit->rules->nrules, err);
    for (int v = 0; v < VERDICTS && status == 0; v++) {
        status = say_number(book, verdict_names[v], audit->counts[v], err);
    }
    if (status == 0 && audit->compared) {
        status = say_number(book, "worse than the baseline", audit->worse, err);
        status =
            status ? status : say_number(book, "better than the baseline", audit->better, err);
    }
    return status ? status : write_about(book, err);
}

static int write_rules(struct book *book, struct err *err)
{
    int status = 0;
    for (size_t i = 0; i < book->digest->audit->rules->nrules && status == 0; i++) {
        size_t at = book->digest->worst_rules[i];
        const struct rule *rule = &book->digest->audit->rules->rules[at];
        report_row_begin(&book->row);
        report_row_text(&book->row, rule->id);
        report_row_text(&book->row, severity_names[rule->severity]);
        report_row_text(&book->row, rule->title);
        report_row_numbers(&book->row, book->digest->rules[at].counts, VERDICTS);
        report_row_text(&book->row, rule->why);
        report_row_text(&book->row, rule->fix);
        status = report_row_write(&book->row, book->writer, RULES, err);
    }
    return status;
}

static int write_hosts(struct book *book, struct err *err)
{
    int status = 0;
    for (size_t i = 0; i < book->digest->audit->nhosts && status == 0; i++) {
        size_t at = book->digest->worst_hosts[i];
        report_row_begin(&book->row);
        report_row_text(&book->row, book->digest->audit->hosts[at].name);
        report_row_text(&book->row, book->digest->audit->hosts[at].platform);
        for (size_t s = SEVERITY_CRITICAL + 1; s > 0; s--) {
            report_row_number(&book->row, book->digest->hosts[at].fails[s - 1]);
        }
        report_row_numbers(&book->row, book->digest->hosts[at].counts, VERDICTS);
        status = report_row_write(&book->row, book->writer, HOSTS, err);
    }
    return status;
}

static int write_matrix(struct book *book, size_t matrix, struct err *err)
{
    size_t table = sheet(book, MATRIX, matrix), first = matrix * MATRIX_RULES;
    int status = 0;
    for (size_t i = 0; i < book->digest->audit->nhosts && status == 0; i++) {
        size_t host = book->digest->by_name[i];
        report_row_begin(&book->row);
        report_row_text(&book->row, book->digest->audit->hosts[host].name);
        for (size_t r = 0; r + 1 < book->tables[table].ncolumns; r++) {
            const struct audit_finding *finding = digest_finding(book->digest, first + r, host);
            report_row_text(&book->row, digest_shows(book->digest, finding)
                                            ? verdict_names[finding->verdict]
                                            : NULL);
        }
        status = report_row_write(&book->row, book->writer, table, err);
    }
    return status;
}

static int write_sheets(struct book *book, struct err *err)
{
    int status = write_summary(book, err);
    status = status ? status : write_rules(book, err);
    status = status ? status : write_hosts(book, err);
    for (size_t m = 0; m < book->nmatrices && status == 0; m++) {
        status = write_matrix(book, m, err);
    }
    return status ? status
                  : report_write_evidence(book->digest, &book->row, book->writer,
                                          sheet(book, EVIDENCE, 0), true, err);
}

static int write_xlsx(const struct audit_digest *digest, struct sink *sink,
                      const struct audit_report_options *options, struct err *err)
{
    struct writer_options how = {.warn = options->warn, .user = options->user};
    struct book book = {.digest = digest};
    report_row_init(&book.row);
    int status = make_tables(&book, err);
    if (status == 0) {
        status = format_xlsx.open(&book.writer, sink, book.tables, book.ntables, &how, err);
    }
    if (status == 0) {
        status = report_end(book.writer, write_sheets(&book, err), err);
    }
    report_row_release(&book.row);
    free(book.tables);
    free(book.matrix_columns);
    return status;
}

const struct audit_format audit_format_xlsx = {
    .name = "xlsx",
    .extensions = "xlsx",
    .help = "a spreadsheet: summary, matrix of hosts and rules in colour, evidence",
    .binary = true,
    .write = write_xlsx,
};
