/*
 * Known secrets out of a stream of bytes, however it was cut: each comes out as "<secret>".
 *
 *     struct mask mask;
 *     mask_init(&mask, secrets, n, &err);
 *     mask_feed(&mask, bytes, &out);      any number of times
 *     mask_flush(&mask, &out);            no more can follow: what was held back comes out
 *     mask_release(&mask);
 *
 * What may be the beginning of a secret is held back until its fate is known, at most
 * MASK_HELD_MOST bytes. A device that echoes a secret may break it up by control characters and
 * terminal sequences, or type over what it typed: these count as part of it. Secrets shorter
 * than MASK_LEAST bytes are not looked for: they would be found everywhere.
 */
#ifndef SESSION_MASK_H
#define SESSION_MASK_H

#include "base/secret.h"
#include "base/strbuf.h"

#define MASK_SECRETS   4
#define MASK_LEAST     4
#define MASK_HELD_MOST 8192

struct mask {
    struct secret secrets[MASK_SECRETS];
    size_t n;
    struct strbuf held;
};

/* Copies the secrets, at most MASK_SECRETS. Views may be empty or the same. */
int mask_init(struct mask *mask, const struct view *secrets, size_t n, struct err *err);
void mask_release(struct mask *mask);

void mask_feed(struct mask *mask, struct view bytes, struct strbuf *out);
void mask_flush(struct mask *mask, struct strbuf *out);

#endif
