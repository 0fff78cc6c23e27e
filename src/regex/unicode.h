/*
 * The little of Unicode's tables that the dialect asks for by itself.
 */
#ifndef REGEX_UNICODE_H
#define REGEX_UNICODE_H

#include "base/view.h"

#include <stdint.h>

/* Is name an identifier in the sense of Python's str.isidentifier()? */
bool unicode_identifier(struct view name);

#endif
