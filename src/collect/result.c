#include "collect/result.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *status_name(enum status status)
{
    static const char *const names[] = {
        [STATUS_OK] = "ok",
        [STATUS_FAILED] = "failed",
        [STATUS_PARSE_ERROR] = "parse-error",
        [STATUS_INCOMPLETE] = "incomplete",
        [STATUS_TIMED_OUT] = "timed-out",
        [STATUS_TOO_LARGE] = "too-large",
        [STATUS_QUESTION] = "question",
        [STATUS_UNREACHABLE] = "unreachable",
        [STATUS_HOST_KEY] = "host-key",
        [STATUS_AUTH] = "auth",
        [STATUS_PROTOCOL] = "protocol",
        [STATUS_PLATFORM] = "unknown-platform",
        [STATUS_CANCELLED] = "cancelled",
        [STATUS_NOT_RUN] = "not-run",
    };
    size_t i = (size_t)status;
    return i < sizeof(names) / sizeof(names[0]) && names[i] ? names[i] : "unknown";
}

enum status status_named(const char *name)
{
    for (int status = STATUS_OK; status <= STATUS_NOT_RUN; status++) {
        if (strcmp(name, status_name((enum status)status)) == 0) {
            return (enum status)status;
        }
    }
    return STATUS_FAILED;
}

static struct command_result *new_commands(const char *const *commands, size_t n)
{
    struct command_result *list = calloc(n + 1, sizeof(*list));
    for (size_t i = 0; i < n && list; i++) {
        list[i].command = commands[i];
        list[i].status = STATUS_NOT_RUN;
        list[i].exit_status = -1;
        strbuf_init(&list[i].output);
    }
    return list;
}

static void free_commands(struct host_result *result)
{
    for (size_t i = 0; i < result->ncommands; i++) {
        strbuf_release(&result->commands[i].output);
        free(result->commands[i].reason);
    }
    free(result->commands);
}

struct host_result *host_result_new(const struct host *host, const char *const *commands,
                                    size_t n)
{
    struct host_result *result = calloc(1, sizeof(*result));
    struct command_result *list = new_commands(commands, n);
    if (!result || !list) {
        free(result);
        free(list);
        return NULL;
    }
    result->host = host;
    result->commands = list;
    result->ncommands = n;
    return result;
}

const char *host_result_platform(const struct host_result *result,
                                 const struct platform *of_job)
{
    const struct platform *platform = of_job ? of_job : result->platform;
    return platform ? platform->name : PLATFORM_AUTO;
}

int host_result_replace(struct host_result *result, const char *const *commands, size_t n,
                        struct err *err)
{
    struct command_result *list = new_commands(commands, n);
    if (!list) {
        return err_nomem(err);
    }
    free_commands(result);
    result->commands = list;
    result->ncommands = n;
    return 0;
}

void host_result_free(struct host_result *result)
{
    if (!result) {
        return;
    }
    free_commands(result);
    free(result->platform_why);
    free(result->reason);
    free(result->algorithms);
    free(result->fingerprint);
    free(result);
}

static void set_reason(char **reason, const char *text)
{
    free(*reason);
    *reason = strdup(text);
}

void host_result_fail(struct host_result *result, enum status status, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    result->status = status;
    set_reason(&result->reason, text);
    for (size_t i = 0; i < result->ncommands; i++) {
        struct command_result *command = &result->commands[i];
        if (command->status == STATUS_NOT_RUN) {
            command->status = status;
            set_reason(&command->reason, text);
        }
    }
}
