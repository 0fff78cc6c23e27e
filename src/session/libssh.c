#include "session/libssh.h"

struct libssh libssh;

int libssh_load(struct err *err)
{
    static const char *const names[] = {LIBSSH_FUNCTIONS(LAZY_NAME) NULL};
    static struct lazy_library library = {
        .file = SSH_FILE, .package = "libssh-4", .names = names, .table = &libssh};
    return lazy_load(&library, err);
}
