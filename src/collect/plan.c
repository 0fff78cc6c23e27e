#include "collect/plan.h"

#include "collect/shape.h"

#include "base/guess.h"

#include <stdlib.h>

/* What a platform's hosts all do, or those of them that an index does not tell apart. */
struct kit {
    const char *name; /* as the hosts write the platform */
    const char *host; /* one of them; NULL: no index tells hosts apart */
    const char *rows; /* library_host_rows() of all of them */
    const struct platform *platform;
    struct job_command *commands;
    size_t ncommands;
    struct job_ask *asks;
    size_t nasks;
    struct kit *next;
};

struct maker {
    struct plan *plan;
    struct library *library;
    const struct plan_request *request;
    struct shape shape;
    struct arena scratch; /* of the host at hand */
    struct kit *kits;
};

void plan_release(struct plan *plan)
{
    arena_release(&plan->arena);
    *plan = (struct plan)PLAN_INIT;
}

/* Why a host has no way to do what is asked. */
enum lack {
    LACK_NOTHING,
    LACK_PLATFORM, /* its platform has none: a slip of who names the platform */
    LACK_HOST,     /* the index has one for other hosts */
};

static const char *explain(struct maker *m, const struct finding *finding)
{
    if (!finding->index) {
        return arena_printf(&m->plan->arena, "%s/%s", finding->dir, finding->templates);
    }
    return arena_printf(&m->plan->arena, "%s:%u (%s)", finding->index, finding->line,
                        finding->row);
}

/* ---- Asks ----------------------------------------------------------------------------------
 */

/* The command's templates, table and columns, from what was found. */
static int use_finding(struct maker *m, struct job_command *command, const char *table,
                       const struct finding *finding, struct err *err)
{
    struct shape_place place;
    int rc = library_load(m->library, finding, &command->reader, err);
    if (rc == 0) {
        rc = shape_reader(&m->shape, table, command->reader, &place, err);
    }
    if (rc < 0) {
        return rc;
    }
    command->template_path = finding->templates;
    command->fingerprint = library_fingerprint(m->library, command->reader);
    command->why = explain(m, finding);
    command->table = place.table;
    command->column_of = place.column_of;
    command->ncolumns = place.ncolumns;
    return command->why ? 0 : err_nomem(err);
}

static int use_file(struct maker *m, struct job_command *command, const char *path,
                    struct err *err)
{
    const char *slash = strrchr(path, '/');
    struct view name = view_of(slash ? slash + 1 : path);
    const char *dot = strrchr(name.ptr, '.');
    name.len = dot && dot != name.ptr ? (size_t)(dot - name.ptr) : name.len;
    const char *table = arena_dup(&m->plan->arena, name);
    struct shape_place place;
    if (!table) {
        return err_nomem(err);
    }
    int rc = library_load_file(m->library, path, &command->reader, err);
    if (rc == 0) {
        rc = shape_reader(&m->shape, table, command->reader, &place, err);
    }
    if (rc == 0) {
        command->template_path = path;
        command->fingerprint = library_fingerprint(m->library, command->reader);
        command->why = "-T";
        command->table = place.table;
        command->column_of = place.column_of;
        command->ncolumns = place.ncolumns;
    }
    return rc;
}

static int use_raw(struct maker *m, struct job_command *command, struct err *err)
{
    struct shape_place place;
    int rc = shape_raw(&m->shape, &place, err);
    if (rc == 0) {
        command->why = "no template reads it";
        command->table = place.table;
        command->column_of = place.column_of;
        command->ncolumns = place.ncolumns;
    }
    return rc;
}

static int no_template(struct maker *m, const struct kit *kit, const char *name,
                       enum lack *lacks, struct err *err)
{
    *lacks = LACK_PLATFORM;
    const char *guess = library_guess(m->library, kit->name, name);
    if (!guess) {
        guess = library_guess(m->library, kit->platform->name, name);
    }
    if (strchr(name, '/')) {
        return err_set(err, ERR_INPUT,
                       "-t takes a template's name, not a path: -c COMMAND -T %s", name);
    }
    struct finding other;
    if (kit->host && library_by_name(m->library, kit->name, NULL, name, &other, NULL) == 1) {
        *lacks = LACK_HOST;
        return err_set(err, ERR_INPUT,
                       "the index has the template '%s' of %s for other hosts than %s (%s:%u)",
                       name, kit->name, kit->host, other.index ? other.index : other.dir,
                       other.line);
    }
    return err_set(err, ERR_INPUT, "platform %s has no template '%s'%s%s%s", kit->name, name,
                   guess ? ": did you mean '" : "", guess ? guess : "", guess ? "'?" : "");
}

/* -t NAME */
static int add_template(struct maker *m, struct kit *kit, const char *name,
                        struct job_command *command, enum lack *lacks, struct err *err)
{
    struct finding finding;
    const char *mapped = platform_command(kit->platform, name);
    int rc = mapped
                 ? library_by_command(m->library, kit->name, kit->host, mapped, &finding, err)
                 : 0;
    if (rc == 0) {
        rc = library_by_name(m->library, kit->name, kit->host, name, &finding, err);
    }
    if (rc < 0) {
        return rc;
    }
    if (rc == 0) {
        return no_template(m, kit, name, lacks, err);
    }
    command->command = mapped ? mapped : finding.command;
    if (!command->command) {
        *lacks = LACK_PLATFORM;
        return err_set(err, ERR_INPUT,
                       "template %s of %s stands for no single command (%s:%u: %s): give -c "
                       "COMMAND instead",
                       name, kit->name, finding.index, finding.line, finding.row);
    }
    /* One table a name: what platforms map to it goes there, too. */
    return use_finding(m, command, mapped ? name : finding.name, &finding, err);
}

/* -c TEXT; *meant is the command that it abbreviates, as the index has it in full. */
static int add_command(struct maker *m, struct kit *kit, const struct plan_ask *ask,
                       struct job_command *command, const char **meant, struct err *err)
{
    const char *text = ask->text;
    command->command = text;
    if (m->request->template_file) {
        return use_file(m, command, m->request->template_file, err);
    }
    struct finding finding;
    int rc = library_by_command(m->library, kit->name, kit->host, text, &finding, err);
    if (rc < 0) {
        return rc;
    }
    if (rc == 1 && finding.whole && finding.command) {
        *meant = finding.command;
    }
    return rc == 1 && !ask->raw ? use_finding(m, command, finding.name, &finding, err)
                                : use_raw(m, command, err);
}

static int check_command(struct maker *m, const struct kit *kit, const char *command,
                         const char *meant, struct err *err)
{
    if (command[strcspn(command, "\r\n")] != '\0') {
        return err_set(err, ERR_USAGE, "a command is one line: give -c several times");
    }
    if (!m->request->allow_changes && !platform_reads_only(kit->platform, view_of(command)) &&
        !(meant && platform_reads_only(kit->platform, view_of(meant)))) {
        return err_set(err, ERR_USAGE,
                       "'%s' is not among the commands that only read on %s; --allow-changes "
                       "runs it all the same",
                       command, kit->name);
    }
    return 0;
}

/* The kit's command that does what the newest does, or the newest itself. */
static size_t same_command(const struct maker *m, const struct kit *kit)
{
    const struct job_command *newest = &kit->commands[kit->ncommands];
    size_t i = 0;
    while (i < kit->ncommands &&
           (strcmp(kit->commands[i].command, newest->command) != 0 ||
            (kit->commands[i].table != newest->table &&
             (!m->request->lenient || (kit->commands[i].reader && newest->reader))))) {
        i++;
    }
    return i;
}

/* Keeps the newest command, once. A reader's records hold for who wanted the text, too. */
static size_t keep_command(const struct maker *m, struct kit *kit)
{
    size_t place = same_command(m, kit);
    struct job_command *kept = &kit->commands[place];
    const struct job_command *newest = &kit->commands[kit->ncommands];
    if (place == kit->ncommands) {
        kit->ncommands++;
    } else if (!kept->reader && newest->reader) {
        *kept = *newest;
    }
    return place;
}

/* The next command of the kit, from what was asked. */
static int make_command(struct maker *m, struct kit *kit, const struct plan_ask *ask,
                        enum lack *lacks, struct err *err)
{
    struct job_command *command = &kit->commands[kit->ncommands];
    *command = (struct job_command){.asked = ask->text, .by_name = ask->template};
    const char *meant = NULL;
    int rc = ask->template ? add_template(m, kit, ask->text, command, lacks, err)
                           : add_command(m, kit, ask, command, &meant, err);
    return rc < 0 ? rc : check_command(m, kit, command->command, meant, err);
}

/* Whether the kit's platform is among those of the ask. */
static bool concerns(struct maker *m, const struct plan_ask *ask, const struct kit *kit)
{
    const struct platform_set *set = library_platforms(m->library, NULL);
    for (const char *const *name = ask->platforms; name && *name; name++) {
        if (set && platform_find(set, *name) == kit->platform) {
            return true;
        }
    }
    return !ask->platforms;
}

static int add_ask(struct maker *m, struct kit *kit, const struct plan_ask *ask,
                   struct err *err)
{
    enum lack lacks = LACK_NOTHING;
    struct job_ask answer = {ask->text, ask->template, !ask->raw, PLAN_LACKS, NULL};
    struct err why = ERR_INIT;
    int rc = make_command(m, kit, ask, &lacks, &why);
    if (rc == 0) {
        answer.command = keep_command(m, kit);
    } else if (m->request->lenient &&
               (lacks == LACK_HOST || (lacks == LACK_PLATFORM && !ask->platforms))) {
        answer.lack = arena_dup(&m->plan->arena, view_of(why.text));
        rc = answer.lack ? 0 : err_nomem(err);
    } else if (err) {
        *err = why;
        if (ask->where) {
            err_prefix(err, "%s", ask->where);
        }
    }
    if (rc == 0 && m->request->lenient) {
        kit->asks[kit->nasks++] = answer;
    }
    return rc;
}

static int fill_kit(struct maker *m, struct kit *kit, struct err *err)
{
    const struct plan_request *request = m->request;
    kit->commands = arena_array(&m->plan->arena, request->nasks + 1, sizeof(*kit->commands));
    kit->asks = arena_array(&m->plan->arena, request->nasks + 1, sizeof(*kit->asks));
    int rc = kit->commands && kit->asks ? 0 : err_nomem(err);
    for (size_t i = 0; i < request->nasks && rc == 0; i++) {
        if (concerns(m, &request->asks[i], kit)) {
            rc = add_ask(m, kit, &request->asks[i], err);
        }
    }
    return rc;
}

/* ---- Hosts ---------------------------------------------------------------------------------
 */

static int at_host(const struct host *host, int code, struct err *err)
{
    if (host->file) {
        err_prefix(err, "%s:%d: host %s", host->file, host->line, host->name);
    } else {
        err_prefix(err, "host %s", host->name);
    }
    return code;
}

/* A kit of no platform: its commands only say what was asked. */
static int auto_kit(struct maker *m, struct kit *kit, struct err *err)
{
    const struct plan_request *request = m->request;
    kit->name = PLATFORM_AUTO;
    kit->commands = arena_array(&m->plan->arena, request->nasks + 1, sizeof(*kit->commands));
    if (!kit->commands) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < request->nasks; i++) {
        const struct plan_ask *ask = &request->asks[i];
        kit->commands[kit->ncommands++] =
            (struct job_command){.command = ask->text,
                                 .asked = ask->text,
                                 .by_name = ask->template,
                                 .why = "its platform is not known"};
    }
    return 0;
}

/* What each platform that may turn up would run. That one of them cannot is no error yet. */
static int add_choice(struct maker *m, const struct platform *platform, struct err *err)
{
    struct plan_choice *choice = &m->plan->choices[m->plan->nchoices++];
    struct kit *kit = arena_get(&m->plan->arena, sizeof(*kit));
    struct err why = ERR_INIT;
    choice->platform = platform;
    if (!kit) {
        return err_nomem(err);
    }
    *kit = (struct kit){.name = platform->name, .platform = platform};
    int rc = fill_kit(m, kit, &why);
    if (rc == ERR_NOMEM) {
        return err_nomem(err);
    }
    choice->commands = kit->commands;
    choice->ncommands = kit->ncommands;
    choice->why_not = rc < 0 ? arena_dup(&m->plan->arena, view_of(why.text)) : NULL;
    return rc < 0 && !choice->why_not ? err_nomem(err) : 0;
}

/* None can: a slip. The reason that has a guess is the best one. */
static int no_choice(const struct plan *plan, struct err *err)
{
    const struct plan_choice *shown = &plan->choices[0];
    for (size_t i = 0; i < plan->nchoices; i++) {
        if (!plan->choices[i].why_not) {
            return 0;
        }
        if (strstr(plan->choices[i].why_not, "did you mean")) {
            shown = &plan->choices[i];
        }
    }
    return err_set(err, ERR_INPUT, "platform auto: not one of %zu platforms can do this: %s",
                   plan->nchoices, shown->why_not);
}

static int make_choices(struct maker *m, struct err *err)
{
    const struct detector *detector = library_detector(m->library, err);
    if (!detector) {
        return err && err->code ? err->code : ERR_INPUT;
    }
    size_t n = detector_count(detector);
    m->plan->choices = arena_array(&m->plan->arena, n, sizeof(*m->plan->choices));
    if (!m->plan->choices) {
        return err_nomem(err);
    }
    m->plan->detector = detector;
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        rc = add_choice(m, detector_at(detector, i), err);
    }
    return rc == 0 ? no_choice(m->plan, err) : rc;
}

static int find_platform(struct maker *m, const struct host *host, struct kit *kit,
                         struct err *err)
{
    const struct platform_set *set = library_platforms(m->library, err);
    if (!set) {
        return err && err->code ? err->code : ERR_INPUT;
    }
    if (!host->platform) {
        err_set(err, ERR_INPUT,
                "its platform is not said: --platform NAME, or `platform:` in "
                "the inventory; `auto` finds it out");
        return at_host(host, ERR_INPUT, err);
    }
    kit->name = host->platform;
    kit->platform = platform_find(set, host->platform);
    if (kit->platform) {
        return 0;
    }
    static const char *const automatic = PLATFORM_AUTO;
    const char *guess = platform_guess(set, host->platform);
    guess = guess ? guess : guess_nearest(view_of(host->platform), &automatic, 1);
    err_set(err, ERR_INPUT, "there is no platform '%s'%s%s%s", host->platform,
            guess ? ": did you mean '" : "", guess ? guess : "", guess ? "'?" : "");
    return at_host(host, ERR_INPUT, err);
}

/* Which of the indexes' rows for some hosts are for this one; "": no index has such. */
static const char *host_rows(struct maker *m, const struct host *host, struct err *err)
{
    bool by_index = !m->request->template_file;
    for (size_t i = 0; i < m->request->nasks; i++) {
        by_index = by_index || m->request->asks[i].template;
    }
    return by_index && !m->request->nobody && !host_is_auto(host)
               ? library_host_rows(m->library, host->name, &m->scratch, err)
               : "";
}

static struct kit *find_kit(const struct maker *m, const struct host *host, const char *rows)
{
    struct kit *kit = host->platform ? m->kits : NULL;
    while (kit && (strcmp(kit->name, host->platform) != 0 || strcmp(kit->rows, rows) != 0)) {
        kit = kit->next;
    }
    return kit;
}

/* The kit of the host's platform, made when it is the first. */
static int kit_for(struct maker *m, const struct host *host, struct kit **out, struct err *err)
{
    arena_reset(&m->scratch);
    const char *rows = host_rows(m, host, err);
    if (!rows) {
        return err && err->code ? err->code : ERR_INPUT;
    }
    *out = find_kit(m, host, rows);
    if (*out) {
        return 0;
    }
    struct kit *kit = arena_get(&m->plan->arena, sizeof(*kit));
    rows = kit ? arena_dup(&m->plan->arena, view_of(rows)) : NULL;
    if (!rows) {
        return err_nomem(err);
    }
    *kit = (struct kit){.host = *rows ? host->name : NULL, .rows = rows};
    int rc = host_is_auto(host) ? auto_kit(m, kit, err) : find_platform(m, host, kit, err);
    if (rc == 0 && kit->platform) {
        rc = fill_kit(m, kit, err);
    } else if (rc == 0 && !m->request->settled) {
        rc = make_choices(m, err);
    }
    kit->next = m->kits;
    m->kits = kit;
    *out = kit;
    return rc;
}

static void offer_data(struct guess *guess, const struct inventory *inventory)
{
    for (size_t i = 0; i < inventory->count; i++) {
        for (size_t d = 0; d < inventory->hosts[i].ndata; d++) {
            guess_offer(guess, inventory->hosts[i].data[d].key);
        }
    }
}

/* Data that no host has are a slip. */
static int check_data(const struct inventory *inventory, const struct plan_request *request,
                      struct err *err)
{
    for (size_t d = 0; d < request->ndata; d++) {
        size_t i = 0;
        while (i < inventory->count && !host_data_get(&inventory->hosts[i], request->data[d])) {
            i++;
        }
        if (i < inventory->count) {
            continue;
        }
        struct guess guess;
        guess_init(&guess, view_of(request->data[d]));
        offer_data(&guess, inventory);
        return err_set(err, ERR_USAGE, "no host has data '%s'%s%s%s", request->data[d],
                       guess.best ? ": did you mean '" : "", guess.best ? guess.best : "",
                       guess.best ? "'?" : "");
    }
    return 0;
}

static void add_job(struct maker *m, const struct host *host, const struct kit *kit)
{
    struct plan *plan = m->plan;
    const struct plan *like = m->request->like;
    bool idle = kit->ncommands == 0 && kit->platform && !(like && plan_job(like, host));
    struct job *job = idle ? &plan->idle[plan->nidle++] : &plan->jobs[plan->njobs++];
    *job = (struct job){.host = host,
                        .platform = kit->platform,
                        .commands = kit->commands,
                        .ncommands = kit->ncommands,
                        .asks = kit->asks,
                        .nasks = kit->nasks};
    plan->ncommands += kit->ncommands;
}

int plan_make(struct plan *plan, const struct inventory *inventory, struct library *library,
              const struct plan_request *request, struct err *err)
{
    *plan = (struct plan)PLAN_INIT;
    struct maker m = {
        .plan = plan, .library = library, .request = request, .scratch = ARENA_INIT};
    m.shape =
        (struct shape){.arena = &plan->arena, .data = request->data, .ndata = request->ndata};
    plan->data = request->data;
    plan->ndata = request->ndata;
    plan->jobs = arena_array(&plan->arena, inventory->count + 1, sizeof(*plan->jobs));
    plan->idle = arena_array(&plan->arena, inventory->count + 1, sizeof(*plan->idle));
    if (!plan->jobs || !plan->idle) {
        return err_nomem(err);
    }
    if (check_data(inventory, request, err) < 0) {
        return ERR_USAGE;
    }
    int rc = 0;
    for (size_t i = 0; i < inventory->count && rc == 0; i++) {
        struct kit *kit = NULL;
        rc = kit_for(&m, &inventory->hosts[i], &kit, err);
        if (rc == 0) {
            add_job(&m, &inventory->hosts[i], kit);
        }
    }
    arena_release(&m.scratch);
    return rc < 0 ? rc : shape_finish(&m.shape, &plan->tables, &plan->ntables, err);
}

const struct plan_choice *plan_choice(const struct plan *plan, const struct platform *platform)
{
    for (size_t i = 0; i < plan->nchoices; i++) {
        if (plan->choices[i].platform == platform) {
            return &plan->choices[i];
        }
    }
    return NULL;
}

const struct job *plan_job(const struct plan *plan, const struct host *host)
{
    size_t low = 0, high = plan->njobs;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (plan->jobs[middle].host->index < host->index) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < plan->njobs && plan->jobs[low].host->index == host->index ? &plan->jobs[low]
                                                                           : NULL;
}

struct host_result *plan_result(const struct job *job)
{
    const char **commands = calloc(job->ncommands + 1, sizeof(*commands));
    if (!commands) {
        return NULL;
    }
    for (size_t i = 0; i < job->ncommands; i++) {
        commands[i] = job->commands[i].command;
    }
    struct host_result *result = host_result_new(job->host, commands, job->ncommands);
    free(commands);
    return result;
}
