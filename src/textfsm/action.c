/* Actions: what stands behind a rule's "->": [line-op][.record-op] [state | "message"]. */
#include "textfsm/pystr.h"
#include "textfsm/template.h"

static const char *const line_ops[] = {"Next", "Continue", "Error"};
static const char *const record_ops[] = {"NoRecord", "Record", "Clear", "Clearall"};

static int find(const char *const *names, int n, struct view word)
{
    for (int i = 0; i < n; i++) {
        if (view_equal_str(word, names[i])) {
            return i;
        }
    }
    return -1;
}

/* "Next", "Next.Record" or "Record" set the rule's operators; false for another word. */
static bool parse_operators(struct rule *rule, struct view word)
{
    const char *dot = memchr(word.ptr, '.', word.len);
    struct view left = dot ? view_slice(word, 0, (size_t)(dot - word.ptr)) : word;
    int line_op = find(line_ops, 3, left);
    int record_op = find(record_ops, 4, left);
    if (dot) {
        record_op = find(record_ops, 4, view_slice(word, left.len + 1, word.len));
        if (line_op < 0 || record_op < 0) {
            return false;
        }
    }
    if (line_op < 0 && record_op < 0) {
        return false;
    }
    rule->pub.line_op = line_op < 0 ? TEXTFSM_NEXT : (unsigned)line_op;
    rule->pub.record_op = record_op < 0 ? TEXTFSM_NORECORD : (unsigned)record_op;
    return true;
}

static bool quoted(struct view v)
{
    return v.len >= 2 && v.ptr[0] == '"' && v.ptr[v.len - 1] == '"';
}

/* The bytes up to the first blank. */
static struct view first_word(struct view v)
{
    for (struct view rest = v; rest.len;) {
        struct view less = pystr_lstrip(rest);
        if (less.len != rest.len) {
            return view_slice(v, 0, (size_t)(rest.ptr - v.ptr));
        }
        rest = view_slice(rest, pystr_bytes(rest, 1), rest.len);
    }
    return v;
}

static int check_target(struct parser *p, struct rule *rule, struct view target)
{
    if (rule->pub.line_op == TEXTFSM_CONTINUE) {
        return parse_fail(p, target.ptr,
                          "Continue stays on the line and cannot go to a state (%.*s)",
                          VIEW_ARG(target));
    }
    if (rule->pub.line_op != TEXTFSM_ERROR && quoted(target)) {
        return parse_fail(p, target.ptr,
                          "a state's name has only letters, digits and \"_\"; a quoted text "
                          "stands behind Error only");
    }
    rule->target = target;
    return 0;
}

static int parse_target(struct parser *p, struct rule *rule, struct view target)
{
    if (target.len == 0) {
        return 0;
    }
    int word = quoted(target) ? 1 : pystr_is_word(target, p->t->alloc);
    if (word < 0) {
        return fail_nomem(p->error);
    }
    if (!word) {
        return parse_fail(p, target.ptr,
                          "\"%.*s\" is no action; expected [Next|Continue|Error]"
                          "[.Record|.NoRecord|.Clear|.Clearall] [state]",
                          VIEW_ARG(target));
    }
    return check_target(p, rule, target);
}

static int fill_public(struct parser *p, struct rule *rule, struct view word)
{
    struct arena *arena = &p->t->arena;
    bool both = word.len && rule->target.len;
    char *action = arena_get(arena, word.len + rule->target.len + 2);
    rule->pub.action = action;
    rule->pub.target = arena_dup(arena, rule->target);
    if (!action || !rule->pub.target) {
        return fail_nomem(p->error);
    }
    memcpy(action, word.ptr ? word.ptr : "", word.len);
    action[word.len] = both ? ' ' : '\0';
    memcpy(action + word.len + both, rule->pub.target, rule->target.len);
    return 0;
}

int action_parse(struct parser *p, struct rule *rule, struct view action)
{
    struct view rest = pystr_lstrip(action);
    struct view word = first_word(rest);
    if (action.len && rest.len == action.len) {
        return parse_fail(p, action.ptr, "expected a blank between \"->\" and \"%.*s\"",
                          VIEW_ARG(action));
    }
    if (word.len && parse_operators(rule, word)) {
        rest = pystr_lstrip(view_slice(rest, word.len, rest.len));
    } else {
        word = VIEW_NONE;
    }
    int rc = parse_target(p, rule, rest);
    return rc == 0 ? fill_public(p, rule, word) : rc;
}
