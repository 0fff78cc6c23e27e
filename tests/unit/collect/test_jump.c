/* Hosts behind jump hosts, all played by one real sshd: what is shared, and how it fails. */
#include "collect/loop.h"
#include "sshd.h"
#include "test.h"

#define HOSTS 8

static struct sshd server;
static struct err err;
static char known_hosts[128], key_file[128];
static struct platform platform = {.name = "linux", .exec = true};
static struct host inner, outer, hosts[HOSTS];
static struct job jobs[HOSTS];
static struct job_command command;
static struct plan plan;
static struct loop_options options;
static struct host_result *results[HOSTS];

static void settle(void)
{
    char path[128];
    struct strbuf text = STRBUF_INIT;
    sshd_path(&server, "host.pub", path);
    CHECK(strbuf_read_file(&text, path, 1000) == 0);
    sshd_path(&server, "known_hosts", known_hosts);
    FILE *f = fopen(known_hosts, "w");
    CHECK(f && fprintf(f, "[127.0.0.1]:%d %s", server.port, text.buf) > 0 && fclose(f) == 0);
    strbuf_release(&text);
    sshd_path(&server, "user", key_file);
}

static struct host host_named(const char *name, size_t index, const struct host *jump)
{
    return (struct host){.index = index,
                         .name = name,
                         .address = "127.0.0.1",
                         .port = server.port,
                         .key = key_file,
                         .jump = jump};
}

/* n hosts behind `inner`, itself behind `outer` if two_hops. */
static void make_plan(size_t n, bool two_hops, const char *text)
{
    command = (struct job_command){.command = text, .asked = text};
    outer = host_named("outer", 100, NULL);
    inner = host_named("inner", 101, two_hops ? &outer : NULL);
    for (size_t i = 0; i < n; i++) {
        hosts[i] = host_named("device", i, &inner);
        jobs[i] = (struct job){.host = &hosts[i],
                               .platform = &platform,
                               .commands = &command,
                               .ncommands = 1};
    }
    plan = (struct plan){.jobs = jobs, .njobs = n, .ncommands = n};
    options = (struct loop_options){.workers = HOSTS, .known_hosts = known_hosts};
}

static void run(void)
{
    struct loop *loop = NULL;
    CHECK(loop_start(&loop, &plan, &options, &err) == 0);
    for (int i = 0; loop && i < 1000 && !loop_done(loop); i++) {
        struct host_result *result = loop_next(loop, 50);
        if (result) {
            results[result->host->index] = result;
        }
    }
    CHECK(loop && loop_done(loop));
    loop_free(loop);
}

static void forget(void)
{
    for (size_t i = 0; i < HOSTS; i++) {
        host_result_free(results[i]);
        results[i] = NULL;
    }
}

static bool all(size_t n, enum status status, const char *reason)
{
    for (size_t i = 0; i < n; i++) {
        const struct host_result *r = results[i];
        if (!r || r->status != status ||
            (reason && (!r->reason || !strstr(r->reason, reason)))) {
            fprintf(stderr, "host %zu: %s: %s\n", i, r ? status_name(r->status) : "lost",
                    r && r->reason ? r->reason : "");
            return false;
        }
    }
    return true;
}

static void test_shared(void)
{
    make_plan(HOSTS, false, "echo hello");
    size_t before = sshd_log_count(&server, "Accepted publickey");
    run();
    CHECK(all(HOSTS, STATUS_OK, NULL));
    CHECK_STR(results[HOSTS - 1]->commands[0].output.buf, "hello\n");
    CHECK(sshd_log_count(&server, "Accepted publickey") - before == HOSTS + 1);
    forget();
}

static void test_two_hops(void)
{
    make_plan(4, true, "echo hello");
    size_t before = sshd_log_count(&server, "Accepted publickey");
    run();
    CHECK(all(4, STATUS_OK, NULL));
    CHECK(sshd_log_count(&server, "Accepted publickey") - before == 4 + 2);
    forget();
}

static void test_much_data(void)
{
    make_plan(2, true, "head -c 3000000 /dev/zero | tr '\\0' x; echo; echo end");
    run();
    CHECK(all(2, STATUS_OK, NULL));
    CHECK(results[1] && results[1]->commands[0].output.len == 3000005);
    forget();
}

/* How many of the commands that wrote + and - into a file ran at the same time. */
static int most_at_a_time(const char *path)
{
    struct strbuf text = STRBUF_INIT;
    int now = 0, most = 0;
    CHECK(strbuf_read_file(&text, path, 1000) == 0);
    for (size_t i = 0; i < text.len; i++) {
        now += text.buf[i] == '+' ? 1 : text.buf[i] == '-' ? -1 : 0;
        most = now > most ? now : most;
    }
    CHECK(now == 0 && text.len == 12);
    strbuf_release(&text);
    return most;
}

/* The server allows two sessions a connection (MaxSessions). */
static void test_few_at_a_time(void)
{
    char path[128], text[400];
    sshd_path(&server, "times", path);
    snprintf(text, sizeof(text), "printf + >>%s; sleep 0.05; printf - >>%s", path, path);
    for (size_t most = 1; most <= 2; most++) {
        (void)unlink(path);
        make_plan(6, false, text);
        inner.max_sessions = most;
        run();
        CHECK(all(6, STATUS_OK, NULL));
        CHECK((size_t)most_at_a_time(path) <= most);
        forget();
    }
    (void)unlink(path);
}

/* The jump host's password or key is tried once, not once for each host behind it. */
static void test_denied(void)
{
    make_plan(5, false, "echo hello");
    inner.username = "nobody-here";
    size_t before = sshd_log_count(&server, "Invalid user nobody-here");
    run();
    CHECK(all(5, STATUS_AUTH, "jump host inner: login of nobody-here denied"));
    CHECK(sshd_log_count(&server, "Invalid user nobody-here") - before == 1);
    forget();
}

static void test_unreachable(void)
{
    make_plan(3, true, "echo hello");
    outer.port = sshd_free_port();
    run();
    CHECK(all(3, STATUS_UNREACHABLE, "jump host inner: jump host outer: connect to 127.0.0.1"));
    forget();
    make_plan(3, false, "echo hello");
    hosts[1].port = sshd_free_port();
    run();
    CHECK(results[0]->status == STATUS_OK && results[2]->status == STATUS_OK);
    CHECK(results[1]->status == STATUS_UNREACHABLE);
    CHECK(strstr(results[1]->reason, "jump host inner: ") &&
          strstr(results[1]->reason, "refused"));
    forget();
}

static void test_untrusted(void)
{
    make_plan(2, false, "echo hello");
    inner.fingerprint = "SHA256:none";
    run();
    CHECK(all(2, STATUS_HOST_KEY, "jump host inner: the host key is not the pinned one"));
    forget();
}

/* The far host's session dies with the command; the jump host and the others go on. */
static void test_lost(void)
{
    make_plan(3, false, "test -e /proc/$PPID/none || kill -9 $PPID; sleep 5");
    run();
    CHECK(all(3, STATUS_INCOMPLETE, "the connection was closed"));
    forget();
}

static void test_cancel(void)
{
    struct loop *loop = NULL;
    make_plan(6, true, "sleep 5");
    inner.max_sessions = 3;
    CHECK(loop_start(&loop, &plan, &options, &err) == 0);
    usleep(400000);
    loop_cancel(loop);
    size_t n = 0;
    for (struct host_result *r; (r = loop_next(loop, 2000)); n++) {
        CHECK(r->status == STATUS_CANCELLED);
        host_result_free(r);
    }
    CHECK(n == 6);
    loop_free(loop);
    CHECK(loop_start(&loop, &plan, &options, &err) == 0);
    usleep(300000);
    loop_free(loop); /* as it stands */
}

int main(void)
{
    sshd_start(&server, "MaxSessions 2\n");
    RUN(settle);
    RUN(test_shared);
    RUN(test_two_hops);
    RUN(test_much_data);
    RUN(test_few_at_a_time);
    RUN(test_denied);
    RUN(test_unreachable);
    RUN(test_untrusted);
    RUN(test_lost);
    RUN(test_cancel);
    sshd_stop(&server);
    return test_end();
}
