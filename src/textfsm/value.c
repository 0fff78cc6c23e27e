/* Value lines: "Value [options] name (regex)". */
#include "base/limits.h"
#include "base/utf8.h"
#include "textfsm/pystr.h"
#include "textfsm/template.h"

static const struct {
    const char *name;
    unsigned bit;
} options[] = {
    {"Required", TEXTFSM_REQUIRED}, {"Filldown", TEXTFSM_FILLDOWN}, {"Fillup", TEXTFSM_FILLUP},
    {"Key", TEXTFSM_KEY},           {"List", TEXTFSM_LISTED},
};

/* The original takes its own base class for an option; it does nothing, and is kept so. */
#define OPTION_BASE_BIT 0x8000u

static unsigned option_bit(struct view name)
{
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (view_equal_str(name, options[i].name)) {
            return options[i].bit;
        }
    }
    return view_equal_str(name, "OptionBase") ? OPTION_BASE_BIT : 0;
}

/* The bytes up to c, or all; *rest begins behind c, or is NULL when there is no c. */
static struct view cut(struct view v, char c, struct view *rest)
{
    const char *at = v.len ? memchr(v.ptr, c, v.len) : NULL;
    if (!at) {
        *rest = VIEW_NONE;
        return v;
    }
    size_t n = (size_t)(at - v.ptr);
    *rest = view_slice(v, n + 1, v.len);
    return view_slice(v, 0, n);
}

static int parse_options(struct parser *p, struct value *value, struct view list)
{
    unsigned seen = 0;
    for (struct view rest = list; rest.ptr;) {
        struct view name = cut(rest, ',', &rest);
        unsigned bit = option_bit(name);
        if (!bit) {
            return parse_fail(p, name.ptr,
                              "unknown option \"%.*s\"; the options are Required, Filldown, "
                              "Fillup, Key and List, with commas and no blanks between",
                              VIEW_ARG(name));
        }
        if (seen & bit) {
            return parse_fail(p, name.ptr, "option \"%.*s\" stands twice", VIEW_ARG(name));
        }
        if (bit == TEXTFSM_REQUIRED) {
            value->required = seen & TEXTFSM_LISTED ? REQUIRED_LIST : REQUIRED_TEXT;
        }
        seen |= bit;
    }
    value->pub.options = seen & ~OPTION_BASE_BIT;
    return 0;
}

/* Python writes the name into a replacement string, where some backslashes make it fail. */
static bool bad_backslash(struct view name)
{
    for (size_t i = 0; i + 1 < name.len; i++) {
        char c = name.ptr[i + 1];
        if (name.ptr[i] != '\\') {
            continue;
        }
        if ((c >= '1' && c <= '9') ||
            (((c | 32) >= 'a' && (c | 32) <= 'z') && !memchr("abfnrtv", c, 7))) {
            return true;
        }
        i++;
    }
    return false;
}

static int check_name(struct parser *p, struct view name)
{
    if (utf8_length(name) > NAME_CHARS_MAX) {
        return parse_fail(p, name.ptr, "the Value name is longer than %d characters",
                          NAME_CHARS_MAX);
    }
    if ((name.len && memchr(name.ptr, '\0', name.len)) || bad_backslash(name)) {
        return parse_fail(p, name.ptr, "the Value name \"%.*s\" holds a NUL or a backslash",
                          VIEW_ARG(name));
    }
    return 0;
}

static int check_parentheses(struct parser *p, struct view regex)
{
    if (regex.len == 0) {
        return parse_fail(p, p->line.ptr + p->line.len,
                          "the Value has no regular expression; expected \"(...)\"");
    }
    if (regex.ptr[0] != '(') {
        return parse_fail(p, regex.ptr, "the Value's regular expression must begin with \"(\"");
    }
    const char *last = regex.ptr + regex.len - 1;
    if (*last != ')') {
        return parse_fail(p, last, "the Value's regular expression must end with \")\"");
    }
    if (last[-1] == '\\') {
        return parse_fail(p, last - 1, "the Value's last parenthesis has a backslash in front");
    }
    return 0;
}

/* Inner groups of a List: their texts become a dictionary. */
static int find_keys(struct parser *p, struct value *value, const struct regex *re)
{
    struct arena *arena = &p->t->arena;
    unsigned n = regex_group_count(re);
    unsigned *groups = arena_array(arena, n, sizeof(*groups));
    const char **keys = arena_array(arena, n, sizeof(*keys));
    if (!groups || !keys) {
        return fail_nomem(p->error);
    }
    for (unsigned g = 1; g < n; g++) {
        struct view name = regex_group_name(re, g);
        if (!name.len) {
            continue;
        }
        keys[value->pub.nkeys] = arena_dup(arena, name);
        if (!keys[value->pub.nkeys]) {
            return fail_nomem(p->error);
        }
        groups[value->pub.nkeys++] = g;
    }
    value->pub.keys = keys;
    value->key_groups = groups;
    value->nested_groups = value->pub.nkeys ? groups[value->pub.nkeys - 1] + 1 : 0;
    return 0;
}

/* Only a List matches with its regex alone; those of the others become part of rules. */
static int compile(struct parser *p, struct value *value)
{
    struct err err = ERR_INIT;
    struct regex *re = NULL;
    bool list = value->pub.options & TEXTFSM_LISTED;
    int rc = list ? regex_compile(&re, value->regex, REGEX_ANCHORED, p->t->alloc, &err)
                  : regex_check(value->regex, p->t->alloc, &err);
    if (rc < 0) {
        size_t off = err.column > 0 ? pystr_bytes(value->regex, (size_t)err.column - 1) : 0;
        return parse_fail_code(p, fail_code(rc, TEXTFSM_BAD_TEMPLATE), value->regex.ptr + off,
                               "bad regular expression: %s", err.text);
    }
    if (!list || regex_group_count(re) <= 2) {
        regex_free(re);
        return 0;
    }
    value->nested = re;
    return find_keys(p, value, re);
}

static int fill_public(struct parser *p, struct value *value, struct view declared)
{
    struct arena *arena = &p->t->arena;
    value->pub.line = p->line_no;
    value->pub.name = arena_dup(arena, value->name);
    value->pub.declared = arena_dup(arena, declared);
    value->pub.regex = arena_dup(arena, value->regex);
    return value->pub.name && value->pub.declared && value->pub.regex ? 0
                                                                      : fail_nomem(p->error);
}

/* The original splits at single blanks and takes a third word that begins with "(" for a sign
 * that there are no options; the checks come in its order. */
int value_parse(struct parser *p, struct value *value)
{
    struct view rest, tail, declared = VIEW_NONE;
    cut(p->line, ' ', &rest);
    struct view second = cut(rest, ' ', &rest);
    if (!rest.ptr) {
        return parse_fail(p, p->line.ptr, "expected \"Value [options] name (regex)\"");
    }
    struct view third = cut(rest, ' ', &tail);
    value->name = second;
    value->regex = rest;
    if (!view_starts(third, VIEW("("))) {
        declared = second;
        value->name = third;
        value->regex = tail;
        int rc = parse_options(p, value, declared);
        if (rc < 0) {
            return rc;
        }
    }
    int rc = check_name(p, value->name);
    if (rc == 0) {
        rc = check_parentheses(p, value->regex);
    }
    if (rc == 0 && value->regex.len > LIMIT_REGEX_BYTES) {
        rc = parse_fail_code(p, TEXTFSM_LIMIT, value->regex.ptr,
                             "the regular expression is longer than %zu bytes",
                             (size_t)LIMIT_REGEX_BYTES);
    }
    if (rc == 0) {
        rc = compile(p, value);
    }
    return rc == 0 ? fill_public(p, value, declared) : rc;
}
