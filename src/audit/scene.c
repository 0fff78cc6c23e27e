#include "audit/scene.h"

#include "audit/scene_part.h"
#include "collect/library.h"

#include <stdlib.h>
#include <string.h>

/* ---- Opening -------------------------------------------------------------------------------
 */

static int find_run(struct scene_reader *r, struct err *err)
{
    struct scene *scene = r->scene;
    struct guarded st = GUARDED_INIT;
    struct err why = ERR_INIT;
    struct guarded_sql sql = {.sql = VIEW("SELECT id, started, ended IS NOT NULL FROM"
                                          " main._runs ORDER BY id DESC LIMIT 1")};
    int status = guarded_open(&st, scene->db, &sql, &why);
    if (status == 0) {
        status = guarded_next(&st, &why);
    }
    if (status > 0) {
        scene->run = (long)guarded_integer(&st, 0);
        scene->started = scene_keep(r, &st, 1);
        scene->ended = guarded_integer(&st, 2) != 0;
    }
    guarded_close(&st);
    if (status > 0) {
        return 0;
    }
    return why.code == ERR_NOMEM
               ? err_nomem(err)
               : err_set(err, ERR_INPUT, "%s: there is no saved run in it%s%s", scene->db->path,
                         why.text[0] ? ": " : "", why.text);
}

/* What an inventory knows where the database says nothing. */
static int use_known(struct scene_reader *r, struct err *err)
{
    for (size_t i = 0; i < r->options->nknown; i++) {
        const struct audit_known *known = &r->options->known[i];
        size_t at = scene_host(r->scene, view_of(known->host));
        if (at == SCENE_NONE) {
            continue;
        }
        struct host_seen *host = &r->scene->hosts[at];
        if (!host->groups && known->groups) {
            host->groups = arena_dup(r->scene->arena, view_of(known->groups));
            r->failed = r->failed || !host->groups;
        }
        if (!host->data && known->data) {
            host->data = arena_dup(r->scene->arena, view_of(known->data));
            r->failed = r->failed || !host->data;
        }
    }
    return r->failed ? err_nomem(err) : 0;
}

int scene_open(struct scene *scene, struct db *db, const struct audit_options *options,
               struct arena *arena, struct err *err)
{
    *scene = (struct scene){.db = db, .library = options->library, .arena = arena};
    struct scene_reader r = {.scene = scene, .options = options};
    int status = find_run(&r, err);
    if (status == 0 && scene->library && !library_platforms(scene->library, err)) {
        status = err && err->code ? err->code : ERR_INPUT;
    }
    if (status == 0) {
        status = scene_read(&r, err);
    }
    if (status == 0) {
        status = use_known(&r, err);
    }
    if (status == 0) {
        status = scene_lay(&r, err);
    }
    if (status == 0) {
        guarded_names_only(db);
    }
    return status;
}

/* ---- Looking up ----------------------------------------------------------------------------
 */

static int compare_name(const void *key, const void *item)
{
    const struct view *k = key;
    const char *name = ((const struct named_host *)item)->name;
    size_t len = strlen(name), least = len < k->len ? len : k->len;
    int order = memcmp(k->ptr, name, least);
    return order ? order : k->len < len ? -1 : k->len > len;
}

size_t scene_host(const struct scene *scene, struct view name)
{
    if (!name.ptr || !scene->nhosts) {
        return SCENE_NONE;
    }
    const struct named_host *found =
        bsearch(&name, scene->by_name, scene->nhosts, sizeof(*scene->by_name), compare_name);
    return found ? found->index : SCENE_NONE;
}

const struct table_seen *scene_table(const struct scene *scene, const char *name)
{
    for (size_t i = 0; i < scene->ntables; i++) {
        if (strcmp(scene->tables[i].name, name) == 0) {
            return &scene->tables[i];
        }
    }
    return NULL;
}

struct job_seen *scene_job(const struct scene *scene, size_t host, struct view command)
{
    const struct host_seen *seen = &scene->hosts[host];
    for (size_t i = 0; i < seen->njobs; i++) {
        struct job_seen *job = &scene->jobs[seen->first_job + i];
        if (view_equal_str(command, job->command)) {
            return job;
        }
    }
    return NULL;
}

static const struct platform *platform_of(const struct scene *scene, const char *name)
{
    const struct platform_set *set =
        scene->library && name ? library_platforms(scene->library, NULL) : NULL;
    return set ? platform_find(set, name) : NULL;
}

const char *scene_platform(const struct scene *scene, const char *name)
{
    const struct platform *platform = platform_of(scene, name);
    return platform ? platform->name : name;
}

/* ---- Answers -------------------------------------------------------------------------------
 */

/* The same words with other blanks between them are the same command. */
static bool same_command(const char *a, const char *b)
{
    a += strspn(a, " \t");
    b += strspn(b, " \t");
    while (*a && *b) {
        size_t blanks_a = strspn(a, " \t"), blanks_b = strspn(b, " \t");
        bool ends = !a[blanks_a] || !b[blanks_b];
        if (!ends && (blanks_a > 0) != (blanks_b > 0)) {
            return false;
        }
        a += blanks_a;
        b += blanks_b;
        if (*a && *b && *a++ != *b++) {
            return false;
        }
    }
    return !a[strspn(a, " \t")] && !b[strspn(b, " \t")];
}

/* Whether a job's template is the one of that name: by its file, or because the platform's file
 * says which command the name stands for. */
static bool reads(const struct scene *scene, const struct job_seen *job, const char *name)
{
    if (!job->template_path) {
        return false;
    }
    const char *platform = scene_platform(scene, scene->hosts[job->host].host.platform);
    if (view_equal_str(library_template_name(job->template_path, platform ? platform : ""),
                       name)) {
        return true;
    }
    const struct platform *known = platform_of(scene, platform);
    const char *command = known ? platform_command(known, name) : NULL;
    return command && strcmp(command, job->command) == 0;
}

static const struct ask_seen *find_ask(const struct scene *scene, const struct host_seen *seen,
                                       const char *asked, bool by_name)
{
    for (size_t i = 0; i < seen->nasks; i++) {
        const struct ask_seen *ask = &scene->asks[seen->first_ask + i];
        if (ask->by_name == by_name &&
            (by_name ? strcmp(ask->asked, asked) == 0 : same_command(ask->asked, asked))) {
            return ask;
        }
    }
    return NULL;
}

static const char *not_collected(const struct scene *scene, const struct host_seen *seen,
                                 const char *asked)
{
    return seen->reason ? seen->reason
                        : arena_printf(scene->arena, "'%s' was not collected from it", asked);
}

/* The first job that is meant, and any of them that failed before all others. */
static struct job_seen *find_job(const struct scene *scene, const struct host_seen *seen,
                                 const char *asked, bool by_name)
{
    struct job_seen *found = NULL;
    for (size_t i = 0; i < seen->njobs; i++) {
        struct job_seen *job = &scene->jobs[seen->first_job + i];
        bool meant = by_name ? reads(scene, job, asked) : same_command(job->command, asked);
        if (meant && (!found || (found->ok && !job->ok))) {
            found = job;
        }
    }
    return found;
}

struct job_seen *scene_answer(const struct scene *scene, size_t host, const char *asked,
                              bool by_name, const char **why)
{
    const struct host_seen *seen = &scene->hosts[host];
    const struct ask_seen *ask = find_ask(scene, seen, asked, by_name);
    struct job_seen *job;
    if (ask && !ask->command) {
        *why = ask->reason ? ask->reason : not_collected(scene, seen, asked);
        return NULL;
    }
    if (ask && by_name && ask->records && strcmp(ask->records, asked) != 0) {
        *why = arena_printf(scene->arena, "the template's name is '%s', not '%s'", ask->records,
                            asked);
        return NULL;
    }
    job = ask ? find_job(scene, seen, ask->command, false)
              : find_job(scene, seen, asked, by_name);
    *why = job && job->ok ? NULL : job ? job->reason : not_collected(scene, seen, asked);
    return job && job->ok ? job : NULL;
}
