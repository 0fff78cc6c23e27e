#include "cli/saving.h"

#include "base/limits.h"
#include "base/sha256.h"
#include "cli/setting.h"
#include "collect/host_text.h"
#include "store/saved.h"

#include <pwd.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

struct saving {
    struct save *save;
    const struct plan *plan;
    struct arena arena;
    struct strbuf groups, data; /* of the host at hand */
    bool copy;                  /* of an earlier run: an unknown platform is none */
};

const char *saving_path(const struct options *options)
{
    const char *path = options->output ? options->output : options->resume;
    const char *dot = path ? strrchr(path, '.') : NULL;
    if (!dot || strchr(dot, '/')) {
        return path && path == options->resume ? path : NULL;
    }
    bool is_db = strcasecmp(dot, ".db") == 0 || strcasecmp(dot, ".sqlite") == 0 ||
                 strcasecmp(dot, ".sqlite3") == 0;
    return is_db || path == options->resume ? path : NULL;
}

/* ---- the run's own row --------------------------------------------------------------------
 */

static const char *who(struct arena *arena)
{
    struct passwd *user = getpwuid(getuid());
    char host[256] = "";
    gethostname(host, sizeof(host) - 1);
    return arena_printf(arena, "%s@%s", user ? user->pw_name : "?", host);
}

static const char *file_sha256(struct arena *arena, const char *path)
{
    struct strbuf text = STRBUF_INIT;
    char hex[SHA256_HEX_SIZE] = "";
    if (path && strbuf_read_file(&text, path, LIMIT_YAML_BYTES) == 0) {
        sha256_hex(strbuf_view(&text), hex);
    }
    strbuf_release(&text);
    return hex[0] ? arena_dup(arena, view_of(hex)) : NULL;
}

/* What was asked for; where secrets come from is not among it. */
static const char *asked(struct arena *arena, const struct options *options)
{
    struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < options->asks.count; i++) {
        strbuf_addf(&text, "%s-%c %s", i ? " " : "", options->asks.items[i].letter,
                    options->asks.items[i].text);
    }
    if (options->template_file) {
        strbuf_addf(&text, "%s-T %s", text.len ? " " : "", options->template_file);
    }
    for (size_t i = 0; i < options->rules.count; i++) {
        strbuf_addf(&text, "%s-r %s", text.len ? " " : "", options->rules.items[i].text);
    }
    for (size_t i = 0; i < options->targets.count; i++) {
        strbuf_addf(&text, " -l %s", options->targets.items[i].text);
    }
    const char *copy = arena_dup(arena, strbuf_view(&text));
    strbuf_release(&text);
    return copy;
}

int saving_check(const struct options *options, struct err *err)
{
    if (setting_fits(options, NULL, err) < 0) {
        return ERR_USAGE;
    }
    return setting_narrows(options) || options->format
               ? err_set(err, ERR_USAGE,
                         "a database keeps all records as they are: give -f, --where "
                         "and their kin to `collect query %s`",
                         saving_path(options))
               : 0;
}

struct save_run saving_run(const struct options *options, struct arena *arena)
{
    return (struct save_run){
        .who = who(arena), .options = asked(arena, options), .version = COLLECT_VERSION};
}

struct writer *saving_writer(struct saving *s)
{
    return save_writer(s->save);
}

/* ---- hosts --------------------------------------------------------------------------------
 */

int saving_begin(struct saving *s, struct err *err)
{
    return save_host_begin(s->save, err);
}

static int save_command(struct saving *s, const struct host_result *result, size_t i,
                        const struct job *job, struct err *err)
{
    const struct command_result *command = &result->commands[i];
    bool known = job && i < job->ncommands;
    struct save_job row = {
        .host = result->host->name,
        .command = command->command,
        .template_name = known ? job->commands[i].template_path : NULL,
        .template_fingerprint = known ? job->commands[i].fingerprint : NULL,
        .status = status_name(command->status),
        .reason = command->reason,
        .collected_at = command->collected_at[0] ? command->collected_at : NULL,
        .took_ms = (long)command->took_ms,
        .exit_status = command->exit_status,
        .output = strbuf_view(&command->output),
    };
    return save_job(s->save, &row, err);
}

static int describe_host(struct saving *s, const struct host *host, struct err *err)
{
    strbuf_reset(&s->groups);
    strbuf_reset(&s->data);
    host_add_groups(&s->groups, host);
    host_add_data(&s->data, host);
    return strbuf_failed(&s->groups) || strbuf_failed(&s->data) ? err_nomem(err) : 0;
}

static int save_ask_of(struct saving *s, const struct job *job, const struct job_ask *ask,
                       struct err *err)
{
    const struct job_command *command =
        ask->command == PLAN_LACKS ? NULL : &job->commands[ask->command];
    bool records = command && command->reader && ask->records;
    struct save_ask row = {.host = job->host->name,
                           .asked = ask->text,
                           .by_name = ask->template,
                           .command = command ? command->command : NULL,
                           .records = records ? s->plan->tables[command->table].name : NULL,
                           .reason = ask->lack};
    return save_ask(s->save, &row, err);
}

static const char *platform_of(const struct saving *s, const struct host_result *result,
                               const struct job *job)
{
    if (!job) {
        return result->host->platform;
    }
    return s->copy && !job->platform ? NULL : host_result_platform(result, job->platform);
}

static int save_host_row(struct saving *s, const struct host_result *result,
                         const struct job *job, struct err *err)
{
    const struct host *host = result->host;
    bool unknown = host->groups == host_groups_unknown;
    if (describe_host(s, host, err) < 0) {
        return ERR_NOMEM;
    }
    struct save_host row = {
        .host = host->name,
        .address = host->address,
        .port = host->port ? host->port : 22,
        .platform = platform_of(s, result, job),
        .status = status_name(result->status),
        .reason = result->reason,
        .connect_ms = (long)result->connect_ms,
        .auth_ms = (long)result->auth_ms,
        .total_ms = (long)result->total_ms,
        .algorithms = result->algorithms,
        .fingerprint = result->fingerprint,
        .platform_why = result->platform_why,
        .place = (long)host->index,
        .groups = unknown ? NULL : s->groups.buf,
        .data = unknown ? NULL : s->data.buf,
    };
    return save_host_end(s->save, &row, err);
}

/* All that there is to say of a host; job is NULL for one that is not of the plan. */
static int save_of_job(struct saving *s, const struct host_result *result,
                       const struct job *job, struct err *err)
{
    bool known = !job || job->platform; /* else its commands only say what was asked */
    int rc = 0;
    for (size_t i = 0; job && i < job->nasks && rc == 0; i++) {
        rc = save_ask_of(s, job, &job->asks[i], err);
    }
    for (size_t i = 0; i < result->ncommands && rc == 0 && known; i++) {
        rc = save_command(s, result, i, job, err);
    }
    return rc < 0 ? rc : save_host_row(s, result, job, err);
}

int saving_end(struct saving *s, const struct host_result *result, struct err *err)
{
    return save_of_job(s, result, plan_job(s->plan, result->host), err);
}

/* ---- open and close -----------------------------------------------------------------------
 */

static int save_idle(struct saving *s, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < s->plan->nidle && rc == 0; i++) {
        struct host_result nothing = {
            .host = s->plan->idle[i].host, .connect_ms = -1, .auth_ms = -1, .total_ms = -1};
        rc = saving_begin(s, err);
        rc = rc < 0 ? rc : save_of_job(s, &nothing, &s->plan->idle[i], err);
    }
    return rc;
}

static int open_saving(struct saving **out, const char *path, const struct plan *plan,
                       struct saving *s, const struct save_run *run, struct err *err)
{
    s->plan = plan;
    size_t ntables = plan->detector ? 0 : plan->ntables; /* saving_settle() brings them */
    int rc = save_open(&s->save, path, plan->tables, ntables, run, err);
    if (rc == 0) {
        rc = save_idle(s, err);
    }
    if (rc < 0) {
        saving_abort(s);
        return rc;
    }
    *out = s;
    return 0;
}

static struct saving *new_saving(void)
{
    struct saving *s = calloc(1, sizeof(*s));
    if (s) {
        arena_init(&s->arena, NULL);
        strbuf_init(&s->groups);
        strbuf_init(&s->data);
    }
    return s;
}

int saving_open(struct saving **out, const struct options *options, const struct plan *plan,
                const struct inventory *inventory, struct err *err)
{
    *out = NULL;
    struct saving *s = new_saving();
    if (!s) {
        return err_nomem(err);
    }
    const char *path = saving_path(options);
    struct save_run run = saving_run(options, &s->arena);
    run.inventory = inventory->path;
    run.inventory_sha256 = file_sha256(&s->arena, inventory->path);
    run.resume = path && path == options->resume;
    return open_saving(out, path, plan, s, &run, err);
}

int saving_open_copy(struct saving **out, const struct options *options,
                     const struct plan *plan, const char *started, const char *ended,
                     struct err *err)
{
    *out = NULL;
    struct saving *s = new_saving();
    if (!s) {
        return err_nomem(err);
    }
    s->copy = true;
    struct save_run run = {.version = COLLECT_VERSION};
    if (options) {
        run = saving_run(options, &s->arena);
    }
    run.copied = true;
    run.started = started;
    run.ended = ended;
    return open_saving(out, options ? saving_path(options) : NULL, plan, s, &run, err);
}

int saving_settle(struct saving *s, const struct plan *plan, struct err *err)
{
    s->plan = plan;
    return save_tables(s->save, plan->tables, plan->ntables, err);
}

int saving_close(struct saving *s, struct db **keep, struct err *err)
{
    int rc = keep ? save_close_keep(s->save, keep, err) : save_close(s->save, err);
    s->save = NULL;
    saving_abort(s);
    return rc;
}

void saving_abort(struct saving *s)
{
    if (!s) {
        return;
    }
    save_abort(s->save);
    strbuf_release(&s->groups);
    strbuf_release(&s->data);
    arena_release(&s->arena);
    free(s);
}

/* ---- resume -------------------------------------------------------------------------------
 */

static bool is_missing(void *db, const struct host *host, const char *command)
{
    return !save_has(db, host->name, command);
}

/* Nobody else's database gets a run's tables; an empty one is a run that came to nothing. */
static int open_resumed(struct db **db, const char *path, struct err *err)
{
    int rc = db_open(db, path, DB_READ, err);
    if (rc == 0 && !saved_is_empty(*db) && saved_check(*db, err) < 0) {
        db_close(*db);
        rc = ERR_INPUT;
    }
    return rc;
}

int saving_platforms(struct inventory *inventory, const struct options *options,
                     struct err *err)
{
    struct db *db;
    struct strbuf name = STRBUF_INIT;
    if (!options->resume) {
        return 0;
    }
    int rc = open_resumed(&db, options->resume, err);
    if (rc < 0) {
        return rc;
    }
    for (size_t i = 0; i < inventory->count && rc == 0; i++) {
        struct host *host = &inventory->hosts[i];
        if (host_is_auto(host) && save_platform(db, host->name, &name)) {
            const char *platform = arena_dup(&inventory->arena, strbuf_view(&name));
            host->platform = platform ? platform : host->platform;
            rc = platform ? 0 : err_nomem(err);
        }
    }
    strbuf_release(&name);
    db_close(db);
    return rc;
}

int saving_resume(struct plan *plan, const struct options *options, struct err *err)
{
    if (!options->resume) {
        return 0;
    }
    struct db *db;
    int rc = open_resumed(&db, options->resume, err);
    if (rc == 0) {
        rc = plan_keep(plan, is_missing, db, err);
        db_close(db);
    }
    return rc;
}
