/*
 * The plan of a run: for each host, on its platform, which commands and which template reads
 * each output. Made and checked completely before anything connects.
 *
 *     struct plan plan = PLAN_INIT;
 *     if (plan_make(&plan, &inventory, library, &request, &err) < 0) ...
 *     plan_release(&plan);
 *
 * What -t NAME runs on a platform: the command that platform.yml maps NAME to; else the Command
 * of the index row whose template has that name, written out in full; else NAME with blanks for
 * `_`, where the index takes that for the same template; else it is an error that says to give
 * -c. What parses the output of -c TEXT is what the index says, or nothing: then the text
 * itself is the record. Hosts of one platform share their commands.
 *
 * Hosts of `platform: auto` have a job without a platform. Its commands only stand for what was
 * asked; what would really run is in the plan's choices, for each platform that may turn up.
 * Such a plan is for running, not for writing: its tables hold the columns of all choices. Once
 * the platforms are known, the plan is made once more, as if they had been said (`settled`).
 */
#ifndef COLLECT_PLAN_H
#define COLLECT_PLAN_H

#include "collect/inventory.h"
#include "collect/library.h"
#include "collect/result.h"
#include "output/writer.h"
#include "session/platform.h"
#include "textfsm.h"

/* One table of the run's output: one a template name, over all platforms, and one (`output`)
 * for all raw text. Its columns are host, platform, command, collected_at, the inventory data
 * asked for, then the union of the templates' values in first-seen order (lower-case), or
 * `output`. Where a value has the name of a column of the run, it keeps it and the run's gets a
 * `_` in front. */
#define PLAN_BASE_COLUMNS 4

struct job_command {
    const char *command; /* what is sent */
    const char *asked;   /* the -t name or -c text that led to it */
    bool by_name;        /* it was a -t */
    const char *why;     /* for people: "templates/index line 12 (sh[[ow]] ver[[sion]])" */
    size_t table;        /* in plan.tables */
    const struct textfsm_table *reader; /* reads its output; NULL = raw */
    const char *template_path; /* the reader's files as the index has them; NULL = raw */
    const char *fingerprint;   /* of their bytes, SHA-256 as hex; NULL = raw */
    const size_t *column_of;   /* the reader's column -> column of the table */
    size_t ncolumns;
};

/* What became of an ask on a platform, in plans that are lenient. */
struct job_ask {
    const char *text; /* the template's name or the command */
    bool template;
    bool records;     /* its records are wanted, not only the text */
    size_t command;   /* of the job's commands: the one that answers it; PLAN_LACKS = none */
    const char *lack; /* why none does */
};
#define PLAN_LACKS ((size_t)-1)

struct job {
    const struct host *host;
    const struct platform *platform; /* NULL: auto, and not known */
    const struct job_command *commands;
    size_t ncommands;
    const struct job_ask *asks; /* lenient plans only */
    size_t nasks;
};

/* What a platform means for hosts whose platform is not said. */
struct plan_choice {
    const struct platform *platform;
    const struct job_command *commands;
    size_t ncommands;
    const char *why_not; /* NULL: it can run all that was asked */
};

struct plan {
    struct arena arena;
    struct job *jobs; /* one a host, in inventory order */
    size_t njobs;
    struct job *idle; /* lenient plans: hosts that have nothing to do, likewise */
    size_t nidle;
    size_t ncommands;     /* of all jobs */
    struct table *tables; /* what the writers get */
    size_t ntables;
    const char *const *data; /* the inventory data that are columns behind the first four */
    size_t ndata;
    const struct detector *detector; /* NULL: every platform is said */
    struct plan_choice *choices;
    size_t nchoices;
};

#define PLAN_INIT                                                                              \
    {                                                                                          \
        ARENA_INIT, NULL, 0, NULL, 0, 0, NULL, 0, NULL, 0, NULL, NULL, 0                       \
    }

struct plan_ask {
    bool template; /* -t: text is a template's name; else -c: a command */
    const char *text;
    const char *const *platforms; /* only there, NULL-terminated, by any of their names; NULL =
                                     everywhere */
    bool raw;          /* of a command: its text is wanted, whatever template would read it */
    const char *where; /* for messages: who asks, "rules.yml:3"; NULL = the command line */
};

struct plan_request {
    const struct plan_ask *asks; /* none: only platforms are to be found out */
    size_t nasks;
    const char *template_file; /* reads the output of every -c; NULL = by the index */
    bool allow_changes;        /* also commands that do not only read */
    bool lenient; /* what is asked everywhere may be lacking somewhere, and jobs say what became
                     of each ask; a command is run once, whoever asked for it */
    const char *const *data; /* keys of inventory data that become columns */
    size_t ndata;
    bool settled;            /* hosts that still are `auto` will not be asked any more */
    bool nobody;             /* hosts only stand for their platforms: an index that tells hosts
                                apart is not asked by their names */
    const struct plan *like; /* lenient and settled: who has a job there has one here, too */
};

/* inventory and library must outlive the plan; *plan must be released in any case. ERR_INPUT: a
 * platform or template that is unknown or unusable; ERR_USAGE: a command that would change. */
int plan_make(struct plan *plan, const struct inventory *inventory, struct library *library,
              const struct plan_request *request, struct err *err);
void plan_release(struct plan *plan);

/* Leaves out the commands that keep says no to, and hosts that then have none. */
int plan_keep(struct plan *plan,
              bool (*keep)(void *user, const struct host *host, const char *command),
              void *user, struct err *err);

/* What the platform means for the plan's hosts of `platform: auto`; NULL: nothing is said. */
const struct plan_choice *plan_choice(const struct plan *plan, const struct platform *platform);

/* The host's job, NULL when it is not of this plan. Jobs are in the order of host->index, which
 * is what a host is known by: it may be a copy. */
const struct job *plan_job(const struct plan *plan, const struct host *host);

/* A result for the job, all NOT_RUN; NULL when memory ran out. */
struct host_result *plan_result(const struct job *job);

#endif
