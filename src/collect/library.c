#include "collect/library.h"

#include "base/guess.h"
#include "base/limits.h"
#include "base/sha256.h"
#include "base/strbuf.h"

#include <errno.h>
#include <sys/stat.h>

struct folder {
    const char *dir;
    const char *index_path;
    struct textfsm_index *index; /* NULL = has none */
    bool looked;                 /* for the index */
    bool choosy;                 /* some of its rows are for some hosts only */
};

/* The files that read one kind of output, several merged. */
struct loaded {
    const char *paths; /* what it was asked for by */
    struct textfsm_template **templates;
    size_t ntemplates;
    struct textfsm_table *table;
    char fingerprint[SHA256_HEX_SIZE];
};

struct library {
    struct arena arena;
    struct folder *folders;
    size_t nfolders;
    struct platform_set *platforms;
    struct detector *detector;
    struct loaded *loaded;
    size_t nloaded, room;
};

int library_open(struct library **out, const char *const *dirs, size_t n, struct err *err)
{
    struct arena arena = ARENA_INIT;
    struct library *library = arena_get(&arena, sizeof(*library));
    struct folder *folders = arena_array(&arena, n + 1, sizeof(*folders));
    if (!library || !folders) {
        arena_release(&arena);
        return err_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        folders[i].dir = dirs[i];
    }
    *library = (struct library){.arena = arena, .folders = folders, .nfolders = n};
    *out = library;
    return 0;
}

static void unload(struct loaded *loaded)
{
    textfsm_table_free(loaded->table);
    for (size_t i = 0; i < loaded->ntemplates; i++) {
        textfsm_template_free(loaded->templates[i]);
    }
    loaded->table = NULL;
    loaded->ntemplates = 0;
}

void library_free(struct library *library)
{
    if (!library) {
        return;
    }
    for (size_t i = 0; i < library->nloaded; i++) {
        unload(&library->loaded[i]);
    }
    for (size_t i = 0; i < library->nfolders; i++) {
        textfsm_index_free(library->folders[i].index);
    }
    detector_free(library->detector);
    platform_set_free(library->platforms);
    struct arena arena = library->arena; /* it holds the library itself */
    arena_release(&arena);
}

int library_error(const struct textfsm_error *from, struct err *err)
{
    int code = from->code == TEXTFSM_NOMEM ? ERR_NOMEM : ERR_INPUT;
    return err_set_at(err, code, from->template_line, from->column, "%s", from->text);
}

const struct platform_set *library_platforms(struct library *library, struct err *err)
{
    if (!library->platforms) {
        const char **dirs = arena_array(&library->arena, library->nfolders + 1, sizeof(*dirs));
        if (!dirs) {
            err_nomem(err);
            return NULL;
        }
        for (size_t i = 0; i < library->nfolders; i++) {
            dirs[i] = library->folders[i].dir;
        }
        if (platform_set_read(&library->platforms, dirs, library->nfolders, err) < 0) {
            library->platforms = NULL;
        }
    }
    return library->platforms;
}

const struct detector *library_detector(struct library *library, struct err *err)
{
    const struct platform_set *set = library_platforms(library, err);
    if (set && !library->detector && detector_new(&library->detector, set, err) < 0) {
        library->detector = NULL;
    }
    return library->detector;
}

/* ---- Indexes -------------------------------------------------------------------------------
 */

/* Whether the row is for some hosts only. */
static bool is_choosy(const struct textfsm_index_row *row)
{
    return row->hostname && *row->hostname && strcmp(row->hostname, ".*") != 0;
}

static bool has_choosy_rows(const struct folder *folder)
{
    bool has = false;
    size_t n = textfsm_index_rows(folder->index);
    for (size_t i = 0; i < n && !has; i++) {
        struct textfsm_index_row cells = textfsm_index_row(folder->index, i);
        has = is_choosy(&cells);
    }
    return has;
}

/* The folder's index: 1, 0 when it has none. */
static int folder_index(struct library *library, struct folder *folder, struct err *err)
{
    struct stat st;
    if (folder->looked) {
        return folder->index != NULL;
    }
    folder->index_path = arena_printf(&library->arena, "%s/index", folder->dir);
    if (!folder->index_path) {
        return err_nomem(err);
    }
    if (stat(folder->index_path, &st) == 0) {
        struct textfsm_error error;
        folder->index = textfsm_index_open(folder->index_path, NULL, &error);
        if (!folder->index) {
            return library_error(&error, err);
        }
    }
    folder->looked = true;
    folder->choosy = folder->index && has_choosy_rows(folder);
    return folder->index != NULL;
}

/* "cisco_ios_show_version.textfsm:x" or "cisco_ios/show_version.textfsm" -> "show_version". */
struct view library_template_name(const char *templates, const char *platform)
{
    struct view name = view_make(templates, strcspn(templates, ":"));
    for (size_t i = name.len; i > 0; i--) {
        if (name.ptr[i - 1] == '/') {
            name = view_slice(name, i, name.len);
            break;
        }
    }
    for (size_t i = name.len; i > 1; i--) {
        if (name.ptr[i - 1] == '.') {
            name.len = i - 1;
            break;
        }
    }
    size_t prefix = strlen(platform);
    if (name.len > prefix + 1 && memcmp(name.ptr, platform, prefix) == 0 &&
        name.ptr[prefix] == '_') {
        return view_slice(name, prefix + 1, name.len);
    }
    return name;
}

/* Whether the row's Platform, or its Command, matches to the end; one of them is NULL. */
static bool matches_whole(const struct folder *folder, long row, const char *platform,
                          const char *command)
{
    int whole = 0;
    return textfsm_index_find(folder->index, platform, command, NULL, (size_t)row, &whole) ==
               row &&
           whole;
}

static int found_row(struct library *library, const struct folder *folder, long row,
                     const char *platform, const char *command, int whole, struct finding *out,
                     struct err *err)
{
    struct textfsm_index_row cells = textfsm_index_row(folder->index, (size_t)row);
    *out = (struct finding){
        .dir = folder->dir,
        .templates = cells.templates,
        .name = arena_dup(&library->arena, library_template_name(cells.templates, platform)),
        .command = cells.command_text,
        .index = folder->index_path,
        .line = cells.line,
        .row = cells.command,
        .row_platform = cells.platform,
        .row_host = is_choosy(&cells) ? cells.hostname : NULL,
        .whole = whole != 0,
        .platform_whole = whole || matches_whole(folder, row, platform, NULL),
        .command_whole = whole || matches_whole(folder, row, NULL, command),
    };
    return out->name ? 1 : err_nomem(err);
}

static int index_failed(const struct folder *folder, struct err *err)
{
    return err_set(err, ERR_LIMIT, "%s: the search met a limit: some regex in it is too costly",
                   folder->index_path);
}

static int by_command(struct library *library, const char *platform, const char *host,
                      const char *command, struct finding *out, struct err *err)
{
    for (size_t i = 0; i < library->nfolders; i++) {
        struct folder *folder = &library->folders[i];
        int rc = folder_index(library, folder, err);
        if (rc < 0) {
            return rc;
        }
        int whole = 1;
        long row =
            rc ? textfsm_index_find(folder->index, platform, command, host, 0, &whole) : -1;
        if (row == -2) {
            return index_failed(folder, err);
        }
        if (row >= 0) {
            return found_row(library, folder, row, platform, command, whole, out, err);
        }
    }
    return 0;
}

/* The platform's names beside the given one: its own, then its aliases. NULL: no more, or the
 * name is no platform's. Indexes have been written with any of them. */
static const char *other_name(struct library *library, const char *given, size_t i)
{
    const struct platform_set *set = library_platforms(library, NULL);
    const struct platform *p = set ? platform_find(set, given) : NULL;
    if (!p || i == 0) {
        return p ? p->name : NULL;
    }
    size_t n = 1;
    while (n < i && p->aliases[n - 1]) {
        n++;
    }
    return p->aliases[n - 1];
}

int library_by_command(struct library *library, const char *platform, const char *host,
                       const char *command, struct finding *out, struct err *err)
{
    const char *name = platform;
    int rc = 0;
    for (size_t i = 0; rc == 0 && name; i++) {
        rc = by_command(library, name, host, command, out, err);
        name = rc == 0 ? other_name(library, platform, i) : NULL;
    }
    return rc;
}

static int each_row(struct library *library, const struct folder *folder, const char *platform,
                    const char *host, const char *command, library_row_fn *on_row, void *user,
                    struct err *err)
{
    long row = -1;
    int rc = 0, whole = 1;
    while (rc >= 0 && (row = textfsm_index_find(folder->index, platform, command, host,
                                                (size_t)(row + 1), &whole)) >= 0) {
        struct finding finding;
        rc = found_row(library, folder, row, platform ? platform : "", command, whole, &finding,
                       err);
        if (rc > 0) {
            rc = on_row(user, &finding, err);
        }
    }
    return rc >= 0 && row == -2 ? index_failed(folder, err) : rc;
}

/* Whether the indexes have rows for a platform of that name. */
static bool has_rows(struct library *library, const char *platform, const char *command)
{
    bool has = false;
    for (size_t i = 0; i < library->nfolders && !has; i++) {
        struct folder *folder = &library->folders[i];
        has = folder_index(library, folder, NULL) > 0 &&
              textfsm_index_find(folder->index, platform, command, NULL, 0, NULL) >= 0;
    }
    return has;
}

int library_each(struct library *library, const char *platform, const char *host,
                 const char *command, library_row_fn *on_row, void *user, struct err *err)
{
    const char *name = platform;
    for (size_t i = 0; name && !has_rows(library, name, command); i++) {
        name = other_name(library, platform, i);
    }
    platform = name ? name : platform;
    for (size_t i = 0; i < library->nfolders; i++) {
        struct folder *folder = &library->folders[i];
        int rc = folder_index(library, folder, err);
        if (rc > 0) {
            rc = each_row(library, folder, platform, host, command, on_row, user, err);
        }
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

/* The numbers of the folder's rows that are for some hosts and for this one. */
static int add_host_rows(const struct folder *folder, const char *host, struct strbuf *out,
                         struct err *err)
{
    long row = -1;
    while ((row = textfsm_index_find(folder->index, NULL, NULL, host, (size_t)(row + 1),
                                     NULL)) >= 0) {
        struct textfsm_index_row cells = textfsm_index_row(folder->index, (size_t)row);
        if (is_choosy(&cells)) {
            strbuf_addf(out, "%ld,", row);
        }
    }
    return row == -2 ? index_failed(folder, err) : 0;
}

const char *library_host_rows(struct library *library, const char *host, struct arena *arena,
                              struct err *err)
{
    struct strbuf rows = STRBUF_INIT;
    const char *text = NULL;
    int rc = 0;
    for (size_t i = 0; i < library->nfolders && rc >= 0; i++) {
        struct folder *folder = &library->folders[i];
        rc = folder_index(library, folder, err);
        if (rc > 0 && folder->choosy) {
            strbuf_addf(&rows, "%zu:", i);
            rc = add_host_rows(folder, host, &rows, err);
        }
    }
    if (rc >= 0) {
        text = strbuf_failed(&rows) ? NULL : arena_dup(arena, strbuf_view(&rows));
        rc = text ? 0 : err_nomem(err);
    }
    strbuf_release(&rows);
    return text;
}

const char *library_warning(const struct library *library, size_t i)
{
    for (size_t f = 0; f < library->nfolders; f++) {
        const struct textfsm_index *index = library->folders[f].index;
        size_t n = index ? textfsm_index_warnings(index) : 0;
        if (i < n) {
            return textfsm_index_warning(index, i);
        }
        i -= n;
    }
    return NULL;
}

/* ---- By name -------------------------------------------------------------------------------
 */

/* The name with blanks for `_`, if the index says of it what it says of the row. */
static int command_by_name(struct library *library, const struct folder *folder, long row,
                           const char *platform, const char *host, struct finding *finding,
                           struct err *err)
{
    char *command = arena_dup(&library->arena, view_of(finding->name));
    if (!command) {
        return err_nomem(err);
    }
    for (char *p = command; *p; p++) {
        *p = *p == '_' ? ' ' : *p;
    }
    if (textfsm_index_find(folder->index, platform, command, host, 0, NULL) == row) {
        finding->command = command;
    }
    return 1;
}

static int by_row(struct library *library, struct folder *folder, const char *platform,
                  const char *host, struct view name, struct finding *out, struct err *err)
{
    int whole = 1;
    long row = -1;
    while ((row = textfsm_index_find(folder->index, platform, NULL, host, (size_t)(row + 1),
                                     &whole)) >= 0) {
        struct textfsm_index_row cells = textfsm_index_row(folder->index, (size_t)row);
        if (!view_equal(library_template_name(cells.templates, platform), name)) {
            continue;
        }
        int rc = found_row(library, folder, row, platform, NULL, whole, out, err);
        return rc == 1 && !out->command
                   ? command_by_name(library, folder, row, platform, host, out, err)
                   : rc;
    }
    return row == -2 ? index_failed(folder, err) : 0;
}

/* <platform>/<name>.textfsm or <platform>_<name>.textfsm in a folder, with no index row. */
static int by_file(struct library *library, struct folder *folder, const char *platform,
                   struct view name, struct finding *out, struct err *err)
{
    static const char between[] = {'/', '_'};
    for (size_t i = 0; i < sizeof(between); i++) {
        struct stat st;
        const char *file = arena_printf(&library->arena, "%s%c%.*s.textfsm", platform,
                                        between[i], VIEW_ARG(name));
        const char *path =
            file ? arena_printf(&library->arena, "%s/%s", folder->dir, file) : NULL;
        char *command = arena_dup(&library->arena, name);
        if (!path || !command) {
            return err_nomem(err);
        }
        if (stat(path, &st) < 0) {
            continue;
        }
        for (char *p = command; *p; p++) {
            *p = *p == '_' ? ' ' : *p;
        }
        *out = (struct finding){.dir = folder->dir,
                                .templates = file,
                                .name = arena_dup(&library->arena, name),
                                .command = command,
                                .whole = true};
        return out->name ? 1 : err_nomem(err);
    }
    return 0;
}

/* The command that the platform's file has for the name. */
static int by_mapping(struct library *library, const char *platform, const char *host,
                      const char *name, struct finding *out, struct err *err)
{
    const struct platform_set *set = library_platforms(library, err);
    if (!set) {
        return err && err->code ? err->code : ERR_INPUT;
    }
    const struct platform *known = platform_find(set, platform);
    const char *command = known ? platform_command(known, name) : NULL;
    int rc = command ? library_by_command(library, platform, host, command, out, err) : 0;
    if (rc == 1) {
        out->command = command;
        out->name = arena_dup(&library->arena, view_of(name));
    }
    return rc == 1 && !out->name ? err_nomem(err) : rc;
}

/* What the index has for other hosts is not found by its file's name instead. */
static bool is_of_others(struct library *library, struct folder *folder, const char *platform,
                         const char *host, struct view name)
{
    struct finding other;
    return host && folder->choosy &&
           by_row(library, folder, platform, NULL, name, &other, NULL) == 1;
}

static int by_name(struct library *library, const char *platform, const char *host,
                   const char *name, struct finding *out, struct err *err)
{
    /* The name is no path: it is searched for in folders. */
    struct view bare = library_template_name(name, platform);
    if (strchr(name, '/') || bare.len == 0 || bare.ptr[0] == '.') {
        return 0;
    }
    bare.len = strlen(bare.ptr); /* a dot in it is its own */
    for (size_t i = 0; i < library->nfolders; i++) {
        struct folder *folder = &library->folders[i];
        int rc = folder_index(library, folder, err);
        if (rc > 0) {
            rc = by_row(library, folder, platform, host, bare, out, err);
        }
        if (rc == 0 && !is_of_others(library, folder, platform, host, bare)) {
            rc = by_file(library, folder, platform, bare, out, err);
        }
        if (rc != 0) {
            return rc;
        }
    }
    return by_mapping(library, platform, host, bare.ptr, out, err);
}

int library_by_name(struct library *library, const char *platform, const char *host,
                    const char *name, struct finding *out, struct err *err)
{
    const char *known = platform;
    int rc = 0;
    for (size_t i = 0; rc == 0 && known; i++) {
        rc = by_name(library, known, host, name, out, err);
        known = rc == 0 ? other_name(library, platform, i) : NULL;
    }
    return rc;
}

/* Names that the platform's file has a command for. */
static void offer_mapped(struct guess *guess, struct library *library, const char *platform)
{
    const struct platform_set *set = library_platforms(library, NULL);
    const struct platform *known = set ? platform_find(set, platform) : NULL;
    for (size_t i = 0; known && i < known->ncommands; i++) {
        guess_offer(guess, known->commands[i].name);
    }
}

const char *library_guess(struct library *library, const char *platform, const char *name)
{
    struct guess guess;
    guess_init(&guess, view_of(name));
    offer_mapped(&guess, library, platform);
    for (size_t i = 0; i < library->nfolders; i++) {
        const struct textfsm_index *index = library->folders[i].index;
        long row = -1;
        while (index && (row = textfsm_index_find(index, platform, NULL, NULL,
                                                  (size_t)(row + 1), NULL)) >= 0) {
            struct textfsm_index_row cells = textfsm_index_row(index, (size_t)row);
            char *known =
                arena_dup(&library->arena, library_template_name(cells.templates, platform));
            if (known) {
                guess_offer(&guess, known);
            }
        }
    }
    return guess.best;
}

/* ---- Templates -----------------------------------------------------------------------------
 */

/* The slot of a path: an old one, or a new one without a table. NULL when memory ran out. */
static struct loaded *slot(struct library *library, const char *paths)
{
    for (size_t i = 0; i < library->nloaded; i++) {
        if (strcmp(library->loaded[i].paths, paths) == 0) {
            return &library->loaded[i];
        }
    }
    if (library->nloaded == library->room) {
        size_t room = library->room ? library->room * 2 : 16;
        struct loaded *more = arena_array(&library->arena, room, sizeof(*more));
        if (!more) {
            return NULL;
        }
        for (size_t i = 0; i < library->nloaded; i++) {
            more[i] = library->loaded[i];
        }
        library->loaded = more;
        library->room = room;
    }
    struct loaded *loaded = &library->loaded[library->nloaded];
    loaded->paths = arena_dup(&library->arena, view_of(paths));
    library->nloaded += loaded->paths != NULL;
    return loaded->paths ? loaded : NULL;
}

static int make_table(struct loaded *loaded, struct err *err)
{
    struct textfsm_error error;
    const struct textfsm_template *const *templates =
        (const struct textfsm_template *const *)loaded->templates;
    loaded->table = textfsm_table_new(templates, (unsigned)loaded->ntemplates, NULL, &error);
    return loaded->table ? 0 : library_error(&error, err);
}

static int compile_file(struct loaded *loaded, const char *path, struct strbuf *texts,
                        struct err *err)
{
    struct textfsm_error error;
    size_t from = texts->len;
    if (strbuf_read_file(texts, path, LIMIT_TEMPLATE_BYTES) < 0) {
        if (errno == ENOMEM) {
            return err_nomem(err);
        }
        return err_set(err, ERR_INPUT, "%s: cannot read the template: %s", path,
                       errno == EFBIG ? "it is too large" : strerror(errno));
    }
    struct textfsm_template *template =
        textfsm_template_new(texts->buf + from, texts->len - from, path, NULL, &error);
    if (!template) {
        return library_error(&error, err);
    }
    loaded->templates[loaded->ntemplates++] = template;
    return 0;
}

/* The files of dir (NULL = as they are) named in `files` with ':' between, compiled. */
static int compile(struct library *library, struct loaded *loaded, const char *dir,
                   const char *files, struct err *err)
{
    size_t most = 1;
    for (const char *p = files; dir && *p; p++) {
        most += *p == ':';
    }
    loaded->templates = arena_array(&library->arena, most, sizeof(*loaded->templates));
    if (!loaded->templates) {
        return err_nomem(err);
    }
    struct strbuf texts = STRBUF_INIT; /* of all files, for the fingerprint */
    int rc = 0;
    while (loaded->ntemplates < most && rc == 0) {
        size_t len = dir ? strcspn(files, ":") : strlen(files);
        const char *path = arena_printf(&library->arena, "%s%s%.*s", dir ? dir : "",
                                        dir ? "/" : "", (int)len, files);
        rc = path ? compile_file(loaded, path, &texts, err) : err_nomem(err);
        files += len + 1;
    }
    sha256_hex(strbuf_view(&texts), loaded->fingerprint);
    strbuf_release(&texts);
    return rc < 0 ? rc : make_table(loaded, err);
}

static int load(struct library *library, const char *dir, const char *files,
                const struct textfsm_table **out, struct err *err)
{
    const char *paths = arena_printf(&library->arena, "%s\n%s", dir ? dir : "", files);
    struct loaded *loaded = paths ? slot(library, paths) : NULL;
    if (!loaded) {
        return err_nomem(err);
    }
    int rc = loaded->table ? 0 : compile(library, loaded, dir, files, err);
    if (rc < 0) {
        unload(loaded);
    }
    *out = loaded->table;
    return rc;
}

int library_load_file(struct library *library, const char *path,
                      const struct textfsm_table **out, struct err *err)
{
    return load(library, NULL, path, out, err);
}

int library_load(struct library *library, const struct finding *finding,
                 const struct textfsm_table **out, struct err *err)
{
    int rc = load(library, finding->dir, finding->templates, out, err);
    if (rc < 0 && rc != ERR_NOMEM && finding->index) {
        err_prefix(err, "%s:%u", finding->index, finding->line);
    }
    return rc;
}

const char *library_fingerprint(const struct library *library,
                                const struct textfsm_table *reader)
{
    for (size_t i = 0; i < library->nloaded; i++) {
        if (library->loaded[i].table == reader) {
            return library->loaded[i].fingerprint;
        }
    }
    return NULL;
}
