/*
 * collect templates new PLATFORM COMMAND: reads an output, and writes what can read it: a
 * template, its fixture and its row of the index. Nothing that is there is written over without
 * --force; with -o - or --dry-run nothing is written at all.
 */
#include "cli/templates_new.h"

#include "author/draft.h"
#include "author/draft_index.h"
#include "base/limits.h"
#include "base/outfile.h"
#include "cli/out.h"
#include "cli/setting.h"
#include "cli/talk.h"
#include "collect/search_path.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOLD_LINES 20 /* of the draft's notes, without -v */

struct maker {
    const struct options *options;
    struct arena arena;
    struct draft draft;
    struct strbuf index;
    int index_line; /* of the new row, 0 = there was one */
    const char *platform, *command, *name;
    const char *dir; /* of the templates */
    const char *template_path, *index_path, *output_path, *records_path;
    const char *fixtures; /* the folder of the fixture */
};

static const char *word(const struct maker *m, size_t i)
{
    return i < m->options->words.count ? m->options->words.items[i].text : NULL;
}

/* ---- What is asked for ---------------------------------------------------------------------
 */

static bool is_platform_name(const char *name)
{
    for (const char *p = name; *p; p++) {
        if (!isalnum((unsigned char)*p) && !strchr("_-.", *p)) {
            return false;
        }
    }
    return name[0] != '\0' && name[0] != '.';
}

static int check_words(struct maker *m, struct err *err)
{
    struct strbuf name = STRBUF_INIT;
    m->platform = word(m, 1);
    m->command = word(m, 2);
    if (!m->command || m->options->words.count > 4) {
        return err_set(err, ERR_USAGE,
                       "say: collect templates new PLATFORM 'COMMAND' < OUTPUT");
    }
    if (!is_platform_name(m->platform)) {
        return err_set(err, ERR_USAGE, "'%s' is no name of a platform, such as cisco_ios",
                       m->platform);
    }
    if (m->options->format) {
        return err_set(err, ERR_USAGE,
                       "-f is for list and match; `templates new` writes files");
    }
    draft_template_name(&name, view_of(m->command));
    m->name = arena_dup(&m->arena, strbuf_view(&name));
    bool empty = name.len == 0;
    strbuf_release(&name);
    if (empty) {
        return err_set(err, ERR_USAGE, "'%s' is no command", m->command);
    }
    return m->name ? 0 : err_nomem(err);
}

static int read_output(struct maker *m, struct strbuf *out, struct err *err)
{
    const char *path = word(m, 3);
    bool standard = !path || strcmp(path, "-") == 0;
    if (standard && isatty(STDIN_FILENO)) {
        return err_set(err, ERR_USAGE,
                       "the output comes from stdin: collect templates new %s '%s' < OUTPUT",
                       m->platform, m->command);
    }
    int rc = standard ? strbuf_read_fd(out, STDIN_FILENO, LIMIT_DRAFT_BYTES)
                      : strbuf_read_file(out, path, LIMIT_DRAFT_BYTES);
    if (rc < 0 && errno == EFBIG) {
        return err_set(err, ERR_PARSE,
                       "%s: longer than %zu KiB: for a draft, give the beginning of it",
                       standard ? "stdin" : path, (size_t)LIMIT_DRAFT_BYTES >> 10);
    }
    return rc < 0
               ? err_set(err, ERR_PARSE, "%s: %s", standard ? "stdin" : path, strerror(errno))
               : 0;
}

/* ---- Where things go -----------------------------------------------------------------------
 */

static struct view parent_of(const char *dir)
{
    struct view path = view_of(dir);
    while (path.len > 1 && path.ptr[path.len - 1] == '/') {
        path.len--;
    }
    while (path.len > 0 && path.ptr[path.len - 1] != '/') {
        path.len--;
    }
    return path;
}

/* Fixtures lie beside a folder called templates, and in any other one. */
static const char *fixtures_of(struct arena *arena, const char *dir)
{
    struct view above = parent_of(dir);
    struct view last = view_of(dir + above.len);
    while (last.len > 0 && last.ptr[last.len - 1] == '/') {
        last.len--;
    }
    return view_equal_str(last, "templates")
               ? arena_printf(arena, "%.*sfixtures", VIEW_ARG(above))
               : arena_printf(arena, "%s/fixtures", dir);
}

static int choose_places(struct maker *m, struct err *err)
{
    struct arena *arena = &m->arena;
    if (m->options->templates.count > 0) {
        m->dir = search_path_folder(arena, m->options->templates.items[0].text);
    } else {
        m->dir = search_path_own(arena);
        if (!m->dir) {
            return err_set(err, ERR_USAGE,
                           "HOME is not set: say with --templates DIR where "
                           "the template goes");
        }
    }
    const char *fixtures = m->dir ? fixtures_of(arena, m->dir) : NULL;
    if (!fixtures) {
        return err_nomem(err);
    }
    m->fixtures = arena_printf(arena, "%s/%s/%s", fixtures, m->platform, m->name);
    m->template_path = arena_printf(arena, "%s/%s/%s.textfsm", m->dir, m->platform, m->name);
    m->index_path = arena_printf(arena, "%s/index", m->dir);
    m->output_path = arena_printf(arena, "%s/%s.txt", m->fixtures, m->name);
    m->records_path = arena_printf(arena, "%s/%s.json", m->fixtures, m->name);
    bool made =
        m->fixtures && m->template_path && m->index_path && m->output_path && m->records_path;
    return made ? 0 : err_nomem(err);
}

static int check_places(struct maker *m, struct err *err)
{
    const char *paths[] = {m->template_path, m->output_path, m->records_path};
    for (size_t i = 0; i < 3 && !m->options->force; i++) {
        struct stat st;
        if (lstat(paths[i], &st) == 0) {
            return err_set(err, ERR_OUTPUT, "%s is there already; --force writes over it",
                           paths[i]);
        }
    }
    return 0;
}

/* ---- Writing -------------------------------------------------------------------------------
 */

static int make_folders(struct arena *arena, const char *path, struct err *err)
{
    char *dir = arena_dup(arena, view_of(path));
    if (!dir) {
        return err_nomem(err);
    }
    for (char *p = dir + 1; *p; p++) {
        if (*p != '/') {
            continue;
        }
        *p = '\0';
        if (mkdir(dir, 0777) < 0 && errno != EEXIST) {
            return err_set(err, ERR_OUTPUT, "cannot make the folder %s: %s", dir,
                           strerror(errno));
        }
        *p = '/';
    }
    return 0;
}

static int write_file(struct maker *m, const char *path, const struct strbuf *text,
                      struct err *err)
{
    int rc = make_folders(&m->arena, path, err);
    return rc < 0 ? rc : outfile_put(path, strbuf_view(text), err);
}

/* The index as it will be. */
static int make_index(struct maker *m, struct err *err)
{
    struct strbuf old = STRBUF_INIT;
    int rc = strbuf_read_file(&old, m->index_path, LIMIT_INDEX_BYTES);
    if (rc < 0 && errno != ENOENT) {
        rc = err_set(err, ERR_INPUT, "%s: %s", m->index_path, strerror(errno));
    } else {
        const char *file = arena_printf(&m->arena, "%s/%s.textfsm", m->platform, m->name);
        struct draft_entry entry = {m->index_path, file, m->platform, m->command};
        rc = file ? draft_index(&m->index, strbuf_view(&old), &entry, err) : err_nomem(err);
        m->index_line = rc;
    }
    strbuf_release(&old);
    return rc < 0 ? rc : 0;
}

/* The index last: what it names is there. */
static int write_all(struct maker *m, struct err *err)
{
    int rc = write_file(m, m->template_path, &m->draft.text, err);
    if (rc == 0) {
        rc = write_file(m, m->output_path, &m->draft.output, err);
    }
    if (rc == 0) {
        rc = write_file(m, m->records_path, &m->draft.records, err);
    }
    if (rc == 0 && m->index_line > 0) {
        rc = write_file(m, m->index_path, &m->index, err);
    }
    return rc;
}

/* ---- Talk ----------------------------------------------------------------------------------
 */

static void tell_draft(const struct maker *m)
{
    const struct draft *draft = &m->draft;
    talk_line("A draft for %s: %u column%s, %u record%s.", draft->shape, draft->columns,
              draft->columns == 1 ? "" : "s", draft->rows, draft->rows == 1 ? "" : "s");
    for (unsigned i = 0; i < draft->ntold; i++) {
        if (i == TOLD_LINES && m->options->verbose == 0 && draft->ntold > TOLD_LINES + 1) {
            talk_line("  and %u more lines; -v shows them", draft->ntold - i);
            break;
        }
        if (draft->told[i].line > 0) {
            talk_line("  line %u: %s", draft->told[i].line, draft->told[i].what);
        } else {
            talk_line("  %s", draft->told[i].what);
        }
    }
}

/* A word as a shell takes it. */
static const char *quoted(struct maker *m, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-./,:@%+=";
    if (*text && text[strspn(text, plain)] == '\0') {
        return text;
    }
    const char *made = strchr(text, '\'') ? NULL : arena_printf(&m->arena, "'%s'", text);
    return made ? made : text;
}

static void tell_next(struct maker *m)
{
    bool own = m->options->templates.count == 0;
    const char *asked = own ? "" : quoted(m, m->options->templates.items[0].text);
    const char *path = own ? "" : arena_printf(&m->arena, " --templates %s", asked);
    path = path ? path : "";
    talk_line("Wrote %s", m->template_path);
    talk_line("      %s and .json, its fixture", m->output_path);
    if (m->index_line > 0) {
        talk_line("      %s, line %d", m->index_path, m->index_line);
    }
    talk_line("Next: look at it, give its columns better names, and mend it with");
    talk_line("  collect explain%s --platform %s -t %s %s", path, m->platform, m->name,
              quoted(m, m->output_path));
    talk_line("  collect test%s %s", path, quoted(m, m->fixtures));
    talk_line("  collect lint %s", quoted(m, m->template_path));
}

/* A folder in front may have another template; a platform may be new. */
static void tell_surroundings(struct maker *m)
{
    struct library *library = NULL;
    struct finding finding;
    struct err err = ERR_INIT;
    if (setting_library(&library, m->options, &m->arena, &err) < 0) {
        return;
    }
    const char *ours = arena_printf(&m->arena, "%s/%s.textfsm", m->platform, m->name);
    if (ours &&
        library_by_command(library, m->platform, NULL, m->command, &finding, &err) == 1 &&
        strcmp(finding.templates, ours) != 0) {
        talk_warning("'%s' of platform %s is read by %s/%s, which comes before the draft",
                     m->command, m->platform, finding.dir, finding.templates);
    }
    const struct platform_set *set = library_platforms(library, NULL);
    const char *guess = set ? platform_guess(set, m->platform) : NULL;
    if (set && !platform_find(set, m->platform)) {
        talk_warning("there is no platform '%s'%s%s%s: `parse` can use the draft, a run needs "
                     "%s/%s/platform.yml",
                     m->platform, guess ? " (did you mean '" : "", guess ? guess : "",
                     guess ? "'?)" : "", m->dir, m->platform);
    }
    library_free(library);
}

/* ---- The verb ------------------------------------------------------------------------------
 */

static int make(struct maker *m, struct err *err)
{
    struct strbuf output = STRBUF_INIT;
    int rc = check_words(m, err);
    bool files = !m->options->output;
    if (rc == 0 && files) {
        rc = choose_places(m, err);
    }
    if (rc == 0 && files && !m->options->dry_run) {
        rc = check_places(m, err);
    }
    if (rc == 0) {
        rc = read_output(m, &output, err);
    }
    if (rc == 0) {
        rc = draft_make(&m->draft, strbuf_view(&output), m->command, err);
    }
    if (rc == 0 && files) {
        rc = make_index(m, err);
    }
    strbuf_release(&output);
    return rc;
}

static void tell_dry(const struct maker *m)
{
    talk_line("Would write %s, %s and .json%s%s; -o - prints the template alone",
              m->template_path, m->output_path, m->index_line > 0 ? ", and a row of " : "",
              m->index_line > 0 ? m->index_path : "");
}

static int give(struct maker *m, struct err *err)
{
    bool talk = !m->options->quiet;
    if (talk) {
        tell_draft(m);
    }
    if (m->options->output || m->options->dry_run) {
        if (talk && !m->options->output) {
            tell_dry(m);
        }
        return out_text(m->options, &m->draft.text);
    }
    int rc = write_all(m, err);
    if (rc == 0 && talk) {
        tell_next(m);
        tell_surroundings(m);
    }
    return rc < 0 ? talk_failure(err, "templates") : 0;
}

int templates_new(const struct options *options)
{
    struct err err = ERR_INIT;
    struct maker m = {
        .options = options, .arena = ARENA_INIT, .draft = DRAFT_INIT, .index = STRBUF_INIT};
    int rc = make(&m, &err);
    int status = rc < 0 ? talk_failure(&err, "templates") : give(&m, &err);
    strbuf_release(&m.index);
    draft_release(&m.draft);
    arena_release(&m.arena);
    return status;
}
