/* The record under way: assigning, clearing, recording. */
#include "textfsm/grow.h"
#include "textfsm/run.h"

const struct textfsm_cell record_nothing;

void record_init(struct textfsm_run *run)
{
    for (unsigned i = 0; i < run->t->nvalues; i++) {
        bool list = run->t->values[i].pub.options & TEXTFSM_LISTED;
        run->blank[i].kind = list ? TEXTFSM_LIST : TEXTFSM_TEXT;
        run->blank[i].len = 0;
        run->blank[i].u.text = RECORD_NOTHING;
    }
}

/* A List whose regex has inner groups matches the text again, alone, as the original does: the
 * named groups become a dictionary; without a match the text itself is the item. */
static int nested_item(struct textfsm_run *run, const struct value *value, struct slot *slot,
                       struct view text, struct textfsm_cell *item, struct textfsm_error *error)
{
    struct err err = ERR_INIT;
    struct view *groups = run->inner;
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
        items[k] = record_item(groups[value->key_groups[k]]);
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

static bool list_grow(struct textfsm_run *run, unsigned index)
{
    size_t nitems = run->cells[index].len;
    struct slot *slot = &run->slots[index];
    return nitems < UINT32_MAX &&
           grow(run->alloc, &slot->items, &slot->items_cap, nitems, sizeof(*slot->items));
}

static int assign_list(struct textfsm_run *run, unsigned index, struct view text,
                       struct textfsm_error *error)
{
    const struct value *value = &run->t->values[index];
    struct slot *slot = &run->slots[index];
    if (!list_grow(run, index)) {
        return fail_nomem(error);
    }
    struct textfsm_cell *item = &slot->items[run->cells[index].len];
    record_append(&run->cells[index], slot, text);
    slot->hollow = text.len == 0 && value->required == REQUIRED_TEXT;
    run->slots_marked |= slot->hollow || value->nested;
    if (!value->nested) {
        return 0;
    }
    int rc = text.ptr ? nested_item(run, value, slot, text, item, error)
                      : no_part(run, value, error);
    if (rc < 0) {
        run->cells[index].len--;
    }
    return rc;
}

/* Options act in the order in which they were declared, but only Required can tell. */
int record_assign_rest(struct textfsm_run *run, const struct step *step,
                       const struct assign *assign, struct textfsm_error *error)
{
    const struct assign *end = step->assigns + step->ntexts + step->nlists + step->nothers;
    int rc = 0;
    for (; rc == 0 && assign < end; assign++) {
        struct view text = run->groups[assign->group];
        unsigned options = run->t->values[assign->value].pub.options;
        if ((options & TEXTFSM_FILLUP) && text.len) {
            rc = rows_fill_up(run, assign->value, text, error);
        }
        if (!(options & TEXTFSM_LISTED)) {
            record_set(&run->cells[assign->value], text);
        } else if (rc == 0) {
            rc = assign_list(run, assign->value, text, error);
        }
    }
    return rc;
}

static void list_clear(struct slot *slot)
{
    slot->hollow = false;
    if (slot->pinned || slot->arena.used) {
        slot->pinned = 0;
        arena_reset(&slot->arena);
    }
}

static COLD void clear_slots(struct textfsm_run *run, unsigned nlists)
{
    for (unsigned i = 0; i < nlists; i++) {
        list_clear(&run->slots[run->t->lists[i]]);
    }
    run->slots_marked = nlists < run->t->nlists;
}

/* Clear leaves Filldown Values (and their lists) alone, Clearall nothing. */
static inline void clear(struct textfsm_run *run, bool all)
{
    const struct textfsm_template *t = run->t;
    if (run->slots_marked) {
        clear_slots(run, all ? t->nlists : t->nfleeting_lists);
    }
    if (all || t->nfleeting == t->nvalues) {
        memcpy(run->cells, run->blank, t->nvalues * sizeof(*run->cells));
        return;
    }
    for (unsigned i = 0; i < t->nfleeting; i++) {
        run->cells[t->fleeting[i]] = run->blank[t->fleeting[i]];
    }
}

void record_clear(struct textfsm_run *run, bool all)
{
    clear(run, all);
}

/* The first Required Value that is empty, or nvalues. */
static unsigned find_refusal(const struct textfsm_run *run)
{
    const struct textfsm_template *t = run->t;
    for (unsigned i = 0; i < t->nrequired; i++) {
        unsigned value = t->required[i];
        if (run->cells[value].len == 0 || (run->slots_marked && run->slots[value].hollow)) {
            return value;
        }
    }
    return t->nvalues;
}

/* An empty text counts as something; with Required Values, none of which is empty, there is. */
static bool has_something(const struct textfsm_run *run)
{
    const struct textfsm_cell *cell = run->cells, *end = cell + run->t->nvalues;
    while (cell < end && cell->u.text == RECORD_NOTHING) {
        cell++;
    }
    return cell < end;
}

static int record(struct textfsm_run *run, struct outcome *outcome, struct textfsm_error *error)
{
    unsigned refusal = find_refusal(run);
    if (refusal < run->t->nvalues) {
        outcome->code = TEXTFSM_REFUSED;
        outcome->refused_by = refusal;
        clear(run, false);
        return 0;
    }
    if (run->t->nrequired == 0 && !has_something(run)) {
        outcome->code = TEXTFSM_ALL_EMPTY;
        return 0;
    }
    outcome->code = TEXTFSM_RECORDED;
    int rc = rows_add(run, error);
    clear(run, false);
    return rc;
}

int record_operate(struct textfsm_run *run, unsigned op, struct outcome *outcome,
                   struct textfsm_error *error)
{
    if (op == TEXTFSM_RECORD) {
        return record(run, outcome, error);
    }
    if (op != TEXTFSM_NORECORD) {
        record_clear(run, op == TEXTFSM_CLEARALL);
    }
    return 0;
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

static bool pin_list(struct slot *slot, size_t nitems)
{
    for (; slot->pinned < nitems; slot->pinned++) {
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

static bool pin_value(struct textfsm_run *run, unsigned index)
{
    struct textfsm_cell *cell = &run->cells[index];
    struct slot *slot = &run->slots[index];
    if (cell->kind == TEXTFSM_LIST) {
        run->slots_marked |= cell->len > 0;
        return pin_list(slot, cell->len);
    }
    if (cell->len) {
        return pin_cell(run, cell, slot);
    }
    cell->u.text = cell->u.text == RECORD_NOTHING ? RECORD_NOTHING : "";
    return true;
}

int record_pin(struct textfsm_run *run, struct textfsm_error *error)
{
    bool good = true;
    for (unsigned i = 0; good && i < run->t->nvalues; i++) {
        good = pin_value(run, i);
    }
    if (!good) {
        record_clear(run, true); /* it would point to what is no longer there */
        return fail_nomem(error);
    }
    return 0;
}
