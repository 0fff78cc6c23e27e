#include "audit/rowlines.h"

#include "base/alloc.h"
#include "collect/library.h"

#include <stdlib.h>
#include <string.h>

/* What reads one kind of output. */
struct reader {
    const char *template_path, *fingerprint, *platform; /* the jobs' */
    const struct textfsm_table *table;                  /* NULL: it is not to be had */
    struct textfsm_merge *run;
    struct reader *next;
};

struct rowlines {
    struct library *library;
    struct reader *readers;
    uint32_t *lines;
    size_t n, room;
    size_t own, filled; /* where this record's first value was captured, 0 = not yet */
    const struct textfsm_table *table; /* of the run under way */
    bool failed;
};

struct rowlines *rowlines_new(struct library *library)
{
    struct rowlines *rows = calloc(1, sizeof(*rows));
    if (rows) {
        rows->library = library;
    }
    return rows;
}

void rowlines_free(struct rowlines *rows)
{
    for (struct reader *reader = rows ? rows->readers : NULL, *next; reader; reader = next) {
        next = reader->next;
        textfsm_merge_free(reader->run);
        free(reader);
    }
    if (rows) {
        free(rows->lines);
    }
    free(rows);
}

bool rowlines_failed(const struct rowlines *rows)
{
    return rows->failed;
}

/* ---- Following a run -----------------------------------------------------------------------
 */

static void add_row(struct rowlines *rows, size_t line)
{
    if (rows->n == rows->room) {
        size_t room = rows->room ? rows->room * 2 : 64;
        uint32_t *lines = realloc(rows->lines, room * sizeof(*lines));
        if (!lines) {
            rows->failed = true;
            return;
        }
        rows->lines = lines;
        rows->room = room;
    }
    rows->lines[rows->n++] = (uint32_t)line;
}

static bool is_own(const struct rowlines *rows, const struct textfsm_rule *rule)
{
    for (unsigned i = 0; i < rule->nvalues; i++) {
        if (rule->values[i] < textfsm_table_columns(rows->table)) {
            const struct textfsm_column *column =
                textfsm_table_column(rows->table, rule->values[i]);
            if (!(column->value->options & TEXTFSM_FILLDOWN)) {
                return true;
            }
        }
    }
    return false;
}

static void on_trace(void *user, const struct textfsm_trace *trace)
{
    struct rowlines *rows = user;
    if (trace->rule && trace->rule->nvalues > 0) {
        size_t *first = is_own(rows, trace->rule) ? &rows->own : &rows->filled;
        *first = *first ? *first : trace->input_line;
    }
    if (trace->outcome == TEXTFSM_RECORDED) {
        add_row(rows, rows->own ? rows->own : rows->filled ? rows->filled : trace->input_line);
    }
    bool clears = trace->rule && (trace->rule->record_op == TEXTFSM_CLEAR ||
                                  trace->rule->record_op == TEXTFSM_CLEARALL);
    if (trace->outcome != TEXTFSM_NOT_RECORDED || clears) {
        rows->own = 0;
        rows->filled = 0;
    }
}

/* Rows are counted by the trace; here they only go by. */
static int on_row(void *user, const struct textfsm_cell *cells, unsigned ncells)
{
    (void)user;
    (void)cells;
    (void)ncells;
    return 0;
}

/* ---- Readers -------------------------------------------------------------------------------
 */

/* A template that cannot be had is nothing to speak of, memory that ran out is. */
static void note(struct rowlines *rows, const struct err *why)
{
    rows->failed = rows->failed || why->code == ERR_NOMEM;
}

static const struct textfsm_table *load(struct rowlines *rows, const struct finding *finding,
                                        const struct job_seen *job)
{
    const struct textfsm_table *table = NULL;
    struct err why = ERR_INIT;
    if (strcmp(finding->templates, job->template_path) != 0 ||
        library_load(rows->library, finding, &table, &why) < 0) {
        note(rows, &why);
        return NULL;
    }
    return strcmp(library_fingerprint(rows->library, table), job->fingerprint) == 0 ? table
                                                                                    : NULL;
}

/* By the command, by the template's name, or the file itself (-T). */
static const struct textfsm_table *find_table(struct rowlines *rows, const char *platform,
                                              const struct job_seen *job)
{
    struct finding finding;
    const struct textfsm_table *table = NULL;
    struct view name = library_template_name(job->template_path, platform);
    char *bare = strndup(name.ptr, name.len);
    struct err why = ERR_INIT;
    rows->failed = rows->failed || !bare;
    if (library_by_command(rows->library, platform, NULL, job->command, &finding, &why) == 1) {
        table = load(rows, &finding, job);
    }
    if (!table && bare &&
        library_by_name(rows->library, platform, NULL, bare, &finding, &why) == 1) {
        table = load(rows, &finding, job);
    }
    free(bare);
    if (!table && library_load_file(rows->library, job->template_path, &table, &why) == 0 &&
        strcmp(library_fingerprint(rows->library, table), job->fingerprint) != 0) {
        table = NULL;
    }
    note(rows, &why);
    return table;
}

static bool same(const char *a, const char *b)
{
    return a == b || strcmp(a, b) == 0;
}

static struct reader *make_reader(struct rowlines *rows, const char *platform,
                                  const struct job_seen *job)
{
    struct reader *reader = calloc(1, sizeof(*reader));
    struct textfsm_error error;
    struct textfsm_run_options options = {.on_row = on_row, .on_trace = on_trace, .user = rows};
    if (!reader) {
        rows->failed = true;
        return NULL;
    }
    reader->template_path = job->template_path;
    reader->fingerprint = job->fingerprint;
    reader->platform = platform;
    reader->table = find_table(rows, platform, job);
    reader->run = reader->table ? textfsm_merge_new(reader->table, &options, &error) : NULL;
    rows->failed = rows->failed || (reader->table && !reader->run);
    reader->next = rows->readers;
    rows->readers = reader;
    return reader;
}

static struct reader *find_reader(struct rowlines *rows, const char *platform,
                                  const struct job_seen *job)
{
    for (struct reader *reader = rows->readers; reader; reader = reader->next) {
        if (same(reader->template_path, job->template_path) &&
            same(reader->fingerprint, job->fingerprint) && same(reader->platform, platform)) {
            return reader;
        }
    }
    return make_reader(rows, platform, job);
}

size_t rowlines_find(struct rowlines *rows, const char *platform, const struct job_seen *job,
                     struct view output, const uint32_t **lines)
{
    struct textfsm_error error;
    if (!rows->library || !job->template_path || !job->fingerprint || !platform) {
        return 0;
    }
    rows->failed = false;
    struct reader *reader = find_reader(rows, platform, job);
    if (!reader || !reader->run) {
        return 0;
    }
    rows->table = reader->table;
    rows->n = rows->own = rows->filled = 0;
    textfsm_merge_reset(reader->run);
    if (textfsm_merge_feed(reader->run, output.ptr, output.len, &error) < 0 ||
        textfsm_merge_finish(reader->run, &error) < 0) {
        rows->failed = rows->failed || error.code == TEXTFSM_NOMEM;
        return 0;
    }
    if (rows->failed) {
        return 0;
    }
    *lines = rows->lines;
    return rows->n;
}
