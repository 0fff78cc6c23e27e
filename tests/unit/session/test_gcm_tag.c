/*
 * gcm_tag: with a right tag the function in OpenSSL's place says yes, with a wrong one it says
 * no in the way that every libssh minds: less than 0. (That libssh is served by it:
 * walk.gcm_tag.)
 */
#include "test.h"

#include "session/gcm_tag.h"
#include "session/libssh.h"

#include <openssl/evp.h>

#define LIST(F)                                                                                \
    F(EVP_CIPHER_CTX_new)                                                                      \
    F(EVP_CIPHER_CTX_free)                                                                     \
    F(EVP_CIPHER_CTX_ctrl)                                                                     \
    F(EVP_aes_256_gcm)                                                                         \
    F(EVP_EncryptInit_ex)                                                                      \
    F(EVP_EncryptUpdate)                                                                       \
    F(EVP_EncryptFinal_ex)                                                                     \
    F(EVP_DecryptInit_ex)                                                                      \
    F(EVP_DecryptUpdate)

static struct {
    LIST(LAZY_POINTER)
} evp;
static const unsigned char key[32] = "a key of thirty-two bytes, is it",
                           iv[12] = "twelve bytes";

static void seal(unsigned char *text, int n, unsigned char tag[16])
{
    unsigned char out[64];
    int len = 0;
    EVP_CIPHER_CTX *c = evp.EVP_CIPHER_CTX_new();
    CHECK(evp.EVP_EncryptInit_ex(c, evp.EVP_aes_256_gcm(), NULL, key, iv) == 1);
    CHECK(evp.EVP_EncryptUpdate(c, out, &len, text, n) == 1 && len == n);
    CHECK(evp.EVP_EncryptFinal_ex(c, out + n, &len) == 1);
    CHECK(evp.EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, 16, tag) == 1);
    memcpy(text, out, (size_t)n);
    evp.EVP_CIPHER_CTX_free(c);
}

static int judge(const unsigned char *text, int n, unsigned char tag[16])
{
    unsigned char out[64];
    int len = 0;
    EVP_CIPHER_CTX *c = evp.EVP_CIPHER_CTX_new();
    CHECK(evp.EVP_DecryptInit_ex(c, evp.EVP_aes_256_gcm(), NULL, key, iv) == 1);
    CHECK(evp.EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, 16, tag) == 1);
    CHECK(evp.EVP_DecryptUpdate(c, out, &len, text, n) == 1);
    int rc = EVP_DecryptFinal(c, out + n, &len);
    evp.EVP_CIPHER_CTX_free(c);
    return rc;
}

static void test_tag(void)
{
    unsigned char text[] = "show version: what a device said", tag[16];
    int n = (int)sizeof(text);
    seal(text, n, tag);
    CHECK(judge(text, n, tag) == 1);
    for (int bit = 0; bit < 8 * n; bit++) {
        text[bit / 8] ^= (unsigned char)(1 << bit % 8);
        CHECK(judge(text, n, tag) == -1);
        text[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    for (int bit = 0; bit < 8 * 16; bit++) {
        tag[bit / 8] ^= (unsigned char)(1 << bit % 8);
        CHECK(judge(text, n, tag) == -1);
        tag[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
}

int main(void)
{
    static const char *const names[] = {LIST(LAZY_NAME) NULL};
    static struct lazy_library library = {
        .file = SSH_FILE, .package = "libssh-4", .names = names, .table = &evp};
    struct err err = ERR_INIT;
    if (libssh_load(&err) < 0 || lazy_load(&library, &err) < 0) {
        printf("skipped: %s\n", err.text);
        return 77;
    }
    RUN(test_tag);
    return test_end();
}
