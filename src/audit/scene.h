/*
 * What one run saw, as rules look at it: its hosts, what was asked of them and what became of
 * it, and the database with only that run's rows to be seen in it.
 *
 *     scene_open(&scene, db, &options, &arena, &err);
 *     scene_answer(&scene, host, "show_version", true, &answer)
 *
 * On the connection each of the run's tables is hidden by a temporary view of that name which
 * has the run's rows alone and leaves out `_run`. A temporary table `_inventory` has a row for
 * each host: host, address, platform, status, groups, and the inventory's data by their keys.
 */
#ifndef AUDIT_SCENE_H
#define AUDIT_SCENE_H

#include "audit/audit.h"
#include "base/arena.h"
#include "textfsm.h"

struct piece;
struct line_task;

/* A command that was run, or was to be. */
struct job_seen {
    size_t host;
    const char *command, *template_path, *fingerprint, *reason, *collected_at;
    bool ok;
    int64_t id;              /* _jobs.rowid */
    size_t rows;             /* of a rule's table that were seen so far ... */
    size_t pass;             /* ... in this pass through it */
    size_t total;            /* in any whole pass */
    struct piece *pieces;    /* evidence that waits for its output */
    struct line_task *tasks; /* rules that look through it */
};

struct ask_seen {
    size_t host;
    const char *asked, *command, *records, *reason;
    bool by_name;
};

struct host_seen {
    struct audited_host host;
    const char *reason;        /* NULL when all went well */
    const char *groups, *data; /* NULL = unknown */
    size_t first_job, njobs, first_ask, nasks;
};

struct table_seen {
    const char *name;
    const char **columns; /* without _run */
    bool *keys;
    size_t ncolumns;
    const char *host, *command; /* the columns that say whose a row is */
};

struct named_host {
    const char *name;
    size_t index;
};

struct scene {
    struct db *db;
    struct library *library;
    struct arena *arena;
    long run;
    const char *started;
    bool ended;
    struct host_seen *hosts;
    struct named_host *by_name; /* sorted */
    size_t nhosts;
    struct job_seen *jobs; /* by host */
    size_t njobs;
    struct ask_seen *asks;
    size_t nasks;
    struct table_seen *tables;
    size_t ntables;
};

/* scene needs no release: its memory is the arena's. */
int scene_open(struct scene *scene, struct db *db, const struct audit_options *options,
               struct arena *arena, struct err *err);

#define SCENE_NONE ((size_t)-1)
size_t scene_host(const struct scene *scene, struct view name); /* SCENE_NONE: unknown */

const struct table_seen *scene_table(const struct scene *scene, const char *name);

/* The host's job that sent this command; NULL = none. */
struct job_seen *scene_job(const struct scene *scene, size_t host, struct view command);

/* The platform's own name, whichever of its names this is. */
const char *scene_platform(const struct scene *scene, const char *name);

/*
 * What a host said when it was asked for a template (by_name) or a command: the job, or NULL
 * and why there is none that could be looked at. NULL, too, and *why NULL: memory ran out.
 */
struct job_seen *scene_answer(const struct scene *scene, size_t host, const char *asked,
                              bool by_name, const char **why);

#endif
