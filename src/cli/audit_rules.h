/*
 * The rule files of an audit: -r FILE, or -r NAME for a pack, audit/NAME.yml in the first
 * folder of the templates' search path that has it.
 */
#ifndef CLI_AUDIT_RULES_H
#define CLI_AUDIT_RULES_H

#include "audit/rules.h"
#include "cli/options.h"

/* ERR_USAGE that lists the packs when there is no -r; ERR_INPUT: a file or a pack is unusable.
 */
int audit_rules(struct rules **out, const struct options *options, struct err *err);

/* The path that a -r names; it lives in arena. */
int audit_rules_path(const char **out, const char *text, const struct options *options,
                     struct arena *arena, struct err *err);

#endif
