#include "cli/out.h"

#include "base/strbuf.h"
#include "cli/talk.h"

#include <errno.h>
#include <unistd.h>

int out_write(struct view bytes, struct err *err)
{
    while (bytes.len > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes.ptr, bytes.len);
        if (n >= 0) {
            bytes = view_slice(bytes, (size_t)n, bytes.len);
        } else if (errno == EPIPE) {
            return err_set(err, ERR_PIPE, "the reader of stdout went away");
        } else if (errno != EINTR) {
            return err_set(err, ERR_OUTPUT, "cannot write to stdout: %s", strerror(errno));
        }
    }
    return 0;
}

int out_text(const struct strbuf *text)
{
    struct err err = ERR_INIT;
    int rc = strbuf_failed(text) ? err_nomem(&err) : out_write(strbuf_view(text), &err);
    return rc < 0 ? talk_failure(&err, NULL) : 0;
}
