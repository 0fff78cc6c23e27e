#include "cli/run_files.h"

#include "cli/trusting.h"

int run_files_open(struct run_files *files, const struct options *options,
                   const struct inventory *inventory, const struct plan *plan, struct err *err)
{
    int rc = 0;
    if (options->failed) {
        rc = failed_open(&files->failed, options->failed, inventory, err);
    }
    if (rc == 0 && options->report) {
        struct report_run run = {COLLECT_VERSION, inventory->path,
                                 trusting_name(options, plan)};
        rc = report_file_open(&files->report, options->report, &run, plan, err);
    }
    if (rc == 0 && options->save_raw) {
        rc = rawtree_open(&files->raw, options->save_raw, plan, err);
    }
    return rc;
}

int run_files_add(struct run_files *files, const struct host_result *result, struct err *err)
{
    if (files->failed && result->status != STATUS_OK) {
        failed_add(files->failed, result->host);
    }
    int rc = files->report ? report_file_add(files->report, result, err) : 0;
    return rc == 0 && files->raw ? rawtree_add(files->raw, result, err) : rc;
}

void run_files_settle(struct run_files *files, const struct plan *plan)
{
    if (files->report) {
        report_file_settle(files->report, plan);
    }
    if (files->raw) {
        rawtree_settle(files->raw, plan);
    }
}

int run_files_close(struct run_files *files, const struct report *totals, bool interrupted,
                    struct err *err)
{
    int rc = 0;
    if (files->failed) {
        rc = failed_close(files->failed, err);
        files->failed = NULL;
    }
    if (files->report) {
        int closed = report_file_close(files->report, totals, interrupted, rc ? NULL : err);
        rc = rc ? rc : closed;
        files->report = NULL;
    }
    if (files->raw) {
        int closed = rawtree_close(files->raw, rc ? NULL : err);
        rc = rc ? rc : closed;
        files->raw = NULL;
    }
    return rc;
}

void run_files_free(struct run_files *files)
{
    failed_free(files->failed);
    report_file_free(files->report);
    rawtree_free(files->raw);
    *files = (struct run_files)RUN_FILES_INIT;
}
