#include "cli/verbose.h"

#include "base/strbuf.h"

static void add_span(struct strbuf *out, const char *what, ms_t ms)
{
    if (ms >= 0) {
        strbuf_addf(out, ", %s %lld ms", what, (long long)ms);
    }
}

void verbose_host(struct loop *loop, const struct host_result *result)
{
    struct strbuf words = STRBUF_INIT;
    size_t records = 0;
    for (size_t i = 0; i < result->ncommands; i++) {
        records += result->commands[i].records;
    }
    strbuf_addf(&words, "%s: %zu record%s", status_name(result->status), records,
                records == 1 ? "" : "s");
    add_span(&words, "connect", result->connect_ms);
    add_span(&words, "login", result->auth_ms);
    add_span(&words, "all", result->total_ms);
    loop_tell(loop, result->host, "%s", words.buf);
    strbuf_release(&words);
}
