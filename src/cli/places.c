#include "cli/places.h"

#include "cli/saving.h"
#include "collect/failed.h"

#include <stdio.h>
#include <sys/stat.h>

#define NAME_SIZE 32 /* of an option as it is written */

/* The folder and the name in it, for a file that is not there yet. */
static bool folder_stat(const char *path, const char **name, struct stat *folder)
{
    char dir[4096] = ".";
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) : 0;
    *name = slash ? slash + 1 : path;
    if (len >= sizeof(dir)) {
        return false;
    }
    if (slash) {
        memcpy(dir, len ? path : "/", len ? len : 1);
        dir[len ? len : 1] = '\0';
    }
    return stat(dir, folder) == 0;
}

static bool same_node(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Devices, pipes and folders take several outputs. */
static bool same_file(const char *a, const char *b)
{
    struct stat of_a, of_b;
    const char *name_a, *name_b;
    int there = (stat(a, &of_a) == 0) + (stat(b, &of_b) == 0);
    if (there == 2) {
        return S_ISREG(of_a.st_mode) && same_node(&of_a, &of_b);
    }
    return there == 0 && folder_stat(a, &name_a, &of_a) && folder_stat(b, &name_b, &of_b) &&
           *name_a && strcmp(name_a, name_b) == 0 && same_node(&of_a, &of_b);
}

/* The i-th file that an option of this verb names, or NULL. */
static const char *file_of(const struct options *options, const struct option *o, size_t i)
{
    const void *field = (const char *)options + o->offset;
    bool names = o->complete == COMPLETE_FILE || o->complete == COMPLETE_NEW_FILE;
    if (!names || !(o->verbs & options->verb->bit)) {
        return NULL;
    }
    if (o->kind == OPTION_LIST) {
        const struct option_list *list = field;
        return i < list->count ? list->items[i].text : NULL;
    }
    return i == 0 ? *(const char *const *)field : NULL;
}

/* "-o" or "--failed" */
static const char *spelled(const struct option *o, char *buf, size_t size)
{
    if (o->letter) {
        snprintf(buf, size, "-%c", o->letter);
    } else {
        snprintf(buf, size, "--%s", o->name);
    }
    return buf;
}

/* Runs are added to a database; what it holds stays. */
static bool is_added_to(const struct options *options, const char *path)
{
    return (options->verb->bit & VERB_SAVES) && path == options->output &&
           saving_path(options) == path;
}

static int overwritten(const struct option *writes, const char *path, const char *reader,
                       struct err *err)
{
    char name[NAME_SIZE];
    return err_set(err, ERR_USAGE, "%s %s would write over what %s reads",
                   spelled(writes, name, sizeof(name)), path, reader);
}

/* What `writes` writes to path, beside another option's file. */
static int check_pair(const struct options *options, const struct option *writes,
                      const char *path, const struct option *o, const char *other,
                      struct err *err)
{
    char a[NAME_SIZE], b[NAME_SIZE];
    if (!same_file(path, other)) {
        return 0;
    }
    if (o->complete == COMPLETE_NEW_FILE) {
        return err_set(err, ERR_USAGE, "%s and %s cannot both write %s",
                       spelled(writes, a, sizeof(a)), spelled(o, b, sizeof(b)), path);
    }
    bool loop = path == options->failed && other == options->inventory && failed_wrote(other);
    return loop || is_added_to(options, path)
               ? 0
               : overwritten(writes, path, spelled(o, b, sizeof(b)), err);
}

static int check_options(const struct options *options, const struct option *writes,
                         const char *path, struct err *err)
{
    int rc = 0;
    for (const struct option *o = option_table; o->name && rc == 0; o++) {
        const char *other;
        for (size_t i = 0; o != writes && rc == 0 && (other = file_of(options, o, i)); i++) {
            rc = check_pair(options, writes, path, o, other, err);
        }
    }
    return rc;
}

/* The bare words of verbs that read the files they name. */
static int check_words(const struct options *options, const struct option *writes,
                       const char *path, struct err *err)
{
    unsigned readers = VERB_PARSE | VERB_EXPLAIN | VERB_LINT | VERB_DIFF | VERB_QUERY;
    size_t count = options->verb->bit & readers ? options->words.count : 0;
    size_t first = options->verb->bit & VERB_QUERY && count > 1 ? 1 : 0; /* not the SQL */
    for (size_t i = first; i < count; i++) {
        if (same_file(path, options->words.items[i].text)) {
            return overwritten(writes, path, options->verb->name, err);
        }
    }
    return 0;
}

static int check_database(const struct options *options, struct err *err)
{
    bool can = options->verb->bit & VERB_SAVES;
    return can || options->format || !options->output || !saving_path(options)
               ? 0
               : err_set(err, ERR_USAGE,
                         "-o %s: `%s` writes no database, only `run`, `parse` and `audit` do",
                         options->output, options->verb->name);
}

int places_check(const struct options *options, struct err *err)
{
    int rc = check_database(options, err);
    for (const struct option *o = option_table; o->name && rc == 0; o++) {
        const char *path = o->complete == COMPLETE_NEW_FILE ? file_of(options, o, 0) : NULL;
        if (path && strcmp(path, "-") != 0) {
            rc = check_options(options, o, path, err);
            rc = rc < 0 ? rc : check_words(options, o, path, err);
        }
    }
    return rc;
}
