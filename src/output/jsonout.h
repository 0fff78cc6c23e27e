/*
 * A JSON document that is no table, member by member; commas and line ends put themselves.
 *
 *     struct jsonout json = {.out = &text};
 *     jsonout_open(&json, NULL, '{', true);           each member on a line of its own
 *     jsonout_text(&json, "name", "sw1");
 *     jsonout_open(&json, "ports", '[', false);       all on this line
 *     jsonout_number(&json, NULL, 7);                 items of an array have no name
 *     jsonout_close(&json);
 *     jsonout_close(&json);
 *
 * out may be emptied between calls. Whether memory ran out is asked of it at the end.
 */
#ifndef OUTPUT_JSONOUT_H
#define OUTPUT_JSONOUT_H

#include "base/strbuf.h"
#include "base/view.h"

#define JSONOUT_DEPTH 16

struct jsonout {
    struct strbuf *out;
    size_t depth;
    struct {
        char close;
        bool lines, any;
    } levels[JSONOUT_DEPTH];
};

/* bracket: '{' or '['. */
void jsonout_open(struct jsonout *json, const char *name, char bracket, bool lines);
void jsonout_close(struct jsonout *json);

void jsonout_text(struct jsonout *json, const char *name, const char *text); /* NULL: null */
void jsonout_view(struct jsonout *json, const char *name, struct view text);
void jsonout_number(struct jsonout *json, const char *name, size_t number);
void jsonout_bool(struct jsonout *json, const char *name, bool value);

#endif
