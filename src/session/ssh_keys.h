/*
 * The private keys of a run, each read once before the loops start and then shared by all of
 * them (they are only read). With a certificate (KEY-cert.pub beside it, or one that was given)
 * a key counts twice: as such and without it, as with ssh.
 *
 *     struct keyset *set;
 *     keyset_new(&set, &err);
 *     keyset_add(set, "/home/me/.ssh/lab", ask, user, &err);
 *     keyset_add_defaults(set, &err);                   what ~/.ssh has: id_ed25519, ...
 *     n = keyset_find_all(set, "/home/me/.ssh/lab", keys, 2);
 *     keyset_free(set);
 */
#ifndef SESSION_SSH_KEYS_H
#define SESSION_SSH_KEYS_H

#include "base/secret.h"
#include "base/view.h"

#include <stddef.h>

struct key;
struct keyset;

/* Gets the passphrase of an encrypted key file; 0, or negative when there is none. */
typedef int (*keyset_ask)(void *user, const char *path, struct secret *passphrase,
                          struct err *err);

int keyset_new(struct keyset **out, struct err *err);
void keyset_free(struct keyset *set);

/* A file that was added before, or tried, is not read again. ask may be NULL. */
int keyset_add(struct keyset *set, const char *path, keyset_ask ask, void *user,
               struct err *err);

/* For a key that was added; negative, too, when the certificate is another key's. */
int keyset_add_certificate(struct keyset *set, const char *path, const char *certificate,
                           struct err *err);

/* Those of the usual files that can be read without asking; none is no error. */
int keyset_add_defaults(struct keyset *set, struct err *err);

/* The files that keyset_add_defaults() found, then a NULL. */
const char *const *keyset_defaults(const struct keyset *set);

/* One that was added before, or NULL. certificate NULL: the bare key. */
const struct key *keyset_find(const struct keyset *set, const char *path,
                              const char *certificate);

/* All there is of a file, at most max: with its certificates, then the bare key. */
size_t keyset_find_all(const struct keyset *set, const char *path, const struct key **out,
                       size_t max);

/* It was tried and cannot be used by itself, being encrypted or the public half of a key; but
 * an agent may have it. */
bool keyset_for_agent(const struct keyset *set, const char *path);

/* Such a key, NULL when it is another one or its public half is not known. */
const struct key *keyset_held(const struct keyset *set, const char *path);

/* The public half as it stands in messages, or the certificate; empty = not known. */
struct view key_blob(const struct key *key);

#endif
