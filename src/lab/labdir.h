/*
 * The lab folder, with what a client needs to work with the fleet:
 *
 *   hosts.yml      the inventory (collect -i DIR/hosts.yml)
 *   known_hosts    the devices' keys
 *   password, enable, id_ed25519   the secrets hosts.yml points to, readable by the owner only;
 *                  a device with a password of its own has it in password-NAME, enable-NAME
 */
#ifndef LAB_LABDIR_H
#define LAB_LABDIR_H

#include "lab/fleet.h"
#include "lab/keys.h"

/* Makes the folder if it is not there. */
int labdir_make(const char *dir, struct err *err);

/* Writes the files above; the fleet has its addresses. */
int labdir_write(const char *dir, const struct fleet *fleet, const struct keys *keys,
                 struct err *err);

/* Writes one file of the folder, whole or not at all; a secret one for its owner only. */
int labdir_put(const char *dir, const char *name, bool secret, const struct strbuf *text,
               struct err *err);

#endif
