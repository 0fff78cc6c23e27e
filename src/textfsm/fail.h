/*
 * Filling the caller's struct textfsm_error: each returns the code, so that the place that
 * knows the cause can `return fail_set(...)`. error may be NULL.
 */
#ifndef TEXTFSM_FAIL_H
#define TEXTFSM_FAIL_H

#include "base/err.h"
#include "textfsm.h"

#include <stdarg.h>

int fail_set(struct textfsm_error *error, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* "NAME:LINE:COLUMN: text"; column 0 and line 0 are left out, name may be NULL. */
int fail_at(struct textfsm_error *error, int code, const char *name, unsigned line,
            unsigned column, const char *fmt, ...) __attribute__((format(printf, 6, 7)));
int fail_vat(struct textfsm_error *error, int code, const char *name, unsigned line,
             unsigned column, const char *fmt, va_list ap)
    __attribute__((format(printf, 6, 0)));

int fail_nomem(struct textfsm_error *error);

/* The textfsm code for one of base/err.h, `otherwise` for those without a twin. */
int fail_code(int err_code, int otherwise);

#endif
