#include "cli/trusting.h"

enum host_keys trusting_policy(const struct options *options)
{
    return options->host_keys < 0 ? HOST_KEYS_STRICT : (enum host_keys)options->host_keys;
}

/* Hosts, and jump hosts on the way to them, that the ssh configuration has us trust unseen. */
static size_t count_lax(const struct plan *plan, struct origin *first)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->njobs; i++) {
        const struct host *host = plan->jobs[i].host;
        while (host && !(host->host_keys_said && host->host_keys != HOST_KEYS_STRICT)) {
            host = host->jump;
        }
        if (host && n++ == 0) {
            *first = host->host_keys_at;
        }
    }
    return n;
}

const char *trusting_name(const struct options *options, const struct plan *plan)
{
    static const char *const names[] = {"strict", "accept-new", "off"};
    struct origin first;
    bool lax = count_lax(plan, &first) > 0;
    return names[lax ? HOST_KEYS_ACCEPT_NEW : trusting_policy(options)];
}

void trusting_summary(const struct options *options, const struct plan *plan,
                      struct strbuf *out)
{
    struct origin at = {NULL, 0};
    size_t n = count_lax(plan, &at);
    if (options->host_keys == HOST_KEYS_OFF) {
        strbuf_addstr(out, "Host keys were not checked (--host-keys off)\n");
    }
    if (n > 0 && !options->quiet) {
        strbuf_addf(out,
                    "Host keys never seen before were allowed for %zu host%s "
                    "(StrictHostKeyChecking, %s:%d)\n",
                    n, n == 1 ? "" : "s", at.file, at.line);
    }
}
