/*
 * The plan of a run: for each host, on its platform, which commands and which template reads each
 * output. Made and checked completely before anything connects.
 */
#ifndef COLLECT_PLAN_H
#define COLLECT_PLAN_H

#include "collect/inventory.h"
#include "output/writer.h"
#include "session/platform.h"
#include "textfsm.h"

/* One table of the run's output: one a template name asked for, over all platforms. Its columns
 * are host, platform, command, collected_at, the inventory data asked for, then the union of the
 * templates' values in first-seen order (lower-case), or `output` for raw text. */
#define PLAN_BASE_COLUMNS 4

struct job_command {
    const char *command; /* what is sent */
    const char *asked;   /* the -t name or -c text that led to it */
    size_t table;        /* in plan.tables */
    /* The templates that read its output: usually one, several are merged on Key; none = raw. */
    const struct textfsm_template *const *templates;
    size_t ntemplates;
    const size_t *column_of; /* merged template column -> column of the table */
    size_t ncolumns;         /* of the merged templates */
};

struct job {
    const struct host *host;
    const struct platform *platform;
    const struct job_command *commands;
    size_t ncommands;
};

struct plan {
    struct arena arena;
    struct job *jobs; /* one a host, in inventory order */
    size_t njobs;
    size_t ncommands; /* of all jobs */
    struct table *tables; /* what the writers get */
    size_t ntables;
};

#endif
