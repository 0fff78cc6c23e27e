#include "author/explain.h"

#include "author/nearest.h"
#include "author/pending.h"
#include "base/strbuf.h"
#include "base/vis.h"
#include "output/cell.h"

#define MISSES 3

/* What one line of input has met so far. */
struct line {
    size_t number; /* 0 = none yet */
    struct view text;
    bool matched, error, recorded;
    unsigned values; /* captured by its rules */
};

struct explainer {
    const struct textfsm_template *t;
    const struct explain_options *options;
    struct nearest *nearest;
    struct pending pending;  /* the record as it builds up */
    struct strbuf out, body; /* body: of the line at hand */
    struct strbuf row;       /* what came since: a row is told just before what recorded it */
    struct line line;
    char state[64 * 4];
    size_t rows;
    bool first; /* JSON: nothing was written yet */
    struct err *err;
    int status;
};

static const char *const outcomes[] = {
    [TEXTFSM_NOT_RECORDED] = "",
    [TEXTFSM_RECORDED] = "recorded",
    [TEXTFSM_ALL_EMPTY] = "nothing to record",
    [TEXTFSM_REFUSED] = "refused",
};

enum color { PLAIN, DIM, RED, GREEN, CYAN };

static void paint(struct explainer *e, struct strbuf *out, enum color color)
{
    static const char *const sequences[] = {"\x1b[0m", "\x1b[2m", "\x1b[31m", "\x1b[32m",
                                            "\x1b[36m"};
    strbuf_addstr(out, e->options->color ? sequences[color] : "");
}

/* ---- text ----------------------------------------------------------------------------------
 */

static void text_value(struct explainer *e, const char *name, const struct textfsm_cell *cell)
{
    strbuf_addf(&e->body, "  %s=", name);
    paint(e, &e->body, GREEN);
    if (cell->kind == TEXTFSM_NULL) {
        strbuf_addstr(&e->body, "(none)");
    } else {
        vis_add(&e->body, cell_view(cell), VIS_LINE);
    }
    paint(e, &e->body, PLAIN);
}

static void text_match(struct explainer *e, const struct textfsm_trace *trace)
{
    const struct textfsm_rule *rule = trace->rule;
    strbuf_addstr(&e->body, "        ");
    paint(e, &e->body, rule->line_op == TEXTFSM_ERROR ? RED : CYAN);
    strbuf_addf(&e->body, "rule %u ", rule->line);
    vis_add(&e->body, view_of(rule->text), VIS_LINE);
    strbuf_addf(&e->body, "%s%s", *rule->action ? " -> " : "", rule->action);
    paint(e, &e->body, PLAIN);
    for (unsigned i = 0; i < rule->nvalues; i++) {
        text_value(e, textfsm_template_value(e->t, rule->values[i])->name, &trace->cells[i]);
    }
    strbuf_addch(&e->body, '\n');
}

static void text_outcome(struct explainer *e, const struct textfsm_trace *trace)
{
    if (trace->outcome == TEXTFSM_REFUSED) {
        strbuf_addf(&e->body, "        no record: the Required value %s is empty\n",
                    textfsm_template_value(e->t, trace->refused_by)->name);
    } else if (trace->outcome == TEXTFSM_ALL_EMPTY) {
        strbuf_addstr(&e->body, "        no record: every value is empty\n");
    }
}

static void text_miss(struct explainer *e, const struct near_miss *miss)
{
    strbuf_addf(&e->body, "        rule %u stopped at column %zu", miss->rule->line,
                miss->column);
    if (miss->wanted.len) {
        strbuf_addstr(&e->body, ", where it wanted ");
        vis_add(&e->body, miss->wanted, VIS_LINE);
    }
    strbuf_addch(&e->body, '\n');
}

static void text_row(struct explainer *e, const struct textfsm_cell *cells, unsigned n)
{
    struct strbuf flat = STRBUF_INIT;
    strbuf_addf(&e->row, "        = row %zu", e->rows);
    for (unsigned i = 0; i < n; i++) {
        const struct textfsm_value *value = textfsm_template_value(e->t, i);
        struct column column = {.list = value->options & TEXTFSM_LISTED,
                                .nkeys = value->nkeys,
                                .keys = value->keys};
        struct view text = cell_flat(&cells[i], &column, ";", &flat);
        if (text.len) {
            strbuf_addf(&e->row, "  %s=", value->name);
            vis_add(&e->row, text, VIS_LINE);
        }
    }
    strbuf_addch(&e->row, '\n');
    strbuf_release(&flat);
}

/* What the record holds after the line, where that is more than the line itself told. */
static void text_pending(struct explainer *e)
{
    if (pending_count(&e->pending) <= e->line.values) {
        return;
    }
    paint(e, &e->body, DIM);
    strbuf_addstr(&e->body, "        record so far:");
    for (unsigned i = 0; i < textfsm_template_values(e->t); i++) {
        const char *value = pending_value(&e->pending, i);
        if (value) {
            strbuf_addf(&e->body, "  %s=", textfsm_template_value(e->t, i)->name);
            vis_add(&e->body, view_of(value), VIS_LINE);
        }
    }
    paint(e, &e->body, PLAIN);
    strbuf_addch(&e->body, '\n');
}

static void text_head(struct explainer *e)
{
    const struct line *line = &e->line;
    paint(e, &e->out, DIM);
    strbuf_addf(&e->out, "%5zu %-12s ", line->number, e->state);
    paint(e, &e->out, PLAIN);
    if (!line->matched || line->error) {
        paint(e, &e->out, RED);
    }
    vis_add(&e->out, line->text, VIS_LINE | VIS_TAB);
    paint(e, &e->out, PLAIN);
    strbuf_addch(&e->out, '\n');
}

/* ---- JSON ----------------------------------------------------------------------------------
 */

static void json_cell(struct strbuf *out, const struct textfsm_cell *cell)
{
    if (cell->kind == TEXTFSM_NULL) {
        strbuf_addstr(out, "null");
    } else {
        json_add_string(out, cell_view(cell));
    }
}

/* A comma between the items of the list that opens with `open`. */
static void json_comma(struct strbuf *out, char open)
{
    if (out->len && out->buf[out->len - 1] != open) {
        strbuf_addch(out, ',');
    }
}

static void json_match(struct explainer *e, const struct textfsm_trace *trace)
{
    const struct textfsm_rule *rule = trace->rule;
    strbuf_addf(&e->body, "%s{\"rule\":%u,\"regex\":", e->body.len ? "," : "", rule->line);
    json_add_string(&e->body, view_of(rule->text));
    strbuf_addstr(&e->body, ",\"action\":");
    json_add_string(&e->body, view_of(rule->action));
    strbuf_addstr(&e->body, ",\"values\":{");
    for (unsigned i = 0; i < rule->nvalues; i++) {
        json_comma(&e->body, '{');
        json_add_string(&e->body, view_of(textfsm_template_value(e->t, rule->values[i])->name));
        strbuf_addch(&e->body, ':');
        json_cell(&e->body, &trace->cells[i]);
    }
    strbuf_addf(&e->body, "},\"outcome\":\"%s\"}", outcomes[trace->outcome]);
}

static void json_misses(struct explainer *e, const struct near_miss *misses, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        strbuf_addf(&e->out, "%s{\"rule\":%u,\"column\":%zu,\"wanted\":", i ? "," : "",
                    misses[i].rule->line, misses[i].column);
        json_add_string(&e->out, misses[i].wanted);
        strbuf_addch(&e->out, '}');
    }
}

static void json_pending(struct explainer *e)
{
    for (unsigned i = 0; i < textfsm_template_values(e->t); i++) {
        const char *value = pending_value(&e->pending, i);
        if (value) {
            json_comma(&e->out, '{');
            json_add_string(&e->out, view_of(textfsm_template_value(e->t, i)->name));
            strbuf_addch(&e->out, ':');
            json_add_string(&e->out, view_of(value));
        }
    }
}

static void json_line(struct explainer *e, const struct near_miss *misses, size_t n)
{
    strbuf_addf(&e->out, "%s\n{\"line\":%zu,\"text\":", e->first ? "[" : ",", e->line.number);
    json_add_string(&e->out, e->line.text);
    strbuf_addstr(&e->out, ",\"state\":");
    json_add_string(&e->out, view_of(e->state));
    strbuf_addf(&e->out, ",\"matches\":[%s],\"record\":{", e->body.buf);
    json_pending(e);
    strbuf_addstr(&e->out, "},\"nearest\":[");
    json_misses(e, misses, n);
    strbuf_addstr(&e->out, "]}");
    e->first = false;
}

/* ---- lines ---------------------------------------------------------------------------------
 */

static bool is_blank(struct view text)
{
    return view_trim(text).len == 0;
}

static bool is_wanted(const struct explainer *e)
{
    const struct line *line = &e->line;
    switch (e->options->only) {
    case EXPLAIN_UNMATCHED:
        return !line->matched && !is_blank(line->text);
    case EXPLAIN_ERRORS:
        return line->error;
    case EXPLAIN_RECORDS:
        return line->recorded;
    default:
        return true;
    }
}

static void write_line(struct explainer *e)
{
    struct near_miss misses[MISSES];
    size_t n = 0;
    if ((!e->line.matched && !is_blank(e->line.text)) || e->line.error) {
        n = nearest_find(e->nearest, e->state, e->line.text, misses, MISSES);
    }
    if (e->options->json) {
        json_line(e, misses, n);
        return;
    }
    text_head(e);
    if (e->line.values) {
        text_pending(e);
    }
    strbuf_addview(&e->out, strbuf_view(&e->body));
    if (!e->line.matched && !is_blank(e->line.text)) {
        strbuf_addstr(&e->out, "        no rule takes it\n");
    }
    strbuf_reset(&e->body);
    for (size_t i = 0; i < n; i++) {
        if (misses[i].wanted.len) { /* the Error rule itself wants nothing more */
            text_miss(e, &misses[i]);
        }
    }
    strbuf_addview(&e->out, strbuf_view(&e->body));
}

static void end_line(struct explainer *e)
{
    if (e->line.number && is_wanted(e)) {
        write_line(e);
    }
    if (e->status == 0 && e->out.len) {
        e->status = strbuf_failed(&e->out) || strbuf_failed(&e->body)
                        ? err_nomem(e->err)
                        : e->options->write(e->options->user, strbuf_view(&e->out), e->err);
    }
    strbuf_reset(&e->out);
    strbuf_reset(&e->body);
    e->line = (struct line){0};
}

static void on_trace(void *user, const struct textfsm_trace *trace)
{
    struct explainer *e = user;
    if (!trace->text) {
        return; /* the record at the end has no line of its own; its row is shown */
    }
    if (trace->input_line != e->line.number) {
        end_line(e);
        e->line.number = trace->input_line;
        e->line.text = view_make(trace->text, trace->len);
        snprintf(e->state, sizeof(e->state), "%s", trace->state);
    }
    pending_follow(&e->pending, trace);
    if (!trace->rule) {
        return;
    }
    e->line.matched = true;
    e->line.values += trace->rule->nvalues;
    e->line.error |= trace->rule->line_op == TEXTFSM_ERROR;
    e->line.recorded |= trace->outcome == TEXTFSM_RECORDED;
    if (e->options->json) {
        json_match(e, trace);
    } else {
        text_match(e, trace);
        text_outcome(e, trace);
        strbuf_addview(&e->body, strbuf_view(&e->row));
        strbuf_reset(&e->row);
    }
}

static int on_row(void *user, const struct textfsm_cell *cells, unsigned n)
{
    struct explainer *e = user;
    e->rows++;
    if (!e->options->json) {
        text_row(e, cells, n);
    }
    return e->status < 0;
}

static void finish(struct explainer *e, const struct textfsm_error *error)
{
    end_line(e);
    if (e->options->json) {
        strbuf_addstr(&e->out, e->first ? "[]\n" : "\n]\n");
    } else if (error->code == TEXTFSM_OK) {
        strbuf_addview(&e->out, strbuf_view(&e->row)); /* recorded by the end of the input */
        strbuf_addf(&e->out, "%zu row%s\n", e->rows, e->rows == 1 ? "" : "s");
    }
    end_line(e);
}

static int run(struct explainer *e, struct view input, struct err *err)
{
    struct textfsm_error error = {0};
    struct textfsm_run_options options = {.on_row = on_row, .on_trace = on_trace, .user = e};
    struct textfsm_run *machine = textfsm_run_new(e->t, &options, &error);
    if (!machine) {
        return err_nomem(err);
    }
    int rc = textfsm_run_feed(machine, input.ptr, input.len, &error);
    if (rc == 0) {
        rc = textfsm_run_finish(machine, &error);
    }
    if (rc == 0) {
        error.code = TEXTFSM_OK;
    }
    finish(e, &error);
    textfsm_run_free(machine);
    if (e->status < 0) {
        return e->status;
    }
    return rc < 0 ? err_set(err, ERR_PARSE, "%s", error.text) : 0;
}

int explain(const struct textfsm_template *t, struct view input,
            const struct explain_options *options, struct err *err)
{
    struct explainer e = {.t = t,
                          .options = options,
                          .out = STRBUF_INIT,
                          .body = STRBUF_INIT,
                          .row = STRBUF_INIT,
                          .first = true,
                          .err = err};
    e.nearest = nearest_new(t);
    bool ready = pending_init(&e.pending, t) && e.nearest;
    int rc = ready ? run(&e, input, err) : err_nomem(err);
    nearest_free(e.nearest);
    pending_release(&e.pending);
    strbuf_release(&e.out);
    strbuf_release(&e.body);
    strbuf_release(&e.row);
    return rc;
}
