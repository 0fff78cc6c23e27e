/* Tables and rows that have something of everything, and a sink that keeps what it gets. */
#ifndef TESTS_UNIT_OUTPUT_ROWS_H
#define TESTS_UNIT_OUTPUT_ROWS_H

#include "base/strbuf.h"
#include "output/cell.h"
#include "output/writer.h"

#define T(literal)                                                                             \
    {                                                                                          \
        .kind = TEXTFSM_TEXT, .len = sizeof(literal) - 1, .u.text = (literal)                  \
    }
#define L(array)                                                                               \
    {                                                                                          \
        .kind = TEXTFSM_LIST, .len = sizeof(array) / sizeof((array)[0]), .u.items = (array)    \
    }
#define D(array)                                                                               \
    {                                                                                          \
        .kind = TEXTFSM_DICT, .len = sizeof(array) / sizeof((array)[0]), .u.items = (array)    \
    }
#define NONE                                                                                   \
    {                                                                                          \
        .kind = TEXTFSM_NULL                                                                   \
    }
#define EMPTY_LIST                                                                             \
    {                                                                                          \
        .kind = TEXTFSM_LIST                                                                   \
    }

static const struct column version_columns[] = {
    {.name = "host"},         {.name = "platform"}, {.name = "command"},
    {.name = "collected_at"}, {.name = "version"},  {.name = "serial", .list = true},
    {.name = "uptime"},
};

static const char *const neighbor_keys[] = {"name", "port"};
static const struct column neighbor_columns[] = {
    {.name = "host"},
    {.name = "interface", .key = true},
    {.name = "neighbors", .list = true, .nkeys = 2, .keys = neighbor_keys},
};

static const struct table test_tables[] = {
    {"show_version", version_columns, 7},
    {"show_neighbors", neighbor_columns, 3},
};

#define BASE(host) T(host), T("cisco_ios"), T("show version"), T("2026-11-23T01:20:05Z")

static const struct textfsm_cell serials[] = {T("FDO1"), T("FDO;2"), NONE};
static const struct textfsm_cell one_serial[] = {T("X\"Y")};
static const struct textfsm_cell version_rows[][7] = {
    {BASE("r1"), T("15.2(4)M"), L(serials), T("1 day, 2 hours")},
    {BASE("r2"), T("=1+1"), L(one_serial), T("-5")},
    {BASE("r3"), T("line 1\nline 2"), EMPTY_LIST, T(" blank ends ")},
    {BASE("r4"),
     T("\033]52;c;x\a\x7f\xC2\x9B"
       "1m"),
     T(""), T("nul\0byte")},
    {BASE("r5"), T("bad \xff\xC3("), T(""), T("tab\tcr\r")},
    {BASE("\xE6\x9D\xB1\xE4\xBA\xAC"), T("e\xCC\x81 \xF0\x9F\x98\x80 |"), T(""), T("@x")},
    {BASE("r7"),
     T("\xE2\x80\xAE"
       "bidi"),
     T(""), T("+1.5e-3")},
};

static const struct textfsm_cell first_dict[] = {T("sw1"), T("Gi1/0/1")};
static const struct textfsm_cell second_dict[] = {T("sw\"2"), NONE};
static const struct textfsm_cell dicts[] = {D(first_dict), D(second_dict)};
static const struct textfsm_cell neighbor_rows[][3] = {
    {T("r1"), T("Gi0/1"), L(dicts)},
    {T("r1"), T("Gi0/2"), EMPTY_LIST},
};

static const struct textfsm_cell raw_rows[][5] = {
    {BASE("r1"), T("IOS 15\n")},
    {BASE("r1"), T(" {\"a\": [1, 2.5e3, {\"b\": null}],\n  \"c\": \"x y\\u0000\\n\"}\n")},
    {BASE("r2"), T("no newline \033[31mred\xff")},
};

struct memory {
    struct sink sink;
    struct strbuf bytes;
    size_t writes;
};

static inline int memory_write(struct sink *sink, const char *bytes, size_t len,
                               struct err *err)
{
    struct memory *memory = (struct memory *)sink;
    (void)err;
    memory->writes++;
    strbuf_add(&memory->bytes, bytes, len);
    return 0;
}

static inline void memory_init(struct memory *memory)
{
    *memory = (struct memory){.sink.write = memory_write};
    strbuf_init(&memory->bytes);
}

#endif
