/*
 * Where a setting was said: a line of a file (of the inventory, of the ssh configuration), the
 * command line, or nowhere, which leaves the default.
 */
#ifndef COLLECT_ORIGIN_H
#define COLLECT_ORIGIN_H

struct origin {
    const char *file; /* NULL = nowhere, ORIGIN_COMMAND_LINE; else a path that outlives it */
    int line;         /* 0 = no one line */
};

#define ORIGIN_COMMAND_LINE "the command line"

#endif
