/*
 * Where the lab's data is when nobody says so: beside the program in a build folder
 * (../fixtures, ../templates), else where an installation has it (../share/collect/...).
 */
#ifndef LAB_PLACES_H
#define LAB_PLACES_H

#include "base/arena.h"

/* The folder of that name ("fixtures", "templates"), or NULL when there is none. argv0 helps
 * where the system does not say which program runs. */
const char *places_find(struct arena *arena, const char *name, const char *argv0);

#endif
