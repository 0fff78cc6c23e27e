/*
 * Ranges in host names, as Ansible has them: sw[01:20] is sw01 to sw20, sw[1:9:2] every second,
 * sw[a:f] letters. A name can hold several; each is read and written out by itself.
 *
 *     if (name_range_read(&range, name))
 *         for (int64_t i = range.from; i <= range.to; i += range.step)
 *             name_range_item(&range, i, &arena)     which may hold the next range
 */
#ifndef COLLECT_NAME_RANGE_H
#define COLLECT_NAME_RANGE_H

#include "base/arena.h"

#include <stdint.h>

struct name_range {
    struct view head, tail; /* around the brackets */
    bool letters;
    int width; /* of numbers with leading zeros, else 0 */
    int64_t from, to, step;
};

/* The first range of a name; false when it has none that makes sense. */
bool name_range_read(struct name_range *out, struct view name);

/* The name with i in the range's place; NULL when memory ran out. */
const char *name_range_item(const struct name_range *range, int64_t i, struct arena *arena);

#endif
