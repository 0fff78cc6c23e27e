/*
 * A compiled template, as the machine sees it. Everything lives in the template's arena, but
 * the three arrays (which grow while the text is read) and the regexes.
 *
 * Reading goes: template_parse (lines, states, checks) -> value_parse, rule_parse ->
 * action_parse. They share a struct parser; each returns 0 or a negative textfsm_code with
 * parser->error filled.
 */
#ifndef TEXTFSM_TEMPLATE_H
#define TEXTFSM_TEMPLATE_H

#include "base/arena.h"
#include "base/view.h"
#include "regex/regex.h"
#include "textfsm.h"
#include "textfsm/dispatch.h"
#include "textfsm/fail.h"

#define NAME_CHARS_MAX 48 /* of a Value's or a state's name, as in the original */

/* How Required looks at a Value: List declared in front of it means the list, else the text. */
enum required {
    REQUIRED_NO,
    REQUIRED_TEXT,
    REQUIRED_LIST,
};

/* What assigning a Value takes. */
enum assigning {
    ASSIGN_TEXT, /* its cell is set */
    ASSIGN_LIST, /* a List gets one more item */
    ASSIGN_MORE, /* something else, or more than that */
    ASSIGNINGS,
};

struct value {
    struct textfsm_value pub;
    struct view name;
    struct view regex;    /* "(...)" in the template's text */
    struct regex *nested; /* of a List whose regex has inner groups, else NULL */
    unsigned nested_groups;
    const unsigned *key_groups; /* the group of nested that belongs to each key */
    unsigned char required;     /* enum required */
};

struct assign {
    uint16_t group, value;
};

#define DEST_STAY (-1)
#define DEST_END  (-2)
#define DEST_EOF  (-3)

/* What the machine needs to try a rule and to act on it: small, and side by side. */
struct step {
    struct filter filter;
    struct regex *re;
    const struct assign *assigns;
    int dest; /* a state's index or DEST_... */
    /* assigns of plain text, then those to Lists that only append, then the others */
    uint16_t ntexts, nlists, nothers;
    uint8_t line_op, record_op;
};

/* All the rest of a rule. */
struct rule {
    struct textfsm_rule pub;
    const unsigned *groups; /* that pub.values come from */
    struct view target;     /* in the template's text */
};

struct state {
    struct textfsm_state pub;
    struct view name;
    unsigned first; /* of its rules in template.rules and .steps */
    const struct step *steps;
    struct dispatch dispatch;
};

struct textfsm_template {
    struct alloc alloc_copy;
    const struct alloc *alloc; /* &alloc_copy, or NULL */
    struct arena arena;
    const char *name; /* for messages, never NULL */
    struct view text;
    struct regex_family *family; /* of the rules' regexes */
    struct value *values;
    struct state *states;
    struct rule *rules;
    struct step *steps; /* one a rule */
    unsigned nvalues, nstates, nrules;
    unsigned most_groups;    /* of any rule or List */
    unsigned start;          /* state index */
    bool explicit_eof;       /* an EOF state suppresses the record at the end of the input */
    bool fills_up;           /* some Value has Fillup */
    unsigned *lists, nlists; /* the Values that are Lists, those without Filldown first: */
    unsigned nfleeting_lists;
    unsigned *required, nrequired; /* ... that have Required */
    unsigned *fleeting, nfleeting; /* ... that do not have Filldown */
};

struct parser {
    struct textfsm_template *t;
    struct textfsm_error *error;
    struct view rest; /* text not yet read */
    struct view line; /* the current one, right-stripped */
    unsigned line_no;
    size_t value_cap, state_cap, rule_cap, step_cap;
};

int template_parse(struct parser *p);
int value_parse(struct parser *p, struct value *value);
int rule_parse(struct parser *p, struct rule *rule, struct step *step);
/* action is what stands behind "->" in the current line. */
int action_parse(struct parser *p, struct rule *rule, struct view action);

const struct value *template_find_value(const struct textfsm_template *t, struct view name);

/* A template error at a place in the current line (NULL = the whole line). */
int parse_fail(const struct parser *p, const char *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with a code of its own. */
int parse_fail_code(const struct parser *p, int code, const char *at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
