/*
 * Errors: a function that can fail returns int, 0 or one of the negative codes below, and takes a
 * caller-owned `struct err *` as its last argument, which may be NULL. The text is written where
 * the cause is known: it names host, command, file, line and what to do, without a final newline.
 *
 *     struct err err = ERR_INIT;
 *     if (inventory_read(&inventory, path, &err) < 0) {
 *         log_error("%s", err.text);
 *         return err_exit_status(err.code);
 *     }
 *
 * Text from outside (names, device words) goes into an error as it is; whoever shows it to a
 * terminal passes it through vis.h.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err_code {
    ERR_OK = 0,
    ERR_NOMEM = -1,
    ERR_USAGE = -2,  /* the command line */
    ERR_INPUT = -3,  /* an inventory, template, platform, rules file or database is unusable */
    ERR_OUTPUT = -4, /* a result could not be written */
    ERR_HOST = -5,   /* a device, its connection or its dialogue */
    ERR_PARSE = -6,  /* a template met text that it refuses */
    ERR_LIMIT = -7,  /* a ceiling of limits.h */
    ERR_CANCELLED = -8,
    ERR_PIPE = -9, /* the reader of stdout went away */
};

struct err {
    int code;    /* enum err_code */
    int line;    /* 1-based line in the file named by the text, 0 = none */
    int column;  /* 1-based column in characters, 0 = none */
    char text[1024];
};

#define ERR_INIT {0, 0, 0, {0}}

/* Fills err (if not NULL) and returns code, so that callers can `return err_set(...)`. */
int err_set(struct err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int err_set_at(struct err *err, int code, int line, int column, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* Puts "prefix: " in front of the text: how a caller adds the host or file that it knows. */
void err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Out of memory, the one error that needs no words of its own. */
int err_nomem(struct err *err);

/* The exit status that stands for a code, as the command line's table has it. */
int err_exit_status(int code);

#endif
