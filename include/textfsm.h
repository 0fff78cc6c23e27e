/*
 * textfsm.h: TextFSM in C. Templates of the language that Python's textfsm made common, read
 * exactly as it reads them, over text of any size.
 *
 * The model
 * ---------
 * A *template* is compiled once and immutable; any number of threads may share it. A *run* takes
 * text through a template's states, in chunks of any size, and hands out *rows* as they are
 * recorded. A row is one cell per Value of the template, in template order. A run belongs to one
 * thread at a time.
 *
 *     struct textfsm_error error;
 *     struct textfsm_template *t = textfsm_template_open("show_version.textfsm", NULL, &error);
 *     struct textfsm_run *run = textfsm_run_new(t, &(struct textfsm_run_options){
 *         .on_row = print_row, .user = stdout}, &error);
 *     while ((n = fread(buf, 1, sizeof buf, stdin)) > 0)
 *         textfsm_run_feed(run, buf, n, &error);
 *     textfsm_run_finish(run, &error);
 *     textfsm_run_free(run);
 *     textfsm_template_free(t);
 *
 * Errors
 * ------
 * Functions return 0 or a negative enum textfsm_code and fill the caller's struct textfsm_error
 * (which may be NULL). Nothing is printed, nothing exits, there is no global state.
 *
 * Text is bytes that should be UTF-8; lengths go with every pointer, NUL is an ordinary byte.
 */
#ifndef TEXTFSM_H
#define TEXTFSM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TEXTFSM_API __attribute__((visibility("default")))
#else
#define TEXTFSM_API
#endif

enum textfsm_code {
    TEXTFSM_OK = 0,
    TEXTFSM_NOMEM = -1,
    TEXTFSM_BAD_TEMPLATE = -2, /* the template's text; line and column say where */
    TEXTFSM_STATE_ERROR = -3,  /* an Error rule met an input line */
    TEXTFSM_NO_TEMPLATE = -4,  /* no row of an index fits */
    TEXTFSM_LIMIT = -5,        /* a step, heap, time, line or row limit */
    TEXTFSM_IO = -6,           /* a file could not be read */
    TEXTFSM_STOPPED = -7,      /* on_row asked to stop */
};

struct textfsm_error {
    int code;          /* enum textfsm_code */
    int template_line; /* 1-based, 0 = none */
    int column;        /* 1-based column in the template's line, 0 = none */
    size_t input_line; /* 1-based line of the input, 0 = none */
    char text[1024];   /* one line, with file, line and what was expected */
};

/* Memory for a template or a run: resize(user, NULL, n) allocates, (user, p, 0) frees, else
 * resizes, as realloc. */
struct textfsm_allocator {
    void *(*resize)(void *user, void *ptr, size_t size);
    void *user;
};

/* ---- Cells and rows ---------------------------------------------------------------------- */

enum textfsm_kind {
    TEXTFSM_NULL = 0, /* only inside a list: an item whose group took no part */
    TEXTFSM_TEXT = 1,
    TEXTFSM_LIST = 2, /* items */
    TEXTFSM_DICT = 3, /* only inside a list: items[k] belongs to the value's k-th key */
};

struct textfsm_cell {
    uint32_t kind; /* enum textfsm_kind */
    uint32_t len;  /* bytes of text, or number of items */
    union {
        const char *text; /* not NUL-terminated */
        const struct textfsm_cell *items;
    } u;
};

/* One Value of a template. */
struct textfsm_value {
    const char *name; /* NUL-terminated, as the template has it */
    unsigned options; /* enum textfsm_option bits */
    unsigned line;    /* of its declaration */
    unsigned nkeys;   /* nested named groups of a List value, else 0 */
    const char *const *keys;
};

enum textfsm_option {
    TEXTFSM_REQUIRED = 1,
    TEXTFSM_FILLDOWN = 2,
    TEXTFSM_FILLUP = 4,
    TEXTFSM_KEY = 8,
    TEXTFSM_LISTED = 16,
};

/* ---- Templates --------------------------------------------------------------------------- */

struct textfsm_template;

/* Compiles text; name (for messages, may be NULL) is usually its path. The template owns all it
 * needs. allocator may be NULL; when given it must outlive the template. NULL on error. */
TEXTFSM_API struct textfsm_template *textfsm_template_new(const char *text, size_t len,
                                                          const char *name,
                                                          const struct textfsm_allocator *,
                                                          struct textfsm_error *);
TEXTFSM_API struct textfsm_template *textfsm_template_open(const char *path,
                                                           const struct textfsm_allocator *,
                                                           struct textfsm_error *);
TEXTFSM_API void textfsm_template_free(struct textfsm_template *);

TEXTFSM_API const char *textfsm_template_name(const struct textfsm_template *);
TEXTFSM_API unsigned textfsm_template_values(const struct textfsm_template *);
TEXTFSM_API const struct textfsm_value *textfsm_template_value(const struct textfsm_template *,
                                                               unsigned i);

/* ---- Runs -------------------------------------------------------------------------------- */

struct textfsm_run;

struct textfsm_run_options {
    /* Called with each row as soon as nothing can change it any more (with Fillup: at the end).
     * The cells live until it returns. Non-zero stops the run with TEXTFSM_STOPPED. When NULL,
     * rows are kept for textfsm_run_row(). */
    int (*on_row)(void *user, const struct textfsm_cell *cells, unsigned ncells);
    /* Called for each non-blank line that no rule matched; may be NULL. */
    void (*on_unmatched)(void *user, size_t input_line, const char *state, const char *text,
                         size_t len);
    void *user;
    unsigned time_limit_ms; /* a whole run's matching, 0 = 10 s */
    size_t max_rows;        /* 0 = 50 million */
    const struct textfsm_allocator *allocator;
};

struct textfsm_stats {
    size_t lines;     /* input lines */
    size_t matched;   /* non-blank lines that some rule matched */
    size_t unmatched; /* non-blank lines that no rule matched */
    size_t rows;
};

TEXTFSM_API struct textfsm_run *textfsm_run_new(const struct textfsm_template *,
                                                const struct textfsm_run_options *,
                                                struct textfsm_error *);
TEXTFSM_API int textfsm_run_feed(struct textfsm_run *, const char *text, size_t len,
                                 struct textfsm_error *);
/* The end of the input: the last line, the implicit record, the rows that waited. */
TEXTFSM_API int textfsm_run_finish(struct textfsm_run *, struct textfsm_error *);
/* As new, for another input, keeping its memory. */
TEXTFSM_API void textfsm_run_reset(struct textfsm_run *);
TEXTFSM_API void textfsm_run_free(struct textfsm_run *);

TEXTFSM_API struct textfsm_stats textfsm_run_stats(const struct textfsm_run *);
/* Rows that were kept (on_row NULL): valid until reset or free. After an error the rows so far. */
TEXTFSM_API size_t textfsm_run_rows(const struct textfsm_run *);
TEXTFSM_API const struct textfsm_cell *textfsm_run_row(const struct textfsm_run *, size_t i);

/* ---- Index (clitable) --------------------------------------------------------------------- */

struct textfsm_index;

/* Reads an index file; templates are looked for beside it. Rows that are unusable are skipped
 * and told through textfsm_index_warning(). */
TEXTFSM_API struct textfsm_index *textfsm_index_open(const char *path,
                                                     const struct textfsm_allocator *,
                                                     struct textfsm_error *);
TEXTFSM_API void textfsm_index_free(struct textfsm_index *);
TEXTFSM_API size_t textfsm_index_rows(const struct textfsm_index *);

struct textfsm_index_row {
    unsigned line;         /* in the index file */
    const char *templates; /* the Template cell: one file name, or several with ':' between */
    const char *platform;  /* the Platform cell as written */
    const char *command;   /* the Command cell as written, with [[completion]] */
    const char *hostname;  /* NULL when the index has no such column */
    /* The Command cell with every [[...]] written out where that is literal text, else NULL:
     * what to send to a device for this row. */
    const char *command_text;
};
TEXTFSM_API struct textfsm_index_row textfsm_index_row(const struct textfsm_index *, size_t i);

/* The first row from `from` on that fits, or -1 when there is none. A NULL attribute does not
 * constrain. *whole (may be NULL) tells whether platform and command matched to their ends. */
TEXTFSM_API long textfsm_index_find(const struct textfsm_index *, const char *platform,
                                    const char *command, const char *hostname, size_t from,
                                    int *whole);

#ifdef __cplusplus
}
#endif

#endif
