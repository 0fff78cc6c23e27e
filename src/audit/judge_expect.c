/* expect: one statement over the rows of all hosts says of each row whether it is as it must
 * be. */
#include "audit/engine.h"

#include "audit/expression.h"
#include "audit/sql.h"
#include "base/strbuf.h"

#include <stdlib.h>
#include <string.h>

/* What the statement gives of a row. */
enum { ROW_VIOLATES = '0', ROW_HOLDS = '1', ROW_UNKNOWN = '2', ROW_LEFT_OUT = '3' };
enum { AT_HOST, AT_COMMAND, AT_VERDICT, AT_CELLS };

struct expecting {
    struct engine *e;
    size_t rule;
    const struct rule *r;
    const struct table_seen *table;
    bool *named;  /* columns that the rule names, and keys: people want to see them first */
    bool *hidden; /* the run's own columns, unless the rule names them */
    const char *wanted, *looked; /* expect and where as evidence tells them */
    struct guarded st;
};

/* ---- The statement -------------------------------------------------------------------------
 */

static int mark_columns(struct expecting *x, struct err *err)
{
    size_t n = x->table->ncolumns;
    x->named = arena_array(x->e->arena, n + 1, sizeof(*x->named));
    x->hidden = arena_array(x->e->arena, n + 1, sizeof(*x->hidden));
    if (!x->named || !x->hidden) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        struct view name = view_of(x->table->columns[i]);
        x->named[i] = x->table->keys[i] || expression_names(view_of(x->r->expect), name) ||
                      expression_names(view_of(x->r->where), name);
        x->hidden[i] = !x->named[i] && own_column(name.ptr);
    }
    return 0;
}

static int check_part(struct expecting *x, const char *text, struct err *why)
{
    struct sql_part part = {"main", x->table->name, expression_trim(view_of(text))};
    return text ? sql_check_part(x->e->scene.db, &part, x->e->span, why) : 0;
}

static void add_select(const struct expecting *x, struct strbuf *before, struct strbuf *behind)
{
    const struct table_seen *table = x->table;
    strbuf_addstr(before, "SELECT ");
    sql_add_name(before, table->host);
    strbuf_addstr(before, ", ");
    sql_add_name(before, table->command);
    if (x->r->where) {
        strbuf_addf(before, ", CASE WHEN (\n%.*s\n) THEN ifnull(NOT NOT (\n",
                    VIEW_ARG(expression_trim(view_of(x->r->where))));
        strbuf_addstr(behind, "\n), 2) ELSE 3 END");
    } else {
        strbuf_addstr(before, ", ifnull(NOT NOT (\n");
        strbuf_addstr(behind, "\n), 2)");
    }
    for (size_t i = 0; i < table->ncolumns; i++) {
        strbuf_addstr(behind, ", ");
        sql_add_name(behind, table->columns[i]);
    }
    strbuf_addstr(behind, " FROM main.");
    sql_add_name(behind, table->name);
    strbuf_addstr(behind, " AS ");
    sql_add_name(behind, table->name);
    strbuf_addf(behind, " WHERE _run = %ld", x->e->scene.run);
}

static int open_rows(struct expecting *x, struct err *why)
{
    struct strbuf before = STRBUF_INIT, behind = STRBUF_INIT;
    add_select(x, &before, &behind);
    int status = strbuf_failed(&before) || strbuf_failed(&behind)
                     ? err_nomem(why)
                     : sql_open(&x->st, x->e->scene.db, x->e->span, why, before.buf,
                                expression_trim(view_of(x->r->expect)), behind.buf);
    strbuf_release(&before);
    strbuf_release(&behind);
    return status;
}

/* ---- Rows ----------------------------------------------------------------------------------
 */

static void add_cells(const struct expecting *x, struct strbuf *out, bool named)
{
    for (size_t i = 0; i < x->table->ncolumns; i++) {
        struct view value = guarded_text(&x->st, AT_CELLS + (int)i);
        if (x->named[i] == named && !x->hidden[i] && (named || value.len)) {
            row_add_cell(out, x->table->columns[i], value);
        }
    }
}

/* The row as text: what the rule is about first, then what else is not empty. */
static struct view row_text(const struct expecting *x)
{
    strbuf_reset(x->e->row);
    add_cells(x, x->e->row, true);
    add_cells(x, x->e->row, false);
    x->e->failed = x->e->failed || strbuf_failed(x->e->row);
    return strbuf_view(x->e->row);
}

static void note_unknown(struct expecting *x, struct tally *tally)
{
    if (tally->unknown++ == 0) {
        struct view text = view_slice(row_text(x), 0, 200);
        tally->unknown_row = arena_dup(x->e->arena, text);
        x->e->failed = x->e->failed || !tally->unknown_row;
    }
}

static void look_at(struct expecting *x, size_t host, struct job_seen *job, size_t row,
                    char verdict)
{
    static const enum look_result results[] = {LOOK_VIOLATES, LOOK_HOLDS, LOOK_UNKNOWN,
                                               LOOK_LEFT_OUT};
    if (host != x->e->look_host) {
        return;
    }
    const char *expected = verdict == ROW_LEFT_OUT ? x->looked : x->wanted;
    struct piece *piece =
        engine_look(x->e, host, job, row_text(x), expected, results[verdict - ROW_VIOLATES]);
    if (piece) {
        piece->row = row;
    }
}

static void judge_row(struct expecting *x, size_t host, struct job_seen *job, size_t row,
                      char verdict)
{
    struct tally *tally = &x->e->tallies[host];
    look_at(x, host, job, row, verdict);
    if (verdict == ROW_LEFT_OUT) {
        return;
    }
    tally->rows++;
    if (verdict == ROW_UNKNOWN) {
        note_unknown(x, tally);
    }
    if (verdict != ROW_VIOLATES) {
        return;
    }
    tally->violations++;
    if (engine_keeps(x->e, x->rule, host)) {
        struct piece *piece = engine_evidence(x->e, x->rule, host, job, row_text(x), x->wanted);
        if (piece) {
            piece->row = row;
        }
    }
}

static int judge_rows(struct expecting *x, struct err *why)
{
    struct engine *e = x->e;
    int got;
    e->passes++;
    while ((got = guarded_next(&x->st, why)) > 0) {
        size_t host = scene_host(&e->scene, guarded_text(&x->st, AT_HOST));
        if (host == SCENE_NONE || engine_finding(e, x->rule, host)->verdict != VERDICT_OPEN) {
            continue;
        }
        struct job_seen *job = scene_job(&e->scene, host, guarded_text(&x->st, AT_COMMAND));
        size_t row = job ? engine_count_row(e, job) : NO_ROW;
        struct view verdict = guarded_text(&x->st, AT_VERDICT);
        judge_row(x, host, job, row, verdict.len ? verdict.ptr[0] : ROW_UNKNOWN);
    }
    return got;
}

/* ---- The findings --------------------------------------------------------------------------
 */

static void too_few(struct expecting *x, size_t host, struct tally *tally)
{
    char *expected = arena_printf(x->e->arena, "at least %d row%s%s%s", x->r->at_least,
                                  x->r->at_least == 1 ? "" : "s", x->r->where ? " where " : "",
                                  x->looked ? x->looked : "");
    x->e->failed = x->e->failed || !expected;
    tally->violations++;
    engine_evidence(x->e, x->rule, host, tally->job, VIEW(""), expected);
    engine_settle(x->e, engine_finding(x->e, x->rule, host), VERDICT_FAIL,
                  "%zu row%s%s, and there must be at least %d", tally->rows,
                  tally->rows == 1 ? "" : "s", x->r->where ? " where the rule looks" : "",
                  x->r->at_least);
}

static void settle(struct expecting *x, size_t host, const char *expect)
{
    struct audit_finding *finding = engine_finding(x->e, x->rule, host);
    struct tally *tally = &x->e->tallies[host];
    if (tally->violations > 0) {
        engine_settle(x->e, finding, VERDICT_FAIL, "%zu of %zu row%s: not %s",
                      tally->violations, tally->rows, tally->rows == 1 ? "" : "s", expect);
    } else if (tally->rows < (size_t)x->r->at_least) {
        too_few(x, host, tally);
    } else if (tally->unknown > 0) {
        engine_settle(x->e, finding, VERDICT_ERROR,
                      "%s:%d: expect gives NULL for %zu of %zu row%s: %s", x->r->path,
                      x->r->expect_at.line, tally->unknown, tally->rows,
                      tally->rows == 1 ? "" : "s", tally->unknown_row);
    } else {
        finding->verdict = VERDICT_PASS;
    }
    finding->violations = tally->violations;
}

static void settle_all(struct expecting *x)
{
    struct strbuf expect = STRBUF_INIT;
    expression_add_line(&expect, view_of(x->r->expect), 200);
    x->e->failed = x->e->failed || strbuf_failed(&expect);
    for (size_t host = 0; host < x->e->scene.nhosts; host++) {
        if (engine_finding(x->e, x->rule, host)->verdict == VERDICT_OPEN) {
            settle(x, host, expect.buf);
        }
    }
    strbuf_release(&expect);
}

static bool any_open(const struct engine *e, size_t rule)
{
    for (size_t host = 0; host < e->scene.nhosts; host++) {
        if (engine_finding(e, rule, host)->verdict == VERDICT_OPEN) {
            return true;
        }
    }
    return false;
}

static int judge_table(struct expecting *x, struct err *err)
{
    struct err why = ERR_INIT;
    int status = check_part(x, x->r->where, &why);
    if (status < 0) {
        return engine_rule_fails(x->e, x->rule, x->r->where_at.line, "where", &why, err);
    }
    status = check_part(x, x->r->expect, &why);
    if (status == 0) {
        status = engine_columns(x->e, x->rule, x->table, &why);
    }
    if (status == 0) {
        status = open_rows(x, &why);
    }
    if (status == 0) {
        status = judge_rows(x, &why);
    }
    guarded_close(&x->st);
    if (status < 0) {
        return engine_rule_fails(x->e, x->rule, x->r->expect_at.line, "expect", &why, err);
    }
    settle_all(x);
    return 0;
}

int engine_expect(struct engine *e, size_t rule, struct err *err)
{
    const struct rule *r = engine_rule(e, rule);
    struct expecting x = {
        .e = e, .rule = rule, .r = r, .table = scene_table(&e->scene, r->templates[0])};
    if (!any_open(e, rule)) {
        return 0;
    }
    if (!x.table || !x.table->host || !x.table->command) {
        engine_settle_open(e, rule, VERDICT_ERROR, "the run has no table of that template");
        return 0;
    }
    x.wanted = engine_expected(e, r->expect);
    x.looked = r->where ? engine_expected(e, r->where) : NULL;
    int status = mark_columns(&x, err);
    return status < 0 ? status : judge_table(&x, err);
}
