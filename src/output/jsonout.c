#include "output/jsonout.h"

#include "output/cell.h"

#include <assert.h>

static void add_break(struct jsonout *json)
{
    strbuf_addch(json->out, '\n');
    strbuf_addchars(json->out, ' ', 2 * json->depth);
}

static void begin(struct jsonout *json, const char *name)
{
    if (json->depth > 0) {
        bool lines = json->levels[json->depth - 1].lines;
        bool *any = &json->levels[json->depth - 1].any;
        strbuf_addstr(json->out, !*any ? "" : lines ? "," : ", ");
        if (lines) {
            add_break(json);
        }
        *any = true;
    }
    if (name) {
        json_add_string(json->out, view_of(name));
        strbuf_addstr(json->out, ": ");
    }
}

void jsonout_open(struct jsonout *json, const char *name, char bracket, bool lines)
{
    assert(json->depth < JSONOUT_DEPTH);
    begin(json, name);
    strbuf_addch(json->out, bracket);
    json->levels[json->depth].close = bracket == '{' ? '}' : ']';
    json->levels[json->depth].lines = lines;
    json->levels[json->depth].any = false;
    json->depth++;
}

void jsonout_close(struct jsonout *json)
{
    assert(json->depth > 0);
    json->depth--;
    if (json->levels[json->depth].lines && json->levels[json->depth].any) {
        add_break(json);
    }
    strbuf_addch(json->out, json->levels[json->depth].close);
}

void jsonout_text(struct jsonout *json, const char *name, const char *text)
{
    begin(json, name);
    if (text) {
        json_add_string(json->out, view_of(text));
    } else {
        strbuf_addstr(json->out, "null");
    }
}

void jsonout_view(struct jsonout *json, const char *name, struct view text)
{
    begin(json, name);
    json_add_string(json->out, text);
}

void jsonout_number(struct jsonout *json, const char *name, size_t number)
{
    begin(json, name);
    strbuf_addf(json->out, "%zu", number);
}

void jsonout_bool(struct jsonout *json, const char *name, bool value)
{
    begin(json, name);
    strbuf_addstr(json->out, value ? "true" : "false");
}
