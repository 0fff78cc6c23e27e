/*
 * YAML for people's files (inventories, platforms, labs, rules): text -> a small tree that
 * knows where everything stood. The only user of libyaml.
 *
 *     struct yaml y = YAML_INIT;
 *     if (yaml_read_file(&y, "hosts.yml", &err) < 0) goto out;
 *     struct settings s = {0};
 *     static const struct yaml_field fields[] = {
 *         YAML_FIELD("port", YAML_INT, struct settings, port, .min = 1, .max = 65535),
 *         YAML_FIELD("hosts", YAML_NODE, struct settings, hosts, .required = true),
 *     };
 *     if (yaml_read_map(&y, y.root, "the inventory", fields, 2, &s, &err) < 0) goto out;
 *     for (const struct yaml_node *host = s.hosts->first; host; host = host->next) ...
 *     out: yaml_release(&y);
 *
 * It takes a safe subset: one document, depth at most LIMIT_YAML_DEPTH, at most
 * LIMIT_YAML_NODES nodes and LIMIT_YAML_BYTES bytes; no aliases (`*x`), no tags but `!!str`,
 * keys are scalars, and a key twice in a map is an error that names both lines. Anchors nobody
 * refers to are ignored. Files are read through libyaml's events: its own tree builder is
 * quadratic on deep input.
 *
 * A scalar has no type of its own: whoever asks for it says what it must be, so `no` asked for
 * as a string is "no". All errors are ERR_INPUT (or ERR_NOMEM) and begin "file:line:column: ".
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/arena.h"
#include "base/deadline.h"
#include "base/err.h"
#include "base/view.h"

#include <stddef.h>

enum yaml_kind {
    YAML_SCALAR,
    YAML_LIST,
    YAML_MAP,
};

/* A value; in a map it carries its key. Lives as long as the struct yaml. */
struct yaml_node {
    enum yaml_kind kind;
    bool quoted;      /* SCALAR written in quotes, as a block or with !!str: never null */
    int line, column; /* 1-based; where the value begins */
    int key_line;     /* in a map: where the key begins */
    int key_column;
    struct view key;           /* in a map; a NUL follows */
    struct view text;          /* SCALAR: its bytes; a NUL follows */
    struct yaml_node *first;   /* LIST, MAP: the children in the order of the file */
    struct yaml_node *next;    /* the next child of the same parent */
    size_t count;              /* of children */
    struct yaml_node **sorted; /* MAP: the children by key, for yaml_get */
};

struct yaml {
    struct arena arena;     /* all of the tree, and what the getters hand out */
    const char *path;       /* for messages */
    struct yaml_node *root; /* a null scalar when the file is empty */
};

#define YAML_INIT                                                                              \
    {                                                                                          \
        ARENA_INIT, NULL, NULL                                                                 \
    }

/* On failure y is empty (release is allowed, not needed). path or name is copied. */
int yaml_read_file(struct yaml *y, const char *path, struct err *err);
int yaml_read_text(struct yaml *y, const char *name, struct view text, struct err *err);
void yaml_release(struct yaml *y);

/* ERR_INPUT at a node: "hosts.yml:3:5: ..." */
int yaml_error(const struct yaml *y, const struct yaml_node *at, struct err *err,
               const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The value of key in a map, or NULL. Logarithmic in the size of the map. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* `~`, `null` or nothing at all, unquoted. */
bool yaml_is_null(const struct yaml_node *node);

/*
 * Typed getters: 0, or an error at the node that says what was wanted. Strings are
 * NUL-terminated and live with y; a NUL inside, or no value at all, is refused.
 */
int yaml_string(const struct yaml *y, const struct yaml_node *node, const char **out,
                struct err *err);
int yaml_int(const struct yaml *y, const struct yaml_node *node, int min, int max, int *out,
             struct err *err);
int yaml_bool(const struct yaml *y, const struct yaml_node *node, bool *out, struct err *err);
int yaml_duration(const struct yaml *y, const struct yaml_node *node, ms_t *out,
                  struct err *err);
int yaml_size(const struct yaml *y, const struct yaml_node *node, size_t *out, struct err *err);
/* A list of strings, or one string for a list of one; NULL-terminated. */
int yaml_strings(struct yaml *y, const struct yaml_node *node, const char *const **out,
                 struct err *err);
/* Only checks: what says which map or list is meant. */
int yaml_want(const struct yaml *y, const struct yaml_node *node, enum yaml_kind kind,
              const char *what, struct err *err);

enum yaml_type {
    YAML_STRING,   /* const char * */
    YAML_INT,      /* int, between min and max (both 0: any) */
    YAML_BOOL,     /* bool: true false yes no on off */
    YAML_DURATION, /* ms_t: number.h says how it is written */
    YAML_SIZE,     /* size_t: likewise */
    YAML_STRINGS,  /* const char *const *, NULL-terminated */
    YAML_NODE,     /* const struct yaml_node *, for the caller to read; also when it is empty */
};

struct yaml_field {
    const char *key;
    enum yaml_type type;
    size_t offset; /* of the member in the struct that is filled */
    bool required;
    int min, max;
};

#define YAML_FIELD(name, its_type, in_struct, member, ...)                                     \
    {                                                                                          \
        .key = (name), .type = (its_type), .offset = offsetof(in_struct, member), __VA_ARGS__  \
    }

/*
 * Reads a map into a struct by a table of its fields. A key that is not in the table is an
 * error with a guess; what says whose key it would be ("a host", "the platform"). Members whose
 * keys are missing, or `null` in so many words, stay as they were.
 */
int yaml_read_map(struct yaml *y, const struct yaml_node *map, const char *what,
                  const struct yaml_field *fields, size_t n, void *out, struct err *err);

/* Of libyaml, as it runs. */
const char *yaml_library_version(void);

#endif
