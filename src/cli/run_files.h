/*
 * What a run leaves behind beside its records: --failed, --report, --save-raw. All files are
 * opened before anything connects and put in their places at the end, also of an interrupted
 * run.
 */
#ifndef CLI_RUN_FILES_H
#define CLI_RUN_FILES_H

#include "cli/options.h"
#include "collect/failed.h"
#include "collect/rawtree.h"
#include "collect/report_file.h"

struct run_files {
    struct failed *failed;
    struct report_file *report;
    struct rawtree *raw;
};

#define RUN_FILES_INIT                                                                         \
    {                                                                                          \
        NULL, NULL, NULL                                                                       \
    }

int run_files_open(struct run_files *files, const struct options *options,
                   const struct inventory *inventory, const struct plan *plan, struct err *err);

/* Each finished host, after emit has had it. */
int run_files_add(struct run_files *files, const struct host_result *result, struct err *err);

/* Another plan with the same jobs, before the first of them is added. */
void run_files_settle(struct run_files *files, const struct plan *plan);

int run_files_close(struct run_files *files, const struct report *totals, bool interrupted,
                    struct err *err);
void run_files_free(struct run_files *files);

#endif
