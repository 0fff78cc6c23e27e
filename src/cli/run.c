#include "cli/asks.h"
#include "cli/collecting.h"
#include "cli/dry_run.h"
#include "cli/hosts_query.h"
#include "cli/options.h"
#include "cli/saving.h"
#include "cli/setting.h"
#include "cli/talk.h"

#include "base/secret.h"
#include "collect/plan.h"
#include "collect/schema.h"

/* All that a run owns. */
struct run {
    const struct options *options;
    struct arena arena;
    struct inventory inventory;
    struct library *library;
    struct plan plan;
    struct collecting collecting;
    struct table bare; /* see open_bare() */
};

/* Everything that can be found wrong before a connection is made. */
static int prepare(struct run *run, struct err *err)
{
    int rc = asks_check(run->options, err);
    if (rc == 0 && run->options->require_schema && run->options->select) {
        rc = err_set(err, ERR_USAGE,
                     "--require-schema holds whole records to a schema: leave out --select");
    }
    if (rc == 0) {
        rc = hosts_query(&run->inventory, run->options, err);
    }
    if (rc == 0) {
        rc = saving_platforms(&run->inventory, run->options, err);
    }
    if (rc == 0) {
        rc = setting_library(&run->library, run->options, &run->arena, err);
    }
    if (rc == 0) {
        rc = asks_plan(&run->plan, run->options, &run->inventory, run->library, &run->arena,
                       err);
    }
    if (rc == 0 && run->options->require_schema && !run->plan.detector) {
        rc = schema_check(run->options->require_schema, &run->plan, err);
    }
    return rc < 0 ? rc : saving_resume(&run->plan, run->options, err);
}

/* No platform was found: there are no records, and the columns are those that any would have
 * had. There is nothing to narrow. */
static int open_bare(struct run *run, struct writer **writer, struct err *err)
{
    static const struct column columns[] = {
        {.name = "host"}, {.name = "platform"}, {.name = "command"}, {.name = "collected_at"}};
    const struct option_item *first = run->options->asks.items;
    run->bare = (struct table){first->letter == 't' ? first->text : "output", columns, 4};
    return setting_output(writer, run->options, &run->bare, 1, err);
}

static int open_records(struct collecting *c, struct writer **writer, struct err *err)
{
    const struct options *options = c->options;
    if (!saving_path(options) && c->plan->detector) {
        return setting_check(options, c->plan->tables, c->plan->ntables, err);
    }
    if (!saving_path(options) && c->plan->ntables == 0) {
        return open_bare(c->user, writer, err);
    }
    if (!saving_path(options)) {
        return setting_records(writer, options, c->plan->tables, c->plan->ntables, err);
    }
    int rc = saving_check(options, err);
    return rc < 0 || c->saving ? rc
                               : saving_open(&c->saving, options, c->plan, c->inventory, err);
}

/* The plan as it would have been, had the platforms been said. */
static int settle_records(struct collecting *c, const struct inventory *inventory,
                          struct plan *out, struct err *err)
{
    struct run *run = c->user;
    const char *schema = run->options->require_schema;
    int rc = asks_plan_settled(out, run->options, inventory, run->library, &run->arena, err);
    return rc == 0 && schema ? schema_check(schema, out, err) : rc;
}

static int status_of(const struct run *run)
{
    if (run->collecting.cancelled) {
        return err_exit_status(ERR_CANCELLED);
    }
    return run->collecting.report.failed > 0 ? err_exit_status(ERR_HOST) : 0;
}

static void run_release(struct run *run)
{
    collecting_release(&run->collecting);
    plan_release(&run->plan);
    library_free(run->library);
    inventory_release(&run->inventory);
    arena_release(&run->arena);
}

int verb_run(const struct options *options)
{
    struct err err = ERR_INIT;
    struct run run = {.options = options,
                      .arena = ARENA_INIT,
                      .inventory = INVENTORY_INIT,
                      .plan = PLAN_INIT,
                      .collecting = {.options = options,
                                     .inventory = &run.inventory,
                                     .plan = &run.plan,
                                     .open = open_records,
                                     .settle = settle_records,
                                     .user = &run,
                                     COLLECTING_INIT}};
    secret_harden_process();
    int rc = prepare(&run, &err);
    if (rc == 0 && run.plan.njobs == 0 && options->resume) {
        talk_line("Nothing to do: %s holds all of it", options->resume);
    } else if (rc == 0) {
        rc = options->dry_run ? dry_run(&run.plan, options, &err)
                              : collecting_run(&run.collecting, &err);
    }
    if (rc != ERR_PIPE) {
        collecting_summarize(&run.collecting);
    }
    bool nothing = !options->asks.count && !options->hosts.count && !options->inventory;
    int status = rc < 0 ? talk_failure(&err, nothing ? NULL : "run") : status_of(&run);
    run_release(&run);
    return status;
}
