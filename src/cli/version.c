#include "cli/out.h"
#include "cli/setting.h"
#include "cli/talk.h"

#include "base/yaml.h"
#include "collect/loop.h"
#include "regex/regex.h"
#include "session/ssh.h"

#define PARTS 5

struct part {
    const char *name;
    struct view version;
};

/* "libssh 0.10.6/openssl/zlib" -> without what it was built with. */
static struct view first_word(const char *text)
{
    return view_make(text, strcspn(text, " /"));
}

static int write_rows(const struct part *parts, const struct options *options, struct err *err)
{
    static const struct column columns[] = {{.name = "name", .key = true}, {.name = "version"}};
    static const struct table table = {"version", columns, 2};
    struct writer *writer;
    int rc = setting_data(&writer, options, &table, err);
    if (rc < 0) {
        return rc;
    }
    for (size_t i = 0; i < PARTS && rc == 0; i++) {
        struct textfsm_cell cells[] = {setting_cell(parts[i].name),
                                       {.kind = TEXTFSM_TEXT,
                                        .len = (uint32_t)parts[i].version.len,
                                        .u.text = parts[i].version.ptr}};
        rc = writer_row(writer, 0, cells, err);
    }
    if (rc < 0) {
        writer_abort(writer);
        return rc;
    }
    return writer_close(writer, err);
}

static int write_text(const struct part *parts, const struct options *options)
{
    struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < PARTS; i++) {
        strbuf_addf(&text, "%s %.*s\n", parts[i].name, VIEW_ARG(parts[i].version));
    }
    int status = out_text(options, &text);
    strbuf_release(&text);
    return status;
}

int verb_version(const struct options *options)
{
    char pcre2[64];
    struct err err = ERR_INIT;
    regex_library_version(pcre2, sizeof(pcre2));
    const struct part parts[PARTS] = {{"collect", view_of(COLLECT_VERSION)},
                                      {"libssh", first_word(ssh_library_version())},
                                      {"PCRE2", first_word(pcre2)},
                                      {"libyaml", view_of(yaml_library_version())},
                                      {"libuv", view_of(loop_library_version())}};
    if (!setting_wants_data(options)) {
        return write_text(parts, options);
    }
    return write_rows(parts, options, &err) < 0 ? talk_failure(&err, "version") : 0;
}
