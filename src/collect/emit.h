/*
 * Emit: finished hosts -> records -> a writer. Parses each output with the plan's templates,
 * puts the rows in inventory order where that is wanted, and keeps what must wait for a slower
 * host in memory up to LIMIT_WAITING_BYTES and in an unlinked temporary file beyond.
 *
 *     emit_new(&emit, &plan, writer, &options, &err);       takes the writer in any case
 *     emit_host(emit, result, &err);        each finished host, in any order; result stays
 * yours emit_finish(emit, &err);              what still waits, then the writer is closed
 *     emit_free(emit);                      aborts the writer if it was not finished
 *
 * A parse that fails sets its command's status to STATUS_PARSE_ERROR with the reason (host,
 * command, template, lines) and the host's with it; rows before the error are kept back. No
 * output of a command that is not STATUS_OK is ever parsed. A `raw` format gets the outputs of
 * commands that ended, also those that the device refused.
 *
 * Writers that have a place for it get a row of EXTRA_ERRORS for each command that is not
 * STATUS_OK, and at the end EXTRA_SUMMARY. After a writer's error (ERR_OUTPUT, ERR_PIPE) only
 * emit_free makes sense.
 */
#ifndef COLLECT_EMIT_H
#define COLLECT_EMIT_H

#include "collect/plan.h"
#include "collect/result.h"
#include "output/writer.h"

struct emit;

struct emit_options {
    bool ordered;         /* inventory order; else as hosts finish */
    bool lacking_null;    /* columns that a host's own template lacks are NULL, not empty */
    size_t waiting_bytes; /* 0 = LIMIT_WAITING_BYTES */
};

/* What most runs want: in inventory order unless the format streams. */
static inline bool emit_ordered(const struct format *format, bool asked)
{
    return asked || !format->streams;
}

int emit_new(struct emit **out, const struct plan *plan, struct writer *writer,
             const struct emit_options *options, struct err *err);
int emit_host(struct emit *emit, struct host_result *result, struct err *err);
int emit_finish(struct emit *emit, struct err *err);
void emit_free(struct emit *emit); /* NULL is fine */


#endif
