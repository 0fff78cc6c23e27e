/*
 * Rows for scripts: writes rows through output_open() as a run does.
 *
 *     driver-output-rows [-f FORMAT] [-o PATH] [OPTION...] --rows N      N rows of show
 * interfaces driver-output-rows [-f FORMAT] [-o PATH] [OPTION...] --cells N     rows of N text
 * cells from stdin, each a uint32_t length and bytes Options: --pretty --bom --crlf --guard
 * --delimiter C --tables N --tty WIDTH --slow MICROSECONDS and --time, which tells seconds on
 * stderr. Ends with the exit status that collect would.
 */
#include "base/deadline.h"
#include "base/tempfile.h"
#include "interfaces.h"
#include "output/cell.h"
#include "output/output.h"

#include <stdlib.h>
#include <unistd.h>

#define MOST_COLUMNS 64
#define MOST_TABLES  300
#define CELL_BYTES   (1 << 20)

struct job {
    struct output_options to;
    size_t rows, cells, tables;
    useconds_t slow;
    const char *name; /* of the first table */
    bool time, numeric, extras;
};

static struct textfsm_cell text_cell(const char *text)
{
    return cell_text(view_of(text));
}

/* Rows that differ from one to the next as those of devices do. */
static int write_interfaces(const struct job *job, struct writer *w, struct err *err)
{
    struct textfsm_cell cells[INTERFACE_COLUMNS];
    for (size_t i = 0; i < INTERFACE_COLUMNS; i++) {
        cells[i] = text_cell(interface_values[i]);
    }
    char host[32], interface[48];
    int status = 0;
    for (size_t row = 0; row < job->rows && status == 0; row++) {
        snprintf(host, sizeof(host), "r%zu", row / 50);
        snprintf(interface, sizeof(interface), "GigabitEthernet1/0/%zu", row % 50);
        cells[0] = text_cell(host);
        cells[4] = text_cell(interface);
        status = writer_row(w, row % job->tables, cells, err);
        if (job->slow) {
            usleep(job->slow);
            status = status ? status : writer_flush(w, err);
        }
    }
    return status;
}

/* One row's cells from stdin; false at the end. */
static bool read_row(struct textfsm_cell *cells, char *bytes, size_t ncells)
{
    size_t used = 0;
    for (size_t i = 0; i < ncells; i++) {
        uint32_t len;
        if (fread(&len, sizeof(len), 1, stdin) != 1 || len > CELL_BYTES - used ||
            fread(bytes + used, 1, len, stdin) != len) {
            return false;
        }
        cells[i] = cell_text(view_make(bytes + used, len));
        used += len;
    }
    return true;
}

static int write_cells(const struct job *job, struct writer *w, struct err *err)
{
    struct textfsm_cell cells[MOST_COLUMNS];
    char *bytes = malloc(CELL_BYTES);
    int status = bytes ? 0 : err_nomem(err);
    while (status == 0 && read_row(cells, bytes, job->cells)) {
        status = writer_row(w, 0, cells, err);
    }
    free(bytes);
    return status;
}

static int write_extras(struct writer *w, struct err *err)
{
    const struct textfsm_cell errors[] = {text_cell("r9"), text_cell("cisco_ios"),
                                          text_cell("show interfaces"), text_cell("timed-out"),
                                          text_cell("=no answer")};
    const struct textfsm_cell summary[] = {text_cell("hosts failed"), text_cell("1")};
    int status = writer_extra(w, EXTRA_ERRORS, errors, err);
    return status ? status : writer_extra(w, EXTRA_SUMMARY, summary, err);
}

static int write_out(const struct job *job, struct err *err)
{
    static const char names[MOST_COLUMNS][4] = {"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"};
    struct column columns[MOST_COLUMNS] = {{0}};
    struct table tables[MOST_TABLES];
    static char table_names[MOST_TABLES][32];
    size_t n = job->cells ? job->cells : INTERFACE_COLUMNS;
    for (size_t i = 0; i < n; i++) {
        columns[i].name = job->cells ? names[i] : interface_names[i];
    }
    for (size_t i = 0; i < job->tables; i++) {
        snprintf(table_names[i], sizeof(table_names[i]), "table_%zu", i);
        tables[i] = (struct table){table_names[i], columns, n};
    }
    tables[0].name = job->name ? job->name : tables[0].name;
    struct output_options to = job->to;
    to.writer.numeric = job->numeric ? columns[0].name : NULL;
    struct writer *w;
    int status = output_open(&w, &to, tables, job->tables, err);
    if (status < 0) {
        return status;
    }
    status = job->cells ? write_cells(job, w, err) : write_interfaces(job, w, err);
    if (status == 0 && job->extras) {
        status = write_extras(w, err);
    }
    if (status < 0) {
        writer_abort(w);
        return status;
    }
    return writer_close(w, err);
}

static void warn(void *user, const char *text)
{
    (void)user;
    fprintf(stderr, "warning: %s\n", text);
}

static bool take_flag(struct job *job, const char *flag)
{
    struct writer_options *options = &job->to.writer;
    bool *const places[] = {&options->pretty, &options->bom, &options->crlf, &options->guard,
                            &job->time,       &job->numeric, &job->extras};
    static const char *const flags[] = {"--pretty", "--bom",     "--crlf",  "--guard",
                                        "--time",   "--numeric", "--extras"};
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (strcmp(flag, flags[i]) == 0) {
            return *places[i] = true;
        }
    }
    return false;
}

static bool take_value(struct job *job, const char *option, const char *value, struct err *err)
{
    size_t number = strtoul(value, NULL, 10);
    if (strcmp(option, "-f") == 0) {
        job->to.format = output_format_named(value, err);
    } else if (strcmp(option, "-o") == 0) {
        job->to.path = value;
    } else if (strcmp(option, "--delimiter") == 0) {
        job->to.writer.delimiter = value[0];
    } else if (strcmp(option, "--name") == 0) {
        job->name = value;
    } else if (strcmp(option, "--rows") == 0) {
        job->rows = number;
    } else if (strcmp(option, "--cells") == 0 && number <= 8) {
        job->cells = number;
    } else if (strcmp(option, "--tables") == 0 && number && number <= MOST_TABLES) {
        job->tables = number;
    } else if (strcmp(option, "--tty") == 0) {
        job->to.stdout_tty = true;
        job->to.writer.width = (unsigned)number;
    } else if (strcmp(option, "--slow") == 0) {
        job->slow = (useconds_t)number;
    } else {
        return err_set(err, ERR_USAGE, "unknown option %s", option) == 0;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct job job = {.tables = 1, .to.writer.warn = warn};
    struct err err = ERR_INIT;
    bool good = true;
    for (int i = 1; i < argc && good; i++) {
        good = take_flag(&job, argv[i]);
        if (!good) {
            good = take_value(&job, argv[i], argv[i + 1] ? argv[i + 1] : "", &err);
            i++;
        }
    }
    tempfile_guard_signals();
    int64_t start = now_us();
    if (err.code == 0) {
        write_out(&job, &err);
    }
    if (err.code && err.code != ERR_PIPE) {
        fprintf(stderr, "%s\n", err.text);
    }
    if (job.time) {
        fprintf(stderr, "%.3f\n", (double)(now_us() - start) / 1e6);
    }
    return err_exit_status(err.code);
}
