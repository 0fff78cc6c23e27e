/*
 * collect explain: how a template takes an output, line by line. The template is found as parse
 * finds it; of several that the index joins, each explains itself in turn.
 */
#include "author/explain.h"
#include "base/limits.h"
#include "base/outfile.h"
#include "base/strbuf.h"
#include "cli/options.h"
#include "cli/setting.h"
#include "cli/talk.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* By -f, else by the extension of -o, else text. */
static const char *format_of(const struct options *options)
{
    const struct format *format = options->output ? format_by_extension(options->output) : NULL;
    return options->format ? options->format : format ? format->name : "text";
}

static int check(const struct options *options, struct err *err)
{
    bool named = options->asks.count == 1 && options->platform;
    if (!options->template_file && !named) {
        return err_set(
            err, ERR_USAGE,
            "which template? -T FILE, or --platform NAME with -t NAME or -c COMMAND");
    }
    if (options->words.count != 1) {
        return err_set(err, ERR_USAGE, "which output? give one file, or - for stdin");
    }
    const char *format = format_of(options);
    if (strcmp(format, "json") != 0 && strcmp(format, "text") != 0) {
        return err_set(err, ERR_USAGE, "explain writes text (the default) or json, not %s",
                       format);
    }
    return 0;
}

/* The files of the template that is asked for, ':' between several, in folder *dir. */
static int find(struct library *library, const struct options *options, struct finding *finding,
                struct err *err)
{
    const struct option_item *ask = &options->asks.items[0];
    int rc =
        ask->letter == 't'
            ? library_by_name(library, options->platform, NULL, ask->text, finding, err)
            : library_by_command(library, options->platform, NULL, ask->text, finding, err);
    if (rc == 0) {
        rc = setting_platform(library, options->platform, false, err);
        if (rc < 0) {
            return rc;
        }
        const char *guess = library_guess(library, options->platform, ask->text);
        return err_set(err, ERR_INPUT, "platform %s has no template for '%s'%s%s%s",
                       options->platform, ask->text, guess ? ": did you mean '" : "",
                       guess ? guess : "", guess ? "'?" : "");
    }
    return rc < 0 ? rc : 0;
}

static int write_out(void *user, struct view text, struct err *err)
{
    return outfile_write(user, text.ptr, text.len, err);
}

static int explain_file(const char *path, struct view input, const struct options *options,
                        struct outfile *out, struct err *err)
{
    struct textfsm_error error;
    struct textfsm_template *t = textfsm_template_open(path, NULL, &error);
    if (!t) {
        return library_error(&error, err);
    }
    struct explain_options how = {
        .only = (enum explain_only)options->only,
        .json = strcmp(format_of(options), "json") == 0,
        .color = setting_color(options, STDOUT_FILENO) && !options->output,
        .write = write_out,
        .user = out,
    };
    int rc = explain(t, input, &how, err);
    textfsm_template_free(t);
    return rc;
}

static int explain_files(struct arena *arena, const struct finding *finding, struct view input,
                         const struct options *options, struct outfile *out, struct err *err)
{
    int rc = 0;
    struct view rest = view_of(finding->templates);
    while (rest.len && rc == 0) {
        const char *colon = memchr(rest.ptr, ':', rest.len);
        struct view name = view_slice(rest, 0, colon ? (size_t)(colon - rest.ptr) : rest.len);
        rest = view_slice(rest, name.len + 1, rest.len);
        const char *path = arena_printf(arena, "%s/%.*s", finding->dir, VIEW_ARG(name));
        rc = path ? explain_file(path, input, options, out, err) : err_nomem(err);
    }
    return rc;
}

static int read_input(struct strbuf *text, const char *path, struct err *err)
{
    bool standard = strcmp(path, "-") == 0;
    int rc = standard ? strbuf_read_fd(text, STDIN_FILENO, LIMIT_COMMAND_BYTES)
                      : strbuf_read_file(text, path, LIMIT_COMMAND_BYTES);
    return rc < 0
               ? err_set(err, ERR_PARSE, "%s: %s", standard ? "stdin" : path, strerror(errno))
               : 0;
}

static int explain_all(const struct options *options, struct view input, struct outfile *out,
                       struct err *err)
{
    if (options->template_file) {
        return explain_file(options->template_file, input, options, out, err);
    }
    struct arena arena = ARENA_INIT;
    struct library *library = NULL;
    struct finding finding;
    int rc = setting_library(&library, options, &arena, err);
    if (rc == 0) {
        rc = find(library, options, &finding, err);
    }
    if (rc == 0) {
        rc = explain_files(&arena, &finding, input, options, out, err);
    }
    library_free(library);
    arena_release(&arena);
    return rc;
}

int verb_explain(const struct options *options)
{
    struct err err = ERR_INIT;
    struct strbuf input = STRBUF_INIT;
    struct outfile *out = NULL;
    int rc = check(options, &err);
    if (rc == 0) {
        rc = read_input(&input, options->words.items[0].text, &err);
    }
    if (rc == 0) {
        bool standard = options->output && strcmp(options->output, "-") == 0;
        rc = outfile_open(&out, standard ? NULL : options->output, &err);
    }
    if (rc == 0) {
        rc = explain_all(options, strbuf_view(&input), out, &err);
    }
    /* an input that the template refuses has been explained all the same */
    struct err written = ERR_INIT;
    if (out && (rc == 0 || rc == ERR_PARSE)) {
        int done = outfile_commit(out, &written);
        rc = done < 0 ? done : rc;
    } else {
        outfile_abort(out);
    }
    strbuf_release(&input);
    return rc < 0 ? talk_failure(written.code ? &written : &err, "explain") : 0;
}
