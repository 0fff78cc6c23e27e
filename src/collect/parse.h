/*
 * Outputs -> rows: runs a command's reader over its output. Runs are kept and used again, so
 * that a fleet of one platform allocates nothing once it is warm.
 *
 *     struct parses *parses = parses_new();
 *     if (parses_read(parses, command, text, &rows, &err) == 0)
 *         for (i = 0; i < rows.count; i++) parsed_row(&rows, i) ...
 *     parses_free(parses);
 */
#ifndef COLLECT_PARSE_H
#define COLLECT_PARSE_H

#include "collect/plan.h"

struct parses;

/* The rows of one output, until the next parses_read(). */
struct parsed {
    size_t count;
    const struct textfsm_merge *run;
};

struct parses *parses_new(void); /* NULL when memory ran out */
void parses_free(struct parses *parses);

/* All rows, or none and ERR_PARSE: a template met text that it refuses, or a limit. The text
 * names the template, its line and the input's. */
int parses_read(struct parses *parses, const struct job_command *command, struct view text,
                struct parsed *rows, struct err *err);

/* One cell per column of the command's reader. */
const struct textfsm_cell *parsed_row(const struct parsed *rows, size_t i);

#endif
