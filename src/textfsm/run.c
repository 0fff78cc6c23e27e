/* Runs as the public header has them. */
#include "textfsm/run.h"

#include "base/limits.h"
#include "textfsm/own.h"

#include <stdio.h>
#include <string.h>

/* A limit that no rule's match met names the line of the rule that recorded, or of the state.
 */
static void name_line(struct textfsm_run *run)
{
    char text[sizeof(run->failed.text)];
    size_t n = strlen(run->t->name);
    if (run->failed.code != TEXTFSM_LIMIT || run->failed.template_line ||
        strncmp(run->failed.text, run->t->name, n) != 0) {
        return;
    }
    unsigned line = run->failed_rule ? run->failed_rule->pub.line : run->failed_state->pub.line;
    run->failed.template_line = (int)line;
    snprintf(text, sizeof(text), "%s:%u%s", run->t->name, line, run->failed.text + n);
    memcpy(run->failed.text, text, sizeof(text));
}

static int report(struct textfsm_run *run, struct textfsm_error *error)
{
    name_line(run);
    if (error && run->failed.code) {
        *error = run->failed;
    }
    return run->failed.code;
}

int textfsm_run_feed(struct textfsm_run *run, const char *text, size_t len,
                     struct textfsm_error *error)
{
    if (run->failed.code || run->ignoring || len == 0) {
        return report(run, error);
    }
    machine_start_clock(run);
    if (chunk_take(run, view_make(text, len)) < 0) {
        rows_flush(run, NULL);
    }
    machine_stop_clock(run);
    return report(run, error);
}

/* The last line of a text needs no end. */
static void end_text(struct textfsm_run *run)
{
    struct view line = view_make(run->carry, run->carry_len);
    run->carry_len = 0;
    run->skip_lf = false;
    if (run->failed.code == 0 && !run->ignoring && line.len) {
        machine_start_clock(run);
        machine_line(run, line, false, line.len);
        machine_stop_clock(run);
    }
    run->ignoring = false;
}

int textfsm_run_break(struct textfsm_run *run, struct textfsm_error *error)
{
    int before = run->failed.code;
    end_text(run);
    if (before) {
        run->failed.code = 0;
        return 0;
    }
    if (run->failed.code == 0 && record_pin(run, &run->failed) < 0) {
        machine_stop(run, NULL, VIEW_NONE, TEXTFSM_NOMEM);
    }
    return report(run, error);
}

static int record_at_end(struct textfsm_run *run)
{
    struct outcome outcome = {TEXTFSM_NOT_RECORDED, 0};
    if (run->ended == DEST_END || run->t->explicit_eof) {
        return 0;
    }
    int rc = record_operate(run, TEXTFSM_RECORD, &outcome, &run->failed);
    if (run->options.on_trace) {
        const struct textfsm_trace trace = {.input_line = run->stats.lines,
                                            .state = run->state->pub.name,
                                            .outcome = outcome.code,
                                            .refused_by = outcome.refused_by};
        run->options.on_trace(run->options.user, &trace);
    }
    return rc;
}

int textfsm_run_finish(struct textfsm_run *run, struct textfsm_error *error)
{
    end_text(run);
    if (run->failed.code == 0) {
        int rc = record_at_end(run);
        if (rc == 0) {
            rc = record_pin(run, &run->failed);
        }
        if (rc < 0) {
            machine_stop(run, NULL, VIEW_NONE, rc);
        }
    }
    int rc = rows_flush(run, run->failed.code ? NULL : &run->failed);
    if (rc < 0 && run->failed.code == 0) {
        machine_stop(run, NULL, VIEW_NONE, rc);
    }
    return report(run, error);
}

void textfsm_run_reset(struct textfsm_run *run)
{
    record_clear(run, true);
    rows_reset(&run->rows);
    memset(run->rows.final, 0, run->t->nvalues * sizeof(*run->rows.final));
    run->stats = (struct textfsm_stats){0, 0, 0, 0};
    run->state = &run->t->states[run->t->start];
    run->ended = 0;
    run->ignoring = run->skip_lf = false;
    run->carry_len = 0;
    run->spent_us = 0;
    run->calls = 1;
    run->cpu_started = -1;
    regex_subject_restart(run->look.subject);
    run->failed.code = 0;
}

static bool allocate(struct textfsm_run *run)
{
    size_t n = run->t->nvalues;
    run->scratch = regex_scratch_new(NULL, run->alloc);
    look_set_up(&run->look);
    run->look.subject = regex_subject_new(run->t->family, run->alloc);
    run->groups = alloc_get(run->alloc, run->t->most_groups * sizeof(*run->groups));
    run->inner = alloc_get(run->alloc, run->t->most_groups * sizeof(*run->inner));
    run->cells = alloc_get(run->alloc, n * sizeof(*run->cells));
    run->blank = alloc_get(run->alloc, n * sizeof(*run->blank));
    run->slots = alloc_get(run->alloc, n * sizeof(*run->slots));
    run->rows.final = alloc_get(run->alloc, n * sizeof(*run->rows.final));
    if (run->options.on_trace) {
        run->given = alloc_get(run->alloc, n * sizeof(*run->given));
    }
    if (run->slots) {
        memset(run->slots, 0, n * sizeof(*run->slots));
        for (size_t i = 0; i < n; i++) {
            arena_init(&run->slots[i].arena, run->alloc);
        }
    }
    return run->scratch && run->look.subject && run->groups && run->inner && run->cells &&
           run->blank && run->slots && run->rows.final &&
           (run->given || !run->options.on_trace);
}

static void set_options(struct textfsm_run *run, const struct textfsm_run_options *options)
{
    if (options) {
        run->options = *options;
    }
    run->gives_rows = run->options.on_row && !run->t->fills_up;
    run->budget_ms = run->options.time_limit_ms ? run->options.time_limit_ms : LIMIT_PARSE_MS;
    run->max_rows = run->options.max_rows ? run->options.max_rows : LIMIT_ROWS;
    run->max_line = run->options.max_line ? run->options.max_line : LIMIT_LINE_BYTES;
}

struct textfsm_run *textfsm_run_new(const struct textfsm_template *t,
                                    const struct textfsm_run_options *options,
                                    struct textfsm_error *error)
{
    const struct textfsm_allocator *allocator = options ? options->allocator : NULL;
    struct textfsm_run *run = own_new(sizeof(*run), allocator);
    if (!run) {
        fail_nomem(error);
        return NULL;
    }
    run->t = t;
    run->alloc = own_alloc(&run->alloc_copy, allocator);
    arena_init(&run->rows.arena, run->alloc);
    set_options(run, options);
    if (!allocate(run)) {
        textfsm_run_free(run);
        fail_nomem(error);
        return NULL;
    }
    record_init(run);
    textfsm_run_reset(run);
    return run;
}

static void free_slots(struct textfsm_run *run)
{
    for (unsigned i = 0; run->slots && i < run->t->nvalues; i++) {
        alloc_free(run->alloc, run->slots[i].pin);
        alloc_free(run->alloc, run->slots[i].items);
        arena_release(&run->slots[i].arena);
    }
    alloc_free(run->alloc, run->slots);
}

void textfsm_run_free(struct textfsm_run *run)
{
    if (!run) {
        return;
    }
    free_slots(run);
    regex_scratch_free(run->scratch);
    regex_subject_free(run->look.subject, run->alloc);
    alloc_free(run->alloc, run->groups);
    alloc_free(run->alloc, run->inner);
    alloc_free(run->alloc, run->cells);
    alloc_free(run->alloc, run->blank);
    alloc_free(run->alloc, run->given);
    alloc_free(run->alloc, run->rows.row);
    alloc_free(run->alloc, run->rows.final);
    alloc_free(run->alloc, run->carry);
    alloc_free(run->alloc, run->failed_text);
    arena_release(&run->rows.arena);
    own_free(run, run->alloc);
}

struct textfsm_stats textfsm_run_stats(const struct textfsm_run *run)
{
    return run->stats;
}

size_t textfsm_run_rows(const struct textfsm_run *run)
{
    return run->options.on_row ? 0 : run->rows.n;
}

const struct textfsm_cell *textfsm_run_row(const struct textfsm_run *run, size_t i)
{
    return i < textfsm_run_rows(run) ? run->rows.row[i] : NULL;
}

struct textfsm_failure textfsm_run_failure(const struct textfsm_run *run)
{
    if (run->failed.code == 0) {
        return (struct textfsm_failure){.code = TEXTFSM_OK};
    }
    return (struct textfsm_failure){.code = run->failed.code,
                                    .template_name = run->t->name,
                                    .state = run->failed_state->pub.name,
                                    .rule = run->failed_rule ? &run->failed_rule->pub : NULL,
                                    .input_line = run->failed.input_line,
                                    .text = run->failed_text,
                                    .len = run->failed_len};
}
