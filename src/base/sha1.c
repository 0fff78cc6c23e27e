#include "base/sha1.h"

void hmac_sha1_key(struct hmac_sha1_key *key, struct view bytes)
{
    hmac_sha1_set_key(&key->started, bytes.len, (const uint8_t *)bytes.ptr);
}

void hmac_sha1(const struct hmac_sha1_key *key, struct view message, uint8_t out[SHA1_SIZE])
{
    struct hmac_sha1_ctx ctx = key->started;
    hmac_sha1_update(&ctx, message.len, (const uint8_t *)message.ptr);
    hmac_sha1_digest(&ctx, SHA1_SIZE, out);
}

void sha1(struct view message, uint8_t out[SHA1_SIZE])
{
    struct sha1_ctx ctx;
    sha1_init(&ctx);
    sha1_update(&ctx, message.len, (const uint8_t *)message.ptr);
    sha1_digest(&ctx, SHA1_SIZE, out);
}
