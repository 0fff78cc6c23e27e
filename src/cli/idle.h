/*
 * Options that a verb knows, but that can do nothing in the way in which it is used: they are
 * refused, since whoever gives one expects something of it. A rehearsal (--dry-run) takes all
 * options of what it rehearses, and -q, -v and --color are for whatever there may be to say.
 */
#ifndef CLI_IDLE_H
#define CLI_IDLE_H

#include "cli/options.h"

/* ERR_USAGE: the first such option, and why. */
int idle_check(const struct options *options, struct err *err);

#endif
