/*
 * Columns that a platform's template does not give. The run's table has the columns of all its
 * platforms' templates and NULL where a row's own template has no such value: a rule that names
 * such a column would look at nothing and be told that all is well, or not, as the other hosts
 * of the run happen to be. It is an ERROR of that platform's hosts, in the words of
 * `check`, as it is when they are alone.
 */
#include "audit/engine.h"

#include "audit/expression.h"
#include "audit/sql.h"
#include "collect/library.h"

#include <string.h>
#include <strings.h>

/* What a platform's hosts are read by, as the library has it today. */
struct reading {
    const char *platform;
    const struct textfsm_table *reader; /* NULL: none is to be had */
    const char *why;                    /* the rule does not compile over it; NULL = it does */
    struct reading *next;
};

struct asking {
    struct engine *e;
    const struct rule *rule;
    const struct table_seen *table;
    struct reading *first;
};

static struct reading *find_reading(const struct asking *a, const char *platform)
{
    struct reading *reading = platform ? a->first : NULL;
    while (reading && strcmp(reading->platform, platform) != 0) {
        reading = reading->next;
    }
    return reading;
}

/* A template that cannot be had is no fault of the rule's. */
static int add_reading(struct asking *a, const char *platform, struct err *err)
{
    struct reading *reading = arena_get(a->e->arena, sizeof(*reading));
    struct library *library = a->e->scene.library;
    struct finding finding;
    struct err why = ERR_INIT;
    if (!reading) {
        return err_nomem(err);
    }
    *reading = (struct reading){.platform = platform, .next = a->first};
    a->first = reading;
    if (library_by_name(library, platform, NULL, a->rule->templates[0], &finding, &why) == 1 &&
        library_load(library, &finding, &reading->reader, &why) < 0) {
        reading->reader = NULL;
    }
    return why.code == ERR_NOMEM ? err_nomem(err) : 0;
}

static int add_readings(struct asking *a, struct err *err)
{
    int status = 0;
    for (size_t host = 0; host < a->e->scene.nhosts && status == 0; host++) {
        const char *platform =
            scene_platform(&a->e->scene, a->e->scene.hosts[host].host.platform);
        if (platform && !find_reading(a, platform)) {
            status = add_reading(a, platform, err);
        }
    }
    return status;
}

static bool gives(const struct textfsm_table *reader, const char *column)
{
    for (unsigned i = 0; reader && i < textfsm_table_columns(reader); i++) {
        if (strcasecmp(textfsm_table_column(reader, i)->value->name, column) == 0) {
            return true;
        }
    }
    return false;
}

/* Another's template gives it and this one does not; the run's own columns come from none. */
static bool lacks(const struct asking *a, const struct reading *reading, const char *column)
{
    bool others = false;
    for (const struct reading *r = a->first; r && !others; r = r->next) {
        others = gives(r->reader, column);
    }
    return others && !gives(reading->reader, column);
}

/* The first column that the text names, as it seems, and the template does not give. */
static const char *lacking(const struct asking *a, const struct reading *reading,
                           const char *text)
{
    for (size_t i = 0; reading->reader && i < a->table->ncolumns; i++) {
        const char *name = a->table->columns[i];
        if (expression_names(view_of(text), view_of(name)) && lacks(a, reading, name)) {
            return name;
        }
    }
    return NULL;
}

/* The table as it would be without the other platforms. */
static void add_own_table(const struct asking *a, const struct reading *reading,
                          struct strbuf *sql)
{
    strbuf_addstr(sql, "SELECT 1 FROM (SELECT ");
    for (size_t i = 0, n = 0; i < a->table->ncolumns; i++) {
        if (!lacks(a, reading, a->table->columns[i])) {
            strbuf_addstr(sql, n++ ? ", " : "");
            sql_add_name(sql, a->table->columns[i]);
        }
    }
    strbuf_addstr(sql, " FROM main.");
    sql_add_name(sql, a->table->name);
    strbuf_addstr(sql, ") AS ");
    sql_add_name(sql, a->table->name);
    strbuf_addstr(sql, " WHERE (\n");
}

static int try_part(struct asking *a, struct reading *reading, const char *part, int line,
                    const char *text, struct err *err)
{
    struct engine *e = a->e;
    struct strbuf before = STRBUF_INIT;
    struct guarded st = GUARDED_INIT;
    struct err why = ERR_INIT;
    const char *name = reading->why ? NULL : lacking(a, reading, text);
    if (!name) {
        return 0;
    }
    /* the name may be a function's, or be found in a table of a SELECT */
    add_own_table(a, reading, &before);
    int status = strbuf_failed(&before) ? err_nomem(&why)
                                        : sql_open(&st, e->scene.db, e->span, &why, before.buf,
                                                   expression_trim(view_of(text)), "\n)");
    guarded_close(&st);
    strbuf_release(&before);
    if (status == 0) {
        return 0;
    }
    reading->why = arena_printf(e->arena, "%s:%d: %s on %s: no such column: %s", a->rule->path,
                                line, part, reading->platform, name);
    return why.code == ERR_NOMEM || !reading->why ? err_nomem(err) : 0;
}

/* Of an output that another template read, nothing is known. */
static void settle_hosts(struct asking *a, size_t rule)
{
    struct engine *e = a->e;
    for (size_t host = 0; host < e->scene.nhosts; host++) {
        struct audit_finding *finding = engine_finding(e, rule, host);
        const struct reading *reading =
            find_reading(a, scene_platform(&e->scene, finding->host->platform));
        const struct job_seen *job = e->tallies[host].job;
        if (finding->verdict == VERDICT_OPEN && reading && reading->why && job &&
            job->fingerprint &&
            strcmp(job->fingerprint, library_fingerprint(e->scene.library, reading->reader)) ==
                0) {
            finding->verdict = VERDICT_ERROR;
            finding->reason = reading->why;
        }
    }
}

int engine_columns(struct engine *e, size_t rule, const struct table_seen *table,
                   struct err *err)
{
    const struct rule *r = engine_rule(e, rule);
    struct asking a = {.e = e, .rule = r, .table = table};
    int status = e->scene.library ? add_readings(&a, err) : 0;
    for (struct reading *reading = a.first; reading && status == 0; reading = reading->next) {
        status = try_part(&a, reading, "where", r->where_at.line, r->where, err);
        if (status == 0) {
            status = try_part(&a, reading, "expect", r->expect_at.line, r->expect, err);
        }
    }
    if (status == 0) {
        settle_hosts(&a, rule);
    }
    return status;
}
