#include "collect/loop_link.h"

#include "base/limits.h"
#include "collect/loop_proxy.h"
#include "collect/loop_relay.h"
#include "collect/sshconfig.h"

#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINK_KEYS (2 * SSHCONFIG_FILES) /* to be tried, at most */

struct lookup {
    uv_getaddrinfo_t request;
    struct link *link; /* NULL: nobody waits for it any more */
};

struct link {
    struct link_use use;
    char *username;
    struct credentials credentials;
    struct trace *trace; /* NULL = there is no log */
    const struct key *keys[LINK_KEYS];
    struct lookup *lookup;
    struct addrinfo *addresses;
    struct hop *hop;
    struct proxy *proxy;
    int way_fd; /* the hop's or proxy's near end, until the session has it */
    struct session *session;
    uv_timer_t timer;
    ms_t armed; /* when the timer fires */
    uv_poll_t *poll;
    unsigned serial; /* of the session's socket that poll watches */
    int events;
    ms_t connect_by;
    int tries;
    ms_t paused;        /* since when it does not read, as it may hold no more; 0 = it reads */
    enum status status; /* where there is no session to ask */
    char *reason;
};

static void step(struct link *link);
static void find_way(struct link *link);

const struct session *link_session(const struct link *link)
{
    return link->session;
}

enum status link_status(const struct link *link)
{
    return link->session ? session_status(link->session) : link->status;
}

const char *link_reason(const struct link *link)
{
    return link->session ? session_reason(link->session) : link->reason;
}

/* Timer: set again only when the deadline comes nearer; it asks again when it fires. */

static void on_timer(uv_timer_t *timer);

static void arm(struct link *link, ms_t deadline)
{
    bool active = uv_is_active((uv_handle_t *)&link->timer);
    if (deadline == DEADLINE_NEVER || (active && link->armed <= deadline)) {
        return;
    }
    ms_t now = now_ms();
    link->armed = deadline;
    uv_update_time(&link->use.engine->uv);
    uv_timer_start(&link->timer, on_timer, deadline > now ? (uint64_t)(deadline - now) : 0, 0);
}

/* Socket. */

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

/* Before the socket is closed, or right after: libssh closes it when it fails. */
static void unwatch(struct link *link)
{
    if (link->poll) {
        uv_close((uv_handle_t *)link->poll, free_handle);
        link->poll = NULL;
    }
    link->events = 0;
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events; /* the session finds out itself */
    step(poll->data);
}

static int watch_new(struct link *link)
{
    unwatch(link);
    uv_poll_t *poll = calloc(1, sizeof(*poll));
    if (!poll) {
        return UV_ENOMEM;
    }
    /* This makes the socket non-blocking, so it must come before libssh gets it, which turns it
     * back. */
    int rc = uv_poll_init(&link->use.engine->uv, poll, session_socket(link->session));
    if (rc < 0) {
        free(poll);
        return rc;
    }
    poll->data = link;
    link->poll = poll;
    link->serial = session_serial(link->session);
    return 0;
}

static int watch(struct link *link)
{
    unsigned wanted = session_events(link->session);
    int events = (wanted & EVENT_READABLE ? UV_READABLE : 0) |
                 (wanted & EVENT_WRITABLE ? UV_WRITABLE : 0);
    int rc = 0;
    if (session_socket(link->session) < 0) {
        unwatch(link); /* libssh has closed it: libuv must not touch that number any more */
        return 0;
    }
    if (!link->poll || link->serial != session_serial(link->session)) {
        rc = watch_new(link);
    }
    if (rc == 0 && events != link->events) {
        rc = uv_poll_start(link->poll, events, on_socket);
        link->events = events;
    }
    return rc;
}

/* Ending. */

static void abandon_lookup(struct link *link)
{
    if (link->lookup) {
        link->lookup->link = NULL;
        (void)uv_cancel((uv_req_t *)&link->lookup->request);
        link->lookup = NULL;
    }
}

/* Everything but what a new try needs. */
static void drop_session(struct link *link)
{
    unwatch(link);
    session_free(link->session);
    link->session = NULL;
    if (link->way_fd >= 0) {
        close(link->way_fd);
        link->way_fd = -1;
    }
    hop_free(link->hop);
    link->hop = NULL;
    proxy_free(link->proxy);
    link->proxy = NULL;
    uv_freeaddrinfo(link->addresses);
    link->addresses = NULL;
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void link_free(struct link *link)
{
    if (link) {
        abandon_lookup(link);
        drop_session(link);
        trace_free(link->trace);
        free(link->username);
        free(link->reason);
        uv_close((uv_handle_t *)&link->timer, on_timer_closed);
    }
}

/* Nothing happens to it any more. */
static void settle(struct link *link)
{
    abandon_lookup(link);
    uv_timer_stop(&link->timer);
    unwatch(link);
}

void link_stop(struct link *link, enum status status, const char *reason)
{
    settle(link);
    if (link->session) {
        session_stop(link->session, status, reason, now_ms());
        return;
    }
    link->status = status;
    free(link->reason);
    link->reason = strdup(reason);
    trace_step(link->trace, now_ms(), "closed: %s", reason);
}

static void fail(struct link *link, enum status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void fail(struct link *link, enum status status, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    link_stop(link, status, text);
    link->use.over(link->use.user);
}

/* Trying again, with growing pauses that are not the same for all hosts. */

static ms_t pause_before(const struct link *link)
{
    int doublings = link->tries < 6 ? link->tries : 6;
    ms_t pause = LIMIT_RETRY_MS << doublings;
    return pause + pause / 4 * (ms_t)(link->use.host->index * 7 % 4) / 4;
}

static bool retry(struct link *link)
{
    int run = link->use.engine->loop->options.retries, own = link->use.host->attempts - 1;
    if (link->tries >= (run > own ? run : own) || !session_may_retry(link->session)) {
        return false;
    }
    ms_t pause = pause_before(link);
    trace_step(link->trace, now_ms(), "trying again in %lld ms", (long long)pause);
    link->tries++;
    drop_session(link);
    uv_timer_stop(&link->timer);
    arm(link, now_ms() + pause);
    return true;
}

/* The session. */

/* No more is read, and no time passes for the session. */
static bool must_pause(struct link *link)
{
    size_t bytes = link->use.may_hold ? session_bytes(link->session) : 0;
    if (bytes <= LIMIT_SMALL_OUTPUT || link->use.may_hold(link->use.user, bytes)) {
        return false;
    }
    link->paused = link->paused ? link->paused : now_ms();
    unwatch(link);
    return true;
}

void link_go_on(struct link *link)
{
    if (link->paused && !must_pause(link)) {
        ms_t span = now_ms() - link->paused;
        link->paused = 0;
        session_postpone(link->session, span);
        step(link);
    }
}

static void step(struct link *link)
{
    if (link->paused) {
        return;
    }
    bool over = session_step(link->session, now_ms());
    if (link->use.stepped) {
        link->use.stepped(link->use.user);
    }
    if (over) {
        if (!retry(link)) {
            settle(link);
            link->use.over(link->use.user);
        }
        return;
    }
    if (must_pause(link)) {
        return;
    }
    int rc = watch(link);
    if (rc < 0) {
        fail(link, STATUS_UNREACHABLE, "%s", uv_strerror(rc));
        return;
    }
    arm(link, session_deadline(link->session));
}

void link_poke(struct link *link)
{
    if (link->session) {
        step(link);
    }
}

/* The command line first, as everywhere. */
static ms_t first_of(ms_t a, ms_t b, ms_t c, ms_t d)
{
    return a ? a : b ? b : c ? c : d;
}

static ms_t connect_span(const struct link *link)
{
    const struct host *host = link->use.host;
    return first_of(link->use.engine->loop->options.connect_ms, host->connect_ms,
                    host->ssh_connect_ms, LIMIT_CONNECT_MS);
}

static ms_t auth_span(const struct link *link)
{
    return first_of(link->use.engine->loop->options.auth_ms, link->use.host->auth_ms,
                    LIMIT_AUTH_MS, 0);
}

/* The time until a hop's turn comes is not the host's. */
static void check_hop(struct link *link)
{
    ms_t now = now_ms(), since = hop_since(link->hop);
    if (since && now >= since + connect_span(link)) {
        fail(link, STATUS_TIMED_OUT, "timed out: jump host %s does not reach %s",
             link->use.host->jump->name, link->use.host->address);
    } else {
        arm(link, (since ? since : now) + connect_span(link));
    }
}

static void check_lookup(struct link *link)
{
    if (now_ms() >= link->connect_by) {
        fail(link, STATUS_TIMED_OUT, "looking up %s: timed out", link->use.host->address);
    } else {
        arm(link, link->connect_by);
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct link *link = timer->data;
    if (link->session) {
        step(link);
    } else if (link->hop) {
        check_hop(link);
    } else if (link->lookup) {
        check_lookup(link);
    } else {
        find_way(link); /* the pause before a new try is over */
    }
}

/* An alias stands alone in known_hosts, as with ssh. */
static struct hostkey_peer peer_of(const struct host *host)
{
    const char *alias = host->hostkey_alias;
    return (struct hostkey_peer){
        .name = alias ? alias : host->name,
        .address = alias ? NULL : host->address,
        .port = !alias && host->port ? host->port : 22,
        .pinned = host->fingerprint,
    };
}

/* Certificates that the ssh configuration names come before all keys, as with ssh. */
static size_t find_named(struct link *link)
{
    const struct keyset *all = link->use.engine->loop->supplies.keys;
    const struct host *host = link->use.host;
    size_t n = 0;
    for (const char *const *file = host->certificates; file && *file; file++) {
        for (const char *const *path = host->identities; path && *path; path++) {
            const struct key *key = keyset_find(all, *path, *file);
            if (key && n < LINK_KEYS) {
                link->keys[n++] = key;
            }
        }
    }
    return n;
}

static bool has_key(const struct link *link, size_t n, const struct key *key)
{
    for (size_t i = 0; i < n; i++) {
        if (link->keys[i] == key) {
            return true;
        }
    }
    return false;
}

/* The files whose keys a host may be shown, NULL-terminated. */
static const char *const *paths_of(const struct link *link, const char *const *own)
{
    const struct host *host = link->use.host;
    return host->key          ? own
           : host->identities ? host->identities
                              : keyset_defaults(link->use.engine->loop->supplies.keys);
}

static size_t find_keys(struct link *link, const char *const *path)
{
    const struct keyset *all = link->use.engine->loop->supplies.keys;
    size_t n = link->use.host->key ? 0 : find_named(link);
    for (; *path; path++) {
        const struct key *found[LINK_KEYS];
        size_t nfound = keyset_find_all(all, *path, found, LINK_KEYS);
        for (size_t i = 0; i < nfound && n < LINK_KEYS; i++) {
            if (!has_key(link, n, found[i])) {
                link->keys[n++] = found[i];
            }
        }
    }
    return n;
}

/* Those that only the agent can use, behind the others. */
static size_t find_held(struct link *link, const char *const *path, size_t n)
{
    const struct keyset *all = link->use.engine->loop->supplies.keys;
    size_t nheld = 0;
    for (; *path; path++) {
        const struct key *key = keyset_held(all, *path);
        if (key && n + nheld < LINK_KEYS) {
            link->keys[n + nheld++] = key;
        }
    }
    return nheld;
}

/* A key of the inventory's is the only one, by itself or, if it is encrypted, by the agent; if
 * nobody knows which of the agent's it is, all are. Else the agent's count unless the ssh
 * configuration says that only the files' do. */
static void set_keys(struct link *link, struct connection_options *ssh)
{
    const struct loop *loop = link->use.engine->loop;
    const struct host *host = link->use.host;
    const char *const own[] = {host->key, NULL}, *const *paths = paths_of(link, own);
    ssh->keys = link->keys;
    ssh->nkeys = find_keys(link, paths);
    ssh->nheld = find_held(link, paths, ssh->nkeys);
    ssh->agent_only = host->key ? ssh->nheld > 0 : host->identities_only;
    if (host->key ? ssh->nkeys == 0 : ssh->nheld > 0 || !host->identities_only) {
        ssh->agent = supplies_agent(&loop->supplies, host, &loop->options);
        ssh->agent_ms = auth_span(link);
    }
}

/* A host that only holds a connection for others has no command to time. */
static const struct platform no_platform = {.name = "none", .exec = true};

static void set_limits(const struct link *link, const struct platform *platform,
                       struct session_job *job)
{
    const struct loop_options *run = &link->use.engine->loop->options;
    const struct host *host = link->use.host;
    job->idle_ms = first_of(run->idle_ms, host->idle_ms, platform->idle_ms, LIMIT_IDLE_MS);
    job->command_ms =
        first_of(run->command_ms, host->command_ms, platform->command_ms, LIMIT_COMMAND_MS);
    job->max_bytes = platform->max_bytes ? platform->max_bytes : LIMIT_COMMAND_BYTES;
}

static int on_found(void *user, const struct platform *platform, struct session_job *job,
                    struct err *err)
{
    struct link *link = user;
    set_limits(link, platform, job);
    return link->use.found(link->use.user, platform, &job->results, &job->n, err);
}

static struct session_options options_of(struct link *link)
{
    const struct loop *loop = link->use.engine->loop;
    const struct loop_options *run = &loop->options;
    const struct host *host = link->use.host;
    const struct platform *platform = link->use.platform ? link->use.platform : &no_platform;
    struct session_job job;
    set_limits(link, platform, &job);
    struct session_options options = {
        .ssh = {.username = link->username,
                .peer = peer_of(host),
                .trust = supplies_trust(&loop->supplies, host, run),
                .algorithms = &host->algorithms,
                .password = link->credentials.password.ptr,
                .legacy = host->legacy,
                .barred = host->barred,
                .rsa_bits = host->rsa_bits},
        .bind_address = host->bind_address,
        .addresses = link->addresses,
        .fd = link->way_fd,
        .hold = link->use.hold,
        .platform = platform,
        .detector = link->use.detector,
        .found = on_found,
        .user = link,
        .scratch = link->use.engine->scratch,
        .trace = link->trace,
        .enable = link->credentials.enable,
        .connect_ms = connect_span(link),
        .auth_ms = auth_span(link),
        .idle_ms = job.idle_ms,
        .command_ms = job.command_ms,
        .max_bytes = job.max_bytes,
    };
    set_keys(link, &options.ssh);
    return options;
}

static void begin_session(struct link *link)
{
    struct err err = ERR_INIT;
    struct session_options options = options_of(link);
    if (session_new(&link->session, &options, link->use.results, link->use.nresults, now_ms(),
                    &err) < 0) {
        fail(link, STATUS_PROTOCOL, "%s", err.text);
        return;
    }
    link->way_fd = -1;
    uv_timer_stop(&link->timer);
    step(link);
}

/* The way to the host: an address, or a hop. */

static void unresolved(struct link *link, int rc)
{
    fail(link, STATUS_UNREACHABLE, "looking up %s: %s", link->use.host->address,
         uv_strerror(rc));
}

static void on_addresses(uv_getaddrinfo_t *request, int rc, struct addrinfo *addresses)
{
    struct lookup *lookup = request->data;
    struct link *link = lookup->link;
    free(lookup);
    if (!link) {
        uv_freeaddrinfo(addresses);
        return;
    }
    link->lookup = NULL;
    link->addresses = addresses;
    if (rc < 0) {
        unresolved(link, rc);
    } else {
        begin_session(link);
    }
}

static int look_up(struct link *link, const char *port, const struct addrinfo *hints)
{
    struct lookup *lookup = calloc(1, sizeof(*lookup));
    if (!lookup) {
        return UV_ENOMEM;
    }
    lookup->link = link;
    lookup->request.data = lookup;
    int rc = uv_getaddrinfo(&link->use.engine->uv, &lookup->request, on_addresses,
                            link->use.host->address, port, hints);
    if (rc < 0) {
        free(lookup);
        return rc;
    }
    link->lookup = lookup;
    return 0;
}

/* Numbers need no resolver; names go to libuv's threads. */
static void resolve(struct link *link)
{
    const struct host *host = link->use.host;
    char port[16];
    snprintf(port, sizeof(port), "%d", host->port ? host->port : 22);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_family = host->family,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    link->connect_by = now_ms() + connect_span(link);
    if (getaddrinfo(host->address, port, &hints, &link->addresses) == 0) {
        begin_session(link);
        return;
    }
    hints.ai_flags = AI_NUMERICSERV;
    trace_step(link->trace, now_ms(), "looking up %s", host->address);
    int rc = look_up(link, port, &hints);
    if (rc < 0) {
        unresolved(link, rc);
    } else {
        arm(link, link->connect_by);
    }
}

static void on_hop(void *user, int fd, enum status status, const char *reason)
{
    struct link *link = user;
    if (fd < 0) {
        fail(link, status, "%s", reason);
        return;
    }
    trace_step(link->trace, now_ms(), "reached through %s", link->use.host->jump->name);
    link->way_fd = fd;
    begin_session(link);
}

static void run_proxy(struct link *link)
{
    struct err err = ERR_INIT;
    trace_step(link->trace, now_ms(), "proxy: %s", link->use.host->proxy_command);
    if (proxy_start(&link->proxy, link->use.engine, link->use.host->proxy_command,
                    &link->way_fd, &err) < 0) {
        fail(link, STATUS_UNREACHABLE, "%s", err.text);
    } else {
        begin_session(link);
    }
}

static void find_way(struct link *link)
{
    struct err err = ERR_INIT;
    const struct host *host = link->use.host;
    if (host->proxy_command) {
        run_proxy(link);
    } else if (!host->jump) {
        resolve(link);
    } else if (hop_ask(&link->hop, link->use.engine, host, on_hop, link, &err) < 0) {
        fail(link, STATUS_UNREACHABLE, "%s", err.text);
    } else {
        arm(link, now_ms() + connect_span(link));
    }
}

/* Beginning. */

int link_new(struct link **out, const struct link_use *use, struct err *err)
{
    struct link *link = calloc(1, sizeof(*link));
    if (!link) {
        return err_nomem(err);
    }
    link->use = *use;
    link->way_fd = -1;
    uv_timer_init(&use->engine->uv, &link->timer);
    link->timer.data = link;
    *out = link;
    return 0;
}

static int prepare(struct link *link, struct err *err)
{
    const struct loop *loop = link->use.engine->loop;
    const struct host *host = link->use.host;
    const char *suffix = link->use.platform ? link->use.platform->username_suffix : NULL;
    struct strbuf name = STRBUF_INIT;
    strbuf_addf(&name, "%s%s", host->username ? host->username : loop->supplies.username,
                suffix ? suffix : "");
    link->username = strbuf_detach(&name, NULL);
    if (!link->username) {
        return err_nomem(err);
    }
    return loop->options.credentials
               ? loop->options.credentials(loop->options.user, host, &link->credentials, err)
               : 0;
}

void link_begin(struct link *link)
{
    struct err err = ERR_INIT;
    int rc = prepare(link, &err);
    link->trace = loop_trace(link->use.engine->loop, link->use.host, &link->credentials);
    if (rc < 0) {
        fail(link, STATUS_AUTH, "%s", err.text);
    } else {
        find_way(link);
    }
}
