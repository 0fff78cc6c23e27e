/*
 * Collecting: a plan carried out over SSH, with all that the login and run options ask for,
 * its progress, its warnings and what it leaves behind beside the records. `run` and `audit`
 * do it.
 *
 *     struct collecting c = {.options = options, .inventory = &inventory, .plan = &plan,
 *                            .open = ..., COLLECTING_INIT};
 *     collecting_run(&c, &err);
 *     collecting_summarize(&c);            on stderr, unless nothing was begun
 *
 * Where platforms must be found out first (plan->detector), finished hosts wait until the last
 * of those has: then `settle` says which plan it is really, and the records are opened by that
 * one.
 *     collecting_release(&c);
 */
#ifndef CLI_COLLECTING_H
#define CLI_COLLECTING_H

#include "cli/run_files.h"
#include "cli/saving.h"
#include "cli/settle.h"
#include "collect/emit.h"
#include "collect/held.h"
#include "collect/loop.h"
#include "collect/passwords.h"
#include "collect/progress.h"
#include "collect/redact.h"
#include "collect/report.h"

struct collecting {
    const struct options *options;
    const struct inventory *inventory;
    const struct plan *plan;
    /* Opens where the records go: sets saving, or *writer. Called before anything connects;
     * with plan->detector once more when the plan is settled, and before that only sees to it
     * that it will do. */
    int (*open)(struct collecting *c, struct writer **writer, struct err *err);
    /* The plan, `settled`, over an inventory in which the platforms stand. */
    int (*settle)(struct collecting *c, const struct inventory *inventory, struct plan *out,
                  struct err *err);
    /* Takes each finished host in place of records, which are then not opened; may be NULL. */
    int (*each)(struct collecting *c, const struct host_result *result, struct err *err);
    void *user;
    struct saving *saving; /* NULL: not into a database */
    struct db **keep;      /* not NULL: the database stays open, for the caller to close */

    struct settle settling;
    struct held *held;   /* NULL: nothing has to wait for platforms */
    struct plan settled; /* then plan points here */
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

#define COLLECTING_INIT                                                                        \
    .settled = PLAN_INIT, .files = RUN_FILES_INIT, .report = REPORT_INIT, .started = now_ms()

/* Each host of the plan once; what became of them is in report. */
int collecting_run(struct collecting *c, struct err *err);
void collecting_summarize(const struct collecting *c);
void collecting_release(struct collecting *c);

#endif
