/* The loop against a real sshd: many hosts at once, every failure on its own line, nothing
 * lost. */
#include "collect/loop.h"
#include "sshd.h"
#include "test.h"

#include <netdb.h>
#include <pwd.h>
#include <sys/resource.h>

static struct sshd server;
static struct err err;
static char known_hosts[128], key_file[128];
static struct platform platform = {.name = "linux", .exec = true};

#define MAX_HOSTS 64

static struct host hosts[MAX_HOSTS];
static struct job jobs[MAX_HOSTS];
static struct job_command commands[8];
static struct plan plan;
static struct host_result *results[MAX_HOSTS];
static struct loop_options options;

static void write_known_hosts(const char *key_name)
{
    char path[128];
    struct strbuf text = STRBUF_INIT;
    sshd_path(&server, key_name, path);
    CHECK(strbuf_read_file(&text, path, 1000) == 0);
    sshd_path(&server, "known_hosts", known_hosts);
    FILE *f = fopen(known_hosts, "w");
    CHECK(f && fprintf(f, "[127.0.0.1]:%d %s", server.port, text.buf) > 0);
    CHECK(f && fprintf(f, "[localhost]:%d %s", server.port, text.buf) > 0 && fclose(f) == 0);
    strbuf_release(&text);
}

/* A plan of n times the same host and the given commands. */
static void make_plan(size_t n, const char *const *list, size_t ncommands)
{
    for (size_t i = 0; i < ncommands; i++) {
        commands[i] = (struct job_command){.command = list[i], .asked = list[i]};
    }
    for (size_t i = 0; i < n; i++) {
        hosts[i] = (struct host){.index = i,
                                 .name = "127.0.0.1",
                                 .address = "127.0.0.1",
                                 .port = server.port,
                                 .key = key_file};
        jobs[i] = (struct job){.host = &hosts[i],
                               .platform = &platform,
                               .commands = commands,
                               .ncommands = ncommands};
    }
    plan = (struct plan){.jobs = jobs, .njobs = n, .ncommands = n * ncommands};
    options = (struct loop_options){.workers = 10, .known_hosts = known_hosts};
}

static struct host_result *run(void)
{
    struct loop *loop = NULL;
    memset(results, 0, sizeof(results));
    CHECK(loop_start(&loop, &plan, &options, &err) == 0);
    for (int i = 0; loop && i < 1000 && !loop_done(loop); i++) {
        struct host_result *result = loop_next(loop, 50);
        if (result) {
            CHECK(!results[result->host->index]);
            results[result->host->index] = result;
        }
    }
    CHECK(loop && loop_done(loop) && loop_progress(loop).done == plan.njobs);
    loop_free(loop);
    return results[0];
}

static void forget(void)
{
    for (size_t i = 0; i < MAX_HOSTS; i++) {
        host_result_free(results[i]);
        results[i] = NULL;
    }
}

static void test_commands(void)
{
    static const char *const list[] = {"echo a; echo b", "pwd", "whoami"};
    char expect[64];
    snprintf(expect, sizeof(expect), "%s\n", getpwuid(getuid())->pw_name);
    make_plan(6, list, 3);
    size_t before = sshd_log_count(&server, "Accepted publickey");
    run();
    for (size_t i = 0; i < 6; i++) {
        const struct host_result *r = results[i];
        CHECK(r && r->status == STATUS_OK && !r->reason && r->ncommands == 3);
        CHECK_STR(r->commands[0].output.buf, "a\nb\n");
        CHECK_STR(r->commands[2].output.buf, expect);
        CHECK(r->commands[0].exit_status == 0 && strlen(r->commands[2].collected_at) == 20);
        CHECK(r->connect_ms >= 0 && r->auth_ms >= 0 && r->total_ms >= r->connect_ms);
        CHECK(r->fingerprint && strstr(r->algorithms, "curve25519"));
    }
    CHECK(sshd_log_count(&server, "Accepted publickey") - before == 6);
    forget();
}

static void test_exit_status(void)
{
    static const char *const list[] = {"echo some; echo 'no such thing' >&2; exit 4",
                                       "kill -TERM $$", "echo more"};
    make_plan(1, list, 3);
    const struct host_result *r = run();
    CHECK(r->status == STATUS_FAILED && r->commands[0].status == STATUS_FAILED);
    CHECK_STR(r->commands[0].reason, "exit status 4: no such thing");
    CHECK_STR(r->commands[0].output.buf, "some\n");
    CHECK(r->commands[0].exit_status == 4);
    CHECK_STR(r->commands[1].reason, "ended by signal TERM");
    CHECK(r->commands[2].status == STATUS_OK);
    CHECK_STR(r->commands[2].output.buf, "more\n");
    CHECK(strstr(r->reason, "exit 4: exit status 4: no such thing"));
    forget();
}

static const char *const one[] = {"echo fine"};

static bool reason_has(const struct host_result *r, const char *part)
{
    if (r->reason && strstr(r->reason, part)) {
        return true;
    }
    fprintf(stderr, "\"%s\" is not in: %s\n", part, r->reason ? r->reason : "(nothing)");
    return false;
}

static int listen_on(int *port)
{
    struct sockaddr_in addr = {.sin_family = AF_INET};
    *port = sshd_free_port();
    addr.sin_port = htons((uint16_t)*port);
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0 && listen(fd, 5) == 0);
    return fd;
}

/* Bad hosts among good ones: each has its reason, and the good ones do not notice. */
static void test_failures(void)
{
    enum { GOOD, REFUSED, NAMELESS, SILENT, DENIED, GOOD_TOO, COUNT };
    char expect[64];
    make_plan(COUNT, one, 1);
    hosts[REFUSED].port = sshd_free_port();
    hosts[NAMELESS].address = "no-such-host.invalid";
    int fd = listen_on(&hosts[SILENT].port);
    hosts[SILENT].connect_ms = 700;
    hosts[DENIED].username = "nobody-here";
    run();
    close(fd);
    CHECK(results[GOOD]->status == STATUS_OK && results[GOOD_TOO]->status == STATUS_OK);

    snprintf(expect, sizeof(expect), "connect to 127.0.0.1 port %d: Connection refused",
             hosts[REFUSED].port);
    CHECK(results[REFUSED]->status == STATUS_UNREACHABLE);
    CHECK_STR(results[REFUSED]->reason, expect);
    CHECK(results[REFUSED]->commands[0].status == STATUS_UNREACHABLE);

    CHECK(results[NAMELESS]->status == STATUS_UNREACHABLE);
    CHECK(reason_has(results[NAMELESS], "looking up no-such-host.invalid: "));

    CHECK(results[SILENT]->status == STATUS_TIMED_OUT && results[SILENT]->total_ms >= 700);
    CHECK(reason_has(results[SILENT], "timed out during the SSH greeting, after 0."));

    CHECK(results[DENIED]->status == STATUS_AUTH);
    CHECK(reason_has(results[DENIED],
                     "login of nobody-here denied (tried publickey; the device "
                     "takes publickey)"));
    forget();
}

static void test_unknown_key(void)
{
    char path[128];
    sshd_path(&server, "host.pub", path);
    make_plan(1, one, 1);
    hosts[0].name = "elsewhere";
    FILE *f = fopen(known_hosts, "w");
    CHECK(f && fclose(f) == 0);
    const struct host_result *r = run();
    CHECK(r->status == STATUS_HOST_KEY &&
          reason_has(r, "unknown host key ssh-ed25519 SHA256:"));
    CHECK(r->fingerprint && reason_has(r, r->fingerprint));
    CHECK(r->commands[0].status == STATUS_HOST_KEY);
    forget();
    write_known_hosts("user.pub"); /* another key than the server's */
    r = run();
    CHECK(r->status == STATUS_HOST_KEY && reason_has(r, "the host key has changed"));
    forget();
    options.host_keys = HOST_KEYS_OFF;
    CHECK(run()->status == STATUS_OK);
    forget();
    write_known_hosts("host.pub");
}

/* localhost may be ::1 first, where no sshd listens. */
static void test_addresses(void)
{
    struct addrinfo *addresses = NULL;
    if (getaddrinfo("localhost", NULL, NULL, &addresses) != 0) {
        printf("left out: localhost has no address here\n");
        return;
    }
    freeaddrinfo(addresses);
    make_plan(1, one, 1);
    hosts[0].name = hosts[0].address = "localhost";
    CHECK(run()->status == STATUS_OK);
    forget();
}

static void test_command_times(void)
{
    static const char *const slow[] = {"echo begun; sleep 7", "echo never"};
    static const char *const trickle[] = {"while echo x; do sleep 0.1; done"};
    make_plan(1, slow, 2);
    options.idle_ms = 1200;
    const struct host_result *r = run();
    CHECK(r->status == STATUS_TIMED_OUT && reason_has(r, "no more output came"));
    CHECK_STR(r->commands[0].output.buf, "begun\n");
    CHECK(r->commands[1].status == STATUS_NOT_RUN && r->commands[1].reason);
    forget();
    make_plan(1, trickle, 1);
    options.idle_ms = 5000;
    options.command_ms = 1000;
    r = run();
    CHECK(r->status == STATUS_TIMED_OUT && reason_has(r, "it took too long"));
    CHECK(r->total_ms < 5000);
    forget();
}

static void test_flood(void)
{
    static const char *const flood[] = {"yes"};
    make_plan(2, flood, 1);
    platform.max_bytes = 1 << 20;
    run();
    for (size_t i = 0; i < 2; i++) {
        CHECK(results[i]->status == STATUS_TOO_LARGE);
        CHECK(results[i]->commands[0].output.len <= 1 << 20);
    }
    platform.max_bytes = 0;
    forget();
}

/* The server dies in the middle of a command, or stops answering. */
static void test_broken(void)
{
    static const char *const kill_it[] = {"echo half; kill -9 $PPID; sleep 5"};
    static const char *const stop_it[] = {
        "echo half; kill -STOP $PPID; sleep 1; kill -CONT $PPID"};
    make_plan(1, kill_it, 1);
    const struct host_result *r = run();
    /* what it is told depends on whether the kernel ends it with a FIN or a RST */
    CHECK(r->status == STATUS_INCOMPLETE && reason_has(r, "the connection was "));
    CHECK(strstr(r->reason, "closed") || strstr(r->reason, "lost"));
    forget();
    make_plan(1, stop_it, 1);
    options.idle_ms = 500;
    r = run();
    CHECK(r->status == STATUS_TIMED_OUT && r->total_ms < 2500);
    forget();
}

static void test_retry(void)
{
    make_plan(1, one, 1);
    hosts[0].port = sshd_free_port();
    options.retries = 1;
    const struct host_result *r = run();
    CHECK(r->status == STATUS_UNREACHABLE && r->total_ms >= 500);
    forget();
}

static void test_cancel(void)
{
    static const char *const slow[] = {"sleep 5"};
    struct loop *loop = NULL;
    make_plan(20, slow, 1);
    CHECK(loop_start(&loop, &plan, &options, &err) == 0);
    ms_t start = now_ms();
    while (loop_progress(loop).running < 10 && now_ms() < start + 2000) {
        CHECK(!loop_next(loop, 10));
    }
    loop_cancel(loop);
    CHECK(loop_cancelled(loop));
    size_t n = 0;
    for (struct host_result *r; (r = loop_next(loop, 1000)); n++) {
        CHECK(r->status == STATUS_CANCELLED && r->commands[0].status == STATUS_CANCELLED);
        CHECK_STR(r->commands[0].reason, "interrupted");
        host_result_free(r);
    }
    CHECK(n == 20 && loop_done(loop) && now_ms() < start + 4000);
    loop_free(loop);
}

/* A loop given up without taking its results. */
static void test_abandon(void)
{
    struct loop *loop = NULL;
    make_plan(12, one, 1);
    hosts[7].address = "no-such-host.invalid";
    CHECK(loop_start(&loop, &plan, &options, &err) == 0);
    host_result_free(loop_next(loop, 1000));
    loop_free(loop);
}

/* The first login is denied: nobody else tries that password. */
static void test_stop_on_auth_failure(void)
{
    make_plan(4, one, 1);
    options.stop_on_auth_failure = true;
    for (size_t i = 0; i < 4; i++) {
        hosts[i].username = "nobody-here";
    }
    size_t before = sshd_log_count(&server, "Invalid user nobody-here");
    run();
    CHECK(sshd_log_count(&server, "Invalid user nobody-here") - before == 1);
    size_t denied = 0;
    for (size_t i = 0; i < 4; i++) {
        denied += results[i]->status == STATUS_AUTH;
        CHECK(results[i]->status == STATUS_AUTH || results[i]->status == STATUS_NOT_RUN);
    }
    CHECK(denied == 1 && results[3]->status == STATUS_NOT_RUN);
    CHECK_STR(results[3]->reason, "not tried: the login to 127.0.0.1 was denied");
    forget();
    make_plan(4, one, 1);
    options.stop_on_auth_failure = true;
    run();
    for (size_t i = 0; i < 4; i++) {
        CHECK(results[i]->status == STATUS_OK);
    }
    forget();
}

static void test_rate(void)
{
    make_plan(4, one, 1);
    options.connect_rate = 10;
    ms_t start = now_ms();
    run();
    CHECK(now_ms() - start > 250);
    forget();
}

static void test_few_descriptors(void)
{
    struct rlimit old, few = {60, 60};
    struct loop *loop = NULL;
    CHECK(getrlimit(RLIMIT_NOFILE, &old) == 0);
    few.rlim_max = old.rlim_max;
    make_plan(1, one, 1);
    options.workers = 1000;
    CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
    CHECK(loop_start(&loop, &plan, &options, &err) == 0 && !loop_notice(loop));
    loop_free(loop);
    few.rlim_cur = few.rlim_max = 60;
    make_plan(MAX_HOSTS, one, 1);
    options.workers = 1000;
    pid_t pid = fork();
    if (pid == 0) {
        bool ok = setrlimit(RLIMIT_NOFILE, &few) == 0 &&
                  loop_start(&loop, &plan, &options, &err) == 0 && loop_notice(loop) &&
                  strstr(loop_notice(loop), "12 sessions at a time instead of 64");
        _exit(ok ? 0 : 1);
    }
    int status = -1;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
    CHECK(setrlimit(RLIMIT_NOFILE, &old) == 0);
}

static void test_bad_key_file(void)
{
    struct loop *loop = NULL;
    make_plan(2, one, 1);
    hosts[1].key = "/no/such/key";
    hosts[1].file = "hosts.yml";
    hosts[1].line = 7;
    CHECK(loop_start(&loop, &plan, &options, &err) < 0 && !loop);
    CHECK_STR(err.text, "hosts.yml:7: 127.0.0.1: key /no/such/key: No such file or directory");
    CHECK(chmod(key_file, 0644) == 0);
    hosts[1].key = key_file;
    CHECK(loop_start(&loop, &plan, &options, &err) < 0 && strstr(err.text, "chmod 600"));
    CHECK(chmod(key_file, 0600) == 0);
}

int main(void)
{
    sshd_start(&server, "");
    write_known_hosts("host.pub");
    sshd_path(&server, "user", key_file);
    RUN(test_commands);
    RUN(test_exit_status);
    RUN(test_failures);
    RUN(test_unknown_key);
    RUN(test_addresses);
    RUN(test_command_times);
    RUN(test_flood);
    RUN(test_broken);
    RUN(test_retry);
    RUN(test_cancel);
    RUN(test_abandon);
    RUN(test_stop_on_auth_failure);
    RUN(test_rate);
    RUN(test_few_descriptors);
    RUN(test_bad_key_file);
    sshd_stop(&server);
    return test_end();
}
