/*
 * What the linter's files share: the file under the glass, and what is known of a template.
 */
#ifndef AUTHOR_LINT_PART_H
#define AUTHOR_LINT_PART_H

#include "author/lint.h"
#include "base/strbuf.h"
#include "textfsm.h"

#include "author/lint_pattern.h"

struct lint_file {
    struct lint *lint;
    const char *path;
    struct strbuf text;
    struct view *lines; /* without their ends; in the lint's arena */
    unsigned nlines;
    bool is_template;
};

/* Line n, 1-based; empty beyond the end. */
struct view lint_line(const struct lint_file *file, unsigned n);
/* The 1-based column of the first occurrence of what in line n, 1 when it is not there. */
unsigned lint_column(const struct lint_file *file, unsigned n, const char *what);
/* The same of the line's first character that is no blank. */
unsigned lint_indent(const struct lint_file *file, unsigned n);

/* Notes a finding, unless a comment allows it. */
void lint_add(const struct lint_file *file, unsigned line, unsigned column, enum lint_code code,
              const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* A finding whose text begins "path:line:column: ", as the readers' errors do. */
void lint_add_error(const struct lint_file *file, enum lint_code code, const char *text);

/* A template that compiled. Rules are numbered through all states. */
struct lint_rule {
    const struct textfsm_rule *pub;
    struct pattern pattern;
};

struct lint_state {
    const struct textfsm_state *pub;
    struct lint_rule *rules;
};

struct lint_template {
    const struct lint_file *file;
    const struct textfsm_template *t;
    struct lint_state *states;
    unsigned nstates;
};

void lint_template(struct lint_file *file);
void lint_index(struct lint_file *file);
void lint_platform(struct lint_file *file);

void lint_values(const struct lint_template *t);
void lint_names(const struct lint_template *t);
void lint_states(const struct lint_template *t);
void lint_rules(const struct lint_template *t);
/* Whether the end of the input gives a row of nothing but Filldown values. */
void lint_ghost_row(const struct lint_template *t);

#endif
