#include "collect/plan.h"

/* Hosts of one platform share their commands, so what is kept of one host is a copy. */
static int keep_commands(struct plan *plan, struct job *job,
                         bool (*keep)(void *, const struct host *, const char *), void *user,
                         struct err *err)
{
    struct job_command *kept = arena_array(&plan->arena, job->ncommands + 1, sizeof(*kept));
    if (!kept) {
        return err_nomem(err);
    }
    size_t n = 0;
    for (size_t i = 0; i < job->ncommands; i++) {
        if (keep(user, job->host, job->commands[i].command)) {
            kept[n++] = job->commands[i];
        }
    }
    job->commands = kept;
    job->ncommands = n;
    return 0;
}

int plan_keep(struct plan *plan,
              bool (*keep)(void *user, const struct host *host, const char *command),
              void *user, struct err *err)
{
    size_t njobs = 0, ncommands = 0;
    for (size_t i = 0; i < plan->njobs; i++) {
        struct job job = plan->jobs[i];
        bool had_none = job.ncommands == 0;
        int rc = keep_commands(plan, &job, keep, user, err);
        if (rc < 0) {
            return rc;
        }
        if (job.ncommands > 0 || had_none) {
            plan->jobs[njobs++] = job;
            ncommands += job.ncommands;
        }
    }
    plan->njobs = njobs;
    plan->ncommands = ncommands;
    return 0;
}
