/* A template's text: lines, the Value block, the states, and the checks over the whole. */
#include "base/limits.h"
#include "base/utf8.h"
#include "textfsm/grow.h"
#include "textfsm/pystr.h"
#include "textfsm/template.h"

static unsigned column_of(const struct parser *p, const char *at)
{
    if (!at || !p->line.ptr || at < p->line.ptr || at > p->line.ptr + p->line.len) {
        return 0;
    }
    return (unsigned)utf8_length(view_make(p->line.ptr, (size_t)(at - p->line.ptr))) + 1;
}

int parse_fail(const struct parser *p, const char *at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int rc = fail_vat(p->error, TEXTFSM_BAD_TEMPLATE, p->t->name, p->line_no, column_of(p, at),
                      fmt, ap);
    va_end(ap);
    return rc;
}

int parse_fail_code(const struct parser *p, int code, const char *at, const char *fmt, ...)
{
    if (code == TEXTFSM_NOMEM) {
        return fail_nomem(p->error);
    }
    va_list ap;
    va_start(ap, fmt);
    int rc = fail_vat(p->error, code, p->t->name, p->line_no, column_of(p, at), fmt, ap);
    va_end(ap);
    return rc;
}

/* An error that is not about the current line. */
__attribute__((format(printf, 3, 4))) static int whole_fail(const struct parser *p,
                                                            unsigned line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int rc = fail_vat(p->error, TEXTFSM_BAD_TEMPLATE, p->t->name, line, 0, fmt, ap);
    va_end(ap);
    return rc;
}

/* Lines end with LF, CR or both, as Python opens text files. */
static bool next_line(struct parser *p)
{
    if (p->rest.len == 0) {
        return false;
    }
    size_t n = 0;
    while (n < p->rest.len && p->rest.ptr[n] != '\n' && p->rest.ptr[n] != '\r') {
        n++;
    }
    p->line = pystr_rstrip(view_slice(p->rest, 0, n));
    if (n < p->rest.len) {
        n +=
            p->rest.ptr[n] == '\r' && n + 1 < p->rest.len && p->rest.ptr[n + 1] == '\n' ? 2 : 1;
    }
    p->rest = view_slice(p->rest, n, p->rest.len);
    p->line_no++;
    return true;
}

static bool is_comment(struct view line)
{
    return view_starts(pystr_lstrip(line), VIEW("#"));
}

const struct value *template_find_value(const struct textfsm_template *t, struct view name)
{
    for (unsigned i = 0; i < t->nvalues; i++) {
        if (view_equal(t->values[i].name, name)) {
            return &t->values[i];
        }
    }
    return NULL;
}

static struct state *find_state(const struct textfsm_template *t, struct view name)
{
    for (unsigned i = 0; i < t->nstates; i++) {
        if (view_equal(t->states[i].name, name)) {
            return &t->states[i];
        }
    }
    return NULL;
}

static int add_value(struct parser *p)
{
    struct textfsm_template *t = p->t;
    if (t->nvalues == LIMIT_TEMPLATE_VALUES) {
        return parse_fail_code(p, TEXTFSM_LIMIT, p->line.ptr, "more than %d Values",
                               LIMIT_TEMPLATE_VALUES);
    }
    if (!grow(t->alloc, &t->values, &p->value_cap, t->nvalues, sizeof(*t->values))) {
        return fail_nomem(p->error);
    }
    struct value *value = &t->values[t->nvalues];
    memset(value, 0, sizeof(*value));
    int rc = value_parse(p, value);
    const struct value *same = rc == 0 ? template_find_value(t, value->name) : NULL;
    if (same) {
        rc = parse_fail(p, value->name.ptr, "Value \"%.*s\" is already declared on line %u",
                        VIEW_ARG(value->name), same->pub.line);
    }
    if (rc < 0) {
        regex_free(value->nested);
        return rc;
    }
    if (value->nested_groups > t->most_groups) {
        t->most_groups = value->nested_groups;
    }
    t->nvalues++;
    return 0;
}

static int parse_values(struct parser *p)
{
    while (next_line(p) && p->line.len) {
        if (is_comment(p->line)) {
            continue;
        }
        if (view_starts(p->line, VIEW("Value "))) {
            int rc = add_value(p);
            if (rc < 0) {
                return rc;
            }
        } else if (p->t->nvalues == 0) {
            return parse_fail(p, p->line.ptr,
                              "no Value definitions found; expected \"Value "
                              "[options] name (regex)\" or a blank line");
        } else {
            return parse_fail(p, p->line.ptr,
                              "expected another Value, or a blank line after the last one");
        }
    }
    return 0;
}

static bool reserved(struct view name)
{
    static const char *const words[] = {"Continue", "Next",     "Error", "Clear",
                                        "Clearall", "NoRecord", "Record"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (view_equal_str(name, words[i])) {
            return true;
        }
    }
    return false;
}

static int check_state_name(struct parser *p, struct view name)
{
    int word = pystr_is_word(name, p->t->alloc);
    if (word < 0) {
        return fail_nomem(p->error);
    }
    if (!word) {
        return parse_fail(p, name.ptr,
                          "\"%.*s\" is no state name; expected one word of letters, digits and "
                          "\"_\" at the start of the line",
                          VIEW_ARG(name));
    }
    if (utf8_length(name) > NAME_CHARS_MAX) {
        return parse_fail(p, name.ptr, "the state name is longer than %d characters",
                          NAME_CHARS_MAX);
    }
    if (reserved(name)) {
        return parse_fail(p, name.ptr, "\"%.*s\" is an action and cannot name a state",
                          VIEW_ARG(name));
    }
    const struct state *same = find_state(p->t, name);
    if (same) {
        return parse_fail(p, name.ptr, "state \"%.*s\" is already defined on line %u",
                          VIEW_ARG(name), same->pub.line);
    }
    return 0;
}

static bool room_for_rule(struct parser *p)
{
    struct textfsm_template *t = p->t;
    return grow(t->alloc, &t->rules, &p->rule_cap, t->nrules, sizeof(*t->rules)) &&
           grow(t->alloc, &t->steps, &p->step_cap, t->nrules, sizeof(*t->steps));
}

/* A state without rules has a place among them all the same. */
static int add_state(struct parser *p)
{
    struct textfsm_template *t = p->t;
    int rc = check_state_name(p, p->line);
    if (rc < 0) {
        return rc;
    }
    if (t->nstates == LIMIT_TEMPLATE_STATES) {
        return parse_fail_code(p, TEXTFSM_LIMIT, p->line.ptr, "more than %d states",
                               LIMIT_TEMPLATE_STATES);
    }
    if (!grow(t->alloc, &t->states, &p->state_cap, t->nstates, sizeof(*t->states)) ||
        !room_for_rule(p)) {
        return fail_nomem(p->error);
    }
    struct state *state = &t->states[t->nstates];
    *state = (struct state){.name = p->line, .first = t->nrules};
    state->pub.line = p->line_no;
    state->pub.name = arena_dup(&t->arena, p->line);
    if (!state->pub.name) {
        return fail_nomem(p->error);
    }
    t->nstates++;
    return 0;
}

static int add_rule(struct parser *p)
{
    struct textfsm_template *t = p->t;
    struct state *state = &t->states[t->nstates - 1];
    if (!view_starts(p->line, VIEW(" ^")) && !view_starts(p->line, VIEW("  ^")) &&
        !view_starts(p->line, VIEW("\t^"))) {
        return parse_fail(p, p->line.ptr,
                          "a rule begins with one or two blanks, or one tab, and then \"^\"");
    }
    if (t->nrules == LIMIT_TEMPLATE_RULES) {
        return parse_fail_code(p, TEXTFSM_LIMIT, p->line.ptr, "more than %d rules",
                               LIMIT_TEMPLATE_RULES);
    }
    if (!room_for_rule(p)) {
        return fail_nomem(p->error);
    }
    struct rule *rule = &t->rules[t->nrules];
    struct step *step = &t->steps[t->nrules];
    memset(rule, 0, sizeof(*rule));
    memset(step, 0, sizeof(*step));
    rule->pub.state = state->pub.name;
    int rc = rule_parse(p, rule, step);
    if (rc < 0) {
        regex_free(step->re);
        return rc;
    }
    unsigned ngroups = regex_group_count(step->re);
    if (ngroups > t->most_groups) {
        t->most_groups = ngroups;
    }
    t->nrules++;
    state->pub.nrules++;
    return 0;
}

/* One state and its rules, as far as the next blank line. */
static int parse_state(struct parser *p)
{
    do {
        if (!next_line(p)) {
            return 0;
        }
    } while (p->line.len == 0 || is_comment(p->line));
    int rc = add_state(p);
    while (rc == 0 && next_line(p) && p->line.len) {
        if (!is_comment(p->line)) {
            rc = add_rule(p);
        }
    }
    return rc;
}

static int check_empty(const struct parser *p, const char *name)
{
    const struct state *state = find_state(p->t, view_of(name));
    if (!state || state->pub.nrules == 0) {
        return 0;
    }
    return whole_fail(p, state->pub.line, "the state \"%s\" must not have rules", name);
}

static void remove_end(struct textfsm_template *t)
{
    struct state *end = find_state(t, VIEW("End"));
    if (end) {
        size_t after = t->nstates - (size_t)(end - t->states) - 1;
        memmove(end, end + 1, after * sizeof(*end));
        t->nstates--;
    }
}

/* Makes the line that holds `at` the current one again. */
static void go_to_line(struct parser *p, unsigned line_no, const char *at)
{
    const char *start = at;
    while (start > p->t->text.ptr && start[-1] != '\n' && start[-1] != '\r') {
        start--;
    }
    p->line = view_make(start, (size_t)(at - start));
    p->line_no = line_no;
}

static int resolve(struct parser *p, struct rule *rule, struct step *step)
{
    if (rule->pub.line_op == TEXTFSM_ERROR || rule->target.len == 0) {
        return 0;
    }
    if (view_equal_str(rule->target, "End") || view_equal_str(rule->target, "EOF")) {
        step->dest = rule->target.len == 3 && rule->target.ptr[1] == 'n' ? DEST_END : DEST_EOF;
        return 0;
    }
    const struct state *state = find_state(p->t, rule->target);
    if (!state) {
        go_to_line(p, rule->pub.line, rule->target.ptr);
        return parse_fail(p, rule->target.ptr, "there is no state \"%.*s\" to go to",
                          VIEW_ARG(rule->target));
    }
    step->dest = (int)(state - p->t->states);
    return 0;
}

/* Adds to list the Values that have, of some options, exactly those in `want`. */
static void add_values(const struct textfsm_template *t, unsigned options, unsigned want,
                       unsigned *list, unsigned *n)
{
    for (unsigned i = 0; i < t->nvalues; i++) {
        if ((t->values[i].pub.options & options) == want) {
            list[(*n)++] = i;
        }
    }
}

static int sort_values(struct parser *p)
{
    struct textfsm_template *t = p->t;
    t->lists = arena_array(&t->arena, t->nvalues, sizeof(*t->lists));
    t->required = arena_array(&t->arena, t->nvalues, sizeof(*t->required));
    t->fleeting = arena_array(&t->arena, t->nvalues, sizeof(*t->fleeting));
    if (!t->lists || !t->required || !t->fleeting) {
        return fail_nomem(p->error);
    }
    const unsigned both = TEXTFSM_LISTED | TEXTFSM_FILLDOWN;
    add_values(t, both, TEXTFSM_LISTED, t->lists, &t->nlists);
    t->nfleeting_lists = t->nlists;
    add_values(t, both, both, t->lists, &t->nlists);
    add_values(t, TEXTFSM_REQUIRED, TEXTFSM_REQUIRED, t->required, &t->nrequired);
    add_values(t, TEXTFSM_FILLDOWN, 0, t->fleeting, &t->nfleeting);
    for (unsigned i = 0; i < t->nvalues; i++) {
        t->fills_up |= (t->values[i].pub.options & TEXTFSM_FILLUP) != 0;
    }
    return 0;
}

static bool make_filters(struct textfsm_template *t, const struct state *state)
{
    bool good = true;
    struct step *step = t->steps + state->first, *end = step + state->pub.nrules;
    for (; good && step < end; step++) {
        good = filter_init(&step->filter, step->re, &state->dispatch, &t->arena);
    }
    return good;
}

/* The tables and filters by which the machine passes rules over. */
static int make_dispatch(struct parser *p)
{
    struct textfsm_template *t = p->t;
    const struct regex **regexes = arena_array(&t->arena, t->nrules, sizeof(*regexes));
    if (!regexes) {
        return fail_nomem(p->error);
    }
    for (unsigned i = 0; i < t->nrules; i++) {
        regexes[i] = t->steps[i].re;
    }
    for (unsigned i = 0; i < t->nstates; i++) {
        struct state *state = &t->states[i];
        state->steps = t->steps + state->first;
        if (!dispatch_init(&state->dispatch, regexes + state->first, state->pub.nrules,
                           &t->arena) ||
            !make_filters(t, state)) {
            return fail_nomem(p->error);
        }
    }
    return 0;
}

static int check_whole(struct parser *p)
{
    struct textfsm_template *t = p->t;
    if (!find_state(t, VIEW("Start"))) {
        return whole_fail(p, 0, "there is no state \"Start\"");
    }
    int rc = check_empty(p, "End");
    if (rc == 0) {
        rc = check_empty(p, "EOF");
    }
    remove_end(t);
    t->explicit_eof = find_state(t, VIEW("EOF")) != NULL;
    t->start = (unsigned)(find_state(t, VIEW("Start")) - t->states);
    for (unsigned i = 0; rc == 0 && i < t->nrules; i++) {
        rc = resolve(p, &t->rules[i], &t->steps[i]);
    }
    return rc;
}

/* Python would not even open the file. */
static int check_utf8(struct parser *p)
{
    if (utf8_valid(p->t->text)) {
        return 0;
    }
    while (next_line(p)) {
        for (struct view rest = p->line; rest.len;) {
            uint32_t cp;
            size_t n = utf8_decode(rest, &cp);
            if (cp == UTF8_INVALID) {
                return parse_fail(p, rest.ptr, "byte 0x%02X is not UTF-8",
                                  (unsigned char)rest.ptr[0]);
            }
            rest = view_slice(rest, n, rest.len);
        }
    }
    return whole_fail(p, 0, "the template is not UTF-8");
}

int template_parse(struct parser *p)
{
    p->rest = p->t->text;
    int rc = check_utf8(p);
    if (rc < 0) {
        return rc;
    }
    if (view_starts(p->rest, VIEW("\xEF\xBB\xBF"))) {
        p->rest = view_slice(p->rest, 3, p->rest.len);
    }
    rc = parse_values(p);
    while (rc == 0 && p->rest.len) {
        rc = parse_state(p);
    }
    if (rc == 0) {
        rc = check_whole(p);
    }
    if (rc == 0) {
        rc = sort_values(p);
    }
    return rc == 0 ? make_dispatch(p) : rc;
}
