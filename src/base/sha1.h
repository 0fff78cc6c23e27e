/*
 * SHA-1 and HMAC-SHA-1, for what is made of them by definition: the hashed host names of
 * OpenSSH's known_hosts files (|1|salt|hash) and ssh_config's %C. Nothing here relies on SHA-1
 * for security.
 */
#ifndef BASE_SHA1_H
#define BASE_SHA1_H

#include "base/view.h"

#include <nettle/hmac.h>

#define SHA1_SIZE SHA1_DIGEST_SIZE

/* The two half-finished hashes that a key gives. Kept, they make each HMAC with the same key
 * cost two blocks instead of four: a long known_hosts is searched once for every host of a run.
 */
struct hmac_sha1_key {
    struct hmac_sha1_ctx started;
};

void hmac_sha1_key(struct hmac_sha1_key *key, struct view bytes);
void hmac_sha1(const struct hmac_sha1_key *key, struct view message, uint8_t out[SHA1_SIZE]);
void sha1(struct view message, uint8_t out[SHA1_SIZE]);

#endif
