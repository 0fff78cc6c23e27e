/*
 * The JSON of list cells read back: an array of strings, nulls and objects whose values are
 * strings or nulls, as output/cell.h writes them.
 */
#ifndef STORE_JSONLIST_H
#define STORE_JSONLIST_H

#include "base/arena.h"
#include "base/view.h"
#include "textfsm.h"

/*
 * Makes cell a list whose texts live in arena. An object becomes a dictionary with its values
 * in the order in which they stand. False when text is anything else, or memory ran out.
 */
bool json_list_read(struct view text, struct arena *arena, struct textfsm_cell *cell);

#endif
