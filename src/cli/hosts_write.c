#include "cli/hosts_write.h"

#include "cli/talk.h"

#include "base/outfile.h"
#include "collect/inventory_write.h"

#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

bool hosts_wants_inventory(const struct options *options)
{
    const char *dot = options->output ? strrchr(options->output, '.') : NULL;
    if (options->format) {
        return strcmp(options->format, "yaml") == 0 || strcmp(options->format, "yml") == 0;
    }
    return dot && (strcasecmp(dot, ".yml") == 0 || strcasecmp(dot, ".yaml") == 0);
}

/* Passwords that stand in the inventory do not come along: somebody should know. */
static void warn_of_secrets(const struct inventory *inventory, const struct options *options)
{
    bool plain = false;
    for (size_t i = 0; i < inventory->count; i++) {
        plain |= inventory->hosts[i].password.source == SECRET_PLAIN ||
                 inventory->hosts[i].enable.source == SECRET_PLAIN;
    }
    if (plain && !options->quiet) {
        talk_warning("passwords that stand in %s itself are not written", inventory->path);
    }
}

int hosts_write(const struct inventory *inventory, const char *const *platforms,
                const struct options *options, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    char *cwd = getcwd(NULL, 0);
    struct inventory_text what = {.inventory = inventory,
                                  .platforms = platforms,
                                  .cwd = cwd,
                                  .comment = "Written by `collect hosts` at"};
    warn_of_secrets(inventory, options);
    int rc = inventory_write(&text, &what, err);
    if (rc == 0) {
        rc = outfile_put(options->output, strbuf_view(&text), err);
    }
    strbuf_release(&text);
    free(cwd);
    return rc;
}
