#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void fill(struct err *err, int code, int line, int column, const char *fmt, va_list ap)
{
    if (!err) {
        return;
    }
    err->code = code;
    err->line = line;
    err->column = column;
    vsnprintf(err->text, sizeof(err->text), fmt, ap);
}

int err_set(struct err *err, int code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, 0, 0, fmt, ap);
    va_end(ap);
    return code;
}

int err_set_at(struct err *err, int code, int line, int column, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, line, column, fmt, ap);
    va_end(ap);
    return code;
}

void err_prefix(struct err *err, const char *fmt, ...)
{
    if (!err) {
        return;
    }
    char prefix[sizeof(err->text)];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(prefix, sizeof(prefix), fmt, ap);
    va_end(ap);
    size_t len = n < 0 ? 0 : (size_t)n;
    if (len + 2 >= sizeof(prefix)) {
        len = sizeof(prefix) - 3;
    }
    size_t room = sizeof(err->text) - len - 3;
    size_t rest = strlen(err->text);
    if (rest > room) {
        rest = room;
    }
    memmove(err->text + len + 2, err->text, rest);
    err->text[len + 2 + rest] = '\0';
    memcpy(err->text, prefix, len);
    memcpy(err->text + len, ": ", 2);
}

int err_nomem(struct err *err)
{
    return err_set(err, ERR_NOMEM, "out of memory");
}

int err_exit_status(int code)
{
    switch (code) {
    case ERR_OK:
        return 0;
    case ERR_USAGE:
        return 2;
    case ERR_INPUT:
        return 3;
    case ERR_OUTPUT:
        return 4;
    case ERR_CANCELLED:
        return 130;
    case ERR_PIPE:
        return 141;
    default:
        return 1;
    }
}
