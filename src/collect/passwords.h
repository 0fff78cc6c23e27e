/*
 * The secrets of a run, all resolved before it begins: each environment variable, file, command
 * and prompt is asked once, however many hosts share it, and nothing is asked while sessions
 * run.
 *
 *     struct passwords *passwords;
 *     if (passwords_open(&passwords, &inventory, &options, &err) < 0) ...
 *     loop_options.credentials = passwords_credentials;
 *     loop_options.user = passwords;
 *     passwords_free(passwords);                       wiped
 *
 * A password of the command line is every host's. Hosts for which nothing is said at all,
 * neither password nor key, are asked for together when there is a terminal and neither an
 * agent nor a usual key file could log in; an empty line then means that no password is needed.
 * A source that gives nothing is an error that names the host and the place in the inventory.
 * Environment variables that gave one are wiped and unset.
 */
#ifndef COLLECT_PASSWORDS_H
#define COLLECT_PASSWORDS_H

#include "collect/inventory.h"
#include "collect/loop.h"

struct passwords;

struct passwords_options {
    bool ask;                  /* for the password of all hosts, on the terminal */
    const char *password_file; /* NULL = none */
    int password_fd;           /* -1 = none */
};

/* ERR_INPUT, ERR_USAGE, or ERR_CANCELLED when the person who was asked gave up. The inventory
 * must outlive the passwords. */
int passwords_open(struct passwords **out, const struct inventory *inventory,
                   const struct passwords_options *options, struct err *err);
void passwords_free(struct passwords *passwords);

/* For struct loop_options; user is the passwords. */
int passwords_credentials(void *user, const struct host *host, struct credentials *out,
                          struct err *err);

/* Asks on the terminal for the passphrase of an encrypted key, in the caller's thread. */
int passwords_passphrase(void *user, const char *path, struct secret *out, struct err *err);

#endif
