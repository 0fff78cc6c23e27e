/* SHA-256 (FIPS 180-4): fingerprints of keys, inventories and templates. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include "base/view.h"

#include <stdint.h>

#define SHA256_SIZE     32
#define SHA256_HEX_SIZE 65 /* with its NUL */

void sha256(struct view bytes, uint8_t out[SHA256_SIZE]);

/* As lower-case hexadecimal digits. */
void sha256_hex(struct view bytes, char out[SHA256_HEX_SIZE]);

#endif
