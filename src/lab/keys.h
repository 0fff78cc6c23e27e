/*
 * The fleet's keys, kept as files in the lab folder so that a second start shows the same ones:
 * a few ed25519 host keys shared by all devices (one device's key is not its neighbour's), an
 * RSA one for devices that know nothing newer, and a user's key pair for publickey logins.
 */
#ifndef LAB_KEYS_H
#define LAB_KEYS_H

#include "base/err.h"
#include "base/strbuf.h"
#include "lab/device.h"

#include <libssh/libssh.h>

#define KEYS_HOST   4
#define KEYS_LEGACY KEYS_HOST /* the number of the RSA key */

struct keys {
    const char *dir; /* outlives the keys */
    ssh_key host[KEYS_HOST + 1];
    ssh_key user; /* public half of the login key, NULL until asked for */
};

/* Reads or makes the host keys; the RSA one only if legacy. */
int keys_open(struct keys *keys, const char *dir, bool legacy, struct err *err);
void keys_release(struct keys *keys);

/* Reads or makes dir/id_ed25519, and gives its public half. */
int keys_user(struct keys *keys, struct err *err);

/* Which host key a device shows. */
size_t keys_number(const struct device *device);

/* Appends "ssh-ed25519 AAAA..." */
int keys_line(const struct keys *keys, size_t number, struct strbuf *out, struct err *err);

#endif
