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
 * failed or an output that its template refused is an ERROR of every rule that needs it. So is
 * a rule that does not compile, takes too long or gives NULL: the reason says which, and the
 * other rules are judged all the same.
 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include "audit/rules.h"
#include "store/db.h"

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
    const char *command;                     /* whose output it is; NULL = of no single one */
    const char *template_name, *fingerprint; /* what read it, and its SHA-256; NULL = nothing */
    const char *collected_at;                /* ISO 8601, UTC */
    const char *sha256;                      /* of the raw output */
    size_t line;                             /* 1-based in the raw output, 0 = no single line */
    const char *text;     /* the row ("version=15.0 model=...") or the line */
    const char *expected; /* what did not hold of it: an expression or a pattern */
};

struct audited_host {
    const char *name, *address, *platform; /* NULL = unknown */
};

/* One host x rule. (`struct finding` is the library's.) */
struct audit_finding {
    const struct rule *rule;
    const struct audited_host *host;
    enum verdict verdict;
    enum trend trend;
    const char *reason;              /* one line: why it came out so; NULL for a plain PASS */
    const struct evidence *evidence; /* of FAIL and WAIVED; the first LIMIT_EVIDENCE */
    size_t nevidence;
    size_t violations;           /* all of them */
    const struct waiver *waiver; /* of WAIVED; of a FAIL the expired one, which reason names */
};

struct audit {
    const struct rules *rules;
    const struct audited_host *hosts; /* in the order of the run */
    size_t nhosts;
    const struct audit_finding *findings; /* [rule * nhosts + host]: rules in file order */
    size_t nfindings;
    size_t counts[VERDICTS];
    bool compared;               /* audit_compare() ran: there is a baseline */
    size_t worse, better;        /* against it */
    const char *started;         /* of the run that was looked at, ISO 8601; NULL = unknown */
    const char *judged;          /* now, likewise */
    const char *source;          /* "run.db", "raw/", or the inventory's path */
    const char *version;         /* of the program */
    const char *const *warnings; /* one line each: waivers that cover nothing */
    size_t nwarnings;
};

/* What an inventory says of a host, for databases whose _hosts do not. */
struct audit_known {
    const char *host;
    const char *groups; /* ",core,access," */
    const char *data;   /* a JSON object of strings; NULL = none */
};

struct library;

/* All of it may be 0 or NULL. `known` and the library must outlive the audit, texts need not.
 */
struct audit_options {
    struct library
        *library;       /* what read the outputs: line numbers of rows, platforms' aliases */
    const char *today;  /* YYYY-MM-DD, for waivers; NULL = the clock's, UTC */
    const char *judged; /* when; NULL = now */
    const char *source, *version;
    const struct audit_known *known;
    size_t nknown;
    int rule_ms; /* what one statement of a rule may take, 0 = LIMIT_RULE_MS */
};

/*
 * Judges the newest run of db, whose hosts are those of its _hosts. An error is one of the
 * database or of memory: rules that cannot be judged are findings. rules and db must outlive
 * the audit. Temporary tables and views are laid over db (scene.h).
 */
int audit_judge(struct audit **out, const struct rules *rules, struct db *db,
                const struct audit_options *options, struct err *err);
void audit_free(struct audit *audit); /* NULL is fine */

/* Judges the same rules, under the same options, over the baseline and sets the trends. */
int audit_compare(struct audit *audit, struct db *baseline, struct err *err);

/* ---- explain -------------------------------------------------------------------------------
 */

enum look_result {
    LOOK_HOLDS,    /* the row, line or block is as it must be */
    LOOK_VIOLATES, /* it is not */
    LOOK_UNKNOWN,  /* the expression gave NULL */
    LOOK_LEFT_OUT, /* `where` or `except` leaves it alone */
    LOOK_RESULTS,
};
extern const char *const look_names[LOOK_RESULTS]; /* "holds", "violates", ... */

/* Everything that one rule looked at on one host, in the order of the output; negative ends. */
typedef int audit_look_fn(void *user, const struct evidence *seen, enum look_result result,
                          struct err *err);

/* An audit of that rule and host alone (findings[0]). ERR_USAGE when there is none of that
 * name, with a guess. */
int audit_explain(struct audit **out, const struct rules *rules, struct db *db,
                  const struct audit_options *options, const char *rule, const char *host,
                  audit_look_fn *on_look, void *user, struct err *err);

/* ---- check ---------------------------------------------------------------------------------
 */

struct audit_remark {
    const char *code; /* "bad-rule", "unknown-column", ... */
    const char *path;
    int line, column; /* 0 = the file as a whole */
    bool error;       /* the rule cannot be judged; else something to look at */
    const char *text; /* one line */
};

/* Negative ends it and is returned. */
typedef int audit_remark_fn(void *user, const struct audit_remark *remark, struct err *err);

/*
 * What is wrong in rule files, all of it, file by file in the order of lines; library (NULL:
 * not looked at) tells the templates and platforms, today (NULL = the clock's) whether waivers
 * hold. SQL is compiled over the tables that the templates would give, on each platform of the
 * rule; what it says of the inventory's data cannot be known here. Returns how many remarks
 * there were; negative: memory, a file that cannot be read, an unusable library, or what
 * on_remark said.
 *
 * Codes: bad-rule, bad-regex, duplicate-id, unknown-platform, unknown-template, unknown-column,
 * unknown-table, unknown-function, no-host-column, bad-sql, contradiction, unknown-rule; and
 * those of hints: no-block-passes, not-everywhere, compares-text, compares-nothing,
 * not-read-only, expired-waiver.
 */
int audit_check(const char *const *paths, size_t npaths, struct library *library,
                const char *today, audit_remark_fn *on_remark, void *user, struct err *err);

#endif
