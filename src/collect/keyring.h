/*
 * The secrets of a run, all resolved before it begins: each environment variable, file, command
 * and prompt is asked once, however many hosts share it, and nothing is asked while sessions
 * run.
 *
 *     struct keyring *keyring;
 *     if (keyring_open(&keyring, &inventory, &options, &err) < 0) ...
 *     loop_options.credentials = keyring_credentials;
 *     loop_options.user = keyring;
 *     keyring_free(keyring);                       wiped
 *
 * A password of the command line is every host's. A source that gives nothing is an error that
 * names the host and the place in the inventory.
 */
#ifndef COLLECT_KEYRING_H
#define COLLECT_KEYRING_H

#include "collect/inventory.h"
#include "collect/loop.h"

struct keyring;

struct keyring_options {
    bool ask;                  /* for the password of all hosts, on the terminal */
    const char *password_file; /* NULL = none */
    int password_fd;           /* -1 = none */
};

/* ERR_INPUT, ERR_USAGE, or ERR_CANCELLED when the person who was asked gave up. The inventory
 * must outlive the keyring. */
int keyring_open(struct keyring **out, const struct inventory *inventory,
                 const struct keyring_options *options, struct err *err);
void keyring_free(struct keyring *keyring);

/* For struct loop_options; user is the keyring. */
int keyring_credentials(void *user, const struct host *host, struct credentials *out,
                        struct err *err);

#endif
