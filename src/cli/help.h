/*
 * Help made from the tables of verbs and options, for 80 columns.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "base/strbuf.h"
#include "cli/options.h"

void help_overview(struct strbuf *out);
void help_verb(struct strbuf *out, const struct verb *verb);

/* "Usage: collect parse [options] FILE..." without a newline. */
void help_synopsis(struct strbuf *out, const struct verb *verb);

/* An option's help with what else there is to know of it: the names of formats. */
void help_option(struct strbuf *out, const struct option *o);

/* What an exit status means, for help and manual: rows ended by a NULL meaning. */
struct exit_meaning {
    const char *status;
    const char *meaning;
};
extern const struct exit_meaning exit_meanings[];

#endif
