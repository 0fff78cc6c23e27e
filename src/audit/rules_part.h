/*
 * Inside the reader of rule files: what one rule's YAML becomes, and the rules with their
 * compiled patterns.
 */
#ifndef AUDIT_RULES_PART_H
#define AUDIT_RULES_PART_H

#include "audit/rules.h"
#include "base/yaml.h"
#include "regex/regex.h"

/* A rule's patterns compiled; the lists are NULL-terminated and go with the rule's texts. */
struct rule_patterns {
    struct regex *within;
    struct regex **except, **must, **must_not;
};

/* What rules_read hands out, and what only this room sees of it. */
struct rules_all {
    struct rules rules; /* first */
    struct arena arena;
    struct yaml *yamls; /* one a file: the texts live there */
    size_t nyamls;
    struct rule_patterns *patterns; /* one a rule */
    const char **faulty;            /* ids of rules that rules_gather() left out */
    size_t nfaulty;
};

static inline const struct rule_patterns *rules_patterns(const struct rules *rules, size_t i)
{
    return &((const struct rules_all *)rules)->patterns[i];
}

/* One item of `rules`; on failure nothing is held. */
int rule_read(struct yaml *y, const struct yaml_node *node, struct rule *rule,
              struct rule_patterns *patterns, struct err *err);
void rule_patterns_release(struct rule_patterns *patterns);

/* The map behind `lines`, into rule and patterns. */
int rule_read_lines(struct yaml *y, const struct yaml_node *node, struct rule *rule,
                    struct rule_patterns *patterns, struct err *err);

/* One item of `waivers`. */
int waiver_read(struct yaml *y, const struct yaml_node *node, struct waiver *waiver,
                struct err *err);

/* A day that there is, as YYYY-MM-DD. */
bool date_valid(const char *text);

/* rules->needs from the rules. */
int rules_find_needs(struct rules_all *all, struct err *err);

/*
 * rules_read for those who want all faults of all files: each is handed to on_fault instead of
 * ending the reading; the rule that has it is left out. Negative results end it, and so does a
 * file that cannot be read.
 */
typedef int rule_fault_fn(void *user, const char *path, struct rule_place at, const char *text,
                          struct err *err);
int rules_gather(struct rules_all **out, const char *const *paths, size_t npaths,
                 rule_fault_fn *on_fault, void *user, struct err *err);

#endif
