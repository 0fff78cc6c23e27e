#include "author/fixtures.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEVELS 2 /* of folders below the one that was named */

struct finder {
    struct fixtures *out;
    size_t room;
    struct arena *arena;
    struct err *err;
};

static bool make_room(struct finder *f)
{
    if (f->out->count < f->room) {
        return true;
    }
    size_t room = f->room ? f->room * 2 : 64;
    struct fixture *items = arena_array(f->arena, room, sizeof(*items));
    if (!items) {
        return false;
    }
    if (f->out->count > 0) {
        memcpy(items, f->out->items, f->out->count * sizeof(*items));
    }
    f->out->items = items;
    f->room = room;
    return true;
}

/* The name of the folder `up` levels above the file at path, without the path's end. */
static struct view folder_name(struct view path, unsigned up)
{
    for (unsigned i = 0;; i++) {
        size_t end = path.len;
        while (path.len > 0 && path.ptr[path.len - 1] != '/') {
            path.len--;
        }
        if (i == up) {
            return view_make(path.ptr + path.len, end - path.len);
        }
        while (path.len > 0 && path.ptr[path.len - 1] == '/') {
            path.len--;
        }
    }
}

/* real is the folder's absolute path, which has the names of platform and command. */
static int add_fixture(struct finder *f, const char *dir, const char *real, struct view stem,
                       bool yaml)
{
    struct arena *arena = f->arena;
    const char *ends[2][2] = {{"txt", "json"}, {"raw", "yml"}};
    struct view place = view_of(arena_printf(arena, "%s/x", real));
    struct fixture fixture = {
        .path = arena_printf(arena, "%s/%.*s.%s", dir, VIEW_ARG(stem), ends[yaml][0]),
        .records = arena_printf(arena, "%s/%.*s.%s", dir, VIEW_ARG(stem), ends[yaml][1]),
        .yaml = yaml,
    };
    if (!make_room(f) || !place.ptr || !fixture.path || !fixture.records) {
        return err_nomem(f->err);
    }
    fixture.command = arena_dup(arena, folder_name(place, 1));
    fixture.platform = arena_dup(arena, folder_name(place, 2));
    fixture.has_records = access(fixture.records, F_OK) == 0;
    f->out->items[f->out->count++] = fixture;
    return fixture.command && fixture.platform ? 0 : err_nomem(f->err);
}

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int find_in(struct finder *f, const char *dir, const char *real, unsigned level);

static int find_entry(struct finder *f, const char *dir, const char *real, const char *name,
                      unsigned level)
{
    struct stat st;
    struct view file = view_of(name);
    bool txt = view_ends(file, VIEW(".txt")), raw = view_ends(file, VIEW(".raw"));
    if (txt || raw) {
        return add_fixture(f, dir, real, view_slice(file, 0, file.len - 4), raw);
    }
    const char *path = arena_printf(f->arena, "%s/%s", dir, name);
    const char *below = arena_printf(f->arena, "%s/%s", real, name);
    if (!path || !below) {
        return err_nomem(f->err);
    }
    bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    return folder && level < LEVELS ? find_in(f, path, below, level + 1) : 0;
}

static int find_in(struct finder *f, const char *dir, const char *real, unsigned level)
{
    struct dirent **entries;
    int n = scandir(dir, &entries, not_hidden, alphasort);
    if (n < 0) {
        return err_set(f->err, ERR_INPUT, "%s: %s", dir, strerror(errno));
    }
    int rc = 0;
    for (int i = 0; i < n; i++) {
        if (rc == 0) {
            rc = find_entry(f, dir, real, entries[i]->d_name, level);
        }
        free(entries[i]);
    }
    free(entries);
    return rc;
}

int fixtures_find(struct fixtures *out, const char *dir, struct arena *arena, struct err *err)
{
    struct finder finder = {.out = out, .arena = arena, .err = err};
    struct view name = view_of(dir);
    *out = (struct fixtures){NULL, 0};
    while (name.len > 1 && name.ptr[name.len - 1] == '/') {
        name.len--;
    }
    char *bare = arena_dup(arena, name), *real = realpath(dir, NULL);
    int rc = 0;
    if (!bare) {
        rc = err_nomem(err);
    } else if (!real) {
        rc = err_set(err, ERR_INPUT, "%s: %s", dir, strerror(errno));
    } else {
        rc = find_in(&finder, bare, real, 0);
    }
    if (rc == 0 && out->count == 0) {
        rc = err_set(err, ERR_INPUT,
                     "%s: no fixtures in it: PLATFORM/COMMAND/NAME.txt with NAME.json, or "
                     "NAME.raw with NAME.yml",
                     dir);
    }
    free(real);
    return rc;
}
