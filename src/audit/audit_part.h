/* Inside the audit: what it owns beside what it shows. */
#ifndef AUDIT_AUDIT_PART_H
#define AUDIT_AUDIT_PART_H

#include "audit/audit.h"
#include "audit/engine.h"

struct audit_all {
    struct audit audit; /* first */
    struct arena arena;
    struct audit_options options; /* with today filled in */
    const struct rules *rules;    /* as they were read */
    struct engine engine;         /* whose findings these are, still to be changed */
};

/* FAIL becomes WAIVED where a waiver holds today; waivers that cover nothing are warned about.
 */
int audit_waive(struct audit_all *all, struct err *err);

/* Adds a line to audit.warnings. */
int audit_warn(struct audit_all *all, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* An audit of nrules from first on; looks of look_host are kept (NULL: none). */
int audit_make(struct audit_all **out, const struct rules *rules, size_t first, size_t nrules,
               struct db *db, const struct audit_options *options, const char *look_host,
               struct err *err);

void audit_count(struct audit *audit);

#endif
