/* Every policy against every finding, over a known_hosts file of all kinds of lines. */
#include "session/hostkey.h"
#include "session/knownhosts.h"
#include "test.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY_A "AAAAC3NzaC1lZDI1NTE5AAAAIDJCF8487Pp1C4AkGtoulVnEEQg4MOxc3KYmbwJwj93L"
#define FP_A  "SHA256:ZQhsDVYUAGNRED3IGiEXjZvJ0AXXn8gYBJGo1jE7SC8"
#define KEY_B "AAAAC3NzaC1lZDI1NTE5AAAAIAibVqQjPmvt7wr6EsMJ8x/d4FANPaE5W+CE+ab0/QOc"
#define KEY_C "AAAAC3NzaC1lZDI1NTE5AAAAIAibVqQjPmvt7wr6EsMJ8x/d4FANPaEW5+CE+ab0/QOc"
#define FP_C  "SHA256:Yj/IJGm25SOPIQnOvUJykTD11DCGmSfaKe2/fFW+S7c"
#define RSA   "AAAAB3NzaC1yc2EAAAADAQABAAAAgQDQ"

static const struct hostkey key_a = {"ssh-ed25519", KEY_A, FP_A};
static const struct hostkey key_c = {"ssh-ed25519", KEY_C, FP_C};
static const struct hostkey key_rsa = {"ssh-rsa", RSA, "SHA256:rsa"};

static const char lines[] =
    "# comment\n"
    "\n"
    "plain.example.net ssh-ed25519 " KEY_A "\n"
    "two.example.net,10.0.0.2 ssh-ed25519 " KEY_A " a comment\n"
    "  [port.example.net]:2222\tssh-ed25519\t" KEY_A "\n"
    "*.lab.example.net,!bad.lab.example.net ssh-ed25519 " KEY_A "\n"
    "router?.example.net ssh-ed25519 " KEY_A "\n"
    "@revoked * ssh-ed25519 " KEY_B "\n"
    "@cert-authority ca.example.net ssh-ed25519 " KEY_A "\n"
    "@nonsense odd.example.net ssh-ed25519 " KEY_A "\n"
    "short.example.net ssh-ed25519\n"
    "broken.example.net ssh-ed25519 ~~~~\n"
    "|1|pBMGKBL4XgBFctuobyqgiwv9oSA=|cw8W11/NbV/pC1XrFoZtVnw0kyk= ssh-ed25519 " KEY_A "\n"
    "|1|nuDgTNQunApZV0alORmAdV6S2f8=|9U/ACsmHtNqAgeNV62gXbWn8FFo= ssh-ed25519 " KEY_A "\n"
    "|1|short|short ssh-ed25519 " KEY_A "\n"
    "UPPER.example.net ssh-ed25519 " KEY_A "\n"
    "both.example.net ssh-rsa " RSA "\n"
    "both.example.net ssh-ed25519 " KEY_A "\n"
    "noeol.example.net ssh-rsa " RSA;

static char folder[] = "/tmp/hostkey-test-XXXXXX";
static char path[64];

static void write_file(const char *text)
{
    FILE *f = fopen(path, "w");
    CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static char *read_file(void)
{
    static struct strbuf text = {strbuf_empty, 0, 0, 0, false};
    strbuf_reset(&text);
    CHECK(strbuf_read_file(&text, path, 1 << 20) == 0);
    return text.buf;
}

static int trust_as(enum host_keys policy, struct hostkey_peer peer, struct hostkey shown,
                    struct err *err)
{
    struct hostkeys *keys = NULL;
    CHECK(hostkeys_open(&keys, policy, path, err) == 0);
    int rc = hostkeys_trust(keys, &peer, &shown, err);
    hostkeys_free(keys);
    return rc;
}

static struct err err;

static bool trusted(const char *host, int port, struct hostkey shown)
{
    err.text[0] = '\0';
    struct hostkey_peer peer = {host, NULL, port, NULL};
    return trust_as(HOST_KEYS_STRICT, peer, shown, &err) == 0;
}

static bool said(const char *part)
{
    if (strstr(err.text, part)) {
        return true;
    }
    fprintf(stderr, "\"%s\" is not in: %s\n", part, err.text);
    return false;
}

/* RevokedHostKeys: a key is refused whatever its host is called, whoever vouches for it. */
static void test_revoked_list(void)
{
    struct hostkeys *keys = NULL;
    struct hostkey_peer peer = {"plain.example.net", NULL, 2222, NULL};
    struct strbuf list = STRBUF_INIT;
    char revoked[300];
    snprintf(revoked, sizeof(revoked), "%s.revoked", path);
    write_file(lines);
    strbuf_addf(&list, "# lost\n\n%s %s of r7\n", key_a.type, key_a.base64);
    FILE *file = fopen(revoked, "w");
    CHECK(file && fputs(list.buf, file) >= 0 && fclose(file) == 0);
    CHECK(hostkeys_open(&keys, HOST_KEYS_ACCEPT_NEW, path, &err) == 0);
    CHECK(hostkeys_trust(keys, &peer, &key_a, &err) == 0);
    CHECK(hostkeys_revoke(keys, revoked, &err) == 0);
    CHECK(hostkeys_trust(keys, &peer, &key_a, &err) < 0 && said("is marked @revoked in"));
    CHECK(said(".revoked:3"));
    peer.pinned = key_a.fingerprint;
    CHECK(hostkeys_trust(keys, &peer, &key_a, &err) < 0);
    peer = (struct hostkey_peer){"other.example.net", NULL, 22, NULL};
    CHECK(hostkeys_trust(keys, &peer, &key_rsa, &err) == 0);
    unlink(revoked);
    CHECK(hostkeys_revoke(keys, revoked, &err) < 0 && said("No such file"));
    file = fopen(revoked, "w");
    CHECK(file && fputs("SSHKRL\n", file) >= 0 && fputc('\0', file) == 0 && fclose(file) == 0);
    CHECK(hostkeys_revoke(keys, revoked, &err) < 0 && said("binary list"));
    file = fopen(revoked, "w");
    CHECK(file && fputs("\nserial: 5\n", file) >= 0 && fclose(file) == 0);
    CHECK(hostkeys_revoke(keys, revoked, &err) < 0 && said(".revoked:2: not a public key"));
    unlink(revoked);
    hostkeys_free(keys);
    strbuf_release(&list);
}

/* HashKnownHosts: the line tells nobody the name, and is found all the same. */
static void test_hashed(void)
{
    struct hostkeys *keys = NULL;
    struct hostkey_peer peer = {"secret.example.net", NULL, 22, NULL};
    write_file("");
    CHECK(hostkeys_open(&keys, HOST_KEYS_ACCEPT_NEW, path, &err) == 0);
    hostkeys_hash(keys);
    CHECK(hostkeys_trust(keys, &peer, &key_a, &err) == 0);
    CHECK(hostkeys_trust(keys, &peer, &key_a, &err) == 0);
    CHECK(hostkeys_trust(keys, &peer, &key_c, &err) < 0);
    hostkeys_free(keys);
    const char *text = read_file();
    CHECK(strncmp(text, "|1|", 3) == 0 && strchr(text, '\n') == text + strlen(text) - 1);
    CHECK(!strstr(text, "secret"));
    CHECK(trusted("secret.example.net", 22, key_a));
    CHECK(!trusted("secret.example.net", 2222, key_c));
    CHECK(!trusted("other.example.net", 22, key_a));
}

static void test_lines(void)
{
    write_file(lines);
    CHECK(trusted("plain.example.net", 22, key_a));
    CHECK(trusted("PLAIN.example.net", 22, key_a));
    CHECK(trusted("two.example.net", 22, key_a));
    CHECK(trusted("10.0.0.2", 22, key_a));
    CHECK(trusted("port.example.net", 2222, key_a));
    CHECK(!trusted("port.example.net", 22, key_a));
    CHECK(trusted("x.lab.example.net", 22, key_a));
    CHECK(!trusted("bad.lab.example.net", 22, key_a));
    CHECK(trusted("router7.example.net", 22, key_a));
    CHECK(!trusted("router77.example.net", 22, key_a));
    CHECK(!trusted("odd.example.net", 22, key_a));
    CHECK(!trusted("short.example.net", 22, key_a));
    CHECK(!trusted("broken.example.net", 22, key_a));
    CHECK(trusted("r1.example.net", 22, key_a));
    CHECK(trusted("10.0.0.9", 2222, key_a));
    CHECK(!trusted("10.0.0.9", 22, key_a));
    CHECK(trusted("upper.example.net", 22, key_a));
    CHECK(trusted("noeol.example.net", 22, key_rsa));
    CHECK(!trusted("example.net", 22, key_a) && !trusted("", 22, key_a));
}

static void test_refusals(void)
{
    write_file(lines);
    CHECK(!trusted("new.example.net", 2222, key_c));
    CHECK(said("unknown host key ssh-ed25519 " FP_C) && said(path) &&
          said("ssh-keyscan -p 2222"));
    CHECK(!trusted("plain.example.net", 22, key_c));
    CHECK(said("the host key has changed") && said(FP_A) && said(FP_C) && said("hosts:3 has"));
    CHECK(said("ssh-keygen -R 'plain.example.net' -f"));
    CHECK(!trusted("port.example.net", 2222, key_c));
    CHECK(said("ssh-keygen -R '[port.example.net]:2222'"));
    CHECK(!trusted("plain.example.net", 22, key_rsa) && said("of another type"));
    struct hostkey revoked = {"ssh-ed25519", KEY_B, "SHA256:b"};
    CHECK(!trusted("plain.example.net", 22, revoked) && said("@revoked") && said("hosts:8"));
    CHECK(!trusted("ca.example.net", 22, key_a) && said("certificate authority"));
    struct hostkey unreadable = {NULL, NULL, NULL};
    CHECK(!trusted("plain.example.net", 22, unreadable));
}

/* Another port: an entry without one may vouch, but not contradict. */
static void test_weak_names(void)
{
    write_file(lines);
    CHECK(trusted("plain.example.net", 2022, key_a));
    CHECK(!trusted("plain.example.net", 2022, key_c) && said("unknown host key"));
}

static void test_two_names(void)
{
    write_file("10.1.1.1 ssh-ed25519 " KEY_A "\nr9 ssh-ed25519 " KEY_C "\n");
    struct hostkey_peer peer = {"r1", "10.1.1.1", 22, NULL};
    CHECK(trust_as(HOST_KEYS_STRICT, peer, key_a, &err) == 0);
    CHECK(trust_as(HOST_KEYS_STRICT, peer, key_c, &err) < 0);
    peer = (struct hostkey_peer){"r9", "10.1.1.2", 22, NULL};
    CHECK(trust_as(HOST_KEYS_STRICT, peer, key_c, &err) == 0);
}

static void test_pinned(void)
{
    write_file(lines);
    struct hostkey_peer peer = {"new", "10.1.1.1", 22, FP_A};
    for (int policy = HOST_KEYS_STRICT; policy <= HOST_KEYS_OFF; policy++) {
        CHECK(trust_as(policy, peer, key_a, &err) == 0);
        CHECK(trust_as(policy, peer, key_c, &err) < 0 && said(FP_A) && said(FP_C));
    }
    peer = (struct hostkey_peer){"new", NULL, 22, "SHA256:b"};
    struct hostkey revoked = {"ssh-ed25519", KEY_B, "SHA256:b"};
    CHECK(trust_as(HOST_KEYS_STRICT, peer, revoked, &err) < 0);
    CHECK_STR(read_file(), lines);
}

static void test_accept_new(void)
{
    write_file(lines);
    struct hostkey_peer changed = {"plain.example.net", NULL, 22, NULL};
    CHECK(trust_as(HOST_KEYS_ACCEPT_NEW, changed, key_c, &err) < 0);
    CHECK(trust_as(HOST_KEYS_ACCEPT_NEW, changed, key_rsa, &err) < 0);
    struct hostkey revoked = {"ssh-ed25519", KEY_B, "SHA256:b"};
    struct hostkey_peer new = {"new", "10.3.3.3", 2222, NULL};
    CHECK(trust_as(HOST_KEYS_ACCEPT_NEW, new, revoked, &err) < 0);
    CHECK_STR(read_file(), lines);
    CHECK(trust_as(HOST_KEYS_ACCEPT_NEW, new, key_c, &err) == 0);
    CHECK(trust_as(HOST_KEYS_ACCEPT_NEW, new, key_c, &err) == 0);
    CHECK(trust_as(HOST_KEYS_ACCEPT_NEW, new, key_a, &err) < 0 && said("changed"));
    CHECK(trust_as(HOST_KEYS_STRICT, new, key_c, &err) == 0);
    char *text = read_file();
    CHECK(strncmp(text, lines, strlen(lines)) == 0);
    CHECK_STR(text + strlen(lines), "\n[10.3.3.3]:2222 ssh-ed25519 " KEY_C "\n");
}

static void test_accept_unwritable(void)
{
    struct hostkeys *keys = NULL;
    struct hostkey_peer peer = {"new", NULL, 22, NULL};
    CHECK(hostkeys_open(&keys, HOST_KEYS_ACCEPT_NEW, "/proc/none/x/known_hosts", &err) == 0);
    CHECK(hostkeys_trust(keys, &peer, &key_a, &err) < 0 && said("cannot be written"));
    hostkeys_free(keys);
    CHECK(hostkeys_open(&keys, HOST_KEYS_STRICT, folder, &err) < 0); /* a folder is no file */
}

static void test_off(void)
{
    write_file(lines);
    struct hostkey_peer changed = {"plain.example.net", NULL, 22, NULL};
    CHECK(trust_as(HOST_KEYS_OFF, changed, key_c, &err) == 0);
    CHECK_STR(read_file(), lines);
}

static void test_types(void)
{
    write_file(lines);
    struct hostkeys *keys = NULL;
    struct strbuf out = STRBUF_INIT;
    CHECK(hostkeys_open(&keys, HOST_KEYS_STRICT, path, &err) == 0);
    struct hostkey_peer peer = {"both.example.net", NULL, 22, NULL};
    hostkeys_types(keys, &peer, &out);
    CHECK(strstr(out.buf, "ssh-rsa") && strstr(out.buf, "ssh-ed25519"));
    strbuf_reset(&out);
    peer.name = "unknown.example.net";
    hostkeys_types(keys, &peer, &out);
    CHECK_STR(out.buf, "");
    strbuf_release(&out);
    hostkeys_free(keys);
}

/* Many hosts at once, several of them the same: one whole line each. */

#define THREADS   8
#define HOSTS     200
#define PROCESSES 4

static void *accept_all(void *user)
{
    for (int i = 0; i < HOSTS; i++) {
        char name[32];
        snprintf(name, sizeof(name), "host%d", i);
        struct hostkey_peer peer = {name, NULL, 22, NULL};
        if (hostkeys_trust(user, &peer, &key_a, NULL) < 0) {
            return user;
        }
    }
    return NULL;
}

static void test_threads(void)
{
    pthread_t threads[THREADS];
    struct hostkeys *keys = NULL;
    unlink(path);
    CHECK(hostkeys_open(&keys, HOST_KEYS_ACCEPT_NEW, path, &err) == 0);
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, accept_all, keys) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *failed = NULL;
        CHECK(pthread_join(threads[i], &failed) == 0 && !failed);
    }
    hostkeys_free(keys);
    char *text = read_file();
    size_t count = 0;
    for (char *line = text; *line; line = strchr(line, '\n') + 1) {
        count += strstr(line, " ssh-ed25519 " KEY_A "\n") != NULL;
    }
    CHECK(count == HOSTS);
    struct stat st;
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK(trusted("host0", 22, key_a) && trusted("host199", 22, key_a));
}

/* Runs that write at the same time: no line is lost, and none is torn. */
static void test_processes(void)
{
    unlink(path);
    for (int i = 0; i < PROCESSES; i++) {
        if (fork() == 0) {
            struct hostkeys *keys = NULL;
            bool good = hostkeys_open(&keys, HOST_KEYS_ACCEPT_NEW, path, &err) == 0;
            for (int j = 0; j < HOSTS && good; j++) {
                char name[32];
                snprintf(name, sizeof(name), "run%dhost%d", i, j);
                struct hostkey_peer peer = {name, NULL, 22, NULL};
                good = hostkeys_trust(keys, &peer, &key_a, NULL) == 0;
            }
            _exit(good ? 0 : 1);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = -1;
        CHECK(wait(&status) > 0 && status == 0);
    }
    size_t lines_seen = 0, whole = 0;
    for (char *line = read_file(); *line; line = strchr(line, '\n') + 1) {
        lines_seen++;
        whole += strncmp(line, "run", 3) == 0 &&
                 strstr(line, " ssh-ed25519 " KEY_A "\n") == strchr(line, ' ');
    }
    CHECK(lines_seen == PROCESSES * HOSTS && whole == lines_seen);
}

static void test_fingerprint(void)
{
    char buf[FINGERPRINT_SIZE];
    hostkey_fingerprint(KEY_A, buf);
    CHECK_STR(buf, FP_A);
    hostkey_fingerprint("~", buf);
    CHECK_STR(buf, "an unreadable key");
}

int main(void)
{
    if (!mkdtemp(folder)) {
        return 1;
    }
    snprintf(path, sizeof(path), "%s/known_hosts", folder);
    RUN(test_lines);
    RUN(test_revoked_list);
    RUN(test_hashed);
    RUN(test_refusals);
    RUN(test_weak_names);
    RUN(test_two_names);
    RUN(test_pinned);
    RUN(test_accept_new);
    RUN(test_accept_unwritable);
    RUN(test_off);
    RUN(test_types);
    RUN(test_threads);
    RUN(test_processes);
    RUN(test_fingerprint);
    unlink(path);
    rmdir(folder);
    return test_end();
}
