/*
 * What became of a command on a device, and the words for it. Filled by the session, then part
 * of the host's result (collect/result.h).
 */
#ifndef SESSION_OUTCOME_H
#define SESSION_OUTCOME_H

#include "base/deadline.h"
#include "base/strbuf.h"

enum status {
    STATUS_OK,
    STATUS_FAILED, /* the device refused the command; exit status of an exec command != 0 */
    STATUS_PARSE_ERROR, /* set by emit: the template met text that it refuses */
    STATUS_INCOMPLETE,  /* the connection ended in the middle */
    STATUS_TIMED_OUT,
    STATUS_TOO_LARGE,
    STATUS_QUESTION,
    STATUS_UNREACHABLE, /* name, address, refused, no route */
    STATUS_HOST_KEY,    /* not trusted; nothing secret was sent */
    STATUS_AUTH,        /* the login was denied */
    STATUS_PROTOCOL,    /* SSH itself failed: key exchange, disconnect */
    STATUS_PLATFORM,    /* what it is could not be told (platform: auto) */
    STATUS_CANCELLED,   /* the run was interrupted before it began or ended */
    STATUS_NOT_RUN,     /* an earlier failure of the host kept it from running */
};

struct command_result {
    const char *command; /* owned by the plan */
    enum status status;
    char *reason;         /* one line, NULL when ok */
    struct strbuf output; /* plain text, however much came */
    int exit_status;      /* of an exec command, -1 = none */
    size_t records;       /* set by emit: what the template made of the output */
    char collected_at[UTC_STAMP_SIZE];
    ms_t took_ms;
};

#endif
