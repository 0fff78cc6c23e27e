/*
 * Files that a command line names twice. An output that is also read, or that two options write,
 * would be lost without a word: both are refused before anything is done.
 *
 *     if (places_check(&options, &err) < 0) ...       usage: exit status 2
 *
 * What may be: --failed over an inventory that an earlier --failed wrote, so that a loop can go
 * on until its file is empty, and a database, to which runs are added. That a verb which writes
 * no database is given one is told here, too.
 */
#ifndef CLI_PLACES_H
#define CLI_PLACES_H

#include "cli/options.h"

int places_check(const struct options *options, struct err *err);

#endif
