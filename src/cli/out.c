#include "cli/out.h"

#include "base/outfile.h"
#include "cli/talk.h"

#include <string.h>

int out_text(const struct options *options, const struct strbuf *text)
{
    struct err err = ERR_INIT;
    const char *path = options->output;
    bool standard = path && strcmp(path, "-") == 0;
    int rc = strbuf_failed(text) ? err_nomem(&err)
                                 : outfile_put(standard ? NULL : path, strbuf_view(text), &err);
    return rc < 0 ? talk_failure(&err, NULL) : 0;
}
