/*
 * A run of the machine, inside. Text comes in as chunks (chunks.c), lines go through the rules
 * of the current state (machine.c), matched groups become cells (record.c), cells rows
 * (rows.c).
 *
 * No copy is made where none is needed: while a chunk is at work, cells point into it (or into
 * `carry`, a line that came in pieces). What is still alive when the chunk ends is "pinned":
 * copied into memory of its own.
 */
#ifndef TEXTFSM_RUN_H
#define TEXTFSM_RUN_H

#include "base/arena.h"
#include "base/deadline.h"
#include "textfsm/look.h"
#include "textfsm/template.h"

/* Not worth a place among what each line needs. */
#define COLD __attribute__((cold, noinline))

/* What belongs to one Value besides its cell. */
struct slot {
    char *pin; /* holds the cell's text between chunks */
    size_t pin_size;
    struct textfsm_cell *items; /* of a List; the cell says how many there are */
    size_t items_cap;
    size_t pinned; /* that many items live in arena already */
    bool hollow;   /* a List that Required looks at the text of, which was empty */
    struct arena arena;
};

/* Rows that are kept: for textfsm_run_row(), or because a Fillup may still reach them. */
struct rows {
    struct arena arena;
    struct textfsm_cell **row;
    size_t n, cap;
    size_t base;   /* rows given out before row[0] */
    size_t sent;   /* of row[], given out already */
    size_t *final; /* per Value: with Fillup, rows (from 0) that no Fillup can change */
};

struct textfsm_run {
    const struct textfsm_template *t;
    struct textfsm_run_options options;
    struct alloc alloc_copy;
    const struct alloc *alloc;
    struct regex_scratch *scratch;
    struct view *groups;        /* of a rule */
    struct view *inner;         /* of a List that is matched again */
    struct textfsm_cell *cells; /* the record under way, as it will be given out */
    struct textfsm_cell *blank; /* a record that nothing was assigned to */
    struct textfsm_cell *given; /* for on_trace, else NULL: what the last rule assigned */
    struct slot *slots;
    bool slots_marked; /* one may have something to clear besides its cell */
    struct rows rows;
    bool gives_rows; /* as soon as they are recorded */
    struct textfsm_stats stats;
    struct look look; /* at the current line, ... */
    bool matched;     /* ... by some rule */

    const struct state *state; /* whose rules apply */
    int ended;     /* DEST_END, DEST_EOF or 0: the state's name, as the original has it */
    bool ignoring; /* End was reached: the rest of this text is not read */

    char *carry; /* a line that has not ended yet */
    size_t carry_len, carry_size;
    bool skip_lf; /* the last chunk ended with CR */

    size_t max_rows, max_line;
    ms_t budget_ms;       /* CPU time */
    int64_t spent_us;     /* wall time in feeds before this one */
    int64_t feed_started; /* wall clock */
    ms_t cpu_started;     /* CPU clock when half of the budget was gone, -1 before */
    unsigned calls;       /* regex calls up to the next look at a clock */
    struct err match_err; /* of the last regex call */

    struct textfsm_error failed; /* code 0 = all is well */
    const struct rule *failed_rule;
    char *failed_text;
    size_t failed_len;
    const struct state *failed_state;
};

/* Each of these returns 0 or a negative textfsm_code; those that take no error have it in
 * run->failed. */

int chunk_take(struct textfsm_run *run, struct view text);

/* One whole line, without its end. ascii true: it is known to be ASCII only. room: the bytes
 * that may be read from its start on. */
int machine_line(struct textfsm_run *run, struct view line, bool ascii, size_t room);
/* Remembers an error (its text is in run->failed) that ends the text, and what it was about;
 * returns code. */
int machine_stop(struct textfsm_run *run, const struct rule *rule, struct view line, int code);
int machine_long_line(struct textfsm_run *run);
void machine_start_clock(struct textfsm_run *run);
void machine_stop_clock(struct textfsm_run *run);

/* What a record operator came to, for a trace. */
struct outcome {
    int code; /* enum textfsm_outcome */
    unsigned refused_by;
};

/*
 * run->cells is at any time the row that it would become: text, which is RECORD_NOTHING for a
 * Value that was assigned nothing (an empty text elsewhere is something), and lists, which are
 * RECORD_NOTHING without items.
 */
extern const struct textfsm_cell record_nothing;
#define RECORD_NOTHING ((const char *)&record_nothing)

/* Makes run->blank. */
void record_init(struct textfsm_run *run);

/* A group that took no part has the pointer NULL and the length 0. */
static inline void record_set(struct textfsm_cell *cell, struct view text)
{
    cell->len = (uint32_t)text.len;
    cell->u.text = text.ptr ? text.ptr : RECORD_NOTHING;
}

/* What a group is to a List or a trace. */
static inline struct textfsm_cell record_item(struct view text)
{
    return (struct textfsm_cell){
        text.ptr ? TEXTFSM_TEXT : TEXTFSM_NULL, (uint32_t)text.len, {.text = text.ptr}};
}

/* false: there is no room for one more item. */
static inline bool record_append(struct textfsm_cell *cell, const struct slot *slot,
                                 struct view text)
{
    if (cell->len >= slot->items_cap) {
        return false;
    }
    slot->items[cell->len++] = record_item(text);
    cell->u.items = slot->items;
    return true;
}

/* Assigns from this one on to the step's last. */
int record_assign_rest(struct textfsm_run *run, const struct step *step,
                       const struct assign *assign, struct textfsm_error *error);

/* A matched rule's groups become cells. */
static inline int record_assign(struct textfsm_run *run, const struct step *step,
                                struct textfsm_error *error)
{
    const struct assign *assign = step->assigns, *end = assign + step->ntexts;
    struct textfsm_cell *cells = run->cells;
    const struct view *groups = run->groups;
    for (; assign < end; assign++) {
        record_set(&cells[assign->value], groups[assign->group]);
    }
    for (end += step->nlists; assign < end; assign++) {
        if (!record_append(&cells[assign->value], &run->slots[assign->value],
                           groups[assign->group])) {
            return record_assign_rest(run, step, assign, error);
        }
    }
    return step->nothers ? record_assign_rest(run, step, assign, error) : 0;
}

int record_operate(struct textfsm_run *run, unsigned op, struct outcome *outcome,
                   struct textfsm_error *error);
void record_clear(struct textfsm_run *run, bool all);
/* Copies what still points into the chunk or the carry. */
int record_pin(struct textfsm_run *run, struct textfsm_error *error);

/* Keeps the record as a row, or says why there is none. */
int rows_keep(struct textfsm_run *run, struct textfsm_error *error);
int rows_too_many(const struct textfsm_run *run, struct textfsm_error *error);
int rows_stopped(const struct textfsm_run *run, struct textfsm_error *error);

/* The record becomes a row, which is given out at once if nothing can change it. */
static inline int rows_add(struct textfsm_run *run, struct textfsm_error *error)
{
    if (run->stats.rows == run->max_rows) {
        return rows_too_many(run, error);
    }
    run->stats.rows++;
    if (!run->gives_rows) {
        return rows_keep(run, error);
    }
    int rc = run->options.on_row(run->options.user, run->cells, run->t->nvalues);
    return rc == 0 ? 0 : rows_stopped(run, error);
}

/* A Fillup Value was assigned a text that is not empty. */
int rows_fill_up(struct textfsm_run *run, unsigned value, struct view text,
                 struct textfsm_error *error);
/* Gives out what waited for a Fillup. */
int rows_flush(struct textfsm_run *run, struct textfsm_error *error);
void rows_reset(struct rows *rows);

#endif
