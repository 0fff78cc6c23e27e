/*
 * A run on its way into a database (-o FILE.db): what the store keeps of each host, in one
 * transaction with its records. Without a path it is a scratch database.
 *
 *     saving_open(&saving, options, plan, inventory, &err);
 *     emit_new(..., saving_writer(saving), ...)      not ordered: a host's rows come with it
 *     saving_begin(saving, &err); emit_host(...); saving_end(saving, result, &err);
 *     saving_close(saving, NULL, &err);
 */
#ifndef CLI_SAVING_H
#define CLI_SAVING_H

#include "cli/options.h"
#include "collect/plan.h"
#include "collect/result.h"
#include "store/save.h"

struct saving;

/* The database that options ask for: -o FILE.db, else --resume's; NULL = none. */
const char *saving_path(const struct options *options);

/* A database keeps all records as they are. ERR_USAGE: an option asks for others. */
int saving_check(const struct options *options, struct err *err);

/* What is told of a run that begins now; inventory and resume are left out. */
struct save_run saving_run(const struct options *options, struct arena *arena);

/* Hosts of the plan that have nothing to do are saved at once. */
int saving_open(struct saving **out, const struct options *options, const struct plan *plan,
                const struct inventory *inventory, struct err *err);
/* A run of earlier, into the database of options; NULL: into a scratch database. */
int saving_open_copy(struct saving **out, const struct options *options,
                     const struct plan *plan, const char *started, const char *ended,
                     struct err *err);
/* Once the platforms are known: the tables, and another plan with the same jobs. */
int saving_settle(struct saving *saving, const struct plan *plan, struct err *err);
struct writer *saving_writer(struct saving *saving);
int saving_begin(struct saving *saving, struct err *err);
int saving_end(struct saving *saving, const struct host_result *result, struct err *err);
/* keep: the database stays open, for the caller to close; NULL = it is closed. */
int saving_close(struct saving *saving, struct db **keep, struct err *err);
void saving_abort(struct saving *saving); /* NULL is fine */

/* --resume: takes the platforms that the database knows for hosts that do not say them. */
int saving_platforms(struct inventory *inventory, const struct options *options,
                     struct err *err);

/* --resume: leaves out of the plan what the database holds already. */
int saving_resume(struct plan *plan, const struct options *options, struct err *err);

#endif
