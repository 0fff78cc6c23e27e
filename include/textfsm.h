/*
 * textfsm.h: TextFSM in C. Templates of the language that Python's textfsm made common, read
 * exactly as it reads them, over text of any size.
 *
 * The model
 * ---------
 * A *template* is compiled once and immutable; any number of threads may share it. A *run*
 * takes text through a template's states, in chunks of any size, and hands out *rows* as they
 * are recorded. A row is one cell per Value of the template, in template order. A run belongs
 * to one thread at a time.
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
 *
 * Threads
 * -------
 * Templates, tables and indexes are immutable: every function that takes one as const may be
 * called by any number of threads at the same time. A run or a merge belongs to one thread at a
 * time. *_new, *_open and *_free may be called by any thread; nobody else may be using what is
 * freed.
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
    TEXTFSM_BAD_INDEX = -8,    /* an index file's text */
};

struct textfsm_error {
    int code;          /* enum textfsm_code */
    int template_line; /* 1-based, 0 = none */
    int column;        /* 1-based column in the template's line, 0 = none */
    size_t input_line; /* 1-based line of the input, 0 = none */
    char text[1024];   /* one line, with file, line and what was expected */
};

/* Memory for a template or a run: resize(user, NULL, n) allocates, (user, p, 0) frees, else
 * resizes, as realloc. A template, table or index that several threads share calls it from each
 * of them. */
struct textfsm_allocator {
    void *(*resize)(void *user, void *ptr, size_t size);
    void *user;
};

/* ---- Cells and rows ---- */

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
    const char *declared; /* its options as written: "Required,List", "" for none */
    const char *regex;    /* as written, parentheses included */
};

enum textfsm_option {
    TEXTFSM_REQUIRED = 1,
    TEXTFSM_FILLDOWN = 2,
    TEXTFSM_FILLUP = 4,
    TEXTFSM_KEY = 8,
    TEXTFSM_LISTED = 16,
};

/* ---- Templates ---- */

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

/* What a template is made of, for tools that explain, check or print it. */
struct textfsm_state {
    const char *name;
    unsigned line;
    unsigned nrules;
};

enum textfsm_line_op {
    TEXTFSM_NEXT = 0,
    TEXTFSM_CONTINUE = 1,
    TEXTFSM_ERROR = 2,
};

enum textfsm_record_op {
    TEXTFSM_NORECORD = 0,
    TEXTFSM_RECORD = 1,
    TEXTFSM_CLEAR = 2,
    TEXTFSM_CLEARALL = 3,
};

struct textfsm_rule {
    const char *state;  /* where it stands */
    unsigned line;      /* in the template */
    const char *text;   /* as written, without its action: "^${A} up" */
    const char *regex;  /* with the Values put in: "^(?P<A>\\w+) up" */
    const char *action; /* as written behind "->", single-spaced, or "" */
    unsigned line_op;   /* enum textfsm_line_op */
    unsigned record_op; /* enum textfsm_record_op */
    const char *target; /* the next state, an Error's message, or "" */
    unsigned nvalues;   /* the Values that it assigns, in that order */
    const unsigned *values;
};

TEXTFSM_API unsigned textfsm_template_states(const struct textfsm_template *);
/* End is not among the states, as in the original; the pointers live as long as the template.
 */
TEXTFSM_API const struct textfsm_state *textfsm_template_state(const struct textfsm_template *,
                                                               unsigned i);
TEXTFSM_API const struct textfsm_rule *textfsm_template_rule(const struct textfsm_template *,
                                                             unsigned state, unsigned i);

/* ---- Runs ---- */

struct textfsm_run;

/* What a Record did, and one line's way through a rule, for tools that explain a parse. */
enum textfsm_outcome {
    TEXTFSM_NOT_RECORDED = 0, /* nothing was to be recorded */
    TEXTFSM_RECORDED = 1,
    TEXTFSM_ALL_EMPTY = 2, /* a Record of nothing: no row */
    TEXTFSM_REFUSED = 3,   /* a Required Value was empty: no row, and the values were cleared */
};

struct textfsm_trace {
    size_t input_line;
    const char *text; /* the line; NULL for the record at the end of the input */
    size_t len;
    const char *state;
    const struct textfsm_rule *rule; /* the rule that matched; NULL: none did */
    /* What rule->values were given, in that order: TEXTFSM_TEXT, or TEXTFSM_NULL for a group
     * that took no part. */
    const struct textfsm_cell *cells;
    int outcome;         /* enum textfsm_outcome */
    unsigned refused_by; /* the Required Value of TEXTFSM_REFUSED */
};

struct textfsm_run_options {
    /* Called with each row as soon as nothing can change it any more (a Fillup Value may make
     * rows wait, to the end at most). The cells live until it returns. Non-zero stops the run
     * with TEXTFSM_STOPPED. When NULL, rows are kept for textfsm_run_row(). */
    int (*on_row)(void *user, const struct textfsm_cell *cells, unsigned ncells);
    /* Called for each non-blank line that no rule matched; may be NULL. */
    void (*on_unmatched)(void *user, size_t input_line, const char *state, const char *text,
                         size_t len);
    /* Called for each rule that matches a line (several with Continue), for each line that none
     * matched, and for the record at the end; may be NULL, and then costs nothing. */
    void (*on_trace)(void *user, const struct textfsm_trace *trace);
    void *user;
    unsigned time_limit_ms;                    /* CPU time of a whole run, 0 = 10 s */
    size_t max_rows;                           /* 0 = 50 million */
    size_t max_line;                           /* bytes of one input line, 0 = 1 MiB */
    const struct textfsm_allocator *allocator; /* must outlive the run; NULL = malloc */
};

struct textfsm_stats {
    size_t lines;     /* input lines */
    size_t matched;   /* non-blank lines that some rule matched */
    size_t unmatched; /* non-blank lines that no rule matched */
    size_t rows;
};

/* The template must outlive the run. options may be NULL. NULL when memory ran out. */
TEXTFSM_API struct textfsm_run *textfsm_run_new(const struct textfsm_template *,
                                                const struct textfsm_run_options *,
                                                struct textfsm_error *);
/* Text in chunks of any size; a line may be cut anywhere, a character in the middle too. Lines
 * end as for Python's str.splitlines(). Rows recorded before an error are delivered or kept;
 * after an error every call returns that error again, until break or reset. */
TEXTFSM_API int textfsm_run_feed(struct textfsm_run *, const char *text, size_t len,
                                 struct textfsm_error *);
/* The end of the input: the last line, the implicit record, the rows that waited. What is fed
 * after that goes on with the state, values and rows as they are (as the original does when it
 * parses again without a reset). */
TEXTFSM_API int textfsm_run_finish(struct textfsm_run *, struct textfsm_error *);
/* The end of one text, more of the same input may follow: the last line, but no implicit record
 * (ParseText(text, eof=False)). After an error: forgets it, and the rest of the text. */
TEXTFSM_API int textfsm_run_break(struct textfsm_run *, struct textfsm_error *);
/* As new, for another input, keeping its memory. */
TEXTFSM_API void textfsm_run_reset(struct textfsm_run *);
TEXTFSM_API void textfsm_run_free(struct textfsm_run *);

TEXTFSM_API struct textfsm_stats textfsm_run_stats(const struct textfsm_run *);
/* Rows that were kept (on_row NULL): valid until reset or free. After an error the rows so far.
 */
TEXTFSM_API size_t textfsm_run_rows(const struct textfsm_run *);
TEXTFSM_API const struct textfsm_cell *textfsm_run_row(const struct textfsm_run *, size_t i);

/* Where a run stopped with an error: all parts of the message as data. Valid until reset, break
 * or free. text is cut to what memory allowed. */
struct textfsm_failure {
    int code;                  /* enum textfsm_code, TEXTFSM_OK when there was none */
    const char *template_name; /* usually its path */
    const char *state;         /* where it happened */
    const struct textfsm_rule
        *rule;         /* the Error rule, or the one whose match failed, or NULL */
    size_t input_line; /* 0 = none */
    const char *text;  /* that line */
    size_t len;
};
TEXTFSM_API struct textfsm_failure textfsm_run_failure(const struct textfsm_run *);

/* ---- Tables: what several templates make of one text ---- */

/*
 * clitable's way of merging: the columns of the first template, then those of each further one
 * that are new; a row is joined with the first row of each further template that has the same
 * Key cells. The Keys are those of the first template that has any; without any, rows are
 * joined by position. Rows of further templates that join nothing are dropped, cells that
 * nothing was joined to are empty text. With one template, rows pass as they come.
 */
struct textfsm_table;

struct textfsm_column {
    const struct textfsm_value *value; /* of the first template that has the column */
    unsigned template_index;
    int key; /* whether it is one of the Keys that rows are joined by */
};

/* The templates must outlive the table, the array need not. Immutable and shareable, as a
 * template. NULL when memory ran out or a Key is unknown (TEXTFSM_BAD_TEMPLATE). */
TEXTFSM_API struct textfsm_table *
textfsm_table_new(const struct textfsm_template *const *templates, unsigned n,
                  const struct textfsm_allocator *, struct textfsm_error *);
TEXTFSM_API void textfsm_table_free(struct textfsm_table *);
TEXTFSM_API unsigned textfsm_table_columns(const struct textfsm_table *);
TEXTFSM_API const struct textfsm_column *textfsm_table_column(const struct textfsm_table *,
                                                              unsigned i);

/* The machines of a table, used as one run: same options, same calls, same errors, same results
 * with merged rows. Of several templates, on_unmatched, on_trace and the counts of lines are
 * the first one's; rows come at the end, also those merged so far after an error. */
struct textfsm_merge;
TEXTFSM_API struct textfsm_merge *textfsm_merge_new(const struct textfsm_table *,
                                                    const struct textfsm_run_options *,
                                                    struct textfsm_error *);
TEXTFSM_API int textfsm_merge_feed(struct textfsm_merge *, const char *text, size_t len,
                                   struct textfsm_error *);
TEXTFSM_API int textfsm_merge_finish(struct textfsm_merge *, struct textfsm_error *);
TEXTFSM_API void textfsm_merge_reset(struct textfsm_merge *);
TEXTFSM_API void textfsm_merge_free(struct textfsm_merge *);
TEXTFSM_API struct textfsm_stats textfsm_merge_stats(const struct textfsm_merge *);
TEXTFSM_API struct textfsm_failure textfsm_merge_failure(const struct textfsm_merge *);
/* Rows that were kept (on_row NULL), after finish. */
TEXTFSM_API size_t textfsm_merge_rows(const struct textfsm_merge *);
TEXTFSM_API const struct textfsm_cell *textfsm_merge_row(const struct textfsm_merge *,
                                                         size_t i);

/* ---- Index (clitable) ---- */

/*
 * An index says which templates read the output of a command on a platform: a line of column
 * names (Template, and any of Hostname, Platform, Command or others), then a line a row, cells
 * separated by commas. Cells but the Template's are regexes that must match an attribute from
 * its start; in the Command column "sh[[ow]]" stands for "sh(o(w)?)?". The first row that fits
 * wins. An index is immutable and shareable, as a template.
 */
struct textfsm_index;

/* Reads an index file; templates are looked for beside it. A row with a wrong number of cells
 * is skipped, and told through textfsm_index_warning(); a bad regex is an error. */
TEXTFSM_API struct textfsm_index *
textfsm_index_open(const char *path, const struct textfsm_allocator *, struct textfsm_error *);
/* The same from memory; path gives messages their name and templates their folder. */
TEXTFSM_API struct textfsm_index *textfsm_index_new(const char *text, size_t len,
                                                    const char *path,
                                                    const struct textfsm_allocator *,
                                                    struct textfsm_error *);
TEXTFSM_API void textfsm_index_free(struct textfsm_index *);
TEXTFSM_API size_t textfsm_index_rows(const struct textfsm_index *);

struct textfsm_index_row {
    unsigned line;         /* in the index file */
    const char *templates; /* the Template cell: one file name, or several with ':' between */
    const char *platform;  /* the Platform cell as written; NULL when there is no such column */
    const char *command;   /* the Command cell as written, with [[completion]]; or NULL */
    const char *hostname;  /* NULL when the index has no such column */
    /* The Command cell with every [[...]] written out where that is literal text, else NULL:
     * what to send to a device for this row. */
    const char *command_text;
    /* The files of the Template cell, with the index's folder in front. */
    unsigned npaths;
    const char *const *paths;
};
TEXTFSM_API struct textfsm_index_row textfsm_index_row(const struct textfsm_index *, size_t i);

/* The first row from `from` on that fits, -1 when there is none, or -2 when a limit or memory
 * ended the search. A NULL attribute does not constrain. *whole (may be NULL) tells whether
 * platform and command matched to their ends. */
TEXTFSM_API long textfsm_index_find(const struct textfsm_index *, const char *platform,
                                    const char *command, const char *hostname, size_t from,
                                    int *whole);

/* The same by column names; a name that the index does not have does not constrain. */
struct textfsm_attribute {
    const char *name, *value;
};
TEXTFSM_API long textfsm_index_match(const struct textfsm_index *,
                                     const struct textfsm_attribute *, size_t n, size_t from,
                                     int *whole);

/* What was skipped, one line each: "index:12: ...". */
TEXTFSM_API size_t textfsm_index_warnings(const struct textfsm_index *);
TEXTFSM_API const char *textfsm_index_warning(const struct textfsm_index *, size_t i);

#ifdef __cplusplus
}
#endif

#endif
