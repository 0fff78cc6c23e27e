/*
 * One secret from where it is kept. The secret is the source's first line without its newline;
 * an empty one is an error. None of the bytes stay in memory but in *out.
 */
#ifndef COLLECT_SECRET_SOURCE_H
#define COLLECT_SECRET_SOURCE_H

#include "base/secret.h"

int secret_from_env(struct secret *out, const char *name, struct err *err);
int secret_from_file(struct secret *out, const char *path, struct err *err);
int secret_from_fd(struct secret *out, int fd, struct err *err);

/* The first line that /bin/sh -c command prints; the terminal is the command's to ask on. */
int secret_from_command(struct secret *out, const char *command, struct err *err);

/* Asks on the terminal, without echo. ERR_CANCELLED on Ctrl-C, ERR_USAGE without a terminal. */
int secret_from_terminal(struct secret *out, const char *prompt, struct err *err);

#endif
