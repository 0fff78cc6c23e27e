/*
 * collect hosts -v: every setting of every host, and of the jump hosts on the way, with the
 * place that it comes from: a line of the inventory or of the ssh configuration, the command
 * line, or the default.
 */
#ifndef CLI_HOSTS_SETTINGS_H
#define CLI_HOSTS_SETTINGS_H

#include "collect/inventory.h"
#include "output/output.h"

extern const struct table hosts_settings_table;

/* The inventory was read with its origins. */
int hosts_settings_write(struct writer *writer, const struct inventory *inventory,
                         struct err *err);

/* Where a secret comes from, never the secret; "" = nowhere. */
const char *hosts_secret_text(struct arena *arena, struct secret_spec spec);

#endif
