/*
 * Reports for scripts: writes the report of an audit that was made by hand.
 *
 *     driver-audit-report CASE [-f FORMAT] [-o PATH] [--tty WIDTH] [--color] [--all] [--time]
 *
 * CASE: see made.h. Ends with the exit status
 * that collect would.
 */
#include "made.h"

#include "base/deadline.h"
#include "base/tempfile.h"

#include <stdio.h>

/* ---- The options ---------------------------------------------------------------------------
 */

static void warn(void *user, const char *text)
{
    (void)user;
    fprintf(stderr, "warning: %s\n", text);
}

static bool take(struct audit_report_options *options, char ***args, struct err *err)
{
    const char *option = *(*args)++;
    if (strcmp(option, "--color") == 0) {
        options->color = true;
    } else if (strcmp(option, "--all") == 0) {
        options->all = true;
    } else if (strcmp(option, "--tty") == 0 && **args) {
        options->stdout_tty = true;
        options->width = (unsigned)strtoul(*(*args)++, NULL, 10);
    } else if (strcmp(option, "-o") == 0 && **args) {
        options->path = *(*args)++;
    } else if (strcmp(option, "-f") == 0 && **args) {
        options->format = audit_format_named(*(*args)++, err);
        return options->format != NULL;
    } else {
        err_set(err, ERR_USAGE, "unknown option %s", option);
        return false;
    }
    return true;
}

static int write_report(const struct audit_report_options *options, const struct audit *audit,
                        struct err *err)
{
    struct audit_report *report;
    int status = audit_report_open(&report, options, err);
    return status ? status : audit_report_write(report, audit, err);
}

int main(int argc, char **argv)
{
    struct audit_report_options options = {.warn = warn};
    struct arena arena = ARENA_INIT;
    struct made made = {0};
    struct err err = ERR_INIT;
    bool time = argc > 2 && strcmp(argv[argc - 1], "--time") == 0;
    argv[argc - time] = NULL;
    if (argc < 2 || !make_case(&made, argv[1], &arena)) {
        err_set(&err, ERR_USAGE, "which case?");
    }
    for (char **args = argv + 2; err.code == 0 && *args;) {
        take(&options, &args, &err);
    }
    tempfile_guard_signals();
    int64_t start = now_us();
    if (err.code == 0) {
        write_report(&options, &made.audit, &err);
    }
    if (time) {
        fprintf(stderr, "%.3f\n", (double)(now_us() - start) / 1e6);
    }
    if (err.code && err.code != ERR_PIPE) {
        fprintf(stderr, "%s\n", err.text);
    }
    free(made.findings);
    arena_release(&arena);
    return err_exit_status(err.code);
}
