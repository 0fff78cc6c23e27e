/*
 * What the build makes from the tables: the man page (prose from collect.1.in) and completions;
 * and the names that those ask for.
 */
#include "cli/completions.h"
#include "cli/manual.h"
#include "cli/names.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/talk.h"

static int generate(struct strbuf *out, const struct options *options, struct err *err)
{
    const struct option_list *words = &options->words;
    const char *what = words->count > 0 ? words->items[0].text : "";
    if (strcmp(what, "names") == 0 && words->count > 1) {
        return names_add(out, options, words->items[1].text,
                         words->count > 2 ? words->items[2].text : NULL, err);
    }
    if (strcmp(what, "man") == 0 && words->count == 2) {
        return manual_write(out, words->items[1].text, err);
    }
    if (strcmp(what, "bash") == 0) {
        completions_bash(out);
    } else if (strcmp(what, "zsh") == 0) {
        completions_zsh(out);
    } else if (strcmp(what, "fish") == 0) {
        completions_fish(out);
    } else {
        return err_set(err, ERR_USAGE,
                       "generate makes: man FILE, bash, zsh, fish, names KIND [FILE]");
    }
    return 0;
}

int verb_generate(const struct options *options)
{
    struct err err = ERR_INIT;
    struct strbuf text = STRBUF_INIT;
    int rc = generate(&text, options, &err);
    int status = rc < 0 ? talk_failure(&err, NULL) : out_text(options, &text);
    strbuf_release(&text);
    return status;
}
