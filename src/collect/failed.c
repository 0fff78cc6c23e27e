#include "collect/failed.h"

#include "base/outfile.h"
#include "collect/inventory_write.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define COMMENT "Hosts that failed in a run of collect that ended at"

struct failed {
    const struct inventory *inventory;
    struct outfile *out;
    bool *marks; /* by host->index */
    char *cwd;
};

int failed_open(struct failed **out, const char *path, const struct inventory *inventory,
                struct err *err)
{
    struct failed *failed = calloc(1, sizeof(*failed));
    if (!failed) {
        return err_nomem(err);
    }
    failed->inventory = inventory;
    failed->marks = calloc(inventory->count + 1, sizeof(*failed->marks));
    failed->cwd = getcwd(NULL, 0);
    int rc = failed->marks ? outfile_open(&failed->out, path, err) : err_nomem(err);
    if (rc < 0) {
        failed->out = NULL;
        failed_free(failed);
        return rc;
    }
    *out = failed;
    return 0;
}

void failed_free(struct failed *failed)
{
    if (!failed) {
        return;
    }
    outfile_abort(failed->out);
    free(failed->marks);
    free(failed->cwd);
    free(failed);
}

void failed_add(struct failed *failed, const struct host *host)
{
    failed->marks[host->index] = true;
}

int failed_close(struct failed *failed, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    struct inventory_text what = {.inventory = failed->inventory,
                                  .marks = failed->marks,
                                  .cwd = failed->cwd,
                                  .comment = COMMENT};
    int rc = inventory_write(&text, &what, err);
    if (rc == 0) {
        rc = outfile_write(failed->out, text.buf, text.len, err);
    }
    if (rc == 0) {
        rc = outfile_commit(failed->out, err);
        failed->out = NULL;
    }
    strbuf_release(&text);
    failed_free(failed);
    return rc;
}

bool failed_wrote(const char *path)
{
    char head[sizeof("# " COMMENT) - 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head));
    if (fd >= 0) {
        close(fd);
    }
    return n == (ssize_t)sizeof(head) && memcmp(head, "# " COMMENT, sizeof(head)) == 0;
}
