#include "cli/setting.h"

#include "cli/talk.h"
#include "store/filter.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

int setting_search_path(struct search_path *out, const struct options *options,
                        struct arena *arena, struct err *err)
{
    const char **asked = arena_array(arena, options->templates.count + 1, sizeof(*asked));
    if (!asked) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < options->templates.count; i++) {
        asked[i] = options->templates.items[i].text;
    }
    struct search_request request = {asked, options->templates.count, COLLECT_TEMPLATES};
    return search_path_make(out, &request, arena, err);
}

int setting_library(struct library **out, const struct options *options, struct arena *arena,
                    struct err *err)
{
    struct search_path path;
    int rc = setting_search_path(&path, options, arena, err);
    return rc < 0 ? rc : library_open(out, path.dirs, path.count, err);
}

int setting_platform(struct library *library, const char *name, bool surely, struct err *err)
{
    const struct platform_set *set = library_platforms(library, err);
    if (!set) {
        return err->code;
    }
    const char *guess = platform_guess(set, name);
    if (platform_find(set, name) || (!guess && !surely)) {
        return 0;
    }
    return err_set(err, ERR_INPUT, "there is no platform '%s'%s%s%s", name,
                   guess ? ": did you mean '" : "", guess ? guess : "", guess ? "'?" : "");
}

bool setting_color(const struct options *options, int fd)
{
    if (options->color != COLOR_AUTO) {
        return options->color == COLOR_ALWAYS;
    }
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return !(no_color && *no_color) && term && strcmp(term, "dumb") != 0 && isatty(fd);
}

unsigned setting_width(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    return 80;
}

static void warn(void *user, const char *text)
{
    const struct options *options = user;
    if (!options->quiet) {
        talk_warning("%s", text);
    }
}

/* --delimiter: one character, or the word tab. */
static int delimiter(const char *text, char *out, struct err *err)
{
    if (!text || strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0) {
        *out = text ? '\t' : ',';
        return 0;
    }
    if (text[0] == '\0' || text[1] != '\0') {
        return err_set(err, ERR_USAGE, "--delimiter takes one character, or tab");
    }
    *out = text[0];
    return 0;
}

/* "json ndjson" -> whether this format is one of them. */
static bool is_for(const char *names, const char *name)
{
    for (const char *word = names; *word;) {
        size_t n = strcspn(word, " ");
        if (view_equal_str(view_make(word, n), name)) {
            return true;
        }
        word += n + (word[n] == ' ');
    }
    return false;
}

static int not_for(const struct option *o, const struct format *format, struct err *err)
{
    struct strbuf names = STRBUF_INIT;
    for (const char *p = o->formats; *p; p++) {
        if (*p == ' ') {
            strbuf_addch(&names, ',');
        }
        strbuf_addch(&names, *p);
    }
    int rc = err_set(err, ERR_USAGE, "--%s is for the format%s %s%s%s", o->name,
                     strchr(o->formats, ' ') ? "s" : "", names.buf, format ? ", not " : "",
                     format ? format->name : "");
    strbuf_release(&names);
    return rc;
}

int setting_fits(const struct options *options, const struct format *format, struct err *err)
{
    for (const struct option *o = option_table; o->name; o++) {
        if (o->formats && (o->verbs & options->verb->bit) && option_said(options, o) &&
            !(format && is_for(o->formats, format->name))) {
            return not_for(o, format, err);
        }
    }
    return 0;
}

int setting_output(struct writer **out, const struct options *options,
                   const struct table *tables, size_t ntables, struct err *err)
{
    bool tty = isatty(STDOUT_FILENO);
    struct output_options output = {
        .path = options->output,
        .stdout_tty = tty,
        .writer = {.color = setting_color(options, STDOUT_FILENO),
                   .width = tty ? setting_width() : 0,
                   .pretty = options->pretty,
                   .list_sep = options->list_sep,
                   .explode = options->explode,
                   .numeric = options->numeric,
                   .crlf = options->crlf || options->excel,
                   .bom = options->bom || options->excel,
                   .guard = options->csv_safe || options->excel,
                   .warn = warn,
                   .user = (void *)(uintptr_t)options},
    };
    int rc = delimiter(options->delimiter, &output.writer.delimiter, err);
    if (rc < 0) {
        return rc;
    }
    if (options->format && !(output.format = output_format_named(options->format, err))) {
        return ERR_USAGE;
    }
    const struct format *format = output_format(&output, err);
    if (!format || setting_fits(options, format, err) < 0) {
        return ERR_USAGE;
    }
    return output_open(out, &output, tables, ntables, err);
}

int setting_data(struct writer **out, const struct options *options, const struct table *table,
                 struct err *err)
{
    int rc = setting_output(out, options, table, 1, err);
    if (rc == 0 && (*out)->format->raw) {
        rc = err_set(err, ERR_USAGE, "-f %s shows the outputs of commands; here are none",
                     (*out)->format->name);
        writer_abort(*out);
        *out = NULL;
    }
    return rc;
}

bool setting_wants_data(const struct options *options)
{
    const struct format *format = options->output ? format_by_extension(options->output) : NULL;
    return options->format || (format && !format->raw);
}

bool setting_narrows(const struct options *o)
{
    return o->where || o->select || o->sort || o->limit >= 0 || o->offset >= 0;
}

int setting_records(struct writer **out, const struct options *options,
                    const struct table *tables, size_t ntables, struct err *err)
{
    if (!setting_narrows(options)) {
        return setting_output(out, options, tables, ntables, err);
    }
    struct filter_options narrow = {options->where, options->select, options->sort,
                                    options->limit, options->offset};
    struct writer *filter, *next;
    int rc = filter_open(&filter, &narrow, tables, ntables, err);
    if (rc < 0) {
        return rc;
    }
    tables = filter_tables(filter, &ntables);
    rc = setting_output(&next, options, tables, ntables, err);
    if (rc == 0) {
        filter_start(filter, next);
        if (next->format->raw) {
            rc = err_set(err, ERR_USAGE,
                         "-f %s shows raw outputs; --where and its kin need records",
                         next->format->name);
        }
    }
    if (rc < 0) {
        writer_abort(filter);
        return rc;
    }
    *out = filter;
    return 0;
}

int setting_check(const struct options *options, const struct table *tables, size_t ntables,
                  struct err *err)
{
    struct writer *writer = NULL;
    char unused;
    if (options->output || setting_narrows(options)) {
        int rc = setting_records(&writer, options, tables, ntables, err);
        writer_abort(writer);
        return rc;
    }
    /* Without either there is nothing to open but stdout, which stays untouched. */
    struct output_options output = {.stdout_tty = isatty(STDOUT_FILENO)};
    const struct format *format = options->format ? output_format_named(options->format, err)
                                                  : output_format(&output, err);
    int rc = format ? setting_fits(options, format, err) : ERR_USAGE;
    return rc < 0 ? rc : delimiter(options->delimiter, &unused, err);
}

struct textfsm_cell setting_cell(const char *text)
{
    text = text ? text : "";
    return (struct textfsm_cell){
        .kind = TEXTFSM_TEXT, .len = (uint32_t)strlen(text), .u.text = text};
}

const char *setting_stem(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct view name = view_of(slash ? slash + 1 : path);
    for (size_t i = name.len; i > 1; i--) {
        if (name.ptr[i - 1] == '.') {
            name.len = i - 1;
            break;
        }
    }
    return arena_dup(arena, name);
}
