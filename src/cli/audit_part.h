/*
 * Between the files of `collect audit`; nobody else's.
 */
#ifndef CLI_AUDIT_PART_H
#define CLI_AUDIT_PART_H

#include "audit/audit.h"
#include "cli/options.h"

#define AUDIT_VIOLATIONS 5 /* the exit status */

/* collect audit explain RULE HOST, collect audit check FILE...: the exit status. */
int audit_explain_word(const struct options *options);
int audit_check_word(const struct options *options);

/* 5: there is a violation of a rule of at least this severity; else 1: something could not be
 * judged; else 0. */
int audit_status(const struct audit *audit, int fail_on);

#endif
