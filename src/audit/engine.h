/*
 * Inside the judge: one look at a run with a stretch of the rules. Rules of rows are judged by
 * one statement each over all hosts; those of lines wait, as does all evidence, until each
 * output that something is wanted of is read, once (outputs.h).
 */
#ifndef AUDIT_ENGINE_H
#define AUDIT_ENGINE_H

#include "audit/audit.h"
#include "audit/rules_part.h"
#include "audit/scene.h"
#include "base/deadline.h"

/* Not judged yet. */
#define VERDICT_OPEN VERDICTS

#define NO_ROW ((size_t)-1)

/* Evidence on its way, or a thing looked at for people to see. */
struct piece {
    struct evidence seen;
    enum look_result result;
    struct job_seen *job;
    size_t row;               /* of the job's rows, when its line is still to be found */
    const struct view *cells; /* of a query's row, until it is found in a table */
    struct piece *next, *next_of_job;
};

/* A rule that looks through a job's output. */
struct line_task {
    size_t rule; /* in the engine's stretch */
    struct line_task *next;
};

/* What was found of one host x rule so far. */
struct mark {
    struct piece *first, *last;
    size_t kept;
};

/* What a rule counts of a host while its rows pass by. */
struct tally {
    size_t rows, violations, unknown;
    struct job_seen *job;    /* of the one template, or the first of them */
    const char *unknown_row; /* the first */
};

struct engine {
    const struct rules *rules;
    size_t first, nrules; /* the stretch */
    const struct audit_options *options;
    ms_t span; /* of a rule's statement */
    struct arena *arena;
    struct scene scene;
    struct audit_finding *findings; /* [rule * nhosts + host] */
    struct mark *marks;             /* likewise */
    struct tally *tallies;          /* by host, of the rule at hand */
    int64_t *spent_us;              /* by rule: what its patterns took */
    size_t npieces, passes;
    size_t look_host; /* whose looks are kept, in `looks`; SCENE_NONE: nobody's */
    struct mark looks;
    struct strbuf *scratch, *row;
    struct regex_scratch *regex;
    bool failed; /* memory ran out */
};

static inline const struct rule *engine_rule(const struct engine *e, size_t rule)
{
    return &e->rules->rules[e->first + rule];
}

static inline struct audit_finding *engine_finding(const struct engine *e, size_t rule,
                                                   size_t host)
{
    return &e->findings[rule * e->scene.nhosts + host];
}

/* Judges everything; findings are whole but for waivers. */
int engine_run(struct engine *e, struct err *err);

/* Sets a finding's verdict and reason, a printf text. */
void engine_settle(struct engine *e, struct audit_finding *finding, enum verdict verdict,
                   const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The same for every host that the rule has not judged yet. */
void engine_settle_open(struct engine *e, size_t rule, enum verdict verdict,
                        const char *reason);

/* A part of a rule cannot be judged, because of why: "rules.yml:12: expect: ...". Returns 0, or
 * why's code when that is not the rule's fault. */
int engine_rule_fails(struct engine *e, size_t rule, int line, const char *part,
                      const struct err *why, struct err *err);

/* Which hosts the rule is for, and which of them have what it needs. */
int engine_apply(struct engine *e, size_t rule, struct err *err);

/* expect and where that name a column which the host's own template does not give. */
int engine_columns(struct engine *e, size_t rule, const struct table_seen *table,
                   struct err *err);

int engine_expect(struct engine *e, size_t rule, struct err *err);
int engine_query(struct engine *e, size_t rule, struct err *err);
/* lines: only notes which outputs to look through. */
int engine_plan_lines(struct engine *e, size_t rule, struct err *err);

struct output_line {
    uint32_t at, len; /* without its end */
    uint32_t indent;  /* columns of blanks before the first other character */
    bool blank;
    bool text; /* of a banner's text and its like: blocks.h */
};

struct output_lines {
    struct view text;
    const struct output_line *items;
    size_t n;
    bool flat; /* it has sections, but no indentation */
};

static inline struct view output_line(const struct output_lines *lines, size_t i)
{
    return view_make(lines->text.ptr + lines->items[i].at, lines->items[i].len);
}

/* A rule's patterns over one output. */
void engine_lines(struct engine *e, size_t rule, struct job_seen *job,
                  const struct output_lines *lines);

/* Reads the outputs: rules of lines are judged, evidence gets its line and SHA-256. */
int engine_outputs(struct engine *e, struct err *err);

/* ---- Evidence ------------------------------------------------------------------------------
 */

/* Whether a further violation of the finding is kept as evidence. */
bool engine_keeps(const struct engine *e, size_t rule, size_t host);

/* A violation of rule on host; text and expected are copied. NULL: none was kept. */
struct piece *engine_evidence(struct engine *e, size_t rule, size_t host, struct job_seen *job,
                              struct view text, const char *expected);

/* A thing looked at, whichever way it came out, of the host that people want to see. */
struct piece *engine_look(struct engine *e, size_t host, struct job_seen *job, struct view text,
                          const char *expected, enum look_result result);

/* It comes from that job's output, and waits for it. */
void engine_attach(struct piece *piece, struct job_seen *job);

/* Where the rows of query pieces stand in the tables that the rule names. */
struct query_columns {
    const char *const *names;
    size_t n, host; /* which of them says whose a row is */
};
int engine_locate(struct engine *e, size_t rule, const struct query_columns *columns,
                  struct err *err);

/* The job's next row, counted from 0 in this pass over its table. */
static inline size_t engine_count_row(const struct engine *e, struct job_seen *job)
{
    if (job->pass != e->passes) {
        job->pass = e->passes;
        job->rows = 0;
    }
    size_t row = job->rows++;
    job->total = job->rows > job->total ? job->rows : job->total;
    return row;
}

/* An expression as evidence tells it: one line. */
const char *engine_expected(struct engine *e, const char *sql);

/* Columns that say whose a row is and when it was collected: a finding says that by itself. */
bool own_column(const char *name);

/* Puts name=value behind what is there. */
void row_add_cell(struct strbuf *out, const char *name, struct view value);

/* Copies the marks' pieces into the findings. */
int engine_gather(struct engine *e, struct err *err);

#endif
