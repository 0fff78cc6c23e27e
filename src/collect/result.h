/*
 * What became of a host and of each of its commands. Filled by the loop, immutable after
 * hand-over, owned by whoever receives it (host_result_free).
 */
#ifndef COLLECT_RESULT_H
#define COLLECT_RESULT_H

#include "collect/inventory.h"
#include "session/outcome.h"
#include "session/platform.h"

/* "ok", "failed", "timed-out", ...: what reports and records say. */
const char *status_name(enum status status);
enum status status_named(const char *name); /* STATUS_FAILED for any other text */

struct host_result {
    const struct host *host;
    enum status status; /* of the host: ok when every command is */
    char *reason;       /* one line, NULL when ok */
    ms_t connect_ms, auth_ms, total_ms;
    char *algorithms; /* "curve25519-sha256 ssh-ed25519 aes256-ctr", NULL = none */
    char *fingerprint;
    const struct platform *platform; /* that was found out; NULL: it was said, or none was */
    char *platform_why;              /* what told it; NULL = nothing did */
    struct command_result *commands;
    size_t ncommands;
};

/* A result for host with n commands, all NOT_RUN. NULL when memory ran out. */
struct host_result *host_result_new(const struct host *host, const char *const *commands,
                                    size_t n);

/* The platform's name: of the job if it has one, else what was found; "auto" if nothing was. */
const char *host_result_platform(const struct host_result *result,
                                 const struct platform *of_job);

/* Other commands in place of those that have not run. ERR_NOMEM: nothing has changed. */
int host_result_replace(struct host_result *result, const char *const *commands, size_t n,
                        struct err *err);
void host_result_free(struct host_result *result);

/* Sets status and reason of the host, and of every command that has not run. */
void host_result_fail(struct host_result *result, enum status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
