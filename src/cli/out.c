#include "cli/out.h"

#include "base/outfile.h"
#include "cli/talk.h"

static int write_text(const char *path, const struct strbuf *text, struct err *err)
{
    struct outfile *out;
    bool standard = path && strcmp(path, "-") == 0;
    int rc = outfile_open(&out, standard ? NULL : path, err);
    if (rc < 0) {
        return rc;
    }
    rc = outfile_write(out, text->buf, text->len, err);
    if (rc < 0) {
        outfile_abort(out);
        return rc;
    }
    return outfile_commit(out, err);
}

int out_text(const struct options *options, const struct strbuf *text)
{
    struct err err = ERR_INIT;
    int rc = strbuf_failed(text) ? err_nomem(&err) : write_text(options->output, text, &err);
    return rc < 0 ? talk_failure(&err, NULL) : 0;
}
