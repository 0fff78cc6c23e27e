/*
 * Fixtures: outputs of devices with the records that they must give.
 *
 *     PLATFORM/COMMAND/NAME.txt with NAME.json       (a list of objects)
 *     PLATFORM/COMMAND/NAME.raw with NAME.yml        (ntc-templates: `parsed_sample:`, a list)
 *
 * COMMAND is the template's name, with blanks as underscores. The folder that is looked at may
 * be that of all platforms, of one, or of one command.
 *
 *     struct fixtures fixtures;
 *     fixtures_find(&fixtures, "fixtures/", &arena, &err);
 *     for (size_t i = 0; i < fixtures.count; i++) {
 *         struct expected *rows;
 *         if (fixtures.items[i].has_records)
 *             fixture_expected(&rows, &fixtures.items[i], &arena, &err);
 *     }
 *
 * Everything lives in the arena.
 */
#ifndef AUTHOR_FIXTURES_H
#define AUTHOR_FIXTURES_H

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "textfsm.h"

struct fixture {
    const char *path;    /* of the output */
    const char *records; /* of what it must give */
    const char *platform, *command;
    bool yaml;
    bool has_records; /* that file is there */
};

struct fixtures {
    struct fixture *items; /* by path */
    size_t count;
};

int fixtures_find(struct fixtures *out, const char *dir, struct arena *arena, struct err *err);

enum expected_kind { EXPECTED_NULL, EXPECTED_TEXT, EXPECTED_LIST, EXPECTED_MAP };

/* A value of JSON or YAML; numbers and the like are the text that they are written as. */
struct expected {
    enum expected_kind kind;
    struct view key;  /* in a map */
    struct view text; /* of a text */
    struct expected *first, *next;
    size_t count; /* of children */
};

/* The records: a list of maps. ERR_INPUT names file and line. */
int fixture_expected(const struct expected **out, const struct fixture *fixture,
                     struct arena *arena, struct err *err);

/* Appends a row's records in the fixture's language; names are the columns as they are written.
 * Rows are written one after the other between begin and end. ERR_INPUT for what is not UTF-8.
 */
struct fixture_column {
    const char *name; /* lower case */
    const struct textfsm_value *value;
};

void fixture_write_begin(struct strbuf *out, bool yaml);
int fixture_write_row(struct strbuf *out, bool yaml, size_t row,
                      const struct fixture_column *columns, const struct textfsm_cell *cells,
                      size_t n, struct err *err);
void fixture_write_end(struct strbuf *out, bool yaml, size_t rows);

#endif
