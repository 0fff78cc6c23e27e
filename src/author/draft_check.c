/* A draft is run over its own output before it is given away. */
#include "author/draft_part.h"

#include "author/fixtures.h"

#include <stdlib.h>

struct checker {
    struct draft *draft;
    const struct draft_check *check;
    struct textfsm_template *t;
    struct textfsm_run *run;
    struct err *err;
};

/* A list has its items, any other value is one of one item. */
static bool same_cell(const struct textfsm_cell *cell, const struct view *wanted, unsigned n)
{
    if (cell->kind == TEXTFSM_LIST) {
        bool same = cell->len == n;
        for (unsigned i = 0; same && i < n; i++) {
            same = same_cell(&cell->u.items[i], &wanted[i], 1);
        }
        return same;
    }
    struct view want = n > 0 ? wanted[0] : VIEW_NONE;
    return n <= 1 && view_equal(view_make(cell->u.text, cell->len), want);
}

/* The first column that is not as it should be; ncolumns when all are. */
static unsigned first_wrong(const struct checker *c, const struct textfsm_cell *cells,
                            const struct draft_wanted *wanted)
{
    unsigned i = 0;
    while (i < c->check->ncolumns &&
           same_cell(&cells[i], wanted->cells[i], wanted->ncells[i])) {
        i++;
    }
    return i;
}

static int tell_wrong(struct checker *c, const struct textfsm_cell *cells,
                      const struct draft_wanted *wanted, unsigned column)
{
    struct view want = wanted->ncells[column] > 0 ? wanted->cells[column][0] : VIEW_NONE;
    struct view got = cells[column].kind == TEXTFSM_TEXT
                          ? view_make(cells[column].u.text, cells[column].len)
                          : VIEW("a list");
    if (wanted->loose) {
        return draft_tell(c->draft, wanted->line,
                          "does not keep to the columns: %s is read as '%.*s'",
                          c->check->names[column], VIEW_ARG(got));
    }
    return draft_tell(c->draft, wanted->line, "%s is read as '%.*s', but looks like '%.*s'",
                      c->check->names[column], VIEW_ARG(got), VIEW_ARG(want));
}

/* How many rows are right; each one too many takes one away. */
static int count_right(struct checker *c, bool tell)
{
    size_t rows = textfsm_run_rows(c->run), wanted = c->check->nwanted;
    size_t good = 0, other = rows > wanted ? rows - wanted : 0;
    for (size_t i = 0; i < rows && i < wanted; i++) {
        const struct textfsm_cell *cells = textfsm_run_row(c->run, i);
        unsigned wrong = first_wrong(c, cells, &c->check->wanted[i]);
        good += wrong == c->check->ncolumns;
        if (wrong < c->check->ncolumns && tell &&
            tell_wrong(c, cells, &c->check->wanted[i], wrong) < 0) {
            return err_nomem(c->err);
        }
    }
    return good > other ? (int)(good - other) : 0;
}

static int judge(struct checker *c, bool tell)
{
    struct textfsm_failure failure = textfsm_run_failure(c->run);
    unsigned line = (unsigned)failure.input_line + c->check->skipped;
    size_t rows = textfsm_run_rows(c->run);
    int good = count_right(c, tell), rc = 0;
    *c->check->failed = failure.code == TEXTFSM_OK ? 0 : line;
    if (tell && failure.code != TEXTFSM_OK) {
        rc =
            draft_tell(c->draft, line, "no rule takes it, and what follows is not read: '%.*s'",
                       (int)failure.len, failure.text ? failure.text : "");
    } else if (tell && rows != c->check->nwanted) {
        rc = draft_tell(c->draft, 0, "%zu rows come of what looks like %u", rows,
                        c->check->nwanted);
    }
    return rc < 0 ? err_nomem(c->err) : good;
}

static int write_records(struct checker *c)
{
    struct arena arena = ARENA_INIT;
    unsigned n = textfsm_template_values(c->t);
    size_t rows = textfsm_run_rows(c->run);
    struct fixture_column *columns = arena_array(&arena, n + 1, sizeof(*columns));
    int rc = columns ? 0 : err_nomem(c->err);
    for (unsigned i = 0; i < n && rc == 0; i++) {
        columns[i].value = textfsm_template_value(c->t, i);
        char *name = arena_dup(&arena, view_of(columns[i].value->name));
        for (char *p = name; p && *p; p++) {
            *p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
        }
        columns[i].name = name;
        rc = name ? 0 : err_nomem(c->err);
    }
    strbuf_reset(&c->draft->records);
    fixture_write_begin(&c->draft->records, false);
    for (size_t i = 0; i < rows && rc == 0; i++) {
        rc = fixture_write_row(&c->draft->records, false, i, columns,
                               textfsm_run_row(c->run, i), n, c->err);
    }
    fixture_write_end(&c->draft->records, false, rows);
    rc = rc == ERR_INPUT ? err_nomem(c->err) : rc; /* all of it is UTF-8 */
    c->draft->rows = (unsigned)rows;
    arena_release(&arena);
    return rc;
}

/* An error of the run is judged by the rows that came before it. */
static int run(struct checker *c)
{
    struct textfsm_error error;
    struct view text = strbuf_view(&c->draft->text), output = strbuf_view(&c->draft->output);
    c->t = textfsm_template_new(text.ptr, text.len, "the draft", NULL, &error);
    if (!c->t && error.code == TEXTFSM_NOMEM) {
        return err_nomem(c->err);
    }
    if (!c->t) {
        return err_set(c->err, ERR_PARSE, "no draft comes of this: %s", error.text);
    }
    c->run = textfsm_run_new(c->t, NULL, &error);
    if (!c->run) {
        return err_nomem(c->err);
    }
    if (textfsm_run_feed(c->run, output.ptr, output.len, &error) == 0) {
        textfsm_run_finish(c->run, &error);
    }
    return textfsm_run_failure(c->run).code == TEXTFSM_NOMEM ? err_nomem(c->err) : 0;
}

int draft_check(struct draft *draft, const struct draft_check *check, bool tell,
                struct err *err)
{
    struct checker c = {.draft = draft, .check = check, .err = err};
    int rc = run(&c);
    int good = rc == 0 ? judge(&c, tell) : rc;
    if (good >= 0 && tell) {
        rc = write_records(&c);
        good = rc < 0 ? rc : good;
    }
    textfsm_run_free(c.run);
    textfsm_template_free(c.t);
    return good;
}
