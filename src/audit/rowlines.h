/*
 * Which line of an output a row comes from: the output is read once more by the template that
 * read it, and each row is given the line of the first value that is its own (one that was not
 * filled down from a row before).
 */
#ifndef AUDIT_ROWLINES_H
#define AUDIT_ROWLINES_H

#include "audit/scene.h"

struct rowlines;

struct rowlines *rowlines_new(struct library *library); /* NULL when memory ran out */
void rowlines_free(struct rowlines *rows);

/* The rows' lines, 1-based, until the next call: how many rows there are. 0 when it cannot be
 * said: there is no such template any more, or it is another one now. */
size_t rowlines_find(struct rowlines *rows, const char *platform, const struct job_seen *job,
                     struct view output, const uint32_t **lines);

/* Whether memory ran out in a call. */
bool rowlines_failed(const struct rowlines *rows);

#endif
