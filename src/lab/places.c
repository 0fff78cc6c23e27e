#include "lab/places.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_dir(const char *path)
{
    struct stat st;
    return path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

const char *places_find(struct arena *arena, const char *name, const char *argv0)
{
    char program[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
    if (n > 0) {
        program[n] = '\0';
    } else if (!realpath(argv0, program)) {
        return NULL;
    }
    char *slash = strrchr(program, '/');
    if (!slash) {
        return NULL;
    }
    *slash = '\0';
    const char *beside = arena_printf(arena, "%s/../%s", program, name);
    if (is_dir(beside)) {
        return beside;
    }
    const char *installed = arena_printf(arena, "%s/../share/collect/%s", program, name);
    return is_dir(installed) ? installed : NULL;
}
