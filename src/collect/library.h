/*
 * The library: all that the folders of a search path hold. Indexes and platforms are read when
 * first needed, templates compiled once and shared. Folders are asked in order; the first that
 * has an answer gives it.
 *
 *     struct library *library;
 *     library_open(&library, dirs, n, &err);
 *     struct finding finding;
 *     if (library_by_command(library, "cisco_ios", "show version", &finding, &err) == 1)
 *         library_load(library, &finding, &table, &err);
 *     library_free(library);
 *
 * A template's name is its file's without folder, extension and a leading `<platform>_`, so
 * cisco_ios/show_version.textfsm and cisco_ios_show_version.textfsm are both `show_version`.
 */
#ifndef COLLECT_LIBRARY_H
#define COLLECT_LIBRARY_H

#include "base/arena.h"
#include "session/detect.h"
#include "session/platform.h"
#include "textfsm.h"

struct library;

/* dirs must outlive the library. */
int library_open(struct library **out, const char *const *dirs, size_t n, struct err *err);
void library_free(struct library *library);

/* All platforms of the folders; NULL with err when one of their files is unusable. */
const struct platform_set *library_platforms(struct library *library, struct err *err);

/* What finds their platforms out (`platform: auto`); NULL with err when none can be. */
const struct detector *library_detector(struct library *library, struct err *err);

/* Which template files read an output. */
struct finding {
    const char *dir;       /* the folder of the search path */
    const char *templates; /* file names in dir, ':' between several */
    const char *name;      /* of the template, as above */
    const char *command;   /* what to send; NULL when that is not one literal text */
    const char *index;     /* path of the index that says so; NULL = none, found by file name */
    unsigned line;         /* in the index, of the row that won */
    const char *row;       /* that row's Command, as written; NULL without an index */
    const char *row_platform; /* its Platform, likewise */
    const char *row_host;     /* its Hostname; NULL: it is for all hosts */
    bool whole;               /* platform and command matched to their ends, not as prefixes */
    bool platform_whole, command_whole;
};

/* What the indexes say of a platform's command: 1 = found, 0 = none, negative = error. They may
 * know the platform by the name that is given, its own, or any alias. Rows whose Hostname does
 * not match host are passed over; NULL: no host is known, and none is.
 * Findings live as long as the library. */
int library_by_command(struct library *library, const char *platform, const char *host,
                       const char *command, struct finding *out, struct err *err);

/* The same for a template's name, with or without the leading platform. The command is the
 * index row's, else the name with blanks for `_` if the row takes that. Files without an index
 * row are found by name: <platform>/<name>.textfsm, <platform>_<name>.textfsm. A name that no
 * template has may be one that the platform's file maps to a command. */
int library_by_name(struct library *library, const char *platform, const char *host,
                    const char *name, struct finding *out, struct err *err);

/* Which rows of the indexes that are for some hosts only are for this one: hosts of the same
 * text get the same findings. "" where no index tells hosts apart. Lives in arena; NULL with
 * err: an index is unusable, or memory ran out. */
const char *library_host_rows(struct library *library, const char *host, struct arena *arena,
                              struct err *err);

/* The name that file names ("cisco_ios/show_version.textfsm:more.textfsm") stand for on a
 * platform. A part of templates. */
struct view library_template_name(const char *templates, const char *platform);

/* Every index row that fits, the winning one first, folder by folder; NULL does not constrain.
 * Negative ends it and is returned. */
typedef int library_row_fn(void *user, const struct finding *finding, struct err *err);
int library_each(struct library *library, const char *platform, const char *host,
                 const char *command, library_row_fn *on_row, void *user, struct err *err);

/* What was skipped in the indexes that were read, a line each; NULL behind the last. */
const char *library_warning(const struct library *library, size_t i);

/* The nearest name of a template that the platform has, or has a command for; or NULL. */
const char *library_guess(struct library *library, const char *platform, const char *name);

/* Reads outputs: the finding's templates compiled, as one table. Lives as long as the library.
 */
int library_load(struct library *library, const struct finding *finding,
                 const struct textfsm_table **out, struct err *err);

/* One template file; likewise. */
int library_load_file(struct library *library, const char *path,
                      const struct textfsm_table **out, struct err *err);

/* SHA-256 of the bytes of a reader's files, as hex; lives as long as the library. */
const char *library_fingerprint(const struct library *library,
                                const struct textfsm_table *reader);

/* textfsm's error as ours: its text, and the exit status of an unusable file. */
int library_error(const struct textfsm_error *from, struct err *err);

#endif
