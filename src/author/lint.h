/*
 * lint: what is wrong, or will go wrong, in the files that template authors write: templates,
 * indexes and platform.yml. Nothing is run on a device's output; what is told follows from the
 * files alone.
 *
 *     struct lint lint = LINT_INIT;
 *     lint_path(&lint, "templates/", &err);            a file, or all files of a folder
 *     for (size_t i = 0; i < lint.count; i++)
 *         lint.items[i].file, .line, .column, lint_codes[lint.items[i].code].name, .what ...
 *     lint_release(&lint);
 *
 * A finding is a fact about the file with a way to mend it; where the author knows better, a
 * comment says so, and why:
 *
 *     # lint: allow no-catch-all: banners of any kind stand between the tables
 *
 * It holds for the next line that is no comment; in front of the first Value, or anywhere in an
 * index or platform.yml, for the whole file.
 */
#ifndef AUTHOR_LINT_H
#define AUTHOR_LINT_H

#include "base/arena.h"
#include "base/err.h"

enum lint_code {
    LINT_BAD_TEMPLATE,
    LINT_UNUSED_VALUE,
    LINT_NEVER_CAPTURED,
    LINT_OUTSIDE_GROUP,
    LINT_OTHER_NAME,
    LINT_UNREACHABLE_STATE,
    LINT_NO_CATCH_ALL,
    LINT_SHADOWED_RULE,
    LINT_TAKES_ALL,
    LINT_LAZY_END,
    LINT_OPEN_END,
    LINT_SLOW_REGEX,
    LINT_GHOST_ROW,
    LINT_BAD_INDEX,
    LINT_DEAD_ROW,
    LINT_NO_TEMPLATE,
    LINT_BAD_PLATFORM,
    LINT_DEAD_PATTERN,
    LINT_CODES,
};

struct lint_word {
    const char *name; /* "unused-value" */
    const char *mend; /* what to do about it */
    bool hint;        /* care rather than fact: only told when asked for */
};

extern const struct lint_word lint_codes[LINT_CODES];

struct lint_finding {
    const char *file;
    unsigned line, column; /* 1-based; the column counts characters */
    enum lint_code code;
    const char *what; /* one line */
};

struct lint {
    struct arena arena; /* all texts of the findings */
    struct lint_finding *items;
    size_t count, room;
    size_t files; /* that were looked at */
    bool hints;   /* set it to be told those, too */
    bool failed;  /* memory ran out */
};

#define LINT_INIT                                                                              \
    {                                                                                          \
        ARENA_INIT, NULL, 0, 0, 0, false, false                                                \
    }

void lint_release(struct lint *lint);

/* A file: `index` and `platform.yml` are what their names say, all others templates. A folder:
 * its *.textfsm, index and platform.yml, and those of the folders in it, by name. The findings
 * of a file come in the order of its lines. ERR_INPUT when path cannot be read, ERR_NOMEM. */
int lint_path(struct lint *lint, const char *path, struct err *err);

#endif
