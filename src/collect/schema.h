/*
 * The shape of a run as JSON Schema, and a run held to a shape: whoever reads the records is
 * told before anything connects when a template now gives other columns.
 *
 * One table is one schema; several stand under $defs, and a record is any of them. `required`
 * has the columns in their order, x-key those that tell rows apart, x-templates what reads
 * which platform's output, with the SHA-256 of the template files.
 */
#ifndef COLLECT_SCHEMA_H
#define COLLECT_SCHEMA_H

#include "base/strbuf.h"
#include "collect/plan.h"

/* Appends the schema of plan's records, as indented JSON. */
void schema_add(struct strbuf *out, const struct plan *plan);

/* Whether plan's tables have the columns that the schema in the file says: names, order, lists,
 * nested keys and key columns. ERR_INPUT with the first difference, or when the file cannot be
 * read. Tables that only the file has do not matter. */
int schema_check(const char *path, const struct plan *plan, struct err *err);

#endif
