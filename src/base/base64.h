/* Base64 (RFC 4648, with padding), as key files and known_hosts have it. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/view.h"

#include <stdint.h>

/* Decodes text into out (size bytes); returns how many bytes, or -1 when text is not Base64 or
 * does not fit. Padding may be missing. */
long base64_decode(struct view text, uint8_t *out, size_t size);

/* Encodes bytes without padding into out, which has room for them and a NUL:
 * BASE64_SIZE(len) bytes. */
#define BASE64_SIZE(len) (((len)*4 + 2) / 3 + 1)
void base64_encode(struct view bytes, char *out);

/* Whether text is not empty and consists of Base64 characters, padding at its end. */
bool base64_valid(struct view text);

#endif
