/*
 * A run saved as a database, one transaction a host, so that a kill at any moment loses no
 * finished host:
 *
 *     save_open(&save, "run.db", tables, ntables, &run, &err);
 *     save_host_begin(save, &err);
 *     writer_row(save_writer(save), table, cells, &err);      this host's rows, any number
 *     save_job(save, &job, &err);                             each of its commands
 *     save_ask(save, &ask, &err);                             see below; most runs have none
 *     save_host_end(save, &host, &err);                       commits
 *     save_close(save, &err);
 *
 * Tables, beside one for each of `tables`:
 *
 *     _runs   id, started, ended, who, inventory, inventory_sha256, options, version
 *     _hosts  run, host, address, port, platform, status, reason, connect_ms, auth_ms,
 *             total_ms, algorithms, fingerprint, place, groups, data, platform_why
 *     _jobs   run, host, command, template, template_fingerprint, status, reason,
 *             collected_at, took_ms, exit_status, output
 *     _asks   run, host, asked, by_name, command, records, reason
 *
 * Hosts come in as they finish; place is where the inventory has them. groups are their names
 * with a comma before and behind each (",core,access,"), data is a JSON object of texts.
 *
 * _asks is for runs in which platforms may lack some of what is asked (audits): a row for each
 * thing asked of a host, with the command that answers it (of _jobs) and the table that its
 * records are in (NULL = only raw text was asked for). command NULL: nothing answers it, and
 * reason says why. by_name: asked is a template's name, else a command.
 */
#ifndef STORE_SAVE_H
#define STORE_SAVE_H

#include "base/strbuf.h"
#include "output/writer.h"
#include "store/db.h"

struct save;

/* Texts are NUL-terminated, NULL = unknown. */
struct save_run {
    const char *who, *inventory, *inventory_sha256;
    const char *options; /* as typed; no secret is ever among them */
    const char *version;
    bool resume; /* goes on with the newest run: what is saved anew takes the place of what
                    failed */
    bool copied; /* of an earlier run: these are its, NULL = unknown, or it never ended */
    const char *started, *ended;
};

struct save_host {
    const char *host, *address;
    int port;
    const char *platform, *status, *reason;
    long connect_ms, auth_ms, total_ms;
    const char *algorithms, *fingerprint;
    long place;                /* < 0 = unknown, as any other number here */
    const char *groups, *data; /* as above */
    const char *platform_why;  /* what told the platform, where it was found out */
};

struct save_job {
    const char *host, *command;
    const char *template_name, *template_fingerprint;
    const char *status, *reason, *collected_at;
    long took_ms;
    int exit_status; /* -1 = none */
    struct view output;
};

struct save_ask {
    const char *host, *asked;
    bool by_name;
    const char *command, *records, *reason;
};

/* path NULL: a scratch database. */
int save_open(struct save **out, const char *path, const struct table *tables, size_t ntables,
              const struct save_run *run, struct err *err);

/* The tables, when save_open() was given none as they were not known yet. Before the first
 * host. */
int save_tables(struct save *save, const struct table *tables, size_t ntables, struct err *err);

/* Owned by save: closing or aborting it does nothing. Rows only between begin and end. */
struct writer *save_writer(struct save *save);

int save_host_begin(struct save *save, struct err *err);
/* Takes back what came of the host since its begin, which goes on. */
int save_host_undo(struct save *save, struct err *err);
int save_job(struct save *save, const struct save_job *job, struct err *err);
int save_ask(struct save *save, const struct save_ask *ask, struct err *err);
int save_host_end(struct save *save, const struct save_host *host, struct err *err);

/* Ends the run (its `ended` stays NULL when this was never reached) and frees save. */
int save_close(struct save *save, struct err *err);
/* The same, and the database stays open: the caller's to close. */
int save_close_keep(struct save *save, struct db **out, struct err *err);
void save_abort(struct save *save);

/* The platform that the newest run found for a host into *out; false when there is none. */
bool save_platform(struct db *db, const char *host, struct strbuf *out);

/* Whether the newest job of host and command in the database is ok: what --resume leaves out.
 */
bool save_has(struct db *db, const char *host, const char *command);

#endif
