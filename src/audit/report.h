/*
 * Reports: what an audit found, for people, spreadsheets and other programs.
 *
 *     struct audit_report_options options = {.path = "audit.sarif", .stdout_tty = isatty(1)};
 *     struct audit_report *report;
 *     audit_report_open(&report, &options, &err);          before anything connects
 *     audit_report_write(report, audit, &err);             or audit_report_abort(report)
 *
 * -o names nothing or "-" = stdout; else a file, which appears whole or stays what it was. The
 * format is -f's, else the extension's, else text for people (`table`), on a terminal or not.
 *
 * All reports show the same findings. Those for people and XLSX tell the worst first; the
 * others go by rule as the files have them, then by host. Hosts go by name, numbers within
 * names by value. After audit_compare() only what became worse or better is shown, unless
 * options.all; the counts are always those of the whole audit.
 *
 * Apart from times and `source`, two reports of the same rules over the same outputs are the
 * same bytes: nothing in them depends on the order in which devices answered, on paths or on
 * how they were reached. Times are `judged`, `started` and each evidence's `collected_at`.
 *
 * Whatever a device said is data: escaped for a terminal, for XML, HTML, JSON and CSV, never a
 * formula and never markup. What these forms cannot hold (control characters, bytes that are no
 * UTF-8) is shown as base/vis.h shows it, in JSON and SARIF as JSON's own escapes and U+FFFD.
 *
 * ---- json and ndjson ----
 *
 * json is one object, ndjson its `findings`, a line each:
 *
 *     {
 *       "audit": {"source", "judged", "started", "version", "compared": true or false,
 *                 "rule_files": [{"name", "sha256"}]},
 *       "summary": {"hosts", "rules", "findings", "fail", "error", "waived", "pass", "skip",
 *                   "worse", "better"},                        numbers
 *       "rules": [{"id", "title", "severity", "kind", "why", "fix",
 *                  "fail", "error", "waived", "pass", "skip"}],
 *       "hosts": [{"name", "platform", "fail", "error", "waived", "pass", "skip"}],
 *       "findings": [{
 *         "rule", "severity", "title", "host", "platform",
 *         "verdict": "FAIL", "ERROR", "WAIVED", "PASS" or "SKIP",
 *         "trend": "worse", "better" or null,
 *         "reason": text or null, "violations": number,
 *         "waiver": null or {"owner", "reason", "expires", "expired": true or false},
 *         "evidence": [{"command", "line": number or null, "text", "expected", "template",
 *                       "template_fingerprint", "collected_at", "output_sha256"}]
 *       }],
 *       "warnings": [text]
 *     }
 *
 * Every key is always there; what is unknown is null. evidence holds the first LIMIT_EVIDENCE
 * of the violations.
 *
 * ---- csv ----
 *
 * A line an evidence, one for a finding that has none: rule, severity, title, host, platform,
 * verdict, trend, reason, violations, violation (its number, from 1), command, line, text,
 * expected, template, template_fingerprint, collected_at, output_sha256, waiver_owner,
 * waiver_expires, waiver_reason. Cells that a spreadsheet would run as formulas start with '.
 *
 * ---- junit ----
 *
 * A testsuite a rule, a testcase a host: failure (FAIL), error (ERROR), skipped (WAIVED and
 * SKIP). Valid under both schemas that are in use, Ant's and Jenkins'.
 *
 * ---- sarif ----
 *
 * SARIF 2.1.0, a result a finding: kind fail, open (ERROR), pass or notApplicable (SKIP); level
 * error (critical, high), warning (medium) or note; a waiver is an external suppression. The
 * artifact is HOST/COMMAND, the region the line of its raw output. Against a baseline FAIL and
 * ERROR are new or unchanged, what they are no longer is absent.
 *
 * ---- xlsx, html, markdown ----
 *
 * xlsx: the sheets Summary, Rules, Hosts, Matrix (host x rule, in colour) and Evidence. html:
 * one page that needs nothing else and loads nothing. markdown: tables for a ticket.
 */
#ifndef AUDIT_REPORT_H
#define AUDIT_REPORT_H

#include "audit/audit.h"

#include <stdbool.h>

struct audit_report_options {
    const char *path;                  /* -o, NULL = stdout */
    const struct audit_format *format; /* -f, NULL = as above */
    bool stdout_tty;                   /* stdout is a terminal: no binary formats there */
    bool color;                        /* escape sequences are welcome on stdout */
    unsigned width;                    /* of the terminal, 0 = unlimited */
    bool all; /* for people also each PASS and SKIP; and with a baseline what is unchanged */
    /* Told once for each kind of thing that could not be written as it is (a cell cut short);
     * may be NULL. One line, without a newline. */
    void (*warn)(void *user, const char *text);
    void *user;
};

struct audit_report;

/* ERR_USAGE: a format that does not fit. ERR_OUTPUT: the place cannot be written. What options
 * points to must outlive the report. */
int audit_report_open(struct audit_report **out, const struct audit_report_options *options,
                      struct err *err);
/* Writes all of it and puts it in its place; frees the report also when it fails. */
int audit_report_write(struct audit_report *report, const struct audit *audit, struct err *err);
void audit_report_abort(struct audit_report *report); /* NULL is fine */

/* -f NAME: its format, or NULL with an error (ERR_USAGE) that lists the names. */
const struct audit_format *audit_format_named(const char *name, struct err *err);

/* All formats for --help and completion, NULL-terminated. */
struct audit_digest;
struct sink;
struct audit_format {
    const char *name;       /* -f NAME */
    const char *extensions; /* "md markdown"; may hold dots */
    const char *help;
    bool binary;   /* not for a terminal */
    bool terminal; /* makes its own text terminal-safe */
    int (*write)(const struct audit_digest *digest, struct sink *sink,
                 const struct audit_report_options *options, struct err *err);
};
extern const struct audit_format *const audit_formats[];

#endif
