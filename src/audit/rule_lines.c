/* The map behind `lines`: patterns, compiled where they stand so that a bad one is told with
 * its line. */
#include "audit/rules_part.h"

#include "base/limits.h"

struct raw_lines {
    const struct yaml_node *within, *except, *must, *must_not;
    int at_least;
};

static int read_pattern(struct yaml *y, const struct yaml_node *node, const char **text,
                        struct regex **out, struct err *err)
{
    struct err why = ERR_INIT;
    int code = yaml_string(y, node, text, err);
    if (code < 0) {
        return code;
    }
    if (node->text.len == 0 || node->text.len > LIMIT_REGEX_BYTES) {
        return yaml_error(y, node, err, "a pattern has 1 to %zu bytes", LIMIT_REGEX_BYTES);
    }
    code = regex_compile(out, node->text, REGEX_SEARCH, NULL, &why);
    if (code == ERR_NOMEM) {
        return err_nomem(err);
    }
    return code == 0
               ? 0
               : yaml_error(y, node, err, "this pattern is not usable, at its character %d: %s",
                            why.column > 0 ? why.column : 1, why.text);
}

/* A list of patterns, or one alone. */
static int read_patterns(struct yaml *y, const struct yaml_node *node, const char *what,
                         const char *const **texts, struct regex ***out, struct err *err)
{
    if (!node) {
        return 0;
    }
    bool one = node->kind == YAML_SCALAR;
    int code = one ? 0 : yaml_want(y, node, YAML_LIST, what, err);
    if (code < 0) {
        return code;
    }
    size_t n = one ? 1 : node->count;
    if (n == 0 || n > LIMIT_RULE_LIST) {
        return yaml_error(y, node, err, "%s: 1 to %d patterns", what, LIMIT_RULE_LIST);
    }
    const char **list = arena_array(&y->arena, n + 1, sizeof(*list));
    *out = arena_array(&y->arena, n + 1, sizeof(**out));
    if (!list || !*out) {
        return err_nomem(err);
    }
    *texts = list;
    const struct yaml_node *item = one ? node : node->first;
    for (size_t i = 0; i < n && code == 0; i++, item = item->next) {
        code = read_pattern(y, item, &list[i], &(*out)[i], err);
    }
    return code;
}

static int check(const struct yaml *y, const struct yaml_node *map, const struct rule *rule,
                 struct err *err)
{
    const struct yaml_node *at_least = yaml_get(map, "at_least");
    if (at_least && !rule->within) {
        return yaml_error(y, at_least, err,
                          "'at_least' counts blocks: it goes with 'within' only");
    }
    if (!rule->must && !rule->must_not && rule->at_least == 0) {
        return yaml_error(y, map, err, "'lines' needs 'must' or 'must_not'");
    }
    return 0;
}

int rule_read_lines(struct yaml *y, const struct yaml_node *node, struct rule *rule,
                    struct rule_patterns *patterns, struct err *err)
{
    static const struct yaml_field fields[] = {
        YAML_FIELD("within", YAML_NODE, struct raw_lines, within),
        YAML_FIELD("except", YAML_NODE, struct raw_lines, except),
        YAML_FIELD("must", YAML_NODE, struct raw_lines, must),
        YAML_FIELD("must_not", YAML_NODE, struct raw_lines, must_not),
        YAML_FIELD("at_least", YAML_INT, struct raw_lines, at_least, .max = 1000000),
    };
    struct raw_lines raw = {0};
    int code = yaml_read_map(y, node, "'lines'", fields, sizeof(fields) / sizeof(fields[0]),
                             &raw, err);
    if (code == 0 && raw.within) {
        code = read_pattern(y, raw.within, &rule->within, &patterns->within, err);
    }
    if (code == 0) {
        code = read_patterns(y, raw.except, "except", &rule->except, &patterns->except, err);
    }
    if (code == 0) {
        code = read_patterns(y, raw.must, "must", &rule->must, &patterns->must, err);
    }
    if (code == 0) {
        code = read_patterns(y, raw.must_not, "must_not", &rule->must_not, &patterns->must_not,
                             err);
    }
    rule->at_least = raw.at_least;
    return code == 0 ? check(y, node, rule, err) : code;
}

static void release_list(struct regex **list)
{
    for (; list && *list; list++) {
        regex_free(*list);
    }
}

void rule_patterns_release(struct rule_patterns *patterns)
{
    regex_free(patterns->within);
    release_list(patterns->except);
    release_list(patterns->must);
    release_list(patterns->must_not);
    *patterns = (struct rule_patterns){0};
}
