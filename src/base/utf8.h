/*
 * UTF-8 by the byte: device output should be UTF-8 and often is not. Decoding is strict (no
 * overlong forms, surrogates or values above U+10FFFF), and an invalid byte is one unit of its
 * own, so that walking always makes progress and no byte is lost.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/strbuf.h"
#include "base/view.h"

#include <stdint.h>

#define UTF8_INVALID     UINT32_MAX

/* Decodes the character at the front of v (v.len > 0) into *cp, UTF8_INVALID for a bad byte;
 * returns how many bytes it takes, 1 for a bad byte. */
size_t utf8_decode(struct view v, uint32_t *cp);

/* Writes cp (a valid code point) as UTF-8 into out; returns 1 to 4. */
size_t utf8_encode(uint32_t cp, char out[4]);

bool utf8_valid(struct view v);
bool ascii_only(struct view v);

/* How many characters; a bad byte counts as one. */
size_t utf8_length(struct view v);

/* Appends v with each bad byte replaced by U+FFFD. */
void utf8_repair(struct strbuf *out, struct view v);

#endif
