#include "cli/hosts_query.h"
#include "cli/options.h"
#include "cli/talk.h"

static int check(const struct options *options, struct err *err)
{
    bool commands = false;
    for (size_t i = 0; i < options->asks.count; i++) {
        commands |= options->asks.items[i].letter == 'c';
    }
    if (options->asks.count == 0) {
        return err_set(err, ERR_USAGE, "nothing to run: give -t TEMPLATE or -c COMMAND");
    }
    if (options->template_file && !commands) {
        return err_set(err, ERR_USAGE, "-T says what parses the output of -c: give -c COMMAND");
    }
    return 0;
}

int verb_run(const struct options *options)
{
    struct err err = ERR_INIT;
    struct inventory inventory = INVENTORY_INIT;
    int rc = check(options, &err);
    if (rc == 0) {
        rc = hosts_query(&inventory, options, &err);
    }
    if (rc == 0) {
        rc = err_set(&err, ERR_HOST, "%zu hosts: connecting is not wired up yet",
                     inventory.count);
    }
    int status = rc < 0 ? talk_failure(&err, "run") : 0;
    inventory_release(&inventory);
    return status;
}
