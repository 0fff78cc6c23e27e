/*
 * Shared libraries that are loaded when they are first needed. libssh, with what it brings, is
 * a third of the time that a start takes, and a `parse` or `query` opens no connection.
 *
 * The library's header is used as it is; its functions are reached through a table that has a
 * pointer of the same name and type for each, made from one list:
 *
 *     #define LIST(F) F(ssh_new) F(ssh_free)
 *     struct libssh { LIST(LAZY_POINTER) } table;
 *     static const char *const names[] = {LIST(LAZY_NAME) NULL};
 *     static struct lazy_library library = {.file = "libssh.so.4", .names = names, ...};
 *     lazy_load(&library, &err), then table.ssh_new()
 *
 * A loaded library stays until the process ends. Any thread may load at any time.
 */
#ifndef BASE_LAZY_H
#define BASE_LAZY_H

#include "base/err.h"

#include <stdatomic.h>
#include <stdbool.h>

#define LAZY_POINTER(name) __typeof__(name) *name;
#define LAZY_NAME(name)    #name,

struct lazy_library {
    const char *file;         /* as the dynamic linker knows it: "libssh.so.4" */
    const char *package;      /* what to install on Debian when it is not there */
    const char *const *names; /* NULL-terminated */
    void *table;              /* a struct of as many pointers, in that order */
    atomic_bool loaded;
};

/* ERR_INPUT when the library is not there, or lacks one of the functions. */
int lazy_load(struct lazy_library *library, struct err *err);

#endif
