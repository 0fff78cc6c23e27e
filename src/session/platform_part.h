/*
 * What platform.c and platform_read.c share, and the linter uses: one file, read by itself, as a
 * platform together with what it owns.
 */
#ifndef SESSION_PLATFORM_PART_H
#define SESSION_PLATFORM_PART_H

#include "base/yaml.h"
#include "session/platform.h"

struct platform_regex {
    struct regex *regex;
    struct platform_regex *next;
};

struct platform_file {
    struct platform platform;
    struct yaml yaml;               /* its arena holds all strings and arrays */
    struct platform_regex *regexes; /* all that were compiled */
};

/* Reads one platform.yml; name is copied. On failure file is released. */
int platform_file_read(struct platform_file *file, const char *path, const char *name,
                       struct err *err);
void platform_file_release(struct platform_file *file);

#endif
