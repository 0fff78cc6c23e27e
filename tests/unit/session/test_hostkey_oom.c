/*
 * Memory that runs out on the way to trust: whatever allocation fails, and whether all fail
 * from there on, a key that is refused with enough memory is refused, and nothing leaks.
 * (OpenSSH's CVE-2025-26465 was a check that ran out of memory and went on as if all were
 * well.)
 */
#include "oom.h"

#ifdef OOM_POSSIBLE

#include "session/hostkey.h"
#include "test.h"

#include <unistd.h>

#define KEY_A "AAAAC3NzaC1lZDI1NTE5AAAAIDJCF8487Pp1C4AkGtoulVnEEQg4MOxc3KYmbwJwj93L"
#define FP_A  "SHA256:ZQhsDVYUAGNRED3IGiEXjZvJ0AXXn8gYBJGo1jE7SC8"
#define KEY_B "AAAAC3NzaC1lZDI1NTE5AAAAIAibVqQjPmvt7wr6EsMJ8x/d4FANPaE5W+CE+ab0/QOc"

static char folder[] = "/tmp/hostkey-oom-XXXXXX";
static char path[64], second[64];

static const struct verdict {
    const char *known; /* the file */
    const char *host, *pinned;
    enum host_keys policy;
    bool trusted;
} verdicts[] = {
    {"r1 ssh-ed25519 " KEY_A "\n", "r1", NULL, HOST_KEYS_STRICT, true},
    {"|1|pBMGKBL4XgBFctuobyqgiwv9oSA=|cw8W11/NbV/pC1XrFoZtVnw0kyk= ssh-ed25519 " KEY_A "\n",
     "r1.example.net", NULL, HOST_KEYS_STRICT, true},
    {"", "r1", NULL, HOST_KEYS_ACCEPT_NEW, true},
    {"", "r1", FP_A, HOST_KEYS_STRICT, true},
    {"", "r1", NULL, HOST_KEYS_STRICT, false},
    {"r1 ssh-ed25519 " KEY_B "\n", "r1", NULL, HOST_KEYS_STRICT, false},
    {"r1 ssh-ed25519 " KEY_B "\n", "r1", NULL, HOST_KEYS_ACCEPT_NEW, false},
    {"r* ssh-ed25519 " KEY_B "\n", "r1", NULL, HOST_KEYS_ACCEPT_NEW, false},
    {"|1|pBMGKBL4XgBFctuobyqgiwv9oSA=|cw8W11/NbV/pC1XrFoZtVnw0kyk= ssh-ed25519 " KEY_B "\n",
     "r1.example.net", NULL, HOST_KEYS_ACCEPT_NEW, false},
    {"r1 ssh-ed25519 " KEY_A "\n@revoked * ssh-ed25519 " KEY_A "\n", "r1", NULL,
     HOST_KEYS_STRICT, false},
    {"@revoked * ssh-ed25519 " KEY_A "\n", "r1", NULL, HOST_KEYS_ACCEPT_NEW, false},
    {"@revoked * ssh-ed25519 " KEY_A "\n", "r1", FP_A, HOST_KEYS_STRICT, false},
    {"", "r1", "SHA256:another", HOST_KEYS_OFF, false},
};

/* What may be allocated once for all, such as by stdio, is not counted. */
static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static bool judge(const struct verdict *v)
{
    struct hostkeys *keys = NULL;
    struct err err = ERR_INIT;
    struct hostkey_peer peer = {v->host, "192.0.2.1", 22, v->pinned};
    struct hostkey shown = {"ssh-ed25519", KEY_A, FP_A};
    struct strbuf types = STRBUF_INIT;
    bool trusted = false;
    if (hostkeys_open(&keys, v->policy, path, &err) == 0) {
        if (hostkeys_read(keys, second, &err) == 0) {
            hostkeys_types(keys, &peer, &types);
            trusted = hostkeys_trust(keys, &peer, &shown, &err) == 0;
        }
        hostkeys_free(keys);
    }
    strbuf_release(&types);
    return trusted;
}

/* The line that matters is in one file or the other. */
static void sweep(const struct verdict *v, bool in_second)
{
    bool through = false;
    for (long n = 0; n < 2000 && !through; n++) {
        write_file(path, in_second ? "" : v->known);
        write_file(second, in_second ? v->known : "");
        long before = live;
        countdown = n;
        bool trusted = judge(v);
        through = countdown > 0;
        countdown = -1;
        if ((trusted && !v->trusted) || live != before) {
            fprintf(stderr, "\"%s\", allocation %ld: %s, %ld leaked\n", v->known, n,
                    trusted ? "trusted" : "refused", live - before);
        }
        CHECK(!trusted || v->trusted);
        CHECK(!through || trusted == v->trusted);
        CHECK(live == before);
    }
    CHECK(through);
}

static void test_each_fails(void)
{
    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
        sweep(&verdicts[i], false);
        sweep(&verdicts[i], true);
    }
}

static void test_all_fail_from_there(void)
{
    for_good = true;
    test_each_fails();
    for_good = false;
}

int main(void)
{
    if (!mkdtemp(folder)) {
        return 1;
    }
    snprintf(path, sizeof(path), "%s/known_hosts", folder);
    snprintf(second, sizeof(second), "%s/more", folder);
    RUN(test_each_fails);
    RUN(test_all_fail_from_there);
    unlink(path);
    unlink(second);
    rmdir(folder);
    return test_end();
}

#endif
