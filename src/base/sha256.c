#include "base/sha256.h"

#include <nettle/base16.h>
#include <nettle/sha2.h>

void sha256(struct view bytes, uint8_t out[SHA256_SIZE])
{
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    sha256_update(&ctx, bytes.len, (const uint8_t *)bytes.ptr);
    sha256_digest(&ctx, SHA256_SIZE, out);
}

void sha256_hex(struct view bytes, char out[SHA256_HEX_SIZE])
{
    uint8_t hash[SHA256_SIZE];
    sha256(bytes, hash);
    base16_encode_update(out, sizeof(hash), hash);
    out[SHA256_HEX_SIZE - 1] = '\0';
}
