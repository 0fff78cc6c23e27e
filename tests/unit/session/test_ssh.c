/* One connection against a real sshd: handshake, trust, login, commands, a shell. */
#include "base/deadline.h"
#include "base/strbuf.h"
#include "session/ssh.h"
#include "session/ssh_stream.h"
#include "sshd.h"
#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>

static struct sshd server;
static struct hostkeys *trust;
static struct keyset *keys_of_test;
static const struct key *key;
static struct err err;

static void settle(void)
{
    char path[128], line[512];
    struct strbuf known = STRBUF_INIT;
    sshd_path(&server, "host.pub", path);
    CHECK(strbuf_read_file(&known, path, 1000) == 0);
    snprintf(line, sizeof(line), "[127.0.0.1]:%d %s", server.port, known.buf);
    strbuf_release(&known);
    sshd_path(&server, "known_hosts", path);
    FILE *f = fopen(path, "w");
    CHECK(f && fputs(line, f) >= 0 && fclose(f) == 0);
    CHECK(hostkeys_open(&trust, HOST_KEYS_STRICT, path, &err) == 0);
    CHECK(keyset_new(&keys_of_test, &err) == 0);
    sshd_path(&server, "user", path);
    CHECK(keyset_add(keys_of_test, path, NULL, NULL, &err) == 0);
    key = keyset_find(keys_of_test, path, NULL);
}

static struct connection *dial_as(const char *name, const struct key *with)
{
    static struct connection_options options;
    options = (struct connection_options){
        .username = getpwuid(getuid())->pw_name,
        .peer = {name, NULL, server.port, NULL},
        .trust = trust,
    };
    static const struct key *keys[1];
    keys[0] = with;
    options.keys = keys;
    options.nkeys = with != NULL;
    struct connection *c = NULL;
    int fd = sshd_connect(server.port);
    CHECK(fd >= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    CHECK(connection_new(&c, fd, &options, &err) == 0);
    return c;
}

static void wait_for(struct connection *c)
{
    unsigned events = connection_events(c);
    struct pollfd p = {.fd = connection_fd(c), .events = 0};
    p.events = (short)((events & EVENT_READABLE ? POLLIN : 0) |
                       (events & EVENT_WRITABLE ? POLLOUT : 0));
    CHECK(poll(&p, 1, 5000) == 1);
}

typedef enum step (*step_verb)(struct connection *c, struct err *err);

static enum step drive(struct connection *c, step_verb verb)
{
    enum step step;
    for (int i = 0; (step = verb(c, &err)) == STEP_WAIT && i < 1000; i++) {
        wait_for(c);
    }
    return step;
}

static struct strbuf out = STRBUF_INIT, errors = STRBUF_INIT;

static void take(void *user, bool is_stderr, struct view bytes)
{
    (void)user;
    strbuf_addview(is_stderr ? &errors : &out, bytes);
}

static void run(struct connection *c, const char *command, struct stream **s)
{
    enum step step;
    strbuf_reset(&out);
    strbuf_reset(&errors);
    CHECK(stream_new(s, c, take, NULL, &err) == 0);
    while ((step = stream_exec(*s, command, &err)) == STEP_WAIT) {
        wait_for(c);
    }
    CHECK(step == STEP_DONE);
    while (!stream_closed(*s) && (step = stream_pump(*s, &err)) != STEP_FAILED) {
        if (step == STEP_WAIT) {
            wait_for(c);
        }
    }
    CHECK(stream_eof(*s) && stream_closed(*s));
}

static void test_commands(void)
{
    struct connection *c = dial_as("127.0.0.1", key);
    CHECK(drive(c, connection_handshake) == STEP_DONE);
    CHECK(strncmp(connection_algorithms(c), "curve25519-sha256", 17) == 0);
    CHECK(strstr(connection_algorithms(c), " ssh-ed25519 aes256-ctr"));
    CHECK(strncmp(connection_fingerprint(c), "SHA256:", 7) == 0);
    CHECK(drive(c, connection_login) == STEP_DONE);
    struct stream *s = NULL;
    run(c, "echo hello; echo bad >&2; exit 3", &s);
    CHECK_STR(out.buf, "hello\n");
    CHECK_STR(errors.buf, "bad\n");
    CHECK(stream_exit_status(s) == 3);
    stream_free(s);
    run(c, "head -c 3000000 /dev/zero; kill -KILL $$", &s);
    CHECK(out.len == 3000000);
    CHECK(stream_exit_status(s) == -1);
    CHECK_STR(stream_exit_signal(s), "KILL");
    stream_free(s);
    connection_free(c);
}

static void test_shell(void)
{
    struct connection *c = dial_as("127.0.0.1", key);
    CHECK(drive(c, connection_handshake) == STEP_DONE);
    CHECK(drive(c, connection_login) == STEP_DONE);
    struct stream *s = NULL;
    enum step step;
    strbuf_reset(&out);
    CHECK(stream_new(&s, c, take, NULL, &err) == 0);
    while ((step = stream_shell(s, &err)) == STEP_WAIT) {
        wait_for(c);
    }
    CHECK(step == STEP_DONE);
    struct view type = VIEW("stty size; exit 0\n");
    CHECK(stream_write(s, type, &err) == (long)type.len);
    while (!stream_closed(s) && (step = stream_pump(s, &err)) != STEP_FAILED) {
        if (step == STEP_WAIT) {
            wait_for(c);
        }
    }
    CHECK(strstr(out.buf, "24 511"));
    stream_free(s);
    connection_free(c);
}

static void test_denied(void)
{
    struct connection *c = dial_as("127.0.0.1", NULL);
    CHECK(drive(c, connection_handshake) == STEP_DONE);
    CHECK(drive(c, connection_login) == STEP_FAILED);
    CHECK(connection_fault(c) == FAULT_AUTH);
    CHECK(strstr(err.text, "no key or password"));
    connection_free(c);
}

/* A login before the key was judged is refused, and so is a host that is not known. */
static void test_untrusted(void)
{
    struct connection *c = dial_as("elsewhere.example.net", key);
    CHECK(connection_login(c, &err) == STEP_FAILED);
    connection_free(c);
    c = dial_as("elsewhere.example.net", key);
    CHECK(drive(c, connection_handshake) == STEP_FAILED);
    CHECK(connection_fault(c) == FAULT_HOST_KEY);
    CHECK(strncmp(err.text, "unknown host key ssh-ed25519 SHA256:", 36) == 0);
    CHECK(connection_login(c, &err) == STEP_FAILED);
    connection_free(c);
}

static void test_lost(void)
{
    struct connection *c = dial_as("127.0.0.1", key);
    CHECK(shutdown(connection_fd(c), SHUT_RDWR) == 0);
    CHECK(drive(c, connection_handshake) == STEP_FAILED);
    CHECK(connection_fault(c) == FAULT_LOST);
    CHECK_STR(err.text, "the connection was closed during the SSH greeting");
    connection_free(c);
}

int main(void)
{
    sshd_start(&server, "");
    RUN(settle);
    RUN(test_commands);
    RUN(test_shell);
    RUN(test_denied);
    RUN(test_untrusted);
    RUN(test_lost);
    strbuf_release(&out);
    strbuf_release(&errors);
    hostkeys_free(trust);
    keyset_free(keys_of_test);
    sshd_stop(&server);
    return test_end();
}
