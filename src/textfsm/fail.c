#include "textfsm/fail.h"

#include <stdio.h>
#include <string.h>

int fail_vat(struct textfsm_error *error, int code, const char *name, unsigned line,
             unsigned column, const char *fmt, va_list ap)
{
    if (!error) {
        return code;
    }
    memset(error, 0, sizeof(*error));
    error->code = code;
    error->template_line = (int)line;
    error->column = (int)column;
    size_t size = sizeof(error->text);
    int n = snprintf(error->text, size, "%s", name ? name : "template");
    if (line && n >= 0 && (size_t)n < size) {
        n += snprintf(error->text + n, size - (size_t)n, ":%u", line);
    }
    if (column && n >= 0 && (size_t)n < size) {
        n += snprintf(error->text + n, size - (size_t)n, ":%u", column);
    }
    if (n >= 0 && (size_t)n + 2 < size) {
        memcpy(error->text + n, ": ", 2);
        vsnprintf(error->text + n + 2, size - (size_t)n - 2, fmt, ap);
    }
    return code;
}

int fail_at(struct textfsm_error *error, int code, const char *name, unsigned line,
            unsigned column, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fail_vat(error, code, name, line, column, fmt, ap);
    va_end(ap);
    return code;
}

int fail_set(struct textfsm_error *error, int code, const char *fmt, ...)
{
    if (!error) {
        return code;
    }
    memset(error, 0, sizeof(*error));
    error->code = code;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(error->text, sizeof(error->text), fmt, ap);
    va_end(ap);
    return code;
}

int fail_nomem(struct textfsm_error *error)
{
    return fail_set(error, TEXTFSM_NOMEM, "out of memory");
}

int fail_code(int err_code, int otherwise)
{
    switch (err_code) {
    case ERR_NOMEM:
        return TEXTFSM_NOMEM;
    case ERR_LIMIT:
        return TEXTFSM_LIMIT;
    default:
        return otherwise;
    }
}
