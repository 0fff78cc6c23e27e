#include "cli/out.h"
#include "cli/verbs.h"

#include "base/yaml.h"
#include "collect/loop.h"
#include "regex/regex.h"
#include "session/ssh.h"

/* "libssh 0.10.6/openssl/zlib" -> without what it was built with. */
static struct view first_word(const char *text)
{
    return view_make(text, strcspn(text, " /"));
}

int verb_version(const struct options *options)
{
    char pcre2[64];
    struct strbuf text = STRBUF_INIT;
    regex_library_version(pcre2, sizeof(pcre2));
    strbuf_addf(&text, "collect %s\n", COLLECT_VERSION);
    strbuf_addf(&text, "libssh %.*s\n", VIEW_ARG(first_word(ssh_library_version())));
    strbuf_addf(&text, "PCRE2 %.*s\n", VIEW_ARG(first_word(pcre2)));
    strbuf_addf(&text, "libyaml %s\n", yaml_library_version());
    strbuf_addf(&text, "libuv %s\n", loop_library_version());
    int status = out_text(options, &text);
    strbuf_release(&text);
    return status;
}
