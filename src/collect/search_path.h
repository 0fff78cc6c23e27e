/*
 * Where templates and platforms are looked for, strongest first:
 *
 *     the folders asked for (--templates)
 *     COLLECT_TEMPLATES, several with ':' between
 *     NET_TEXTFSM, NTC_TEMPLATES_DIR: what other tools' users have set already
 *     $XDG_DATA_HOME/collect/templates, else ~/.local/share/collect/templates
 *     the folder `templates` beside the program: a build tree
 *     ../share/collect/templates from the program's folder, then the installed folder
 *
 * A folder without an index whose subfolder `templates` has one stands for that subfolder, so
 * that a checkout of a template collection can be named as it is. Folders that --templates or
 * COLLECT_TEMPLATES ask for must exist; the others are left out when they don't.
 */
#ifndef COLLECT_SEARCH_PATH_H
#define COLLECT_SEARCH_PATH_H

#include "base/arena.h"
#include "base/err.h"

struct search_path {
    const char *const *dirs;
    size_t count;
};

struct search_request {
    const char *const *asked;
    size_t nasked;
    const char *installed; /* absolute, NULL = none */
};

/* The user's own folder, which need not be there; NULL without HOME, or when memory ran out. */
const char *search_path_own(struct arena *arena);

/* The folder that dir stands for: itself, or its subfolder of templates. */
const char *search_path_folder(struct arena *arena, const char *dir);

/* Everything lives in the arena. */
int search_path_make(struct search_path *out, const struct search_request *request,
                     struct arena *arena, struct err *err);

#endif
