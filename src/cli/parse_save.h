/*
 * Parsed files on their way into a database (collect parse -o FILE.db): each file is a host of
 * a run, its output the command's, in one transaction with its rows. A file that its template
 * refuses is kept with the reason and without rows, as a run keeps it.
 *
 *     parse_save_open(&save, options, tables, ntables, &err);
 *     rows go to parse_save_writer(save)
 *     parse_save_begin(save, &err);                         each file
 *     rows...
 *     parse_save_end(save, &job, &err);                     job.status other than "ok": no rows
 *     parse_save_close(save, &err);
 */
#ifndef CLI_PARSE_SAVE_H
#define CLI_PARSE_SAVE_H

#include "cli/options.h"
#include "output/writer.h"
#include "store/save.h"

struct parse_save;

/* ERR_USAGE: two of the files would be the same host. */
int parse_save_open(struct parse_save **out, const struct options *options,
                    const struct table *tables, size_t ntables, struct err *err);
struct writer *parse_save_writer(struct parse_save *save);

int parse_save_begin(struct parse_save *save, struct err *err);
int parse_save_end(struct parse_save *save, const struct save_job *job, struct err *err);

int parse_save_close(struct parse_save *save, struct err *err);
void parse_save_abort(struct parse_save *save); /* NULL is fine */

/* The host that a file is: its name without its extension. NULL when memory ran out. */
const char *parse_save_host(struct arena *arena, const char *path);

#endif
