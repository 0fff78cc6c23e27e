/*
 * The outputs of an earlier run, from its database (-o FILE.db) or from the folder that
 * --save-raw left: its hosts as an inventory, and each output as the result that the loop once
 * handed out.
 *
 *     struct past past = PAST_INIT;
 *     past_open(&past, path, &err);                 or past_take(&past, db, &err)
 *     plan_make(&plan, &past.inventory, ...);       or over another inventory
 *     past_result(&past, job, &result, &err);       each job, its host known by name
 *     past_release(&past);
 *
 * An output that came is OK here, whatever its template then thought of it; of one that did not
 * the status and the reason are kept. What the run does not hold is NOT_RUN and says so. Hosts
 * whose platform the run did not know are `auto`.
 */
#ifndef CLI_PAST_H
#define CLI_PAST_H

#include "collect/plan.h"
#include "collect/rawtree_read.h"
#include "collect/result.h"
#include "store/saved.h"

struct past {
    struct arena arena;
    const char *path; /* for messages */
    struct inventory inventory;
    const char *started, *ended; /* NULL = unknown, or not */
    struct db *db;
    struct saved *saved; /* of db */
    struct rawtree_saved *tree;
    const struct host **by_name;
};

#define PAST_INIT                                                                              \
    {                                                                                          \
        .arena = ARENA_INIT, .inventory = INVENTORY_INIT                                       \
    }

/* ERR_INPUT: it is neither, or cannot be read. *past must be released in any case. */
int past_open(struct past *past, const char *path, struct err *err);
/* The newest run of a database, which is past's from then on. */
int past_take(struct past *past, struct db *db, const char *path, struct err *err);
void past_release(struct past *past);

/* NULL: the run knows no such host. */
const struct host *past_host(const struct past *past, const char *name);

/* The caller frees the result. */
int past_result(struct past *past, const struct job *job, struct host_result **out,
                struct err *err);

#endif
