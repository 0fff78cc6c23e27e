#include "base/secret.h"

#include "base/limits.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

char secret_none[1];

void secret_wipe(void *bytes, size_t len)
{
    if (len) {
        explicit_bzero(bytes, len);
    }
}

int secret_set(struct secret *secret, struct view bytes, struct err *err)
{
    secret_release(secret);
    if (bytes.len == 0) {
        return 0;
    }
    if (bytes.len > LIMIT_SECRET_BYTES) {
        return err_set(err, ERR_LIMIT, "a secret of %zu bytes is longer than %zu", bytes.len,
                       (size_t)LIMIT_SECRET_BYTES);
    }
    if (memchr(bytes.ptr, '\0', bytes.len)) {
        return err_set(err, ERR_INPUT, "a secret holds a NUL byte, which no login accepts");
    }
    char *copy = malloc(bytes.len + 1);
    if (!copy) {
        return err_nomem(err);
    }
    (void)mlock(copy, bytes.len + 1);
    memcpy(copy, bytes.ptr, bytes.len);
    copy[bytes.len] = '\0';
    secret->bytes = copy;
    secret->len = bytes.len;
    return 0;
}

void secret_release(struct secret *secret)
{
    if (secret->len) {
        secret_wipe(secret->bytes, secret->len);
        free(secret->bytes);
    }
    *secret = (struct secret)SECRET_INIT;
}

void secret_harden_process(void)
{
    struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) /* the leak check is a debugger */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
