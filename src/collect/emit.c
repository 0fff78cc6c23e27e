#include "collect/emit.h"

#include "base/limits.h"
#include "base/spool.h"
#include "collect/parse.h"
#include "collect/rowpack.h"
#include "output/cell.h"

#include <stdio.h>
#include <stdlib.h>

/* In place of a table's number: a row of EXTRA_ERRORS. */
#define ERRORS_ROW UINT32_MAX

enum { HOST, PLATFORM, COMMAND, COLLECTED_AT };

/* A host whose records wait for an earlier one. */
struct waiting {
    bool here;
    uint64_t at; /* of its first row in the spool */
    size_t rows;
};

struct emit {
    const struct plan *plan;
    struct writer *writer;
    bool ordered;
    struct textfsm_cell lacking; /* of a column that the host's own template does not have */
    struct waiting *waiting;     /* one a job; NULL when not ordered */
    size_t next;                 /* the job whose turn it is */
    size_t nwaiting;
    bool direct;          /* the host at hand has its turn: rows go to the writer */
    size_t rows;          /* of the host at hand */
    struct strbuf packed; /* its rows, when it has to wait */
    struct spool spool;
    struct arena arena; /* a row read back */
    struct parses *parses;
    struct textfsm_cell *cells; /* one row of the widest table */
    size_t records;
    size_t hosts, failed_hosts, commands, failed_commands;
};

/* ---- Rows of one host ----------------------------------------------------------------------
 */

static int write_row(struct emit *e, uint32_t table, const struct textfsm_cell *cells,
                     struct err *err)
{
    if (table == ERRORS_ROW) {
        return writer_extra(e->writer, EXTRA_ERRORS, cells, err);
    }
    e->records++;
    return writer_row(e->writer, table, cells, err);
}

static int deliver(struct emit *e, uint32_t table, const struct textfsm_cell *cells,
                   size_t ncells, struct err *err)
{
    e->rows++;
    if (e->direct) {
        return write_row(e, table, cells, err);
    }
    rowpack_add(&e->packed, table, cells, ncells);
    return strbuf_failed(&e->packed) ? err_nomem(err) : 0;
}

static struct textfsm_cell text_of(const char *str)
{
    return cell_text(view_of(str));
}

static void set_base_cells(struct emit *e, const struct job *job,
                           const struct command_result *command)
{
    const char *platform = job->host->platform;
    e->cells[HOST] = text_of(job->host->name);
    e->cells[PLATFORM] = text_of(platform ? platform : job->platform->name);
    e->cells[COMMAND] = text_of(command->command);
    e->cells[COLLECTED_AT] = text_of(command->collected_at);
}

static int raw_row(struct emit *e, const struct job *job, const struct command_result *command,
                   struct err *err)
{
    set_base_cells(e, job, command);
    e->cells[PLAN_BASE_COLUMNS] = cell_text(strbuf_view(&command->output));
    return deliver(e, 0, e->cells, RAW_COLUMNS, err);
}

/* A record: the base columns, what the template gave, and `lacking` where it has no say. */
static int record(struct emit *e, const struct job *job, const struct job_command *how,
                  const struct command_result *command, const struct textfsm_cell *values,
                  struct err *err)
{
    size_t ncolumns = e->plan->tables[how->table].ncolumns;
    for (size_t i = 0; i < ncolumns; i++) {
        e->cells[i] = e->lacking;
    }
    set_base_cells(e, job, command);
    for (size_t i = 0; i < e->plan->ndata; i++) {
        e->cells[PLAN_BASE_COLUMNS + i] = text_of(host_data_get(job->host, e->plan->data[i]));
    }
    for (size_t i = 0; i < how->ncolumns; i++) {
        e->cells[how->column_of[i]] = values[i];
    }
    return deliver(e, (uint32_t)how->table, e->cells, ncolumns, err);
}

static int records(struct emit *e, const struct job *job, const struct job_command *how,
                   struct command_result *command, const struct parsed *rows, struct err *err)
{
    int status = 0;
    command->records = rows->count;
    for (size_t i = 0; i < rows->count && status == 0; i++) {
        status = record(e, job, how, command, parsed_row(rows, i), err);
    }
    return status;
}

static char *copy_reason(const char *host, const char *command, const char *text)
{
    struct strbuf sb = STRBUF_INIT;
    strbuf_addf(&sb, "%s: %s: %s", host, command, text);
    return strbuf_detach(&sb, NULL);
}

static void parse_failed(struct host_result *result, struct command_result *command,
                         const char *text)
{
    command->status = STATUS_PARSE_ERROR;
    free(command->reason);
    command->reason = copy_reason(result->host->name, command->command, text);
    if (result->status == STATUS_OK) {
        result->status = STATUS_PARSE_ERROR;
        free(result->reason);
        result->reason = copy_reason(result->host->name, command->command, text);
    }
}

/* The records of an output that is complete. */
static int output_records(struct emit *e, const struct job *job, const struct job_command *how,
                          struct host_result *result, struct command_result *command,
                          struct err *err)
{
    struct view text = strbuf_view(&command->output);
    if (!how->reader) {
        struct textfsm_cell output = cell_text(text);
        return record(e, job, how, command, &output, err);
    }
    struct parsed rows;
    struct err parse = ERR_INIT;
    if (parses_read(e->parses, how, text, &rows, &parse) < 0) {
        parse_failed(result, command, parse.text);
        return 0;
    }
    return records(e, job, how, command, &rows, err);
}

static int error_row(struct emit *e, const struct job *job,
                     const struct command_result *command, struct err *err)
{
    set_base_cells(e, job, command);
    struct textfsm_cell cells[] = {
        e->cells[HOST],           e->cells[PLATFORM],
        e->cells[COMMAND],        text_of(status_name(command->status)),
        text_of(command->reason),
    };
    return deliver(e, ERRORS_ROW, cells, sizeof(cells) / sizeof(cells[0]), err);
}

static int command_rows(struct emit *e, const struct job *job, const struct job_command *how,
                        struct host_result *result, struct command_result *command,
                        struct err *err)
{
    int status = 0;
    if (e->writer->format->raw) {
        bool ended = command->status == STATUS_OK || command->status == STATUS_FAILED;
        status = ended ? raw_row(e, job, command, err) : 0;
    } else if (command->status == STATUS_OK && job->platform) { /* else it has no table */
        status = output_records(e, job, how, result, command, err);
    }
    e->commands++;
    if (command->status != STATUS_OK) {
        e->failed_commands++;
        status = status ? status : error_row(e, job, command, err);
    }
    return status;
}

static int host_rows(struct emit *e, const struct job *job, struct host_result *result,
                     struct err *err)
{
    e->rows = 0;
    strbuf_reset(&e->packed);
    int status = 0;
    for (size_t i = 0; i < job->ncommands && i < result->ncommands && status == 0; i++) {
        status = command_rows(e, job, &job->commands[i], result, &result->commands[i], err);
    }
    e->hosts++;
    e->failed_hosts += result->status != STATUS_OK;
    return status;
}

/* ---- The order of hosts --------------------------------------------------------------------
 */

static int write_waiting(struct emit *e, const struct waiting *waiting, struct err *err)
{
    struct spool_cursor cursor;
    spool_seek(&cursor, &e->spool, waiting->at);
    int status = 0;
    for (size_t i = 0; i < waiting->rows && status == 0; i++) {
        struct rowpack_row row;
        status = rowpack_next(&cursor, &e->arena, &row, err);
        if (status == 0) {
            status = write_row(e, row.table, row.cells, err);
        }
    }
    spool_cursor_release(&cursor);
    return status;
}

/* Writes the hosts whose turn has come; all that are here, in order, when none comes any more.
 */
static int write_ready(struct emit *e, bool all, struct err *err)
{
    int status = 0;
    while (status == 0 && e->next < e->plan->njobs && (all || e->waiting[e->next].here)) {
        const struct waiting *waiting = &e->waiting[e->next++];
        if (waiting->here) {
            e->nwaiting--;
            status = write_waiting(e, waiting, err);
        }
    }
    if (status == 0 && e->nwaiting == 0 && spool_size(&e->spool) > 0) {
        status = spool_reset(&e->spool, err);
    }
    return status;
}

static int keep(struct emit *e, size_t index, struct err *err)
{
    e->waiting[index] = (struct waiting){true, spool_size(&e->spool), e->rows};
    e->nwaiting++;
    return spool_add(&e->spool, strbuf_view(&e->packed), err);
}

int emit_host(struct emit *e, struct host_result *result, struct err *err)
{
    const struct job *job = plan_job(e->plan, result->host);
    if (!job) {
        return err_set(err, ERR_HOST, "%s: no host of this run", result->host->name);
    }
    size_t index = (size_t)(job - e->plan->jobs);
    e->direct = !e->ordered || index == e->next;
    int status = host_rows(e, job, result, err);
    if (status == 0 && !e->direct) {
        return keep(e, index, err);
    }
    if (status == 0 && e->ordered) {
        e->next++;
        status = write_ready(e, false, err);
    }
    return status ? status : writer_flush(e->writer, err);
}

/* ---- Begin and end -------------------------------------------------------------------------
 */

int emit_new(struct emit **out, const struct plan *plan, struct writer *writer,
             const struct emit_options *options, struct err *err)
{
    struct emit *e = calloc(1, sizeof(*e));
    if (!e) {
        writer_abort(writer);
        return err_nomem(err);
    }
    e->plan = plan;
    e->writer = writer;
    e->ordered = options->ordered;
    e->lacking = cell_text(VIEW_NONE);
    if (options->lacking_null) {
        e->lacking.kind = TEXTFSM_NULL;
    }
    strbuf_init(&e->packed);
    arena_init(&e->arena, NULL);
    spool_init(&e->spool,
               options->waiting_bytes ? options->waiting_bytes : LIMIT_WAITING_BYTES);
    size_t widest = RAW_COLUMNS;
    for (size_t i = 0; i < plan->ntables; i++) {
        widest = plan->tables[i].ncolumns > widest ? plan->tables[i].ncolumns : widest;
    }
    e->cells = calloc(widest, sizeof(*e->cells));
    e->waiting = calloc(plan->njobs + 1, sizeof(*e->waiting));
    e->parses = parses_new();
    if (!e->cells || !e->waiting || !e->parses) {
        emit_free(e);
        return err_nomem(err);
    }
    *out = e;
    return 0;
}

static int summary_number(struct emit *e, const char *name, size_t number, struct err *err)
{
    char text[32];
    snprintf(text, sizeof(text), "%zu", number);
    struct textfsm_cell cells[] = {text_of(name), text_of(text)};
    return writer_extra(e->writer, EXTRA_SUMMARY, cells, err);
}

static int write_summary(struct emit *e, struct err *err)
{
    const struct {
        const char *name;
        size_t number;
    } lines[] = {
        {"hosts", e->hosts},       {"hosts failed", e->failed_hosts},
        {"commands", e->commands}, {"commands failed", e->failed_commands},
        {"records", e->records},
    };
    int status = 0;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]) && status == 0; i++) {
        status = summary_number(e, lines[i].name, lines[i].number, err);
    }
    return status;
}

int emit_finish(struct emit *e, struct err *err)
{
    int status = e->ordered ? write_ready(e, true, err) : 0;
    if (status == 0) {
        status = write_summary(e, err);
    }
    if (status == 0) {
        status = writer_close(e->writer, err);
        e->writer = NULL;
    }
    return status;
}

void emit_free(struct emit *e)
{
    if (!e) {
        return;
    }
    writer_abort(e->writer);
    spool_release(&e->spool);
    strbuf_release(&e->packed);
    arena_release(&e->arena);
    parses_free(e->parses);
    free(e->cells);
    free(e->waiting);
    free(e);
}
