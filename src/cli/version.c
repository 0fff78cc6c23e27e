#include "cli/out.h"
#include "cli/verbs.h"

#include "base/strbuf.h"

int verb_version(const struct options *options)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text, "collect %s\n", COLLECT_VERSION);
    int status = out_text(options, &text);
    strbuf_release(&text);
    return status;
}
