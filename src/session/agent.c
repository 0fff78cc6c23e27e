#include "session/agent.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "session/ssh_private.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* Of the agent's protocol (draft-miller-ssh-agent). */
#define ASK_LIST     11
#define ANSWER_LIST  12
#define MESSAGE_SIZE KIB(256)
#define STACK_SIZE   KIB(256)

struct agent {
    int door;  /* libssh's end */
    int inner; /* ours */
    int agent;
    pthread_t thread;
    bool running;
    const struct key *const *keys;
    size_t n;
    bool only;
    bool *offered; /* each of keys */
};

/* Messages: four bytes of length, then as many, of which the first is the type. */

static bool read_bytes(int fd, struct strbuf *out, size_t len)
{
    char buf[KIB(4)];
    while (len) {
        ssize_t got = recv(fd, buf, len < sizeof(buf) ? len : sizeof(buf), 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        strbuf_add(out, buf, (size_t)got);
        len -= (size_t)got;
    }
    return !strbuf_failed(out);
}

static uint32_t number(const char *bytes)
{
    const uint8_t *b = (const uint8_t *)bytes;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void put_number(char *bytes, size_t n)
{
    for (int i = 0; i < 4; i++) {
        bytes[i] = (char)(n >> (24 - 8 * i) & 0xff);
    }
}

static bool read_message(int fd, struct strbuf *out)
{
    strbuf_reset(out);
    if (!read_bytes(fd, out, 4)) {
        return false;
    }
    uint32_t len = number(out->buf);
    return len > 0 && len <= MESSAGE_SIZE && read_bytes(fd, out, len);
}

static bool write_message(int fd, const struct strbuf *message)
{
    for (size_t at = 0; at < message->len;) {
        ssize_t put = send(fd, message->buf + at, message->len - at, MSG_NOSIGNAL);
        if (put < 0 && errno != EINTR) {
            return false;
        }
        at += put > 0 ? (size_t)put : 0;
    }
    return true;
}

static int type_of(const struct strbuf *message)
{
    return message->len > 4 ? (uint8_t)message->buf[4] : -1;
}

/* The list: how many, then of each the key and a comment. */

static bool take_string(struct view *rest, struct view *out)
{
    size_t len = rest->len < 4 ? SIZE_MAX : number(rest->ptr);
    if (rest->len < 4 || len > rest->len - 4) {
        return false;
    }
    *out = view_slice(*rest, 4, 4 + len);
    *rest = view_slice(*rest, 4 + len, rest->len);
    return true;
}

/* Which of the wanted keys it is; n = none. */
static size_t find_key(const struct agent *agent, struct view blob)
{
    size_t i = 0;
    while (i < agent->n && !view_equal(key_blob(agent->keys[i]), blob)) {
        i++;
    }
    return i;
}

/* Appends the entries that are the given key of the wanted ones, or n: none of them. */
static size_t add_entries(const struct agent *agent, struct view rest, size_t which,
                          struct strbuf *out)
{
    size_t found = 0;
    const char *entry = rest.ptr;
    struct view blob, comment;
    while (take_string(&rest, &blob) && take_string(&rest, &comment)) {
        if (find_key(agent, blob) == which) {
            strbuf_add(out, entry, (size_t)(rest.ptr - entry));
            found++;
        }
        entry = rest.ptr;
    }
    return found;
}

static void sort_list(struct agent *agent, struct strbuf *answer)
{
    struct strbuf sorted = STRBUF_MAX(MESSAGE_SIZE + 4);
    struct view list = view_slice(strbuf_view(answer), 9, answer->len);
    size_t total = 0;
    strbuf_add(&sorted, answer->buf, answer->len < 9 ? answer->len : 9);
    for (size_t i = 0; i < agent->n + !agent->only && answer->len >= 9; i++) {
        size_t found = add_entries(agent, list, i, &sorted);
        if (i < agent->n) {
            agent->offered[i] = found > 0;
        }
        total += found;
    }
    if (answer->len >= 9 && !strbuf_failed(&sorted)) {
        put_number(sorted.buf, sorted.len - 4);
        put_number(sorted.buf + 5, total);
    }
    strbuf_release(answer);
    *answer = sorted;
}

/* The thread. */

static void *serve(void *user)
{
    struct agent *agent = user;
    struct strbuf text = STRBUF_MAX(MESSAGE_SIZE + 4);
    while (read_message(agent->inner, &text)) {
        int asked = type_of(&text);
        if (!write_message(agent->agent, &text) || !read_message(agent->agent, &text)) {
            break;
        }
        if (asked == ASK_LIST && type_of(&text) == ANSWER_LIST) {
            sort_list(agent, &text);
        }
        if (strbuf_failed(&text) || !write_message(agent->inner, &text)) {
            break;
        }
    }
    (void)shutdown(agent->inner, SHUT_RDWR); /* libssh takes that for a failure */
    strbuf_release(&text);
    return NULL;
}

/* Opening and closing. */

static int dial(const char *path, ms_t patience)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval wait = {.tv_sec = patience / 1000, .tv_usec = patience % 1000 * 1000};
    size_t len = strlen(path);
    if (len >= sizeof(address.sun_path)) {
        return -1;
    }
    memcpy(address.sun_path, path, len);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static int start(struct agent *agent)
{
    pthread_attr_t attr;
    if (pthread_attr_init(&attr) != 0) {
        return -1;
    }
    (void)pthread_attr_setstacksize(&attr, STACK_SIZE);
    int rc = pthread_create(&agent->thread, &attr, serve, agent);
    pthread_attr_destroy(&attr);
    agent->running = rc == 0;
    return rc == 0 ? 0 : -1;
}

int agent_open(struct agent **out, const char *path, const struct key *const *keys, size_t n,
               bool only, ms_t patience)
{
    int pair[2] = {-1, -1};
    struct agent *agent = calloc(1, sizeof(*agent));
    if (!agent) {
        return -1;
    }
    *agent = (struct agent){.keys = keys, .n = n, .only = only, .door = -1, .inner = -1};
    agent->offered = calloc(n + 1, sizeof(*agent->offered));
    agent->agent = agent->offered ? dial(path, patience) : -1;
    if (agent->agent < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        goto fail;
    }
    agent->door = pair[0];
    agent->inner = pair[1];
    if (start(agent) == 0) {
        *out = agent;
        return 0;
    }
    close(agent->door);
fail:
    agent_free(agent);
    return -1;
}

int agent_socket(const struct agent *agent)
{
    return agent->door;
}

static void close_one(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

void agent_end(struct agent *agent)
{
    if (agent && agent->running) {
        (void)shutdown(agent->inner, SHUT_RDWR);
        (void)shutdown(agent->agent, SHUT_RDWR);
        (void)pthread_join(agent->thread, NULL);
        agent->running = false;
    }
    if (agent) {
        close_one(&agent->inner);
        close_one(&agent->agent);
    }
}

void agent_free(struct agent *agent)
{
    if (agent) {
        agent_end(agent);
        free(agent->offered);
        free(agent);
    }
}

bool agent_offered(const struct agent *agent, const struct key *key)
{
    for (size_t i = 0; agent && i < agent->n; i++) {
        if (agent->keys[i] == key) {
            return agent->offered[i];
        }
    }
    return false;
}
