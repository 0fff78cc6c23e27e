/*
 * Text of help, versions and the like, where -o says: stdout (also for "-") or a file that
 * appears whole.
 */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include "base/strbuf.h"
#include "cli/options.h"

/* Writes the text, tells what went wrong, and gives the exit status. */
int out_text(const struct options *options, const struct strbuf *text);

#endif
