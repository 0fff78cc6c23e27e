#include "collect/search_path.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct maker {
    struct arena *arena;
    const char **dirs;
    size_t count, room;
};

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* dir, or its subfolder of templates when only that one has an index: people point at the folder
 * of templates, at its parent, or at a checkout of ntc-templates. */
const char *search_path_folder(struct arena *arena, const char *dir)
{
    static const char *const below[] = {"", "/templates", "/ntc_templates/templates"};
    for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
        const char *index = arena_printf(arena, "%s%s/index", dir, below[i]);
        if (index && is_file(index)) {
            const char *found = arena_printf(arena, "%s%s", dir, below[i]);
            return found ? found : dir;
        }
    }
    return dir;
}

static int push(struct maker *m, const char *dir, struct err *err)
{
    if (m->count == m->room) {
        size_t room = m->room ? m->room * 2 : 8;
        const char **more = arena_array(m->arena, room, sizeof(*more));
        if (!more) {
            return err_nomem(err);
        }
        for (size_t i = 0; i < m->count; i++) {
            more[i] = m->dirs[i];
        }
        m->dirs = more;
        m->room = room;
    }
    m->dirs[m->count++] = dir;
    return 0;
}

/* A folder twice (by another name, too) would only be searched twice. */
static bool known(const struct maker *m, const char *dir)
{
    struct stat a, b;
    for (size_t i = 0; i < m->count; i++) {
        if (stat(dir, &a) == 0 && stat(m->dirs[i], &b) == 0 && a.st_dev == b.st_dev &&
            a.st_ino == b.st_ino) {
            return true;
        }
    }
    return false;
}

/* who asked for it, NULL = nobody in so many words. */
static int add(struct maker *m, const char *dir, const char *who, struct err *err)
{
    if (!dir) {
        return err_nomem(err);
    }
    if (!is_folder(dir)) {
        return who ? err_set(err, ERR_INPUT, "%s: there is no folder '%s'", who, dir) : 0;
    }
    dir = search_path_folder(m->arena, dir);
    return known(m, dir) ? 0 : push(m, dir, err);
}

static int add_list(struct maker *m, const char *list, const char *who, struct err *err)
{
    int rc = 0;
    while (list && *list && rc == 0) {
        size_t n = strcspn(list, ":");
        if (n > 0) {
            rc = add(m, arena_dup(m->arena, view_make(list, n)), who, err);
        }
        list += n + (list[n] == ':');
    }
    return rc;
}

const char *search_path_own(struct arena *arena)
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    if (data && *data == '/') {
        return arena_printf(arena, "%s/collect/templates", data);
    }
    return home && *home == '/' ? arena_printf(arena, "%s/.local/share/collect/templates", home)
                                : NULL;
}

static int add_environment(struct maker *m, struct err *err)
{
    const char *foreign[] = {getenv("NET_TEXTFSM"), getenv("NTC_TEMPLATES_DIR")};
    int rc = add_list(m, getenv("COLLECT_TEMPLATES"), "COLLECT_TEMPLATES", err);
    for (size_t i = 0; i < 2 && rc == 0; i++) {
        if (foreign[i] && *foreign[i]) {
            rc = add(m, foreign[i], NULL, err);
        }
    }
    const char *own = search_path_own(m->arena);
    return rc == 0 && own ? add(m, own, NULL, err) : rc;
}

/* What lies where the program lies: so a build tree and a moved installation work in place. */
static int add_around_program(struct maker *m, struct err *err)
{
    char program[4096];
    ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
    if (n <= 0) {
        return 0;
    }
    program[n] = '\0';
    char *slash = strrchr(program, '/');
    if (!slash) {
        return 0;
    }
    *slash = '\0';
    int rc = add(m, arena_printf(m->arena, "%s/templates", program), NULL, err);
    slash = strrchr(program, '/');
    if (rc < 0 || !slash) {
        return rc;
    }
    *slash = '\0';
    return add(m, arena_printf(m->arena, "%s/share/collect/templates", program), NULL, err);
}

int search_path_make(struct search_path *out, const struct search_request *request,
                     struct arena *arena, struct err *err)
{
    struct maker m = {.arena = arena};
    int rc = 0;
    for (size_t i = 0; i < request->nasked && rc == 0; i++) {
        rc = add(&m, request->asked[i], "--templates", err);
    }
    if (rc == 0) {
        rc = add_environment(&m, err);
    }
    if (rc == 0) {
        rc = add_around_program(&m, err);
    }
    if (rc == 0 && request->installed) {
        rc = add(&m, request->installed, NULL, err);
    }
    *out = (struct search_path){m.dirs, m.count};
    return rc;
}
