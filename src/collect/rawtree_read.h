/*
 * A tree that --save-raw left, read back: its hosts as an inventory, what was asked, and each
 * output as the result that the loop once handed out, so that records come out of it through
 * the same code, without a network.
 *
 *     rawtree_read(&saved, dir, &err);
 *     plan_make(&plan, &saved->inventory, library, ... saved->asks ...)
 *     rawtree_trim(saved, &plan, &err);              commands that nobody ran for a host
 *     for each job: rawtree_result(saved, job, &result, &err);
 *     rawtree_saved_free(saved);
 */
#ifndef COLLECT_RAWTREE_READ_H
#define COLLECT_RAWTREE_READ_H

#include "collect/plan.h"
#include "collect/result.h"

struct rawtree_entry;
struct rawtree_span;

struct rawtree_saved {
    struct arena arena;
    const char *dir;
    const char *started;        /* when the run began; NULL = unknown */
    struct inventory inventory; /* names, platforms, groups, data; the YAML tree is the
                                   manifest's */
    struct plan_ask *asks;      /* each once, in the order of the manifest */
    size_t nasks;
    struct rawtree_entry *entries; /* by host, as the manifest has them */
    size_t nentries;
    struct rawtree_span *spans; /* by host->index: its entries */
    const struct host **by_name;
};

/* ERR_INPUT: there is no manifest, or it is not one. *out is NULL then. */
int rawtree_read(struct rawtree_saved **out, const char *dir, struct err *err);
void rawtree_saved_free(struct rawtree_saved *saved);

/* Leaves out of the plan what the tree does not hold. */
int rawtree_trim(struct rawtree_saved *saved, struct plan *plan, struct err *err);

/* The outputs of a job, whose host is known by its name; the caller frees the result. What the
 * tree does not hold is NOT_RUN. ERR_INPUT: a file cannot be read. */
int rawtree_result(const struct rawtree_saved *saved, const struct job *job,
                   struct host_result **out, struct err *err);

#endif
