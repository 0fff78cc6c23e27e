/* One waiver of a file. */
#include "audit/rules_part.h"

#include "base/limits.h"

#include <string.h>

static int digits(const char *text, size_t n)
{
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool date_valid(const char *text)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-') {
        return false;
    }
    int year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
    if (year < 1970 || month < 1 || month > 12 || day < 1) {
        return false;
    }
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= days[month - 1] + (month == 2 && leap);
}

/* Every text says something; a date is one. */
static int check(const struct yaml *y, const struct yaml_node *map, const struct waiver *waiver,
                 struct err *err)
{
    static const char *const keys[] = {"rule", "owner", "reason", "expires"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const struct yaml_node *node = yaml_get(map, keys[i]);
        if (view_trim(node->text).len == 0 || node->text.len > LIMIT_RULE_WORDS ||
            yaml_is_null(node)) {
            return yaml_error(y, node, err, "'%s' of a waiver has 1 to %zu bytes", keys[i],
                              LIMIT_RULE_WORDS);
        }
    }
    const struct yaml_node *hosts = yaml_get(map, "hosts");
    if (!waiver->hosts || !waiver->hosts[0]) {
        return yaml_error(y, hosts, err,
                          "'hosts' of a waiver names hosts or groups; '*' is all");
    }
    if (!date_valid(waiver->expires)) {
        return yaml_error(y, yaml_get(map, "expires"), err,
                          "'%.40s' is no day; it is written 2027-05-31", waiver->expires);
    }
    return 0;
}

int waiver_read(struct yaml *y, const struct yaml_node *node, struct waiver *waiver,
                struct err *err)
{
    static const struct yaml_field fields[] = {
        YAML_FIELD("rule", YAML_STRING, struct waiver, rule, .required = true),
        YAML_FIELD("hosts", YAML_STRINGS, struct waiver, hosts, .required = true),
        YAML_FIELD("owner", YAML_STRING, struct waiver, owner, .required = true),
        YAML_FIELD("reason", YAML_STRING, struct waiver, reason, .required = true),
        YAML_FIELD("expires", YAML_STRING, struct waiver, expires, .required = true),
    };
    *waiver = (struct waiver){.path = y->path, .at = {node->line, node->column}};
    int code = yaml_read_map(y, node, "a waiver", fields, sizeof(fields) / sizeof(fields[0]),
                             waiver, err);
    return code == 0 ? check(y, node, waiver, err) : code;
}
