/*
 * Rules against the library: there are such platforms and templates, and the SQL compiles over
 * the tables that these templates would give. It is compiled over empty tables in a scratch
 * database, once for each platform of the rule, since a run may have hosts of one alone.
 */
#include "audit/check_part.h"

#include "audit/expression.h"
#include "audit/sql.h"
#include "base/guess.h"
#include "collect/library.h"
#include "collect/shape.h"
#include "store/rows.h"

#include <string.h>
#include <strings.h>

struct rule_check {
    struct check *check;
    const struct rule *rule;
    const char **platforms; /* NULL-terminated: the rule's that there are, or all */
    bool reported;          /* its SQL has a fault that need not be told once more */
};

/* ---- Platforms and templates ---------------------------------------------------------------
 */

static int find_platforms(struct rule_check *c, struct err *err)
{
    const struct platform_set *set = library_platforms(c->check->library, err);
    if (!set) {
        return err && err->code ? err->code : ERR_INPUT;
    }
    size_t n = 0, most = platform_count(set);
    while (c->rule->platforms && c->rule->platforms[n]) {
        n++;
    }
    c->platforms = arena_array(&c->check->arena, (n > most ? n : most) + 1, sizeof(char *));
    if (!c->platforms) {
        return err_nomem(err);
    }
    size_t known = 0;
    for (size_t i = 0; !c->rule->platforms && i < most; i++) {
        c->platforms[known++] = platform_at(set, i)->name;
    }
    for (size_t i = 0; i < n; i++) {
        const char *name = c->rule->platforms[i];
        const struct platform *platform = platform_find(set, name);
        if (platform) {
            c->platforms[known++] = platform->name;
            continue;
        }
        const char *guess = platform_guess(set, name);
        check_remark(c->check, c->rule->path, c->rule->platforms_at, true, "unknown-platform",
                     "%s: there is no platform '%s'%s%s%s", c->rule->id, name,
                     guess ? "; did you mean '" : "", guess ? guess : "", guess ? "'?" : "");
    }
    return 0;
}

/* 1: the platform has the template, under just that name; 0: it has not. */
static int find_template(struct rule_check *c, const char *platform, const char *name,
                         struct finding *finding, struct err *err)
{
    int got = library_by_name(c->check->library, platform, NULL, name, finding, err);
    return got == 1 && strcmp(finding->name, name) != 0 ? 0 : got;
}

/* Some platform's nearest, or a template of that name behind a platform's. */
static const char *guess_template(struct rule_check *c, const char *name)
{
    struct guess guess;
    guess_init(&guess, view_of(name));
    for (size_t i = 0; c->platforms[i]; i++) {
        struct finding finding;
        const char *near = library_guess(c->check->library, c->platforms[i], name);
        if (near) {
            guess_offer(&guess, near);
        }
        if (library_by_name(c->check->library, c->platforms[i], NULL, name, &finding, NULL) ==
            1) {
            return finding.name;
        }
    }
    return guess.best;
}

static void no_template(struct rule_check *c, const char *name)
{
    const char *guess = guess_template(c, name);
    check_remark(c->check, c->rule->path, c->rule->templates_at, true, "unknown-template",
                 "%s: no platform %shas a template '%s'%s%s%s", c->rule->id,
                 c->rule->platforms ? "of the rule " : "", name,
                 guess ? "; did you mean '" : "", guess ? guess : "", guess ? "'?" : "");
    c->reported = true;
}

static int check_template(struct rule_check *c, const char *name, struct err *err)
{
    size_t found = 0;
    const char *without = NULL;
    for (size_t i = 0; c->platforms[i]; i++) {
        struct finding finding;
        int got = find_template(c, c->platforms[i], name, &finding, err);
        if (got < 0) {
            return got;
        }
        found += got == 1;
        without = got == 0 && !without ? c->platforms[i] : without;
    }
    if (!found && c->platforms[0]) {
        no_template(c, name);
    } else if (without && c->rule->platforms) {
        check_remark(c->check, c->rule->path, c->rule->templates_at, true, "unknown-template",
                     "%s: platform %s has no template '%s'", c->rule->id, without, name);
    }
    return 0;
}

/* ---- Tables --------------------------------------------------------------------------------
 */

/* The templates of the rule on a platform, or on all of them (NULL), into shape. */
static int add_shapes(struct rule_check *c, const char *only, struct shape *shape,
                      struct err *err)
{
    int got = 0;
    for (size_t t = 0; c->rule->templates[t] && got >= 0; t++) {
        for (size_t i = 0; c->platforms[i] && got >= 0; i++) {
            const struct textfsm_table *reader;
            struct shape_place place;
            struct finding finding;
            if (only && strcmp(only, c->platforms[i]) != 0) {
                continue;
            }
            got = find_template(c, c->platforms[i], c->rule->templates[t], &finding, err);
            if (got == 1) {
                got = library_load(c->check->library, &finding, &reader, err);
                got = got < 0 ? got
                              : shape_reader(shape, c->rule->templates[t], reader, &place, err);
            }
        }
    }
    return got < 0 ? got : 0;
}

/* A run's tables about itself, which queries may use. */
static const char about[] =
    "CREATE TABLE _inventory(host TEXT, address TEXT, platform TEXT, status TEXT, groups TEXT);"
    "CREATE TABLE _hosts(host TEXT, address TEXT, port INTEGER, platform TEXT, status TEXT,"
    " reason TEXT, connect_ms INTEGER, auth_ms INTEGER, total_ms INTEGER, algorithms TEXT,"
    " fingerprint TEXT, place INTEGER, groups TEXT, data TEXT);"
    "CREATE TABLE _jobs(host TEXT, command TEXT, template TEXT, template_fingerprint TEXT,"
    " status TEXT, reason TEXT, collected_at TEXT, took_ms INTEGER, exit_status INTEGER,"
    " output TEXT);";

static int open_tables(struct rule_check *c, const char *only, struct db **db, struct err *err)
{
    struct shape shape = {.arena = &c->check->arena};
    struct table *tables = NULL;
    size_t ntables = 0;
    int status = c->rule->templates ? add_shapes(c, only, &shape, err) : 0;
    if (status == 0) {
        status = shape_finish(&shape, &tables, &ntables, err);
    }
    if (status == 0) {
        status = db_open(db, "", DB_SCRATCH, err);
    }
    if (status == 0) {
        guarded_names_only(*db);
        status = db_exec(*db, about, err);
    }
    for (size_t i = 0; i < ntables && status == 0; i++) {
        status = rows_create(*db, &tables[i], true, err);
    }
    return status;
}

/* ---- SQL -----------------------------------------------------------------------------------
 */

static const char *code_of(const char *text)
{
    static const struct {
        const char *start, *code;
    } codes[] = {
        {"no such column", "unknown-column"},
        {"no such table", "unknown-table"},
        {"no such function", "unknown-function"},
        {"no column 'host'", "no-host-column"},
    };
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (strncmp(text, codes[i].start, strlen(codes[i].start)) == 0) {
            return codes[i].code;
        }
    }
    return "bad-sql";
}

/* The inventory's keys are columns, too, but nobody knows them here. */
static bool may_be_data(const struct rule_check *c, const char *sql, const char *text)
{
    return strncmp(text, "no such column", 14) == 0 &&
           (sql == c->rule->when || expression_names(view_of(sql), VIEW("_inventory")));
}

static int told(struct rule_check *c, const char *part, struct rule_place at, const char *sql,
                const char *platform, const struct err *why, struct err *err)
{
    if (why->code == ERR_NOMEM) {
        return err_nomem(err);
    }
    if (!may_be_data(c, sql, why->text)) {
        const char *code = code_of(why->text);
        check_remark(c->check, c->rule->path, at, true, code, "%s: %s%s%s: %s%s", c->rule->id,
                     part, platform ? " on " : "", platform ? platform : "", why->text,
                     strcmp(code, "unknown-table") == 0 ? " (SQL sees the rule's templates)"
                                                        : "");
        c->reported = true;
    }
    return 0;
}

static int check_part(struct rule_check *c, struct db *db, const char *table, const char *name,
                      struct rule_place at, const char *text, const char *platform,
                      struct err *err)
{
    struct sql_part part = {NULL, table, expression_trim(view_of(text))};
    struct err why = ERR_INIT;
    if (!text || sql_check_part(db, &part, 0, &why) == 0) {
        return 0;
    }
    return told(c, name, at, text, platform, &why, err);
}

static bool is_column(const void *user, struct view name)
{
    const struct table *table = user;
    for (size_t i = 0; i < table->ncolumns; i++) {
        if (strlen(table->columns[i].name) == name.len &&
            strncasecmp(table->columns[i].name, name.ptr, name.len) == 0) {
            return true;
        }
    }
    return false;
}

/* All columns hold text, of which '9' is more than '15'. */
static void check_numbers(struct rule_check *c, const struct table *table, const char *part,
                          struct rule_place at, const char *sql)
{
    struct view column;
    if (sql && expression_compares_number(view_of(sql), is_column, table, &column)) {
        check_remark(c->check, c->rule->path, at, false, "compares-text",
                     "%s: %s compares %.*s as text, of which '9' is more than '15'; there are "
                     "CAST(%.*s AS INTEGER) and version_compare()",
                     c->rule->id, part, VIEW_ARG(column), VIEW_ARG(column));
    }
}

/* Whether the text is one call of the function and nothing else. */
static bool is_call(struct view text, const char *function)
{
    size_t i = strlen(function), depth = 0;
    bool quoted = false;
    if (text.len <= i || strncasecmp(text.ptr, function, i) != 0 || text.ptr[i] != '(') {
        return false;
    }
    for (; i < text.len; i++) {
        char c = text.ptr[i];
        quoted ^= c == '\'';
        depth += !quoted && c == '(';
        depth -= !quoted && c == ')';
        if (depth == 0) {
            break;
        }
    }
    return i + 1 == text.len;
}

/* -1, older, is as true as 1. */
static void check_bare_call(struct rule_check *c, const char *part, struct rule_place at,
                            const char *sql)
{
    if (sql && is_call(expression_trim(view_of(sql)), "version_compare")) {
        check_remark(c->check, c->rule->path, at, false, "compares-nothing",
                     "%s: %s holds for -1 (older) as for 1 (newer): version_compare(...) >= 0 "
                     "is what holds for this version and newer ones",
                     c->rule->id, part);
    }
}

static int check_comparisons(struct rule_check *c, struct err *err)
{
    struct shape shape = {.arena = &c->check->arena};
    struct table *tables = NULL;
    size_t ntables = 0;
    int status = add_shapes(c, NULL, &shape, err);
    if (status == 0) {
        status = shape_finish(&shape, &tables, &ntables, err);
    }
    check_bare_call(c, "where", c->rule->where_at, c->rule->where);
    check_bare_call(c, "expect", c->rule->expect_at, c->rule->expect);
    for (size_t i = 0; i < ntables; i++) {
        check_numbers(c, &tables[i], "where", c->rule->where_at, c->rule->where);
        check_numbers(c, &tables[i], "expect", c->rule->expect_at, c->rule->expect);
        check_numbers(c, &tables[i], "query", c->rule->query_at, c->rule->query);
    }
    return status;
}

static int check_expect(struct rule_check *c, const char *platform, struct err *err)
{
    const struct rule *rule = c->rule;
    struct db *db = NULL;
    int status = open_tables(c, platform, &db, err);
    if (status == 0) {
        status = check_part(c, db, rule->templates[0], "where", rule->where_at, rule->where,
                            platform, err);
    }
    if (status == 0) {
        status = check_part(c, db, rule->templates[0], "expect", rule->expect_at, rule->expect,
                            platform, err);
    }
    db_close(db);
    return status;
}

static bool has_host(const struct guarded *st)
{
    for (int i = 0; i < guarded_columns(st); i++) {
        const char *name = guarded_name(st, i);
        if (name && strcasecmp(name, "host") == 0) {
            return true;
        }
    }
    return false;
}

static int check_query(struct rule_check *c, struct err *err)
{
    struct db *db = NULL;
    struct guarded st = GUARDED_INIT;
    struct err why = ERR_INIT;
    struct view text = expression_trim(view_of(c->rule->query));
    int status = open_tables(c, NULL, &db, err), bad = 0;
    if (status == 0) {
        bad = expression_check(text, &why);
        bad = bad < 0 ? bad : sql_open(&st, db, 0, &why, "", text, "");
        if (bad == 0 && !has_host(&st)) {
            bad =
                err_set(&why, ERR_USAGE,
                        "no column 'host', which says whose a violation is: SELECT host, ...");
        }
        guarded_close(&st);
    }
    if (bad < 0) {
        status = told(c, "query", c->rule->query_at, c->rule->query, NULL, &why, err);
    }
    db_close(db);
    return status;
}

static int check_when(struct rule_check *c, struct err *err)
{
    struct db *db = NULL;
    struct rule_check bare = *c;
    struct rule none = *c->rule;
    none.templates = NULL;
    bare.rule = &none;
    int status = open_tables(&bare, NULL, &db, err);
    if (status == 0) {
        status =
            check_part(c, db, "_inventory", "when", c->rule->when_at, c->rule->when, NULL, err);
    }
    db_close(db);
    return status;
}

/* Whether the platform's own templates give what the rule's SQL, which compiles over those of
 * all, looks at. */
static bool expect_compiles(const struct rule_check *c, struct db *db)
{
    const char *const texts[] = {c->rule->where, c->rule->expect};
    bool does = true;
    for (size_t i = 0; i < 2; i++) {
        struct sql_part part = {NULL, c->rule->templates[0],
                                expression_trim(view_of(texts[i]))};
        does = does && (!texts[i] || sql_check_part(db, &part, 0, NULL) == 0);
    }
    return does;
}

/* A template that the platform does not have at all has no rows of it. */
static bool query_compiles(const struct rule_check *c, struct db *db)
{
    struct guarded st = GUARDED_INIT;
    struct err why = ERR_INIT;
    int bad = sql_open(&st, db, 0, &why, "", expression_trim(view_of(c->rule->query)), "");
    guarded_close(&st);
    return bad == 0 || strcmp(code_of(why.text), "unknown-column") != 0 ||
           may_be_data(c, c->rule->query, why.text);
}

static int compiles_on(struct rule_check *c, const char *platform, bool *does, struct err *err)
{
    struct db *db = NULL;
    int status = open_tables(c, platform, &db, err);
    if (status == 0) {
        *does = c->rule->kind == RULE_QUERY ? query_compiles(c, db) : expect_compiles(c, db);
    }
    db_close(db);
    return status;
}

/* Columns that not all platforms have: expect is an ERROR there, a query sees NULL. */
static void not_everywhere(struct rule_check *c, const char *first, size_t n)
{
    bool query = c->rule->kind == RULE_QUERY;
    check_remark(c->check, c->rule->path, c->rule->templates_at, false, "not-everywhere",
                 "%s: %s of %s%s lacks columns that it names: %s", c->rule->id,
                 query && c->rule->templates[1] ? "a template" : c->rule->templates[0], first,
                 n > 1 ? " (and of others)" : "",
                 query ? "they are NULL there, which only IS NULL finds"
                       : "its hosts are ERRORs, unless 'platforms' says where the rule is for");
}

static int check_others(struct rule_check *c, struct err *err)
{
    const char *first = NULL;
    size_t n = 0;
    int status = 0;
    for (size_t i = 0; c->platforms[i] && status == 0; i++) {
        struct finding finding;
        bool does = true;
        int got = c->rule->kind == RULE_QUERY
                      ? 1
                      : find_template(c, c->platforms[i], c->rule->templates[0], &finding, err);
        status = got == 1 ? compiles_on(c, c->platforms[i], &does, err) : got;
        first = does || first ? first : c->platforms[i];
        n += !does;
    }
    if (status == 0 && n > 0) {
        not_everywhere(c, first, n);
    }
    return status;
}

/* Over each platform of the rule that has the template; without platforms over the columns of
 * all. */
static int check_platforms(struct rule_check *c, struct err *err)
{
    int status = 0;
    if (!c->rule->platforms) {
        status = check_expect(c, NULL, err);
        return status < 0 || c->reported ? status : check_others(c, err);
    }
    for (size_t i = 0; c->platforms[i] && status == 0 && !c->reported; i++) {
        struct finding finding;
        int got = find_template(c, c->platforms[i], c->rule->templates[0], &finding, err);
        status = got == 1 ? check_expect(c, c->platforms[i], err) : got;
    }
    return status;
}

static void check_command(struct rule_check *c, const struct platform_set *set)
{
    for (size_t i = 0; c->rule->platforms && c->platforms[i]; i++) {
        const struct platform *platform = platform_find(set, c->platforms[i]);
        if (!platform_reads_only(platform, view_of(c->rule->command))) {
            check_remark(c->check, c->rule->path, c->rule->command_at, false, "not-read-only",
                         "%s: '%s' is not among the commands that only read on %s", c->rule->id,
                         c->rule->command, platform->name);
        }
    }
}

int check_rule_sql(struct check *check, const struct rule *rule, struct err *err)
{
    struct rule_check c = {.check = check, .rule = rule};
    int status = find_platforms(&c, err);
    for (size_t i = 0; status == 0 && rule->templates && rule->templates[i]; i++) {
        status = check_template(&c, rule->templates[i], err);
    }
    if (status == 0 && rule->when) {
        status = check_when(&c, err);
    }
    if (status < 0 || c.reported || !c.platforms[0]) {
        return status;
    }
    switch (rule->kind) {
    case RULE_EXPECT:
        status = check_platforms(&c, err);
        break;
    case RULE_QUERY:
        status = check_query(&c, err);
        status = status < 0 || c.reported ? status : check_others(&c, err);
        break;
    default:
        check_command(&c, library_platforms(check->library, NULL));
        return 0;
    }
    return status < 0 || c.reported ? status : check_comparisons(&c, err);
}
