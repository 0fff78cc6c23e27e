/*
 * An output on its way: either it arrives whole or what was there before stays as it was.
 *
 *     struct outfile *out;
 *     if (outfile_open(&out, path, &err) < 0) ...
 *     outfile_write(out, bytes, len, &err);      any number; unbuffered, so write large blocks
 *     outfile_commit(out, &err);                 or outfile_abort(out); both free it
 *
 * A regular file is written beside its place (tempfile.h), flushed to the disk, then renamed
 * over it. It keeps the permissions of the file it replaces; a symbolic link stays one and its
 * target is replaced. stdout, devices and FIFOs are written straight.
 *
 * Every call is checked. ERR_PIPE: the reader went away (nothing need be said). Else
 * ERR_OUTPUT, naming the path and the system's reason. SIGPIPE and SIGXFSZ must be ignored
 * (tempfile_guard_signals).
 */
#ifndef BASE_OUTFILE_H
#define BASE_OUTFILE_H

#include "base/err.h"
#include "base/view.h"

#include <stddef.h>

struct outfile;

/* path NULL = stdout. */
int outfile_open(struct outfile **out, const char *path, struct err *err);
int outfile_write(struct outfile *out, const char *bytes, size_t len, struct err *err);
int outfile_commit(struct outfile *out, struct err *err);
void outfile_abort(struct outfile *out); /* NULL is fine */

/* All of it at once: opened, written and committed, or nothing. */
int outfile_put(const char *path, struct view text, struct err *err);

#endif
