/*
 * N rows of show interfaces into a database as a run saves them, 50 rows a host, a transaction
 * a host: driver-store-fill N FILE.db. The rows are those of driver-output-rows --rows N.
 */
#include "interfaces.h"
#include "output/cell.h"
#include "store/save.h"

#include <stdio.h>
#include <stdlib.h>

#define COLUMNS       INTERFACE_COLUMNS
#define ROWS_PER_HOST 50

static int save_host_rows(struct save *save, struct textfsm_cell *cells, size_t host,
                          size_t rows, struct err *err)
{
    char name[32], interface[48];
    snprintf(name, sizeof(name), "r%zu", host);
    cells[0] = cell_text(view_of(name));
    int status = save_host_begin(save, err);
    for (size_t i = 0; i < rows && status == 0; i++) {
        snprintf(interface, sizeof(interface), "GigabitEthernet1/0/%zu", i);
        cells[4] = cell_text(view_of(interface));
        status = writer_row(save_writer(save), 0, cells, err);
    }
    struct save_host row = {.host = name, .status = "ok"};
    return status < 0 ? status : save_host_end(save, &row, err);
}

static int fill(struct save *save, size_t rows, struct err *err)
{
    struct textfsm_cell cells[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++) {
        cells[i] = cell_text(view_of(interface_values[i]));
    }
    int status = 0;
    for (size_t host = 0; rows > 0 && status == 0; host++) {
        size_t n = rows < ROWS_PER_HOST ? rows : ROWS_PER_HOST;
        status = save_host_rows(save, cells, host, n, err);
        rows -= n;
    }
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s ROWS FILE.db\n", argv[0]);
        return 2;
    }
    struct column columns[COLUMNS] = {{0}};
    for (size_t i = 0; i < COLUMNS; i++) {
        columns[i].name = interface_names[i];
    }
    struct table table = {"show_interfaces", columns, COLUMNS};
    struct save_run run = {.who = "bench"};
    struct err err = ERR_INIT;
    struct save *save;
    if (save_open(&save, argv[2], &table, 1, &run, &err) < 0 ||
        fill(save, strtoul(argv[1], NULL, 10), &err) < 0 || save_close(save, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    return 0;
}
