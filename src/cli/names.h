/*
 * The names that a shell may offer for an argument, one a line, each once: "template",
 * "platform", or of an inventory's file "host" and "target" (hosts and groups). Nothing is
 * connected to, and no password is looked for.
 *
 * A shell makes words of them, so only names are given that no shell reads anything into.
 */
#ifndef CLI_NAMES_H
#define CLI_NAMES_H

#include "base/err.h"
#include "base/strbuf.h"
#include "cli/options.h"

/* path: the inventory, NULL = none. ERR_USAGE: no such kind. */
int names_add(struct strbuf *out, const struct options *options, const char *kind,
              const char *path, struct err *err);

#endif
