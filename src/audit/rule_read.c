/* One rule of a file: its keys, and that they go together. */
#include "audit/rules_part.h"

#include "base/guess.h"
#include "base/limits.h"

#include <string.h>

const char *const severity_names[] = {"info", "low", "medium", "high", "critical", NULL};

#define SEVERITIES (sizeof(severity_names) / sizeof(severity_names[0]) - 1)

/* The map as it stands in the file. */
struct raw_rule {
    struct rule rule;
    const char *severity;
    const char *template_name;
    const struct yaml_node *lines;
    int at_least;
};

static int read_severity(const struct yaml *y, const struct yaml_node *map, const char *word,
                         enum severity *out, struct err *err)
{
    *out = SEVERITY_MEDIUM;
    for (size_t i = 0; word && i < SEVERITIES; i++) {
        if (strcmp(word, severity_names[i]) == 0) {
            *out = (enum severity)i;
            return 0;
        }
    }
    if (!word) {
        return 0;
    }
    const char *guess = guess_nearest(view_of(word), severity_names, SEVERITIES);
    return yaml_error(y, yaml_get(map, "severity"), err, "there is no severity '%.40s'; %s%s%s",
                      word,
                      guess ? "did you mean '" : "they are info, low, medium, high, critical",
                      guess ? guess : "", guess ? "'?" : "");
}

static int check_id(const struct yaml *y, const struct yaml_node *map, const char *id,
                    struct err *err)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    size_t len = strlen(id);
    if (len > 0 && len <= LIMIT_FILE_NAME && strspn(id, allowed) == len) {
        return 0;
    }
    return yaml_error(y, yaml_get(map, "id"), err,
                      "an id has 1 to %d letters, digits and - _ . in it", LIMIT_FILE_NAME);
}

/* ---- Which kind, and which keys go with it -------------------------------------------------
 */

enum { WITH_EXPECT = 1, WITH_QUERY = 2, WITH_LINES = 4 };

/* Keys that only some kinds have, and those that a kind cannot do without. */
static const struct key_use {
    const char *key;
    unsigned may, must;
} key_uses[] = {
    {"template", WITH_EXPECT, WITH_EXPECT}, {"where", WITH_EXPECT, 0},
    {"at_least", WITH_EXPECT, 0},           {"templates", WITH_QUERY, WITH_QUERY},
    {"command", WITH_LINES, WITH_LINES},
};
static const char *const kind_keys[] = {"expect", "query", "lines"};

/* What to do with a key that does not go with the kind. */
static const char *instead(const char *key, enum rule_kind kind)
{
    static const struct {
        const char *key;
        enum rule_kind kind;
        const char *advice;
    } advices[] = {
        {"template", RULE_QUERY, "; say 'templates'"},
        {"templates", RULE_EXPECT, "; say 'template'"},
        {"template", RULE_LINES, "; say 'command'"},
        {"templates", RULE_LINES, "; say 'command'"},
        {"command", RULE_EXPECT, "; say 'template'"},
        {"command", RULE_QUERY, "; say 'templates'"},
        {"at_least", RULE_LINES, "; it belongs into 'lines'"},
    };
    for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
        if (advices[i].kind == kind && strcmp(advices[i].key, key) == 0) {
            return advices[i].advice;
        }
    }
    return "; leave it out";
}

static int check_may(const struct yaml *y, const struct yaml_node *map,
                     const struct key_use *use, enum rule_kind kind, struct err *err)
{
    const struct yaml_node *node = yaml_get(map, use->key);
    if (!node || use->may & (1u << kind)) {
        return 0;
    }
    struct yaml_node at = {.line = node->key_line, .column = node->key_column};
    return yaml_error(y, &at, err, "'%s' does not go with '%s'%s", use->key, kind_keys[kind],
                      instead(use->key, kind));
}

static int check_must(const struct yaml *y, const struct yaml_node *map,
                      const struct key_use *use, enum rule_kind kind, struct err *err)
{
    return yaml_get(map, use->key) || !(use->must & (1u << kind))
               ? 0
               : yaml_error(y, map, err, "a rule with '%s' needs the key '%s'", kind_keys[kind],
                            use->key);
}

/* What belongs one level deeper. */
static int check_level(const struct yaml *y, const struct yaml_node *map, struct err *err)
{
    static const char *const keys[] = {"within", "except", "must", "must_not"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && map->kind == YAML_MAP; i++) {
        const struct yaml_node *node = yaml_get(map, keys[i]);
        if (node) {
            struct yaml_node at = {.line = node->key_line, .column = node->key_column};
            return yaml_error(y, &at, err, "'%s' belongs into 'lines'", keys[i]);
        }
    }
    return 0;
}

static int find_kind(const struct yaml *y, const struct yaml_node *map, enum rule_kind *out,
                     struct err *err)
{
    int found = 0;
    for (int i = 0; i < 3; i++) {
        if (yaml_get(map, kind_keys[i])) {
            *out = (enum rule_kind)i;
            found++;
        }
    }
    if (found != 1) {
        return yaml_error(y, map, err, "a rule has exactly one of 'expect', 'query', 'lines'");
    }
    int code = 0;
    size_t n = sizeof(key_uses) / sizeof(key_uses[0]);
    for (size_t i = 0; i < n && code == 0; i++) {
        code = check_may(y, map, &key_uses[i], *out, err);
    }
    for (size_t i = 0; i < n && code == 0; i++) {
        code = check_must(y, map, &key_uses[i], *out, err);
    }
    return code;
}

/* ---- Texts ---------------------------------------------------------------------------------
 */

/* A text that is given says something, and not too much. */
static int check_text(const struct yaml *y, const struct yaml_node *map, const char *key,
                      size_t most, struct err *err)
{
    const struct yaml_node *node = yaml_get(map, key);
    if (!node || node->kind != YAML_SCALAR) {
        return 0;
    }
    if (view_trim(node->text).len == 0) {
        return yaml_error(y, node, err, "'%s' is empty", key);
    }
    return node->text.len <= most
               ? 0
               : yaml_error(y, node, err, "'%s' has more than %zu bytes", key, most);
}

static int check_list(const struct yaml *y, const struct yaml_node *map, const char *key,
                      struct err *err)
{
    const struct yaml_node *node = yaml_get(map, key);
    if (node && node->kind == YAML_LIST && node->count > LIMIT_RULE_LIST) {
        return yaml_error(y, node, err, "'%s' has more than %d items", key, LIMIT_RULE_LIST);
    }
    return node && node->kind == YAML_LIST && node->count == 0
               ? yaml_error(y, node, err, "'%s' is an empty list", key)
               : 0;
}

static int check_texts(const struct yaml *y, const struct yaml_node *map, struct err *err)
{
    static const struct {
        const char *key;
        size_t most;
    } texts[] = {
        {"title", LIMIT_RULE_WORDS},   {"why", LIMIT_RULE_WORDS},
        {"fix", LIMIT_RULE_WORDS},     {"when", LIMIT_RULE_SQL},
        {"where", LIMIT_RULE_SQL},     {"expect", LIMIT_RULE_SQL},
        {"query", LIMIT_RULE_SQL},     {"template", LIMIT_FILE_NAME},
        {"command", LIMIT_RULE_WORDS},
    };
    static const char *const lists[] = {"platforms", "groups", "templates"};
    int code = 0;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && code == 0; i++) {
        code = check_text(y, map, texts[i].key, texts[i].most, err);
    }
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && code == 0; i++) {
        code = check_list(y, map, lists[i], err);
    }
    return code;
}

/* One line with single blanks: what it is found by among the commands of a run. */
static int squeeze_command(struct yaml *y, const struct yaml_node *map, struct rule *rule,
                           struct err *err)
{
    char *out = arena_dup(&y->arena, view_trim(view_of(rule->command)));
    if (!out) {
        return err_nomem(err);
    }
    size_t len = 0;
    for (const char *c = out; *c; c++) {
        if ((unsigned char)*c < 0x20 && *c != '\t') {
            return yaml_error(y, yaml_get(map, "command"), err, "a command is one line");
        }
        char plain = *c == '\t' ? ' ' : *c;
        if (plain != ' ' || (len > 0 && out[len - 1] != ' ')) {
            out[len++] = plain;
        }
    }
    out[len] = '\0';
    rule->command = out;
    return 0;
}

/* ---- The rule ------------------------------------------------------------------------------
 */

static struct rule_place place_of(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = yaml_get(map, key);
    return node ? (struct rule_place){node->line, node->column} : (struct rule_place){0, 0};
}

static void set_places(struct rule *rule, const struct yaml_node *node)
{
    rule->at = (struct rule_place){node->line, node->column};
    rule->platforms_at = place_of(node, "platforms");
    rule->when_at = place_of(node, "when");
    rule->templates_at = place_of(node, rule->kind == RULE_EXPECT ? "template" : "templates");
    rule->where_at = place_of(node, "where");
    rule->expect_at = place_of(node, "expect");
    rule->query_at = place_of(node, "query");
    rule->command_at = place_of(node, "command");
    rule->lines_at = place_of(node, "lines");
}

static int read_keys(struct yaml *y, const struct yaml_node *map, struct raw_rule *raw,
                     struct err *err)
{
    static const struct yaml_field fields[] = {
        YAML_FIELD("id", YAML_STRING, struct raw_rule, rule.id, .required = true),
        YAML_FIELD("title", YAML_STRING, struct raw_rule, rule.title, .required = true),
        YAML_FIELD("severity", YAML_STRING, struct raw_rule, severity),
        YAML_FIELD("why", YAML_STRING, struct raw_rule, rule.why),
        YAML_FIELD("fix", YAML_STRING, struct raw_rule, rule.fix),
        YAML_FIELD("platforms", YAML_STRINGS, struct raw_rule, rule.platforms),
        YAML_FIELD("groups", YAML_STRINGS, struct raw_rule, rule.groups),
        YAML_FIELD("when", YAML_STRING, struct raw_rule, rule.when),
        YAML_FIELD("template", YAML_STRING, struct raw_rule, template_name),
        YAML_FIELD("templates", YAML_STRINGS, struct raw_rule, rule.templates),
        YAML_FIELD("where", YAML_STRING, struct raw_rule, rule.where),
        YAML_FIELD("expect", YAML_STRING, struct raw_rule, rule.expect),
        YAML_FIELD("query", YAML_STRING, struct raw_rule, rule.query),
        YAML_FIELD("command", YAML_STRING, struct raw_rule, rule.command),
        YAML_FIELD("lines", YAML_NODE, struct raw_rule, lines),
        YAML_FIELD("at_least", YAML_INT, struct raw_rule, at_least, .max = 1000000),
    };
    return yaml_read_map(y, map, "a rule", fields, sizeof(fields) / sizeof(fields[0]), raw,
                         err);
}

/* `null` in so many words is as good as left out, which these may not be. */
static int check_given(const struct yaml *y, const struct yaml_node *map, enum rule_kind kind,
                       struct err *err)
{
    const char *keys[] = {"id", "title", kind_keys[kind], NULL};
    for (size_t i = 0; i < sizeof(key_uses) / sizeof(key_uses[0]); i++) {
        if (key_uses[i].must & (1u << kind)) {
            keys[3] = key_uses[i].key;
        }
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const struct yaml_node *node = yaml_get(map, keys[i]);
        if (yaml_is_null(node)) {
            return yaml_error(y, node, err, "'%s' is null; a text that says so is in quotes",
                              keys[i]);
        }
    }
    return 0;
}

static int use_template(struct yaml *y, struct raw_rule *raw, struct err *err)
{
    const char **list = arena_array(&y->arena, 2, sizeof(*list));
    if (!list) {
        return err_nomem(err);
    }
    list[0] = raw->template_name;
    raw->rule.templates = list;
    return 0;
}

static int finish(struct yaml *y, const struct yaml_node *map, struct raw_rule *raw,
                  struct rule_patterns *patterns, struct err *err)
{
    struct rule *rule = &raw->rule;
    int code;
    switch (rule->kind) {
    case RULE_EXPECT:
        /* no row at all is no pass, unless only some rows are meant */
        rule->at_least = raw->at_least >= 0 ? raw->at_least : rule->where ? 0 : 1;
        return use_template(y, raw, err);
    case RULE_LINES:
        code = squeeze_command(y, map, rule, err);
        return code < 0 ? code : rule_read_lines(y, raw->lines, rule, patterns, err);
    default:
        return 0;
    }
}

int rule_read(struct yaml *y, const struct yaml_node *node, struct rule *rule,
              struct rule_patterns *patterns, struct err *err)
{
    struct raw_rule raw = {.at_least = -1};
    *patterns = (struct rule_patterns){0};
    int code = check_level(y, node, err);
    if (code == 0) {
        code = read_keys(y, node, &raw, err);
    }
    if (code == 0) {
        code = find_kind(y, node, &raw.rule.kind, err);
    }
    if (code == 0) {
        code = check_given(y, node, raw.rule.kind, err);
    }
    if (code == 0) {
        code = check_id(y, node, raw.rule.id, err);
    }
    if (code == 0) {
        code = check_texts(y, node, err);
    }
    if (code == 0) {
        code = read_severity(y, node, raw.severity, &raw.rule.severity, err);
    }
    if (code == 0) {
        code = finish(y, node, &raw, patterns, err);
    }
    *rule = raw.rule;
    rule->path = y->path;
    set_places(rule, node);
    if (code < 0) {
        rule_patterns_release(patterns);
    }
    return code;
}
