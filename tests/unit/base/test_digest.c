/* Published vectors of HMAC-SHA-1, SHA-256 and Base64. */
#include "base/base64.h"
#include "base/secret.h"
#include "base/sha1.h"
#include "base/sha256.h"
#include "test.h"

static char *hex(const uint8_t *bytes, size_t n)
{
    static char text[2 * SHA256_SIZE + 1];
    for (size_t i = 0; i < n; i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    return text;
}

static struct view repeat(char c, size_t n)
{
    static char text[1000];
    memset(text, c, n);
    return view_make(text, n);
}

static char *hmac(struct view k, struct view v)
{
    static uint8_t hash[SHA1_SIZE];
    struct hmac_sha1_key key;
    hmac_sha1_key(&key, k);
    hmac_sha1(&key, v, hash);
    return hex(hash, sizeof(hash));
}

static char *hex256(struct view v)
{
    static char text[SHA256_HEX_SIZE];
    sha256_hex(v, text);
    return text;
}

/* RFC 2202 */
static void test_hmac(void)
{
    CHECK_STR(hmac(repeat('\x0b', 20), VIEW("Hi There")),
              "b617318655057264e28bc0b6fb378c8ef146be00");
    CHECK_STR(hmac(VIEW("Jefe"), VIEW("what do ya want for nothing?")),
              "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    CHECK_STR(hmac(repeat('\xaa', 80),
                   VIEW("Test Using Larger Than Block-Size Key - Hash Key First")),
              "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

static void test_sha256(void)
{
    CHECK_STR(hex256(VIEW("")),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK_STR(hex256(VIEW("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK_STR(hex256(VIEW("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK_STR(hex256(repeat('a', 64)),
              "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
}

static void test_base64(void)
{
    static const char *const texts[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char *const codes[] = {"",       "Zg",      "Zm8",     "Zm9v",
                                        "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"};
    for (size_t i = 0; i < 7; i++) {
        char code[16];
        uint8_t back[16];
        base64_encode(view_of(texts[i]), code);
        CHECK_STR(code, codes[i]);
        CHECK(base64_decode(view_of(code), back, sizeof(back)) == (long)strlen(texts[i]));
        CHECK(memcmp(back, texts[i], strlen(texts[i])) == 0);
    }
    uint8_t out[4];
    CHECK(base64_decode(VIEW("Zg=="), out, sizeof(out)) == 1);
    CHECK(base64_decode(VIEW("Zm9vYmFy"), out, sizeof(out)) == -1); /* no room */
    CHECK(base64_decode(VIEW("Zg!"), out, sizeof(out)) == -1);
    CHECK(base64_decode(VIEW("Z"), out, sizeof(out)) == -1);
    CHECK(base64_valid(VIEW("Zm9v")) && !base64_valid(VIEW("")) && !base64_valid(VIEW("a b")));
}

static void test_secret(void)
{
    struct secret s = SECRET_INIT;
    CHECK(secret_set(&s, VIEW("hunter2"), NULL) == 0);
    CHECK_STR(s.bytes, "hunter2");
    CHECK(secret_set(&s, view_make("a\0b", 3), NULL) < 0);
    CHECK(!secret_given(&s));
    CHECK(secret_set(&s, repeat('x', 1000), NULL) == 0 && s.len == 1000);
    secret_release(&s);
    CHECK(!secret_given(&s) && s.bytes[0] == '\0');
}

int main(void)
{
    RUN(test_hmac);
    RUN(test_sha256);
    RUN(test_base64);
    RUN(test_secret);
    return test_end();
}
