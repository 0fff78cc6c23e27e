/* Where a report goes and which format it has. */
#include "audit/report_part.h"

#include "base/outfile.h"
#include "base/vis.h"

#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

const struct audit_format *const audit_formats[] = {
    &audit_format_table,    &audit_format_json,
    &audit_format_ndjson,   &audit_format_csv,
    &audit_format_junit,    &audit_format_sarif,
    &audit_format_xlsx,     &audit_format_html,
    &audit_format_markdown, NULL,
};

struct audit_report {
    struct sink sink;
    const struct audit_format *format;
    struct audit_report_options options;
    struct outfile *file;
    bool safe;           /* a terminal reads it: control characters are escaped on the way */
    struct strbuf shown; /* what becomes of a piece then */
};

static int sink_write(struct sink *sink, const char *bytes, size_t len, struct err *err)
{
    struct audit_report *report = (struct audit_report *)sink;
    if (!report->safe) {
        return outfile_write(report->file, bytes, len, err);
    }
    strbuf_reset(&report->shown);
    vis_add(&report->shown, view_make(bytes, len), VIS_NEWLINE | VIS_TAB);
    if (strbuf_failed(&report->shown)) {
        return err_nomem(err);
    }
    return outfile_write(report->file, report->shown.buf, report->shown.len, err);
}

/* ---- Formats -------------------------------------------------------------------------------
 */

static void add_names(struct strbuf *out)
{
    for (size_t i = 0; audit_formats[i]; i++) {
        strbuf_addf(out, "%s%s", i ? ", " : "", audit_formats[i]->name);
    }
}

const struct audit_format *audit_format_named(const char *name, struct err *err)
{
    for (size_t i = 0; audit_formats[i]; i++) {
        if (strcmp(audit_formats[i]->name, name) == 0) {
            return audit_formats[i];
        }
    }
    struct strbuf names = STRBUF_INIT;
    add_names(&names);
    err_set(err, ERR_USAGE, "unknown format %s; an audit has %s", name, names.buf);
    strbuf_release(&names);
    return NULL;
}

static bool ends_in(const char *path, const char *extension, size_t len)
{
    size_t n = strlen(path);
    return n > len + 1 && path[n - len - 1] == '.' &&
           strncasecmp(path + n - len, extension, len) == 0;
}

/* The format one of whose extensions is the longest that path ends in: "x.sarif.json". */
static const struct audit_format *by_extension(const char *path)
{
    const struct audit_format *found = NULL;
    size_t longest = 0;
    for (size_t i = 0; audit_formats[i]; i++) {
        for (const char *word = audit_formats[i]->extensions; *word;) {
            size_t len = strcspn(word, " ");
            if (len > longest && ends_in(path, word, len)) {
                found = audit_formats[i];
                longest = len;
            }
            word += len + (word[len] == ' ');
        }
    }
    return found;
}

/* The first of all formats is the one for people. */
static const struct audit_format *choose(const struct audit_report_options *options,
                                         struct err *err)
{
    if (options->format || !options->path) {
        return options->format ? options->format : audit_formats[0];
    }
    const struct audit_format *format = by_extension(options->path);
    const char *dot = strchr(audit_base_name(options->path), '.');
    if (!format && dot && dot[1]) {
        struct strbuf names = STRBUF_INIT;
        add_names(&names);
        err_set(err, ERR_USAGE, "%s: no format is known by its extension; give -f (%s)",
                options->path, names.buf);
        strbuf_release(&names);
        return NULL;
    }
    return format ? format : audit_formats[0];
}

/* ---- The report ----------------------------------------------------------------------------
 */

static bool is_folder(const char *path)
{
    struct stat st;
    size_t len = strlen(path);
    return len && (path[len - 1] == '/' || (stat(path, &st) == 0 && S_ISDIR(st.st_mode)));
}

static int check_place(const struct audit_report_options *options,
                       const struct audit_format *format, struct err *err)
{
    if (options->path && is_folder(options->path)) {
        return err_set(err, ERR_USAGE, "%s is a folder; an audit's report is one file",
                       options->path);
    }
    if (!options->path && options->stdout_tty && format->binary) {
        return err_set(err, ERR_USAGE, "-f %s is not for a terminal; give -o FILE",
                       format->name);
    }
    return 0;
}

int audit_report_open(struct audit_report **out, const struct audit_report_options *given,
                      struct err *err)
{
    struct audit_report_options options = *given;
    if (options.path && strcmp(options.path, "-") == 0) {
        options.path = NULL;
    }
    if (options.path) {
        options.stdout_tty = options.color = false;
        options.width = 0;
    }
    const struct audit_format *format = choose(&options, err);
    int status = format ? check_place(&options, format, err) : ERR_USAGE;
    if (status < 0) {
        return status;
    }
    struct audit_report *report = calloc(1, sizeof(*report));
    if (!report) {
        return err_nomem(err);
    }
    report->sink.write = sink_write;
    report->format = format;
    report->options = options;
    report->safe = options.stdout_tty && !format->terminal;
    strbuf_init(&report->shown);
    status = outfile_open(&report->file, options.path, err);
    if (status < 0) {
        report->file = NULL;
        audit_report_abort(report);
        return status;
    }
    *out = report;
    return 0;
}

int audit_report_write(struct audit_report *report, const struct audit *audit, struct err *err)
{
    struct audit_digest digest;
    int status = audit_digest_init(&digest, audit, report->options.all, err);
    if (status == 0) {
        status = report->format->write(&digest, &report->sink, &report->options, err);
        audit_digest_release(&digest);
    }
    if (status == 0) {
        status = outfile_commit(report->file, err);
        report->file = NULL;
    }
    audit_report_abort(report);
    return status;
}

void audit_report_abort(struct audit_report *report)
{
    if (report) {
        outfile_abort(report->file);
        strbuf_release(&report->shown);
        free(report);
    }
}
