/*
 * --report FILE: a run as one JSON document, for machines and for later. What each host and
 * command came to, with reasons, times, sizes and what the connection was like; and what the
 * run was: who, when, with which inventory, templates and version. No outputs, no secrets.
 * A job whose platform was found out has it as `platform`, and what told it as
 * `platform_found_by`; one whose platform was not found has "auto".
 *
 *     report_file_open(&file, path, &run, &plan, &err);      before anything connects
 *     report_file_add(file, result, &err);                   each finished host, after emit
 *     report_file_close(file, &totals, &err);                or report_file_free(file)
 *
 * Jobs are in inventory order; what is finished early waits on disk.
 */
#ifndef COLLECT_REPORT_FILE_H
#define COLLECT_REPORT_FILE_H

#include "collect/plan.h"
#include "collect/report.h"
#include "collect/result.h"

struct report_file;

struct report_run {
    const char *version;   /* of collect */
    const char *inventory; /* path, NULL = none */
    const char *host_keys; /* "strict" */
};

/* The plan must outlive it. */
int report_file_open(struct report_file **out, const char *path, const struct report_run *run,
                     const struct plan *plan, struct err *err);
int report_file_add(struct report_file *file, const struct host_result *result,
                    struct err *err);

/* Another plan with the same jobs: what they run has become known. */
void report_file_settle(struct report_file *file, const struct plan *plan);

/* Puts the file in its place, and frees. */
int report_file_close(struct report_file *file, const struct report *totals, bool interrupted,
                      struct err *err);
void report_file_free(struct report_file *file); /* NULL is fine */

#endif
