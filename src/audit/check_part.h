/* Inside the check of rule files: remarks on their way to being told in order. */
#ifndef AUDIT_CHECK_PART_H
#define AUDIT_CHECK_PART_H

#include "audit/audit.h"
#include "audit/rules_part.h"

struct remark_link {
    struct audit_remark remark;
    size_t file, place; /* the order of telling: file, line, then as they came */
    struct remark_link *next;
};

struct check {
    struct arena arena;
    const char *const *paths;
    size_t npaths;
    struct library *library; /* NULL: nothing about templates is checked */
    const char *today;
    struct rules_all *all;
    struct remark_link *remarks;
    size_t nremarks;
    bool failed; /* memory ran out */
};

/* Adds a remark, a printf text. */
void check_remark(struct check *check, const char *path, struct rule_place at, bool error,
                  const char *code, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* What can be said of a rule's platforms, templates and SQL. ERR_NOMEM, or an unusable library.
 */
int check_rule_sql(struct check *check, const struct rule *rule, struct err *err);

#endif
