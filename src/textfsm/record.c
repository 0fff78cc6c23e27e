/* The record under way: assigning, clearing, recording. */
#include "textfsm/grow.h"
#include "textfsm/run.h"

/* A group that took no part has the pointer NULL and the length 0. Field by field: what is
 * written in parts is slow to read as a whole right behind it. */
static inline void cell_set(struct textfsm_cell *cell, struct view text)
{
    cell->kind = text.ptr ? TEXTFSM_TEXT : TEXTFSM_NULL;
    cell->len = (uint32_t)text.len;
    cell->u.text = text.ptr;
}

/* A List whose regex has inner groups matches the text again, alone, as the original does: the
 * named groups become a dictionary; without a match the text itself is the item. */
static int nested_item(struct textfsm_run *run, const struct value *value, struct slot *slot,
                       struct view text, struct textfsm_cell *item, struct textfsm_error *error)
{
    struct err err = ERR_INIT;
    struct view *groups = run->groups;
    int rc = regex_match(value->nested, run->scratch, text, groups, value->nested_groups, &err);
    if (rc < 0) {
        return fail_at(error, fail_code(rc, TEXTFSM_LIMIT), run->t->name, value->pub.line, 0,
                       "input line %zu: %s", run->stats.lines, err.text);
    }
    if (rc == 0 || value->pub.nkeys == 0) {
        return 0;
    }
    struct textfsm_cell *items =
        arena_array(&slot->arena, value->pub.nkeys, sizeof(struct textfsm_cell));
    if (!items) {
        return fail_nomem(error);
    }
    for (unsigned k = 0; k < value->pub.nkeys; k++) {
        cell_set(&items[k], groups[value->key_groups[k]]);
    }
    *item = (struct textfsm_cell){TEXTFSM_DICT, value->pub.nkeys, {.items = items}};
    return 0;
}

static int no_part(struct textfsm_run *run, const struct value *value,
                   struct textfsm_error *error)
{
    return fail_at(error, TEXTFSM_STATE_ERROR, run->t->name, value->pub.line, 0,
                   "input line %zu: the List Value %s has inner groups, but took no part in "
                   "the match",
                   run->stats.lines, value->pub.name);
}

static int list_append(struct textfsm_run *run, const struct value *value, struct slot *slot,
                       struct view text, struct textfsm_error *error)
{
    if (slot->nitems == UINT32_MAX ||
        !grow(run->alloc, &slot->items, &slot->items_cap, slot->nitems, sizeof(*slot->items))) {
        return fail_nomem(error);
    }
    struct textfsm_cell *item = &slot->items[slot->nitems];
    cell_set(item, text);
    if (value->nested) {
        int rc = text.ptr ? nested_item(run, value, slot, text, item, error)
                          : no_part(run, value, error);
        if (rc < 0) {
            return rc;
        }
    }
    slot->nitems++;
    return 0;
}

/* Options act in the order in which they were declared, but only Required can tell. */
static int assign_special(struct textfsm_run *run, unsigned index, struct view text,
                          struct textfsm_error *error)
{
    const struct value *value = &run->t->values[index];
    int rc = 0;
    if ((value->pub.options & TEXTFSM_FILLUP) && text.len) {
        rc = rows_fill_up(run, index, text, error);
    }
    if (rc == 0 && (value->pub.options & TEXTFSM_LISTED)) {
        rc = list_append(run, value, &run->slots[index], text, error);
    }
    return rc;
}

static void show_given(struct textfsm_run *run, const struct step *step)
{
    for (unsigned i = 0; i < step->nassigns; i++) {
        run->given[i] = run->cells[step->assigns[i].value];
    }
}

static int assign_specials(struct textfsm_run *run, const struct step *step,
                           struct textfsm_error *error)
{
    const struct assign *assigns = step->assigns;
    int rc = 0;
    for (unsigned i = 0; rc == 0 && i < step->nassigns; i++) {
        if (assigns[i].special) {
            const struct textfsm_cell *cell = &run->cells[assigns[i].value];
            rc = assign_special(run, assigns[i].value, view_make(cell->u.text, cell->len),
                                error);
        }
    }
    return rc;
}

int record_assign(struct textfsm_run *run, const struct step *step, struct textfsm_error *error)
{
    struct textfsm_cell *cells = run->cells;
    const struct view *groups = run->groups;
    const struct assign *end = step->assigns + step->nassigns;
    for (const struct assign *assign = step->assigns; assign < end; assign++) {
        cell_set(&cells[assign->value], groups[assign->group]);
    }
    if (run->given) {
        show_given(run, step);
    }
    return step->special ? assign_specials(run, step, error) : 0;
}

static void list_clear(struct slot *slot)
{
    slot->nitems = slot->pinned = 0;
    if (slot->arena.block) {
        arena_reset(&slot->arena);
    }
}

/* Clear leaves Filldown Values (and their lists) alone, Clearall nothing. */
void record_clear(struct textfsm_run *run, bool all)
{
    const struct textfsm_template *t = run->t;
    if (all || t->nfleeting == t->nvalues) {
        memset(run->cells, 0, t->nvalues * sizeof(*run->cells));
    } else {
        for (unsigned i = 0; i < t->nfleeting; i++) {
            struct textfsm_cell *cell = &run->cells[t->fleeting[i]];
            cell->kind = TEXTFSM_NULL;
            cell->len = 0;
        }
    }
    for (unsigned i = 0; i < t->nlists; i++) {
        unsigned value = t->lists[i];
        if (all || !(t->values[value].pub.options & TEXTFSM_FILLDOWN)) {
            list_clear(&run->slots[value]);
        }
    }
}

/* The first Required Value that is empty, or nvalues. */
static unsigned find_refusal(const struct textfsm_run *run)
{
    const struct textfsm_template *t = run->t;
    for (unsigned i = 0; i < t->nrequired; i++) {
        unsigned value = t->required[i];
        bool list = t->values[value].required == REQUIRED_LIST;
        if (list ? run->slots[value].nitems == 0 : run->cells[value].len == 0) {
            return value;
        }
    }
    return t->nvalues;
}

/* Fills run->out; false when there is nothing in it. An empty text counts as something. */
static bool build_row(struct textfsm_run *run)
{
    const struct textfsm_template *t = run->t;
    bool any = false;
    for (unsigned i = 0; i < t->nvalues; i++) {
        const struct textfsm_cell *cell = &run->cells[i];
        struct textfsm_cell *out = &run->out[i];
        any |= cell->kind != TEXTFSM_NULL;
        out->kind = TEXTFSM_TEXT;
        out->len = cell->len;
        out->u.text = cell->kind != TEXTFSM_NULL ? cell->u.text : "";
    }
    for (unsigned i = 0; i < t->nlists; i++) {
        const struct slot *slot = &run->slots[t->lists[i]];
        run->out[t->lists[i]] =
            (struct textfsm_cell){TEXTFSM_LIST, (uint32_t)slot->nitems, {.items = slot->items}};
        any |= slot->nitems > 0;
    }
    return any;
}

static int record(struct textfsm_run *run, struct outcome *outcome, struct textfsm_error *error)
{
    unsigned refusal = find_refusal(run);
    if (refusal < run->t->nvalues) {
        outcome->code = TEXTFSM_REFUSED;
        outcome->refused_by = refusal;
        record_clear(run, false);
        return 0;
    }
    if (!build_row(run)) {
        outcome->code = TEXTFSM_ALL_EMPTY;
        return 0;
    }
    outcome->code = TEXTFSM_RECORDED;
    int rc = rows_add(run, error);
    record_clear(run, false);
    return rc;
}

int record_operate(struct textfsm_run *run, unsigned op, struct outcome *outcome,
                   struct textfsm_error *error)
{
    switch (op) {
    case TEXTFSM_RECORD:
        return record(run, outcome, error);
    case TEXTFSM_CLEAR:
    case TEXTFSM_CLEARALL:
        record_clear(run, op == TEXTFSM_CLEARALL);
        return 0;
    default:
        return 0;
    }
}

static bool pin_cell(struct textfsm_run *run, struct textfsm_cell *cell, struct slot *slot)
{
    if (cell->u.text == slot->pin) {
        return true;
    }
    if (cell->len > slot->pin_size) {
        char *pin = alloc_resize(run->alloc, slot->pin, cell->len);
        if (!pin) {
            return false;
        }
        slot->pin = pin;
        slot->pin_size = cell->len;
    }
    memcpy(slot->pin, cell->u.text, cell->len);
    cell->u.text = slot->pin;
    return true;
}

static bool pin_item(struct slot *slot, struct textfsm_cell *item)
{
    if (item->kind == TEXTFSM_TEXT) {
        item->u.text = arena_dup(&slot->arena, view_make(item->u.text, item->len));
        return item->u.text != NULL;
    }
    return true;
}

static bool pin_list(struct slot *slot)
{
    for (; slot->pinned < slot->nitems; slot->pinned++) {
        struct textfsm_cell *item = &slot->items[slot->pinned];
        if (item->kind != TEXTFSM_DICT) {
            if (!pin_item(slot, item)) {
                return false;
            }
            continue;
        }
        struct textfsm_cell *parts =
            arena_array(&slot->arena, item->len, sizeof(struct textfsm_cell));
        if (!parts) {
            return false;
        }
        memcpy(parts, item->u.items, item->len * sizeof(*parts));
        item->u.items = parts;
        for (uint32_t k = 0; k < item->len; k++) {
            if (!pin_item(slot, &parts[k])) {
                return false;
            }
        }
    }
    return true;
}

int record_pin(struct textfsm_run *run, struct textfsm_error *error)
{
    const struct textfsm_template *t = run->t;
    bool good = true;
    for (unsigned i = 0; i < t->nvalues; i++) {
        struct textfsm_cell *cell = &run->cells[i];
        if (cell->len) {
            good = good && pin_cell(run, cell, &run->slots[i]);
        } else {
            cell->u.text = "";
        }
    }
    for (unsigned i = 0; i < t->nlists; i++) {
        good = good && pin_list(&run->slots[t->lists[i]]);
    }
    return good ? 0 : fail_nomem(error);
}
