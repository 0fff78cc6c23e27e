/*
 * The report of a run: what people are told at its end, and its exit status.
 *
 *     struct report report = REPORT_INIT;
 *     report_add(&report, result);         each finished host, after emit has had it
 *     report_summary(&report, took_ms, &out);
 *     report_failures(&report, &out);
 *     report_release(&report);
 *
 *     Ran 18 commands across 6 hosts in 1.4 s (2 failed)
 *       sw3: login denied (password)
 *       sw5: show version: % Invalid input detected
 */
#ifndef COLLECT_REPORT_H
#define COLLECT_REPORT_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "collect/result.h"

struct report_failure {
    size_t index; /* of the host */
    const char *host;
    enum status status;
    const char *reason;
    struct report_failure *next;
};

struct report {
    struct arena arena;
    size_t hosts, commands, failed, cancelled; /* cancelled hosts are among the failed */
    struct report_failure *failures;           /* the latest first */
    bool nomem;                                /* some failure could not be kept */
};

#define REPORT_INIT                                                                            \
    {                                                                                          \
        ARENA_INIT, 0, 0, 0, 0, NULL, false                                                    \
    }

void report_add(struct report *report, const struct host_result *result);

/* Appends the line that says how it went. */
void report_summary(const struct report *report, ms_t took_ms, struct strbuf *out);
/* Appends a line for each failed host, in inventory order. Of hosts that were only
 * cancelled the first few are named, in one line. The text still has to pass vis.h line by line. */
void report_failures(const struct report *report, struct strbuf *out);

void report_release(struct report *report);

#endif
