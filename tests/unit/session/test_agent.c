/* What a login sees of an agent: order, choice, and that a strange or silent one is a failure.
 */
#include "session/agent.h"

#include "base/strbuf.h"
#include "session/ssh_private.h"
#include "test.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char path[108];
static int listener;

/* An agent that answers the first message it gets with a text of bytes, piece by piece, and the
 * others with what they were. */
struct fake {
    const struct strbuf *answer;
    size_t piece;
    pthread_t thread;
};

static void put_string(struct strbuf *out, const char *text)
{
    size_t len = strlen(text);
    for (int i = 0; i < 4; i++) {
        strbuf_addch(out, (char)(len >> (24 - 8 * i) & 0xff));
    }
    strbuf_addstr(out, text);
}

/* An agent's list; its number of keys may lie. */
static void put_list(struct strbuf *out, const char *const *names, size_t n)
{
    struct strbuf body = STRBUF_INIT;
    strbuf_addch(&body, 12);
    strbuf_addchars(&body, '\0', 3);
    strbuf_addch(&body, (char)n);
    for (; *names; names++) {
        put_string(&body, *names);
        put_string(&body, "a comment");
    }
    strbuf_addchars(out, '\0', 2);
    strbuf_addch(out, (char)(body.len >> 8));
    strbuf_addch(out, (char)body.len);
    strbuf_addview(out, strbuf_view(&body));
    strbuf_release(&body);
}

static void *play(void *user)
{
    const struct fake *fake = user;
    char buf[1024];
    int fd = accept(listener, NULL, NULL);
    ssize_t got = recv(fd, buf, sizeof(buf), 0);
    for (size_t at = 0; got > 0 && at < fake->answer->len; at += fake->piece) {
        size_t left = fake->answer->len - at;
        (void)send(fd, fake->answer->buf + at, left < fake->piece ? left : fake->piece,
                   MSG_NOSIGNAL);
    }
    while (fake->piece == 1 && got > 0 && (got = recv(fd, buf, sizeof(buf), 0)) > 0) {
        (void)send(fd, buf, (size_t)got, MSG_NOSIGNAL);
    }
    close(fd);
    return NULL;
}

static void fake_start(struct fake *fake, const struct strbuf *answer, size_t piece)
{
    *fake = (struct fake){.answer = answer, .piece = piece};
    CHECK(pthread_create(&fake->thread, NULL, play, fake) == 0);
}

static struct key key_of(const char *blob)
{
    return (struct key){.blob = (char *)(uintptr_t)blob, .blob_len = strlen(blob)};
}

/* What libssh would read; the number of bytes. */
static size_t ask(struct agent *agent, const char *question, size_t len, char *buf, size_t size)
{
    size_t n = 0;
    ssize_t got;
    CHECK(send(agent_socket(agent), question, len, MSG_NOSIGNAL) == (ssize_t)len);
    while (n < size && (got = recv(agent_socket(agent), buf + n, size - n, 0)) > 0) {
        n += (size_t)got;
        if (n >= 4 && n == 4 + (size_t)((uint8_t)buf[2] << 8 | (uint8_t)buf[3])) {
            break;
        }
    }
    return n;
}

static const char question[] = {0, 0, 0, 1, 11};
static const char *const held[] = {"one", "two", "three", "four", NULL};

static void check_list(bool only, const char *const *expected, size_t piece)
{
    struct strbuf answer = STRBUF_INIT, want = STRBUF_INIT;
    struct key four = key_of("four"), two = key_of("two"), five = key_of("five");
    const struct key *const wanted[] = {&four, &five, &two};
    struct fake fake;
    struct agent *agent;
    char buf[512];
    size_t n = 0;
    while (expected[n]) {
        n++;
    }
    put_list(&answer, held, 4);
    put_list(&want, expected, n);
    fake_start(&fake, &answer, piece);
    CHECK(agent_open(&agent, path, wanted, 3, only, 5000) == 0);
    size_t got = ask(agent, question, sizeof(question), buf, sizeof(buf));
    CHECK(view_equal(view_make(buf, got), strbuf_view(&want)));
    if (piece == 1) { /* anything else goes through as it is */
        static const char other[] = {0, 0, 0, 4, 13, 'a', 'b', 'c'};
        got = ask(agent, other, sizeof(other), buf, sizeof(buf));
        CHECK(view_equal(view_make(buf, got), view_make(other, sizeof(other))));
    }
    close(agent_socket(agent));
    agent_end(agent);
    CHECK(agent_offered(agent, &four) && agent_offered(agent, &two));
    CHECK(!agent_offered(agent, &five) && !agent_offered(NULL, &four));
    agent_free(agent);
    pthread_join(fake.thread, NULL);
    strbuf_release(&answer);
    strbuf_release(&want);
}

static void test_order(void)
{
    static const char *const sorted[] = {"four", "two", "one", "three", NULL};
    static const char *const chosen[] = {"four", "two", NULL};
    for (size_t piece = 1; piece < 100; piece++) {
        check_list(false, sorted, piece);
        check_list(true, chosen, piece);
    }
}

/* Whatever an agent says, the door says something whole or closes. */
static void check_strange(const struct strbuf *answer)
{
    struct key one = key_of("one");
    const struct key *const wanted[] = {&one};
    struct fake fake;
    struct agent *agent;
    char buf[512];
    fake_start(&fake, answer, 1000);
    CHECK(agent_open(&agent, path, wanted, 1, true, 5000) == 0);
    size_t n = ask(agent, question, sizeof(question), buf, sizeof(buf));
    CHECK(n == 0 || (n >= 4 && n == 4 + (size_t)((uint8_t)buf[2] << 8 | (uint8_t)buf[3])));
    close(agent_socket(agent));
    agent_free(agent);
    pthread_join(fake.thread, NULL);
}

static void test_strange(void)
{
    struct strbuf whole = STRBUF_INIT, cut = STRBUF_INIT;
    put_list(&whole, held, 200);
    check_strange(&whole);
    for (size_t len = 5; len < whole.len; len++) { /* cut, with a length that says so */
        strbuf_reset(&cut);
        strbuf_add(&cut, whole.buf, len);
        cut.buf[3] = (char)(len - 4);
        check_strange(&cut);
        cut.buf[3] = (char)(len - 3); /* and with one that lies */
        check_strange(&cut);
    }
    strbuf_reset(&cut);
    strbuf_addchars(&cut, '\xff', 300);
    check_strange(&cut);
    strbuf_reset(&cut);
    strbuf_addchars(&cut, '\0', 300);
    check_strange(&cut);
    strbuf_release(&whole);
    strbuf_release(&cut);
}

static void test_none(void)
{
    struct agent *agent = NULL;
    char too_long[200];
    memset(too_long, 'x', sizeof(too_long) - 1);
    too_long[sizeof(too_long) - 1] = '\0';
    CHECK(agent_open(&agent, "/nowhere/at/all", NULL, 0, false, 5000) < 0);
    CHECK(agent_open(&agent, too_long, NULL, 0, false, 5000) < 0);
    CHECK(agent == NULL);
    agent_free(NULL);
    agent_end(NULL);
}

/* It accepts, and says nothing. */
static void test_silent(void)
{
    struct agent *agent;
    char buf[8];
    CHECK(agent_open(&agent, path, NULL, 0, false, 100) == 0);
    CHECK(ask(agent, question, sizeof(question), buf, sizeof(buf)) == 0);
    close(agent_socket(agent));
    agent_free(agent);
    close(accept(listener, NULL, NULL));
}

/* A session that is given up while the agent thinks. */
static void test_given_up(void)
{
    struct agent *agent;
    CHECK(agent_open(&agent, path, NULL, 0, false, 5000) == 0);
    CHECK(send(agent_socket(agent), question, sizeof(question), 0) == sizeof(question));
    close(agent_socket(agent));
    agent_free(agent);
    close(accept(listener, NULL, NULL));
}

int main(void)
{
    char dir[] = "/tmp/agent-test-XXXXXX";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    CHECK(mkdtemp(dir) != NULL);
    snprintf(path, sizeof(path), "%s/agent", dir);
    memcpy(address.sun_path, path, strlen(path));
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(bind(listener, (const struct sockaddr *)&address, sizeof(address)) == 0);
    CHECK(listen(listener, 5) == 0);
    RUN(test_order);
    RUN(test_strange);
    RUN(test_none);
    RUN(test_silent);
    RUN(test_given_up);
    close(listener);
    unlink(path);
    rmdir(dir);
    return test_end();
}
