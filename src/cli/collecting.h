/*
 * Collecting: a plan carried out over SSH, with all that the login and run options ask for,
 * its progress, its warnings and what it leaves behind beside the records. `run` and `audit`
 * do it.
 *
 *     struct collecting c = {.options = options, .inventory = &inventory, .plan = &plan,
 *                            .open = ..., COLLECTING_INIT};
 *     collecting_run(&c, &err);
 *     collecting_summarize(&c);            on stderr, unless nothing was begun
 *     collecting_release(&c);
 */
#ifndef CLI_COLLECTING_H
#define CLI_COLLECTING_H

#include "cli/run_files.h"
#include "cli/saving.h"
#include "collect/emit.h"
#include "collect/loop.h"
#include "collect/passwords.h"
#include "collect/progress.h"
#include "collect/redact.h"
#include "collect/report.h"

struct collecting {
    const struct options *options;
    const struct inventory *inventory;
    const struct plan *plan;
    /* Opens where the records go: sets saving, or *writer. Called before anything connects. */
    int (*open)(struct collecting *c, struct writer **writer, struct err *err);
    struct saving *saving; /* NULL: not into a database */
    struct db **keep;      /* not NULL: the database stays open, for the caller to close */

    struct passwords *passwords;
    struct emit *emit;
    struct run_files files;
    struct redact *redact; /* NULL: outputs stay as they are */
    struct loop *loop;     /* while it runs */
    struct report report;
    struct progress progress;
    bool stdout_tty;
    bool collected, cancelled; /* it came to an end; by a signal */
    ms_t started;
};

#define COLLECTING_INIT .files = RUN_FILES_INIT, .report = REPORT_INIT, .started = now_ms()

/* Each host of the plan once; what became of them is in report. */
int collecting_run(struct collecting *c, struct err *err);
void collecting_summarize(const struct collecting *c);
void collecting_release(struct collecting *c);

#endif
