/*
 * What key files say openly: the public half of a key as it stands in SSH's messages, a "blob"
 * of strings and numbers, of which the first one is the type. No function needs a
 * passphrase; blob is where it is put, and *out a view of it. Negative: the file says none.
 */
#ifndef SESSION_KEYFILE_H
#define SESSION_KEYFILE_H

#include "base/view.h"

#include <stdbool.h>
#include <stdint.h>

#define KEYFILE_BLOB 16384

/* "ssh-ed25519 AAAA... comment" */
int keyfile_line(struct view line, uint8_t blob[KEYFILE_BLOB], struct view *out);

/* The first line of KEY.pub, KEY-cert.pub. */
int keyfile_public(const char *path, uint8_t blob[KEYFILE_BLOB], struct view *out);

/* A private key as OpenSSH writes it, encrypted or not (its file PROTOCOL.key). */
int keyfile_private(const char *path, uint8_t blob[KEYFILE_BLOB], struct view *out);

/* Takes a string (its length in four bytes, then as many) off a blob's beginning. */
bool keyfile_string(struct view *blob, struct view *out);

#endif
