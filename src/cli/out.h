/*
 * stdout: data, and the only way to it. Every write is checked; a reader that went away is
 * ERR_PIPE, anything else ERR_OUTPUT.
 */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include "base/err.h"
#include "base/view.h"

int out_write(struct view bytes, struct err *err);

/* Writes the text of help, versions and the like, and gives the verb's exit status. */
struct strbuf;
int out_text(const struct strbuf *text);

#endif
