/*
 * An audit: rules judged over a saved run (store/save.h), each host x rule once, with evidence
 * that can be checked again.
 *
 *     struct audit *audit;
 *     audit_judge(&audit, rules, db, &options, &err);
 *     audit_compare(audit, baseline, &err);            may be left out
 *     reports (report.h) read what is in it
 *     audit_free(audit);
 *
 * Nothing that could not be looked at passes: a host that was not reached, a command that
 * failed or an output that its template refused is an ERROR of every rule that needs it.
 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include "audit/rules.h"

/* The worst first: the order of reports. */
enum verdict {
    VERDICT_FAIL,   /* a violation */
    VERDICT_ERROR,  /* could not be judged */
    VERDICT_WAIVED, /* a violation that a waiver covers today */
    VERDICT_PASS,
    VERDICT_SKIP, /* the rule does not apply to the host */
    VERDICTS,
};
extern const char *const verdict_names[VERDICTS]; /* "FAIL", "ERROR", ... */

/* Against the baseline. */
enum trend {
    TREND_NONE,   /* there is no baseline, or it came out the same there */
    TREND_WORSE,  /* FAIL or ERROR now, and was not (or the host or rule is new) */
    TREND_BETTER, /* was FAIL or ERROR, and is no longer */
};

/* One thing that was seen. Texts are as the device sent them: whoever shows them escapes. */
struct evidence {
    const char *command;      /* whose output it is; NULL = of no single one */
    const char *template_name, *fingerprint; /* what read it, and its SHA-256; NULL = nothing */
    const char *collected_at; /* ISO 8601, UTC */
    const char *sha256;       /* of the raw output */
    size_t line;              /* 1-based in the raw output, 0 = no single line */
    const char *text;         /* the row ("version=15.0 model=...") or the line */
    const char *expected;     /* what did not hold of it: an expression or a pattern */
};

struct audited_host {
    const char *name, *address, *platform; /* NULL = unknown */
};

struct finding {
    const struct rule *rule;
    const struct audited_host *host;
    enum verdict verdict;
    enum trend trend;
    const char *reason;                /* one line: why it came out so; NULL for a plain PASS */
    const struct evidence *evidence;   /* of FAIL and WAIVED; the first LIMIT_EVIDENCE */
    size_t nevidence;
    size_t violations;                 /* all of them */
    const struct waiver *waiver;       /* of WAIVED, and the expired one of a FAIL */
};

struct audit {
    const struct rules *rules;
    const struct audited_host *hosts; /* in the order of the run */
    size_t nhosts;
    const struct finding *findings; /* findings[rule * nhosts + host]: rules in file order */
    size_t nfindings;
    size_t counts[VERDICTS];
    size_t worse, better;   /* against the baseline */
    const char *started;    /* of the run that was looked at, ISO 8601; NULL = unknown */
    const char *judged;     /* now, likewise */
    const char *source;     /* "run.db", "raw/", or the inventory's path */
    const char *version;    /* of the program */
};

#endif
