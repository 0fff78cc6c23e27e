#include "cli/settle.h"

#include <stdlib.h>

int settle_init(struct settle *settle, const struct plan *plan,
                const struct inventory *inventory, struct err *err)
{
    size_t n = inventory->count;
    struct host *hosts = calloc(n + 1, sizeof(*hosts));
    if (!hosts) {
        return err_nomem(err);
    }
    memcpy(hosts, inventory->hosts, n * sizeof(*hosts));
    *settle = (struct settle){.plan = plan, .inventory = *inventory};
    settle->inventory.hosts = hosts;
    for (size_t i = 0; i < plan->njobs; i++) {
        settle->left += plan->jobs[i].platform == NULL;
    }
    return 0;
}

void settle_release(struct settle *settle)
{
    free(settle->inventory.hosts);
    settle->inventory.hosts = NULL;
}

void settle_note(struct settle *settle, const struct host_result *result)
{
    const struct job *job = plan_job(settle->plan, result->host);
    if (!job || job->platform) {
        return;
    }
    settle->left--;
    const struct plan_choice *choice =
        result->platform ? plan_choice(settle->plan, result->platform) : NULL;
    if (choice && !choice->why_not) {
        settle->inventory.hosts[result->host->index].platform = choice->platform->name;
    }
}

bool settle_keep(void *user, const struct host *host, const char *command)
{
    const struct settle *settle = user;
    const struct job *job = plan_job(settle->plan, host);
    bool planned = job && !job->platform;
    for (size_t i = 0; job && i < job->ncommands && !planned; i++) {
        planned = strcmp(job->commands[i].command, command) == 0;
    }
    return planned;
}
