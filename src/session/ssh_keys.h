/*
 * The private keys of a run, each read once before the loops start and then shared by all of
 * them (they are only read). A certificate beside a key (KEY-cert.pub) is taken with it.
 *
 *     struct keyset *set;
 *     keyset_new(&set, &err);
 *     keyset_add(set, "/home/me/.ssh/lab", ask, user, &key, &err);
 *     keyset_add_defaults(set, ask, user);              what ~/.ssh has: id_ed25519, ...
 *     keyset_free(set);
 */
#ifndef SESSION_SSH_KEYS_H
#define SESSION_SSH_KEYS_H

#include "base/secret.h"

#include <stddef.h>

struct key;
struct keyset;

/* Gets the passphrase of an encrypted key file; 0, or negative when there is none. */
typedef int (*keyset_ask)(void *user, const char *path, struct secret *passphrase,
                          struct err *err);

int keyset_new(struct keyset **out, struct err *err);
void keyset_free(struct keyset *set);

/* A file that was added before, or tried, is not read again. certificate NULL: KEY-cert.pub, if
 * there is one. ask may be NULL. */
int keyset_add(struct keyset *set, const char *path, const char *certificate, keyset_ask ask,
               void *user, struct err *err);

/* Those of the usual files that can be read without asking; none is no error. */
int keyset_add_defaults(struct keyset *set, struct err *err);

/* The keys that keyset_add_defaults() found, n of them. They live as long as the set. */
const struct key *const *keyset_defaults(const struct keyset *set, size_t *n);

/* One that was added before, or NULL. */
const struct key *keyset_find(const struct keyset *set, const char *path,
                              const char *certificate);

/* It was tried, is encrypted, and nobody knew its passphrase. */
bool keyset_encrypted(const struct keyset *set, const char *path);

const char *key_path(const struct key *key);

#endif
