/*
 * Secrets in memory: passwords, enable passwords, passphrases.
 *
 *     struct secret s = SECRET_INIT;
 *     if (secret_set(&s, view, &err) < 0) ...      a copy of its own, NUL-terminated
 *     ssh_userauth_password(session, NULL, s.bytes);
 *     secret_release(&s);                          wiped, then freed
 *
 * A secret is wiped before its memory goes back, kept out of swap as far as the system allows
 * (its page is locked, best effort, and stays so: other secrets may share it) and, once
 * secret_harden_process() was called, out of core dumps and debuggers. Nothing prints one.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/err.h"
#include "base/view.h"

struct secret {
    char *bytes; /* "" when there is none; never NULL */
    size_t len;
};

extern char secret_none[];

#define SECRET_INIT                                                                            \
    {                                                                                          \
        secret_none, 0                                                                         \
    }

/* Replaces what was there. A secret with a NUL byte cannot be typed whole and is refused. */
int secret_set(struct secret *secret, struct view bytes, struct err *err);
void secret_release(struct secret *secret);

static inline bool secret_given(const struct secret *secret)
{
    return secret->len > 0;
}

static inline struct view secret_view(const struct secret *secret)
{
    return (struct view){secret->bytes, secret->len};
}

/* Wipes bytes that held a secret; the compiler may not leave it out. */
void secret_wipe(void *bytes, size_t len);

/* No core file, and no other process of the same user may read this one's memory. Best effort.
 */
void secret_harden_process(void);

#endif
