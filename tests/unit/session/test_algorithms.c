/*
 * A key exchange without a common algorithm, told by libssh's words alone: so it is when the
 * device's offer came in after we had looked for it. (By the offer itself: walk.servers.)
 */
#include "test.h"

#include "base/strbuf.h"
#include "session/ssh_algorithms.h"

static void told(const char *words, bool legacy, const char *want)
{
    struct strbuf none = STRBUF_INIT;
    struct err err = ERR_INIT;
    bool explained = algorithms_explain(&none, words, legacy, NULL, &err);
    CHECK(explained == (want != NULL));
    CHECK_STR(err.text, want ? want : "");
}

static void words(void)
{
    told("kex error : no match for method encryption client->server: "
         "server [chacha20-poly1305@openssh.com], client [aes256-ctr]",
         false,
         "no common cipher: the device has only chacha20-poly1305@openssh.com; `legacy: true` "
         "for this host adds what it needs");
    told("kex error : no match for method kex algos: server [diffie-hellman-group1-sha1], "
         "client [curve25519-sha256]",
         false,
         "no common key exchange: the device has only diffie-hellman-group1-sha1; `legacy: "
         "true` for this host adds what it needs");
    told("kex error : no match for method mac algo server->client: server [hmac-md5], client "
         "[hmac-sha2-256",
         true, "no common MAC: the device has only hmac-md5, which is not supported");
}

static void other_words(void)
{
    told("", false, NULL);
    told("Socket error: disconnected", false, NULL);
    told("kex error : no match for method kex algos", false, NULL);
    told("kex error : no match for method compression algo client->server: server [zlib], "
         "client [none]",
         false, NULL);
}

/* The device's lists, of which only the beginning had come when we looked. */
static void cut_short(void)
{
    static const char offer[] = "\0\0\0\032diffie-hellman-group1-sha1\0\0\0\7ssh-rsa";
    static const char want[] =
        "no common key exchange: the device has only diffie-hellman-group1-sha1; `legacy: "
        "true` for this host adds what it needs";
    for (size_t len = 1; len < sizeof(offer); len++) {
        struct strbuf lists = STRBUF_INIT;
        struct err err = ERR_INIT;
        strbuf_add(&lists, offer, len);
        CHECK(algorithms_explain(&lists,
                                 "kex error : no match for method kex algos: server "
                                 "[diffie-hellman-group1-sha1], client [curve25519-sha256]",
                                 false, NULL, &err));
        CHECK_STR(err.text, want);
        strbuf_release(&lists);
    }
}

int main(void)
{
    RUN(words);
    RUN(other_words);
    RUN(cut_short);
    return test_end();
}
