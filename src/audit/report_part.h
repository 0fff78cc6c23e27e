/*
 * What the reports share: the digest, made once before any of them writes a byte, and the
 * formats themselves.
 */
#ifndef AUDIT_REPORT_PART_H
#define AUDIT_REPORT_PART_H

#include "audit/report.h"
#include "base/strbuf.h"
#include "output/cell.h"

struct audit_tally {
    size_t counts[VERDICTS];
    size_t shown[VERDICTS];              /* of them, those that the report shows */
    size_t fails[SEVERITY_CRITICAL + 1]; /* of a host: by the severity of their rules */
};

struct audit_digest {
    const struct audit *audit;
    bool all; /* of the options */
    size_t shown;
    struct audit_tally *rules, *hosts; /* as in the audit */
    size_t *by_name;                   /* hosts */
    size_t *worst_rules, *worst_hosts; /* the worst first */
};

int audit_digest_init(struct audit_digest *digest, const struct audit *audit, bool all,
                      struct err *err);
void audit_digest_release(struct audit_digest *digest);

static inline const struct audit_finding *digest_finding(const struct audit_digest *digest,
                                                         size_t rule, size_t host)
{
    return &digest->audit->findings[rule * digest->audit->nhosts + host];
}

/* Whether a report shows it at all: with a baseline only what changed. */
bool digest_shows(const struct audit_digest *digest, const struct audit_finding *finding);

/* Whether a report for people tells it: what is as it should be is only counted. */
bool digest_tells(const struct audit_digest *digest, const struct audit_finding *finding);

/* Calls on each finding that is shown, by rule, then by host's name, until it fails. */
typedef int digest_fn(void *user, const struct audit_finding *finding, struct err *err);
int digest_each(const struct audit_digest *digest, digest_fn *on_finding, void *user,
                struct err *err);

/* "worse", "better", or NULL. */
const char *audit_trend_name(enum trend trend);
/* "expect", "query" or "lines". */
const char *audit_kind_name(enum rule_kind kind);
/* A waiver that does not hold any more. */
bool audit_waiver_expired(const struct audit_finding *finding);
/* The file's name without its folders. */
const char *audit_base_name(const char *path);

extern const struct audit_format audit_format_table;
extern const struct audit_format audit_format_json;
extern const struct audit_format audit_format_ndjson;
extern const struct audit_format audit_format_csv;
extern const struct audit_format audit_format_junit;
extern const struct audit_format audit_format_sarif;
extern const struct audit_format audit_format_xlsx;
extern const struct audit_format audit_format_html;
extern const struct audit_format audit_format_markdown;

#endif
