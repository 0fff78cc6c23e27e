/*
 * A saved run (save.h) read back: its newest run, host by host in the order of the inventory,
 * and what each command came to.
 *
 *     struct saved *saved;
 *     saved_open(&saved, db, &err);                  db must outlive it
 *     saved->run.started ...
 *     for each saved->hosts[0 .. saved->nhosts): saved_job(saved, host, command, &job, &err)
 *     saved_close(saved);
 *
 * Databases of earlier versions, which know no place, groups or data, give the hosts as they
 * were saved and NULL for the others.
 */
#ifndef STORE_SAVED_H
#define STORE_SAVED_H

#include "base/arena.h"
#include "store/save.h"

struct saved {
    struct arena arena;
    struct db *db;
    sqlite3_stmt *job;
    sqlite3_int64 id;
    struct save_run run; /* resume and copied say nothing */
    struct save_host *hosts;
    size_t nhosts;
};

/* ERR_INPUT: db is no saved run. */
int saved_check(struct db *db, struct err *err);

/* Whether there is no table at all in it, as in a file of no bytes: a run that was killed may
 * have got no further. */
bool saved_is_empty(struct db *db);

/* ERR_INPUT: db is no saved run, or holds none. */
int saved_open(struct saved **out, struct db *db, struct err *err);
void saved_close(struct saved *saved); /* NULL is fine */

/* 1 and the job, whose texts live until the next call; 0: the run has none such. */
int saved_job(struct saved *saved, const char *host, const char *command, struct save_job *out,
              struct err *err);

#endif
