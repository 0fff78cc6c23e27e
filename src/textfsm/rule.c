/* Rules: "  ^regex [-> action]", with ${Value} written out as in Python's string.Template. */
#include "base/limits.h"
#include "base/utf8.h"
#include "textfsm/pystr.h"
#include "textfsm/template.h"

enum piece_kind {
    PIECE_TEXT,
    PIECE_DOLLAR, /* $$ */
    PIECE_VALUE,
    PIECE_BAD,
};

struct piece {
    enum piece_kind kind;
    size_t len; /* bytes in the rule */
    struct view name;
    const struct value *value;
};

static bool identifier_char(char c, bool first)
{
    return c == '_' || ((c | 32) >= 'a' && (c | 32) <= 'z') || (!first && c >= '0' && c <= '9');
}

static size_t identifier(struct view v)
{
    size_t n = 0;
    while (n < v.len && identifier_char(v.ptr[n], n == 0)) {
        n++;
    }
    return n;
}

static struct piece dollar_piece(const struct textfsm_template *t, struct view rest)
{
    if (rest.len > 1 && rest.ptr[1] == '$') {
        return (struct piece){.kind = PIECE_DOLLAR, .len = 2};
    }
    size_t braces = rest.len > 1 && rest.ptr[1] == '{';
    struct view name = view_slice(rest, 1 + braces, rest.len);
    name.len = identifier(name);
    size_t end = 1 + braces + name.len;
    struct piece piece = {.kind = PIECE_BAD, .len = end, .name = name};
    if (name.len == 0 || (braces && (end >= rest.len || rest.ptr[end] != '}'))) {
        piece.name = VIEW_NONE;
        return piece;
    }
    piece.len += braces;
    piece.value = template_find_value(t, name);
    piece.kind = piece.value ? PIECE_VALUE : PIECE_BAD;
    return piece;
}

/* What stands at the front of rest. Without any Value a template has no substitution at all. */
static struct piece next_piece(const struct textfsm_template *t, struct view rest)
{
    const char *dollar = t->nvalues ? memchr(rest.ptr, '$', rest.len) : NULL;
    if (dollar == rest.ptr) {
        return dollar_piece(t, rest);
    }
    size_t len = dollar ? (size_t)(dollar - rest.ptr) : rest.len;
    return (struct piece){.kind = PIECE_TEXT, .len = len};
}

/* "(?P<" name ">" regex without its first parenthesis */
static size_t written_length(const struct piece *piece)
{
    switch (piece->kind) {
    case PIECE_VALUE:
        return piece->value->name.len + piece->value->regex.len + 4;
    case PIECE_DOLLAR:
        return 1;
    default:
        return piece->len;
    }
}

static char *put(char *out, struct view v)
{
    if (v.len) {
        memcpy(out, v.ptr, v.len);
    }
    return out + v.len;
}

static char *write_piece(char *out, const struct piece *piece, struct view rest)
{
    if (piece->kind == PIECE_DOLLAR) {
        return put(out, VIEW("$"));
    }
    if (piece->kind == PIECE_TEXT) {
        return put(out, view_slice(rest, 0, piece->len));
    }
    out = put(out, VIEW("(?P<"));
    out = put(out, piece->value->name);
    out = put(out, VIEW(">"));
    return put(out, view_slice(piece->value->regex, 1, piece->value->regex.len));
}

static int bad_piece(const struct parser *p, const struct piece *piece, struct view rest)
{
    if (piece->name.len) {
        return parse_fail(p, rest.ptr, "no Value is called \"%.*s\"", VIEW_ARG(piece->name));
    }
    return parse_fail(p, rest.ptr,
                      "\"$\" must be followed by \"{NAME}\"; write \"$$\" for the end of the "
                      "line and \"\\$$\" for a dollar sign");
}

static int measure(const struct parser *p, struct view text, size_t *len)
{
    *len = 0;
    for (struct view rest = text; rest.len;) {
        struct piece piece = next_piece(p->t, rest);
        if (piece.kind == PIECE_BAD) {
            return bad_piece(p, &piece, rest);
        }
        *len += written_length(&piece);
        rest = view_slice(rest, piece.len, rest.len);
    }
    if (*len > LIMIT_REGEX_BYTES) {
        return parse_fail_code(p, TEXTFSM_LIMIT, text.ptr,
                               "the rule's regular expression is longer than %zu bytes",
                               (size_t)LIMIT_REGEX_BYTES);
    }
    return 0;
}

static int substitute(struct parser *p, struct view text, struct view *regex)
{
    size_t len;
    int rc = measure(p, text, &len);
    if (rc < 0) {
        return rc;
    }
    char *out = arena_get(&p->t->arena, len + 1);
    if (!out) {
        return fail_nomem(p->error);
    }
    *regex = view_make(out, len);
    for (struct view rest = text; rest.len;) {
        struct piece piece = next_piece(p->t, rest);
        out = write_piece(out, &piece, rest);
        rest = view_slice(rest, piece.len, rest.len);
    }
    return 0;
}

/* The regex is refused at byte `off` of its written-out form: say where that is in the rule. */
static int regex_fail(const struct parser *p, int code, struct view text, size_t off,
                      const char *why)
{
    size_t before = 0;
    struct view rest = text;
    struct piece piece = {.kind = PIECE_TEXT};
    while (rest.len) {
        piece = next_piece(p->t, rest);
        size_t len = written_length(&piece);
        if (off < before + len) {
            break;
        }
        before += len;
        rest = view_slice(rest, piece.len, rest.len);
    }
    if (rest.len && piece.kind == PIECE_VALUE) {
        return parse_fail_code(p, code, rest.ptr,
                               "bad regular expression: %s (in Value %.*s of line %u)", why,
                               VIEW_ARG(piece.value->name), piece.value->pub.line);
    }
    const char *at =
        rest.len && piece.kind == PIECE_TEXT ? rest.ptr + (off - before) : rest.ptr;
    return parse_fail_code(p, code, at, "bad regular expression: %s", why);
}

static enum assigning assigning(const struct value *value)
{
    if (value->pub.options & TEXTFSM_FILLUP) {
        return ASSIGN_MORE;
    }
    if (value->pub.options & TEXTFSM_LISTED) {
        bool more = value->nested || value->required == REQUIRED_TEXT;
        return more ? ASSIGN_MORE : ASSIGN_LIST;
    }
    return ASSIGN_TEXT;
}

/* The step's assigns from the rule's, each kind in its order. */
static int sort_assigns(struct parser *p, const struct rule *rule, struct step *step)
{
    unsigned n = rule->pub.nvalues, count = 0;
    struct assign *assigns = arena_array(&p->t->arena, n, sizeof(*assigns));
    uint16_t *const counts[ASSIGNINGS] = {&step->ntexts, &step->nlists, &step->nothers};
    if (!assigns) {
        return fail_nomem(p->error);
    }
    for (unsigned kind = 0; kind < ASSIGNINGS; kind++) {
        for (unsigned i = 0; i < n; i++) {
            unsigned value = rule->pub.values[i];
            if (assigning(&p->t->values[value]) == kind) {
                assigns[count++] = (struct assign){(uint16_t)rule->groups[i], (uint16_t)value};
                ++*counts[kind];
            }
        }
    }
    step->assigns = assigns;
    return 0;
}

/* Which groups are Values: those put in, and any that the author gave a Value's name. */
static int find_assigns(struct parser *p, struct rule *rule, struct step *step)
{
    unsigned n = regex_group_count(step->re);
    unsigned *values = arena_array(&p->t->arena, n, sizeof(*values));
    unsigned *groups = arena_array(&p->t->arena, n, sizeof(*groups));
    if (!values || !groups) {
        return fail_nomem(p->error);
    }
    unsigned count = 0;
    for (unsigned g = 1; g < n; g++) {
        struct view name = regex_group_name(step->re, g);
        const struct value *value = name.len ? template_find_value(p->t, name) : NULL;
        if (value) {
            values[count] = (unsigned)(value - p->t->values);
            groups[count++] = g;
        }
    }
    rule->pub.values = values;
    rule->pub.nvalues = count;
    rule->groups = groups;
    return sort_assigns(p, rule, step);
}

static int compile(struct parser *p, struct rule *rule, struct step *step, struct view text)
{
    struct err err = ERR_INIT;
    struct view regex = VIEW_NONE;
    int rc = substitute(p, text, &regex);
    if (rc < 0) {
        return rc;
    }
    rule->pub.regex = regex.ptr;
    rule->pub.text = arena_dup(&p->t->arena, text);
    if (!rule->pub.text) {
        return fail_nomem(p->error);
    }
    rc = regex_compile_in(&step->re, p->t->family, regex, REGEX_ANCHORED, p->t->alloc, &err);
    if (rc < 0) {
        size_t off = err.column > 0 ? pystr_bytes(regex, (size_t)err.column - 1) : 0;
        return regex_fail(p, fail_code(rc, TEXTFSM_BAD_TEMPLATE), text, off, err.text);
    }
    return find_assigns(p, rule, step);
}

/* The last "->" with a blank in front; the blank's bytes are not part of the regex. */
static bool find_arrow(struct view line, struct view *text, struct view *action)
{
    for (size_t at = line.len; at-- > 1;) {
        if (line.ptr[at - 1] != '-' || line.ptr[at] != '>') {
            continue;
        }
        struct view before = view_slice(line, 0, at - 1);
        struct view stripped = pystr_rstrip(before);
        if (stripped.len == before.len) {
            continue;
        }
        size_t keep = stripped.len;
        for (size_t next = keep; next < before.len;) {
            keep = next;
            next += pystr_bytes(view_slice(before, next, before.len), 1);
        }
        *text = view_slice(line, 0, keep);
        *action = view_slice(line, at + 1, line.len);
        return true;
    }
    return false;
}

int rule_parse(struct parser *p, struct rule *rule, struct step *step)
{
    struct view line = pystr_lstrip(p->line);
    struct view text = line, action = VIEW_NONE;
    bool arrow = find_arrow(line, &text, &action);
    rule->pub.line = p->line_no;
    rule->pub.action = rule->pub.target = "";
    step->dest = DEST_STAY;
    int rc = compile(p, rule, step, text);
    if (rc == 0 && arrow) {
        rc = action_parse(p, rule, action);
    }
    step->line_op = (uint8_t)rule->pub.line_op;
    step->record_op = (uint8_t)rule->pub.record_op;
    return rc;
}
