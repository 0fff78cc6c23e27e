#include "base/sha1.h"

#define BLOCK 64

static const uint32_t start[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};

static uint32_t rotate(uint32_t x, int n)
{
    return (x << n) | (x >> (32 - n));
}

static uint32_t load(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void store(uint8_t *p, uint32_t x)
{
    p[0] = (uint8_t)(x >> 24);
    p[1] = (uint8_t)(x >> 16);
    p[2] = (uint8_t)(x >> 8);
    p[3] = (uint8_t)x;
}

static uint32_t mix(int round, uint32_t b, uint32_t c, uint32_t d)
{
    if (round < 20) {
        return ((b & c) | (~b & d)) + 0x5A827999;
    }
    if (round < 40) {
        return (b ^ c ^ d) + 0x6ED9EBA1;
    }
    if (round < 60) {
        return ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC;
    }
    return (b ^ c ^ d) + 0xCA62C1D6;
}

static void compress(uint32_t h[5], const uint8_t block[BLOCK])
{
    uint32_t w[80];
    for (int i = 0; i < 16; i++) {
        w[i] = load(block + 4 * i);
    }
    for (int i = 16; i < 80; i++) {
        w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    }
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 80; i++) {
        uint32_t next = rotate(a, 5) + mix(i, b, c, d) + e + w[i];
        e = d;
        d = c;
        c = rotate(b, 30);
        b = a;
        a = next;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}

/* The rest of a message of which `before` bytes (whole blocks) are already in h. */
static void finish(uint32_t h[5], size_t before, struct view rest, uint8_t out[SHA1_SIZE])
{
    uint8_t block[BLOCK];
    uint64_t bits = ((uint64_t)before + rest.len) * 8;
    while (rest.len >= BLOCK) {
        compress(h, (const uint8_t *)rest.ptr);
        rest = view_slice(rest, BLOCK, rest.len);
    }
    memset(block, 0, sizeof(block));
    if (rest.len) {
        memcpy(block, rest.ptr, rest.len);
    }
    block[rest.len] = 0x80;
    if (rest.len >= BLOCK - 8) {
        compress(h, block);
        memset(block, 0, sizeof(block));
    }
    store(block + BLOCK - 8, (uint32_t)(bits >> 32));
    store(block + BLOCK - 4, (uint32_t)bits);
    compress(h, block);
    for (int i = 0; i < 5; i++) {
        store(out + 4 * i, h[i]);
    }
}

void sha1(struct view bytes, uint8_t out[SHA1_SIZE])
{
    uint32_t h[5];
    memcpy(h, start, sizeof(h));
    finish(h, 0, bytes, out);
}

void hmac_sha1_key(struct hmac_sha1_key *key, struct view bytes)
{
    uint8_t pad[BLOCK] = {0};
    if (bytes.len > BLOCK) {
        sha1(bytes, pad);
    } else if (bytes.len) {
        memcpy(pad, bytes.ptr, bytes.len);
    }
    for (int i = 0; i < BLOCK; i++) {
        pad[i] ^= 0x36;
    }
    memcpy(key->inner, start, sizeof(start));
    compress(key->inner, pad);
    for (int i = 0; i < BLOCK; i++) {
        pad[i] ^= 0x36 ^ 0x5c;
    }
    memcpy(key->outer, start, sizeof(start));
    compress(key->outer, pad);
}

void hmac_sha1(const struct hmac_sha1_key *key, struct view message, uint8_t out[SHA1_SIZE])
{
    uint8_t inner[SHA1_SIZE];
    uint32_t h[5];
    memcpy(h, key->inner, sizeof(h));
    finish(h, BLOCK, message, inner);
    memcpy(h, key->outer, sizeof(h));
    finish(h, BLOCK, view_make((const char *)inner, sizeof(inner)), out);
}
