#include "collect/loop_proxy.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct proxy {
    uv_process_t process;
    bool given_up;
};

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

/* Ended and given up, whichever comes first: the second one closes. */
static void on_exit_of(uv_process_t *process, int64_t status, int signal)
{
    (void)status, (void)signal; /* the session sees the connection closed */
    struct proxy *proxy = process->data;
    if (proxy->given_up) {
        uv_close((uv_handle_t *)process, on_closed);
    }
    proxy->given_up = true;
}

void proxy_free(struct proxy *proxy)
{
    if (!proxy) {
        return;
    }
    if (proxy->given_up) {
        uv_close((uv_handle_t *)&proxy->process, on_closed);
        return;
    }
    proxy->given_up = true;
    (void)uv_process_kill(&proxy->process, SIGTERM);
}

static int spawn(struct proxy *proxy, struct engine *engine, const char *command, int end)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text, "exec %s", command);
    char shell[] = "sh", flag[] = "-c";
    char *args[] = {shell, flag, text.buf, NULL};
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_INHERIT_FD, .data.fd = end},
        {.flags = UV_INHERIT_FD, .data.fd = end},
        {.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO},
    };
    uv_process_options_t options = {
        .file = "/bin/sh",
        .args = args,
        .exit_cb = on_exit_of,
        .stdio = stdio,
        .stdio_count = 3,
    };
    int rc =
        strbuf_failed(&text) ? UV_ENOMEM : uv_spawn(&engine->uv, &proxy->process, &options);
    strbuf_release(&text);
    return rc;
}

int proxy_start(struct proxy **out, struct engine *engine, const char *command, int *fd,
                struct err *err)
{
    int ends[2];
    struct proxy *proxy = calloc(1, sizeof(*proxy));
    if (!proxy || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        free(proxy);
        return err_set(err, ERR_HOST, "ProxyCommand: %s", strerror(errno));
    }
    int rc = spawn(proxy, engine, command, ends[1]);
    proxy->process.data = proxy;
    close(ends[1]);
    if (rc < 0) {
        close(ends[0]);
        uv_close((uv_handle_t *)&proxy->process, on_closed);
        return err_set(err, ERR_HOST, "ProxyCommand: %s", uv_strerror(rc));
    }
    *out = proxy;
    *fd = ends[0];
    return 0;
}
