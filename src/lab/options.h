/* collect-lab's command line: one table for parsing, --help and its errors. */
#ifndef LAB_OPTIONS_H
#define LAB_OPTIONS_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define OPTIONS_LIST 64

struct options {
    int devices;
    const char *dir;
    const char *platforms[OPTIONS_LIST + 1]; /* NULL-terminated */
    const char *device_file;
    const char *set[OPTIONS_LIST + 1];
    const char *fixtures[OPTIONS_LIST + 1];
    const char *templates[OPTIONS_LIST + 1];
    const char *address;
    int port;
    bool by_port;
    int seed;
    bool quiet, help;
    char **command; /* after `--`; NULL = none. NULL-terminated */
};

int options_parse(struct options *options, int argc, char **argv, struct err *err);
void options_help(void);

#endif
