/*
 * The man page collect(1), in mdoc: the prose of a file in which the lines @VERBS@, @OPTIONS@,
 * @FORMATS@ and @STATUSES@ are replaced by what the tables say.
 */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "base/err.h"
#include "base/strbuf.h"

int manual_write(struct strbuf *out, const char *prose_path, struct err *err);

#endif
