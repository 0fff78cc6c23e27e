/* CSV: a line an evidence. */
#include "audit/report_rows.h"

#include "output/formats.h"

static int write_csv(const struct audit_digest *digest, struct sink *sink,
                     const struct audit_report_options *options, struct err *err)
{
    /* Whoever opens it in a spreadsheet runs nothing that a device said. */
    struct writer_options how = {.tty = options->stdout_tty,
                                 .guard = true,
                                 .warn = options->warn,
                                 .user = options->user};
    struct report_row row;
    report_row_init(&row);
    struct writer *writer;
    int status = format_csv.open(&writer, sink, &report_evidence_table, 1, &how, err);
    if (status == 0) {
        status = report_write_evidence(digest, &row, writer, 0, false, err);
        status = report_end(writer, status, err);
    }
    report_row_release(&row);
    return status;
}

const struct audit_format audit_format_csv = {
    .name = "csv",
    .extensions = "csv",
    .help = "a line an evidence, every finding",
    .write = write_csv,
};
