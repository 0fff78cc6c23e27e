#include "lab/server.h"

#include "lab/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG      1024
#define ACCEPT_BATCH 16
/* Room enough in the kernel that a socket which is ready takes LAB_WRITE_BYTES without
 * blocking. */
#define SEND_BUFFER (256 * 1024)

struct listener {
    struct watch watch;
    struct server *server;
    struct device *device;
};

struct bind_kind {
    ssh_bind bind;
    size_t key;
    const char *version;
    bool legacy;
    struct bind_kind *next;
};

static int spare(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

int server_open(struct server *server, struct fleet *fleet, const struct keys *keys,
                struct journal *journal, struct err *err)
{
    server->fleet = fleet;
    server->keys = keys;
    server->journal = journal;
    server->now = now_ms();
    server->spare_fd = spare();
    return poller_new(&server->poller, err);
}

static socklen_t make_address(const struct device *device, struct sockaddr_storage *out)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)out;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
    *out = (struct sockaddr_storage){0};
    if (inet_pton(AF_INET, device->address, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)device->port);
        return sizeof(*v4);
    }
    if (inet_pton(AF_INET6, device->address, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)device->port);
        return sizeof(*v6);
    }
    return 0;
}

static void set_int(int fd, int level, int name, int value)
{
    (void)setsockopt(fd, level, name, &value, sizeof(value));
}

/* A listening socket, or -1 with errno. */
static int listen_at(const struct sockaddr_storage *address, socklen_t len)
{
    int fd = socket(address->ss_family, SOCK_STREAM, 0);
    if (fd < 0) {
        return -1;
    }
    set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    set_int(fd, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER);
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0 ||
        bind(fd, (const struct sockaddr *)address, len) < 0 || listen(fd, BACKLOG) < 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

static void accepted(struct listener *l, int fd)
{
    const struct settings *s = &l->device->settings;
    l->server->connections++;
    l->device->counts.connections++;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    if (s->max_sessions > 0 && l->device->live >= s->max_sessions) {
        l->device->counts.refused++;
        journal_add(l->server->journal, l->device, l->server->connections, "refused",
                    VIEW_NONE);
        close(fd);
        return;
    }
    peer_open(l->server, l->device, fd);
}

/* Out of descriptors: the spare one takes the connection and closes it, or the loop would spin
 * on one that it can never accept. */
static void shed(struct server *server, int listening)
{
    close(server->spare_fd);
    int fd = accept(listening, NULL, NULL);
    if (fd >= 0) {
        close(fd);
    }
    server->spare_fd = spare();
}

static void on_connection(struct watch *watch, unsigned events)
{
    struct listener *l = (struct listener *)(void *)watch;
    (void)events;
    for (int i = 0; i < ACCEPT_BATCH; i++) {
        int fd = accept(watch->fd, NULL, NULL);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE) {
                shed(l->server, watch->fd);
            }
            return;
        }
        accepted(l, fd);
    }
}

static int listen_for(struct server *server, struct device *device, bool *taken,
                      struct err *err)
{
    struct listener *l = &server->listeners[server->nlisteners];
    struct sockaddr_storage address;
    socklen_t len = make_address(device, &address);
    if (len == 0) {
        return err_set(err, ERR_INPUT, "%s: \"%s\" is no numeric address", device->name,
                       device->address);
    }
    int fd = listen_at(&address, len);
    if (fd < 0) {
        *taken = errno == EADDRINUSE;
        return err_set(err, ERR_HOST, "%s: cannot listen at %s port %d: %s", device->name,
                       device->address, device->port, strerror(errno));
    }
    *l = (struct listener){{.fd = fd, .ready = on_connection}, server, device};
    server->nlisteners++;
    return poller_add(server->poller, &l->watch,
                      device->settings.silent == SILENT_ACCEPT ? 0 : WATCH_READ, err);
}

static void stop_listening(struct server *server)
{
    for (size_t i = 0; i < server->nlisteners; i++) {
        poller_forget(server->poller, &server->listeners[i].watch);
        close(server->listeners[i].watch.fd);
    }
    free(server->listeners);
    server->listeners = NULL;
    server->nlisteners = 0;
}

int server_listen(struct server *server, bool *taken, struct err *err)
{
    int rc = 0;
    *taken = false;
    server->listeners = calloc(server->fleet->count, sizeof(struct listener));
    if (!server->listeners) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < server->fleet->count && rc == 0; i++) {
        rc = listen_for(server, &server->fleet->devices[i], taken, err);
    }
    if (rc < 0) {
        stop_listening(server);
    }
    return rc;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Only what SSH servers of twenty years ago had. */
static int make_legacy(ssh_bind bind)
{
    const int rsa_bits = 1024;
    int rc = ssh_bind_options_set(bind, SSH_BIND_OPTIONS_KEY_EXCHANGE,
                                  "diffie-hellman-group14-sha1,diffie-hellman-group1-sha1");
    rc |= ssh_bind_options_set(bind, SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, "ssh-rsa");
    rc |= ssh_bind_options_set(bind, SSH_BIND_OPTIONS_CIPHERS_C_S, "aes128-cbc,3des-cbc");
    rc |= ssh_bind_options_set(bind, SSH_BIND_OPTIONS_CIPHERS_S_C, "aes128-cbc,3des-cbc");
    rc |= ssh_bind_options_set(bind, SSH_BIND_OPTIONS_HMAC_C_S, "hmac-sha1");
    rc |= ssh_bind_options_set(bind, SSH_BIND_OPTIONS_HMAC_S_C, "hmac-sha1");
    rc |= ssh_bind_options_set(bind, SSH_BIND_OPTIONS_RSA_MIN_SIZE, &rsa_bits);
    return rc;
}

static int fill_bind(struct server *server, struct bind_kind *kind)
{
    const bool no = false;
    ssh_key key = ssh_key_dup(server->keys->host[kind->key]);
    if (!key || ssh_bind_options_set(kind->bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no) < 0 ||
        ssh_bind_options_set(kind->bind, SSH_BIND_OPTIONS_BANNER, kind->version) < 0 ||
        (kind->legacy && make_legacy(kind->bind) != 0) ||
        ssh_bind_options_set(kind->bind, SSH_BIND_OPTIONS_IMPORT_KEY, key) < 0) {
        ssh_key_free(key);
        return -1;
    }
    return 0;
}

static void free_kind(struct bind_kind *kind)
{
    ssh_bind_free(kind->bind);
    free(kind);
}

ssh_bind server_bind(struct server *server, const struct device *device)
{
    const struct settings *s = &device->settings;
    size_t key = keys_number(device);
    struct bind_kind *kind = server->kinds;
    while (kind && (kind->key != key || kind->legacy != s->legacy ||
                    !same_text(kind->version, s->version))) {
        kind = kind->next;
    }
    if (kind) {
        return kind->bind;
    }
    kind = calloc(1, sizeof(*kind));
    if (!kind) {
        return NULL;
    }
    *kind = (struct bind_kind){ssh_bind_new(), key, s->version, s->legacy, server->kinds};
    if (!kind->bind || fill_bind(server, kind) < 0) {
        free_kind(kind);
        return NULL;
    }
    server->kinds = kind;
    return kind->bind;
}

void server_turn(struct server *server, const sigset_t *sigmask)
{
    ms_t next = timers_next(&server->timers);
    ms_t wait = next == DEADLINE_NEVER ? -1 : next > now_ms() ? next - now_ms() : 0;
    struct timer *timer;
    server->now = now_ms();
    journal_flush(server->journal);
    poller_wait(server->poller, wait, sigmask);
    server->now = now_ms();
    while ((timer = timers_due(&server->timers, server->now))) {
        peer_tick(timer);
    }
}

void server_close(struct server *server)
{
    while (server->peers) {
        peer_close(server->peers);
    }
    if (server->listeners) {
        stop_listening(server);
    }
    while (server->kinds) {
        struct bind_kind *next = server->kinds->next;
        free_kind(server->kinds);
        server->kinds = next;
    }
    timers_release(&server->timers);
    poller_free(server->poller);
    if (server->poller) {
        close(server->spare_fd);
    }
}
