/*
 * The verbs: one row and one file each. A verb does all its work in run(), talks on stderr,
 * writes data to stdout, and returns the exit status.
 */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "base/view.h"

struct options;

enum verb_bit {
    VERB_RUN = 1 << 0,
    VERB_VERSION = 1 << 1,
    VERB_HELP = 1 << 2,
    VERB_GENERATE = 1 << 3,
    VERB_PARSE = 1 << 4,
    VERB_HOSTS = 1 << 5,
    VERB_QUERY = 1 << 6,
    VERB_DIFF = 1 << 7,
    VERB_EXPLAIN = 1 << 8,
    VERB_SCHEMA = 1 << 9,
    VERB_TEMPLATES = 1 << 10,
    VERB_LINT = 1 << 11,
    VERB_TEST = 1 << 12,
    VERB_AUDIT = 1 << 13,
    /* those that log into hosts */
    VERB_COLLECTS = VERB_RUN | VERB_AUDIT,
    /* those that add runs to a database */
    VERB_SAVES = VERB_COLLECTS | VERB_PARSE,
    /* those whose output is rows, whatever the format */
    VERB_ROWS =
        VERB_RUN | VERB_PARSE | VERB_HOSTS | VERB_QUERY | VERB_DIFF | VERB_SCHEMA | VERB_LINT,
    VERB_ALL = ~0,
};

struct verb {
    const char *name;
    unsigned bit;
    bool hidden;          /* not for people: the build uses it */
    const char *operands; /* what its bare words are, as the synopsis shows them; NULL = none */
    size_t words;         /* offset of the list in struct options that takes them */
    const char *summary;  /* a line in the overview */
    const char *text;     /* a paragraph in its help */
    int (*run)(const struct options *options);
};

extern const struct verb verb_table[]; /* ended by a row without a name */

const struct verb *verb_find(struct view name);

/* One of the alternatives in verb->operands: a word as it is typed ("match"), or nothing, and
 * the first placeholder behind it ("PLATFORM"). */
struct verb_operand {
    struct view word, placeholder;
};

/* The i-th alternative; false behind the last. */
bool verb_operand(const struct verb *verb, size_t i, struct verb_operand *out);

/* The verb that word is nearly, or NULL. Words with a digit, a dot, a colon or an @ are hosts.
 */
const struct verb *verb_guess(const char *word);

int verb_run(const struct options *options);
int verb_parse(const struct options *options);
int verb_hosts(const struct options *options);
int verb_explain(const struct options *options);
int verb_lint(const struct options *options);
int verb_test(const struct options *options);
int verb_query(const struct options *options);
int verb_diff(const struct options *options);
int verb_audit(const struct options *options);
int verb_schema(const struct options *options);
int verb_templates(const struct options *options);
int verb_version(const struct options *options);
int verb_help(const struct options *options);
int verb_generate(const struct options *options);

#endif
