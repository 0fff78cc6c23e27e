/*
 * Patterns as OpenSSH has them in known_hosts and ssh_config(5): `*` is any text, `?` any one
 * character, all else itself. No brackets, no escapes (for those: fnmatch). Linear memory, and
 * at most quadratic time.
 */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include "base/view.h"

/* Whether the pattern fits all of the text. */
bool glob_fits(struct view pattern, struct view text);

#endif
