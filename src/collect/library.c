#include "collect/library.h"

#include "base/guess.h"
#include "base/strbuf.h"

#include <errno.h>
#include <sys/stat.h>

struct folder {
    const char *dir;
    const char *index_path;
    struct textfsm_index *index; /* NULL = has none */
    bool looked;                 /* for the index */
};

struct loaded {
    const char *path;
    struct textfsm_template *template;
};

struct library {
    struct arena arena;
    struct folder *folders;
    size_t nfolders;
    struct platform_set *platforms;
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

void library_free(struct library *library)
{
    if (!library) {
        return;
    }
    for (size_t i = 0; i < library->nloaded; i++) {
        textfsm_template_free(library->loaded[i].template);
    }
    for (size_t i = 0; i < library->nfolders; i++) {
        textfsm_index_free(library->folders[i].index);
    }
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

/* ---- Indexes -------------------------------------------------------------------------------
 */

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
    return folder->index != NULL;
}

/* "cisco_ios_show_version.textfsm:x" or "cisco_ios/show_version.textfsm" -> "show_version". */
static struct view template_name(const char *templates, const char *platform)
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

static int found_row(struct library *library, const struct folder *folder, long row,
                     const char *platform, int whole, struct finding *out, struct err *err)
{
    struct textfsm_index_row cells = textfsm_index_row(folder->index, (size_t)row);
    *out = (struct finding){
        .dir = folder->dir,
        .templates = cells.templates,
        .name = arena_dup(&library->arena, template_name(cells.templates, platform)),
        .command = cells.command_text,
        .index = folder->index_path,
        .line = cells.line,
        .row = cells.command,
        .whole = whole != 0,
    };
    return out->name ? 1 : err_nomem(err);
}

int library_by_command(struct library *library, const char *platform, const char *command,
                       struct finding *out, struct err *err)
{
    for (size_t i = 0; i < library->nfolders; i++) {
        struct folder *folder = &library->folders[i];
        int rc = folder_index(library, folder, err);
        if (rc < 0) {
            return rc;
        }
        int whole = 1;
        long row =
            rc ? textfsm_index_find(folder->index, platform, command, NULL, 0, &whole) : -1;
        if (row >= 0) {
            return found_row(library, folder, row, platform, whole, out, err);
        }
    }
    return 0;
}

/* ---- By name -------------------------------------------------------------------------------
 */

/* The name with blanks for `_`, if the index says of it what it says of the row. */
static int command_by_name(struct library *library, const struct folder *folder, long row,
                           const char *platform, struct finding *finding, struct err *err)
{
    char *command = arena_dup(&library->arena, view_of(finding->name));
    if (!command) {
        return err_nomem(err);
    }
    for (char *p = command; *p; p++) {
        *p = *p == '_' ? ' ' : *p;
    }
    if (textfsm_index_find(folder->index, platform, command, NULL, 0, NULL) == row) {
        finding->command = command;
    }
    return 1;
}

static int by_row(struct library *library, struct folder *folder, const char *platform,
                  struct view name, struct finding *out, struct err *err)
{
    int whole = 1;
    long row = -1;
    while ((row = textfsm_index_find(folder->index, platform, NULL, NULL, (size_t)(row + 1),
                                     &whole)) >= 0) {
        struct textfsm_index_row cells = textfsm_index_row(folder->index, (size_t)row);
        if (!view_equal(template_name(cells.templates, platform), name)) {
            continue;
        }
        int rc = found_row(library, folder, row, platform, whole, out, err);
        return rc == 1 && !out->command
                   ? command_by_name(library, folder, row, platform, out, err)
                   : rc;
    }
    return 0;
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

int library_by_name(struct library *library, const char *platform, const char *name,
                    struct finding *out, struct err *err)
{
    /* The name is no path: it is searched for in folders. */
    struct view bare = template_name(name, platform);
    if (strchr(name, '/') || bare.len == 0 || bare.ptr[0] == '.') {
        return 0;
    }
    bare.len = strlen(bare.ptr); /* a dot in it is its own */
    for (size_t i = 0; i < library->nfolders; i++) {
        struct folder *folder = &library->folders[i];
        int rc = folder_index(library, folder, err);
        if (rc > 0) {
            rc = by_row(library, folder, platform, bare, out, err);
        }
        if (rc == 0) {
            rc = by_file(library, folder, platform, bare, out, err);
        }
        if (rc != 0) {
            return rc;
        }
    }
    return 0;
}

const char *library_guess(struct library *library, const char *platform, const char *name)
{
    struct guess guess;
    guess_init(&guess, view_of(name));
    for (size_t i = 0; i < library->nfolders; i++) {
        const struct textfsm_index *index = library->folders[i].index;
        long row = -1;
        while (index && (row = textfsm_index_find(index, platform, NULL, NULL,
                                                  (size_t)(row + 1), NULL)) >= 0) {
            struct textfsm_index_row cells = textfsm_index_row(index, (size_t)row);
            char *known = arena_dup(&library->arena, template_name(cells.templates, platform));
            if (known) {
                guess_offer(&guess, known);
            }
        }
    }
    return guess.best;
}

/* ---- Templates -----------------------------------------------------------------------------
 */

static int remember(struct library *library, const char *path,
                    struct textfsm_template *template, struct err *err)
{
    if (library->nloaded == library->room) {
        size_t room = library->room ? library->room * 2 : 16;
        struct loaded *more = arena_array(&library->arena, room, sizeof(*more));
        if (!more) {
            return err_nomem(err);
        }
        for (size_t i = 0; i < library->nloaded; i++) {
            more[i] = library->loaded[i];
        }
        library->loaded = more;
        library->room = room;
    }
    const char *copy = arena_dup(&library->arena, view_of(path));
    if (!copy) {
        return err_nomem(err);
    }
    library->loaded[library->nloaded++] = (struct loaded){copy, template};
    return 0;
}

int library_load_file(struct library *library, const char *path,
                      const struct textfsm_template **out, struct err *err)
{
    for (size_t i = 0; i < library->nloaded; i++) {
        if (strcmp(library->loaded[i].path, path) == 0) {
            *out = library->loaded[i].template;
            return 0;
        }
    }
    struct textfsm_error error;
    struct textfsm_template *template = textfsm_template_open(path, NULL, &error);
    if (!template) {
        return library_error(&error, err);
    }
    int rc = remember(library, path, template, err);
    if (rc < 0) {
        textfsm_template_free(template);
        return rc;
    }
    *out = template;
    return 0;
}

static int load_part(struct library *library, const struct finding *finding, struct view file,
                     const struct textfsm_template **out, struct err *err)
{
    const char *path = arena_printf(&library->arena, "%s/%.*s", finding->dir, VIEW_ARG(file));
    int rc = path ? library_load_file(library, path, out, err) : err_nomem(err);
    if (rc < 0 && rc != ERR_NOMEM && finding->index) {
        err_prefix(err, "%s:%u", finding->index, finding->line);
    }
    return rc;
}

int library_load(struct library *library, const struct finding *finding,
                 const struct textfsm_template *const **out, size_t *n, struct err *err)
{
    size_t most = 1;
    for (const char *p = finding->templates; *p; p++) {
        most += *p == ':';
    }
    const struct textfsm_template **templates =
        arena_array(&library->arena, most, sizeof(*templates));
    if (!templates) {
        return err_nomem(err);
    }
    const char *p = finding->templates;
    for (*n = 0; *n < most; ++*n) {
        size_t len = strcspn(p, ":");
        int rc = load_part(library, finding, view_make(p, len), &templates[*n], err);
        if (rc < 0) {
            return rc;
        }
        p += len + 1;
    }
    *out = templates;
    return 0;
}
