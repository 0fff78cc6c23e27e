/* query: the rows of one SELECT are the violations; its column `host` says whose. */
#include "audit/engine.h"

#include "audit/expression.h"
#include "audit/sql.h"
#include "base/limits.h"
#include "base/strbuf.h"

#include <strings.h>

struct querying {
    struct engine *e;
    size_t rule;
    const struct rule *r;
    const char **columns;
    size_t ncolumns, host; /* which of them says whose row it is */
    const char *stranger;  /* the first host that this run does not have */
    struct guarded st;
};

/* ---- The statement -------------------------------------------------------------------------
 */

static int take_columns(struct querying *q, struct err *why)
{
    int n = guarded_columns(&q->st);
    if (n > LIMIT_QUERY_COLUMNS) {
        return err_set(why, ERR_USAGE, "more than %d columns", LIMIT_QUERY_COLUMNS);
    }
    q->columns = arena_array(q->e->arena, (size_t)n + 1, sizeof(*q->columns));
    q->host = SCENE_NONE;
    for (int i = 0; q->columns && i < n; i++) {
        const char *name = guarded_name(&q->st, i);
        q->columns[i] = name ? arena_dup(q->e->arena, view_of(name)) : NULL;
        if (!q->columns[i]) {
            return err_nomem(why);
        }
        if (q->host == SCENE_NONE && strcasecmp(name, "host") == 0) {
            q->host = (size_t)i;
        }
        q->ncolumns++;
    }
    if (!q->columns) {
        return err_nomem(why);
    }
    return q->host == SCENE_NONE
               ? err_set(why, ERR_USAGE,
                         "no column 'host', which says whose a violation is: SELECT host, ...")
               : 0;
}

/* First as it is, for its columns and its errors; then in one order, whatever the order in
 * which the hosts were saved. */
static int open_query(struct querying *q, struct err *why)
{
    struct engine *e = q->e;
    struct view text = expression_trim(view_of(q->r->query));
    int status = expression_check(text, why);
    if (status == 0) {
        status = sql_open(&q->st, e->scene.db, e->span, why, "", text, "");
    }
    if (status == 0) {
        status = take_columns(q, why);
    }
    guarded_close(&q->st);
    struct strbuf behind = STRBUF_INIT;
    strbuf_addf(&behind, "\n) ORDER BY %zu", q->host + 1);
    for (size_t i = 0; i < q->ncolumns; i++) {
        strbuf_addf(&behind, ", %zu", i + 1);
    }
    if (status == 0) {
        status = strbuf_failed(&behind) ? err_nomem(why)
                                        : sql_open(&q->st, e->scene.db, e->span, why,
                                                   "SELECT * FROM (\n", text, behind.buf);
    }
    strbuf_release(&behind);
    return status;
}

/* ---- Rows ----------------------------------------------------------------------------------
 */

static struct view row_text(struct querying *q)
{
    strbuf_reset(q->e->row);
    for (size_t i = 0; i < q->ncolumns; i++) {
        if (i != q->host && !own_column(q->columns[i])) {
            row_add_cell(q->e->row, q->columns[i], guarded_text(&q->st, (int)i));
        }
    }
    for (size_t i = 0; i < q->ncolumns && q->e->row->len == 0; i++) {
        row_add_cell(q->e->row, q->columns[i], guarded_text(&q->st, (int)i));
    }
    q->e->failed = q->e->failed || strbuf_failed(q->e->row);
    return strbuf_view(q->e->row);
}

/* The cells as they are, to find the row by; very long ones are not looked for. */
static const struct view *copy_cells(struct querying *q)
{
    struct view *cells = arena_array(q->e->arena, q->ncolumns, sizeof(*cells));
    for (size_t i = 0; cells && i < q->ncolumns; i++) {
        struct view cell = guarded_text(&q->st, (int)i);
        if (cell.ptr && cell.len <= LIMIT_EVIDENCE_BYTES) {
            cells[i] = view_make(arena_dup(q->e->arena, cell), cell.len);
        }
    }
    q->e->failed = q->e->failed || !cells;
    return cells;
}

static void take_violation(struct querying *q, size_t host)
{
    struct engine *e = q->e;
    struct tally *tally = &e->tallies[host];
    tally->violations++;
    if (host == e->look_host) {
        struct piece *look =
            engine_look(e, host, NULL, row_text(q), "no row of the query", LOOK_VIOLATES);
        if (look) {
            look->cells = copy_cells(q);
        }
    }
    if (engine_keeps(e, q->rule, host)) {
        struct piece *piece =
            engine_evidence(e, q->rule, host, NULL, row_text(q), "no row of the query");
        if (piece) {
            piece->cells = copy_cells(q);
        }
    }
}

static int take_rows(struct querying *q, struct err *why)
{
    int got;
    while ((got = guarded_next(&q->st, why)) > 0) {
        struct view name = guarded_text(&q->st, (int)q->host);
        size_t host = scene_host(&q->e->scene, name);
        if (host == SCENE_NONE) {
            q->stranger = q->stranger ? q->stranger
                          : name.ptr  ? arena_dup(q->e->arena, view_slice(name, 0, 200))
                                      : "NULL";
            q->e->failed = q->e->failed || !q->stranger;
        } else if (engine_finding(q->e, q->rule, host)->verdict == VERDICT_OPEN) {
            take_violation(q, host);
        }
    }
    return got;
}

/* ---- The findings --------------------------------------------------------------------------
 */

static void settle(struct querying *q, size_t host)
{
    struct audit_finding *finding = engine_finding(q->e, q->rule, host);
    size_t n = q->e->tallies[host].violations;
    finding->violations = n;
    if (n > 0) {
        engine_settle(q->e, finding, VERDICT_FAIL, "%zu row%s of the query", n,
                      n == 1 ? "" : "s");
    } else if (q->stranger) {
        engine_settle(q->e, finding, VERDICT_ERROR,
                      "%s:%d: query: it speaks of a host that the run does not have: %s",
                      q->r->path, q->r->query_at.line, q->stranger);
    } else {
        finding->verdict = VERDICT_PASS;
    }
}

int engine_query(struct engine *e, size_t rule, struct err *err)
{
    struct querying q = {.e = e, .rule = rule, .r = engine_rule(e, rule)};
    struct err why = ERR_INIT;
    int status = open_query(&q, &why);
    if (status == 0) {
        status = take_rows(&q, &why);
    }
    guarded_close(&q.st);
    if (status < 0) {
        return engine_rule_fails(e, rule, q.r->query_at.line, "query", &why, err);
    }
    for (size_t host = 0; host < e->scene.nhosts; host++) {
        if (engine_finding(e, rule, host)->verdict == VERDICT_OPEN) {
            settle(&q, host);
        }
    }
    return engine_locate(e, rule, &(struct query_columns){q.columns, q.ncolumns, q.host}, err);
}
