/*
 * The private keys of a run, each read once before the loops start and then shared by all of
 * them (they are only read). A certificate beside a key (KEY-cert.pub) is taken with it.
 *
 *     struct keyring *ring;
 *     keyring_new(&ring, &err);
 *     keyring_add(ring, "/home/me/.ssh/lab", ask, user, &key, &err);
 *     keyring_add_defaults(ring, ask, user);              what ~/.ssh has: id_ed25519, ...
 *     keyring_free(ring);
 */
#ifndef SESSION_SSH_KEYS_H
#define SESSION_SSH_KEYS_H

#include "base/secret.h"

#include <stddef.h>

struct key;
struct keyring;

/* Gets the passphrase of an encrypted key file; 0, or negative when there is none. */
typedef int (*keyring_ask)(void *user, const char *path, struct secret *passphrase,
                           struct err *err);

int keyring_new(struct keyring **out, struct err *err);
void keyring_free(struct keyring *ring);

/* A file that was added before is not read again. ask may be NULL. */
int keyring_add(struct keyring *ring, const char *path, keyring_ask ask, void *user,
                const struct key **out, struct err *err);

/* Those of the usual files that can be read without asking; none is no error. */
int keyring_add_defaults(struct keyring *ring, struct err *err);

/* The keys that keyring_add_defaults() found, n of them. They live as long as the ring. */
const struct key *const *keyring_defaults(const struct keyring *ring, size_t *n);

/* One that was added before, or NULL. */
const struct key *keyring_find(const struct keyring *ring, const char *path);

const char *key_path(const struct key *key);

#endif
