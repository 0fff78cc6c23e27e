#include "cli/verbose.h"

#include "cli/talk.h"

static void tell_command(const struct host_result *result, const struct command_result *c)
{
    talk_line("%s: %s: %s, %zu bytes, %zu records, %lld ms%s%s", result->host->name, c->command,
              status_name(c->status), c->output.len, c->records, (long long)c->took_ms,
              c->reason ? ": " : "", c->reason ? c->reason : "");
}

void verbose_host(const struct host_result *result, int level)
{
    const char *algorithms = result->algorithms ? result->algorithms : "no key exchange";
    const char *key = result->fingerprint ? result->fingerprint : "no host key";
    talk_line("%s: %s, connect %lld ms, login %lld ms, all %lld ms, %s, %s", result->host->name,
              status_name(result->status), (long long)result->connect_ms,
              (long long)result->auth_ms, (long long)result->total_ms, algorithms, key);
    for (size_t i = 0; level > 1 && i < result->ncommands; i++) {
        tell_command(result, &result->commands[i]);
    }
}
