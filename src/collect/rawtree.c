#include "collect/rawtree.h"

#include "collect/host_text.h"
#include "collect/pieces.h"

#include "base/safename.h"
#include "base/tempfile.h"
#include "output/cell.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

struct rawtree {
    const struct plan *plan;
    struct arena arena;
    const char *dir;
    const char **folders; /* of the jobs */
    struct outfile *manifest;
    struct pieces pieces;
    char started[UTC_STAMP_SIZE];
};

/* ---- Names ---------------------------------------------------------------------------------
 */

static const char *safe(struct arena *arena, const char *name)
{
    struct strbuf sb = STRBUF_INIT;
    safename_add(&sb, view_of(name));
    const char *copy = strbuf_failed(&sb) ? NULL : arena_dup(arena, strbuf_view(&sb));
    strbuf_release(&sb);
    return copy;
}

static int by_folder(const void *a, const void *b)
{
    const char *const *left = *(const char *const *const *)a;
    const char *const *right = *(const char *const *const *)b;
    int order = strcasecmp(*left, *right);
    return order ? order : (left < right ? -1 : left > right);
}

/* Hosts whose names differ in letter case only get a number. */
static int name_folders(struct rawtree *tree, struct err *err)
{
    size_t n = tree->plan->njobs;
    tree->folders = arena_array(&tree->arena, n + 1, sizeof(*tree->folders));
    const char ***sorted = arena_array(&tree->arena, n + 1, sizeof(*sorted));
    if (!tree->folders || !sorted) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        tree->folders[i] = safe(&tree->arena, tree->plan->jobs[i].host->name);
        sorted[i] = &tree->folders[i];
        if (!tree->folders[i]) {
            return err_nomem(err);
        }
    }
    qsort(sorted, n, sizeof(*sorted), by_folder);
    for (size_t i = 1, same = 1; i < n; i++) {
        const char *first = *sorted[i - same];
        same = safename_same(view_of(first), view_of(*sorted[i])) ? same + 1 : 1;
        if (same > 1 &&
            !(*sorted[i] = arena_printf(&tree->arena, "%s~%zu", *sorted[i], same))) {
            return err_nomem(err);
        }
    }
    return 0;
}

/* The file of a job's command: commands that would share a name get a number. */
static const char *file_of(struct arena *arena, const struct job *job, size_t command)
{
    const char *name = safe(arena, job->commands[command].command);
    size_t same = 1;
    for (size_t i = 0; i < command && name; i++) {
        const char *other = safe(arena, job->commands[i].command);
        same += other && safename_same(view_of(other), view_of(name));
    }
    if (!name) {
        return NULL;
    }
    return same == 1 ? arena_printf(arena, "%s.txt", name)
                     : arena_printf(arena, "%s~%zu.txt", name, same);
}

/* ---- Begin and end -------------------------------------------------------------------------
 */

static int make_folder(const char *path, struct err *err)
{
    struct stat st;
    if (mkdir(path, 0700) < 0 && errno != EEXIST) {
        return err_set(err, ERR_OUTPUT, "cannot make the folder %s: %s", path, strerror(errno));
    }
    /* Not through a link that somebody else may have put there. */
    if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode)) {
        return err_set(err, ERR_OUTPUT, "%s is no folder", path);
    }
    return 0;
}

int rawtree_open(struct rawtree **out, const char *dir, const struct plan *plan,
                 struct err *err)
{
    struct rawtree *tree = calloc(1, sizeof(*tree));
    if (!tree) {
        return err_nomem(err);
    }
    tree->plan = plan;
    utc_stamp(tree->started, sizeof(tree->started));
    size_t len = strlen(dir);
    while (len > 1 && dir[len - 1] == '/') {
        len--;
    }
    tree->dir = arena_dup(&tree->arena, view_make(dir, len));
    const char *manifest =
        tree->dir ? arena_printf(&tree->arena, "%s/" RAWTREE_MANIFEST, tree->dir) : NULL;
    int rc = manifest ? make_folder(tree->dir, err) : err_nomem(err);
    if (rc == 0) {
        rc = name_folders(tree, err);
    }
    if (rc == 0) {
        rc = pieces_init(&tree->pieces, plan->njobs, err);
    }
    if (rc == 0) {
        rc = outfile_open(&tree->manifest, manifest, err);
    }
    if (rc < 0) {
        tree->manifest = NULL;
        rawtree_free(tree);
        return rc;
    }
    *out = tree;
    return 0;
}

void rawtree_free(struct rawtree *tree)
{
    if (tree) {
        outfile_abort(tree->manifest);
        pieces_release(&tree->pieces);
        arena_release(&tree->arena);
        free(tree);
    }
}

static const char *platform_of(const struct job *job)
{
    return job->host->platform ? job->host->platform : job->platform->name;
}

static void describe_host(struct strbuf *out, const struct job *job)
{
    const struct host *host = job->host;
    strbuf_addstr(out, "{");
    member_text(out, "host", host->name);
    member_text(out, "address", host->address);
    member_text(out, "platform", platform_of(job));
    member_key(out, "groups");
    strbuf_addstr(out, "[");
    for (size_t i = 0; host->groups[i]; i++) {
        strbuf_addstr(out, i ? "," : "");
        json_add_string(out, view_of(host->groups[i]));
    }
    strbuf_addstr(out, "]");
    member_key(out, "data");
    host_add_data(out, host);
    strbuf_addstr(out, "}");
}

/* Those with jobs and the idle ones, both in the inventory's order. */
static int write_hosts(struct rawtree *tree, struct err *err)
{
    const struct plan *plan = tree->plan;
    struct strbuf text = STRBUF_INIT;
    strbuf_addstr(&text, "{");
    member_text(&text, "started", tree->started);
    strbuf_addstr(&text, ",\n\"hosts\": [");
    size_t busy = 0, idle = 0;
    int rc = 0;
    while (rc == 0 && busy + idle < plan->njobs + plan->nidle) {
        bool next_is_idle =
            busy == plan->njobs ||
            (idle < plan->nidle && plan->idle[idle].host->index < plan->jobs[busy].host->index);
        strbuf_addstr(&text, busy + idle ? ",\n" : "\n");
        describe_host(&text, next_is_idle ? &plan->idle[idle++] : &plan->jobs[busy++]);
        rc = strbuf_failed(&text) ? err_nomem(err)
                                  : outfile_write(tree->manifest, text.buf, text.len, err);
        strbuf_reset(&text);
    }
    strbuf_release(&text);
    return rc;
}

int rawtree_close(struct rawtree *tree, struct err *err)
{
    int rc = write_hosts(tree, err);
    if (rc == 0) {
        rc = outfile_write(tree->manifest, "\n],\n\"jobs\": [", 13, err);
    }
    if (rc == 0) {
        rc = pieces_write(&tree->pieces, tree->manifest, err);
    }
    if (rc == 0) {
        rc = outfile_write(tree->manifest, "\n]}\n", 4, err);
    }
    if (rc == 0) {
        rc = outfile_commit(tree->manifest, err);
        tree->manifest = NULL;
    }
    rawtree_free(tree);
    return rc;
}

void rawtree_settle(struct rawtree *tree, const struct plan *plan)
{
    tree->plan = plan;
}

/* ---- Outputs -------------------------------------------------------------------------------
 */

static int cannot(const char *path, struct err *err)
{
    return err_set(err, ERR_OUTPUT, "cannot write %s: %s", path, strerror(errno));
}

static bool write_all(int fd, struct view bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        bytes = view_slice(bytes, n > 0 ? (size_t)n : 0, bytes.len);
    }
    return true;
}

/* Whole or not at all, and nobody else's. Not flushed to the disk: a power cut may cost a file,
 * a flush for each of thousands would cost minutes. */
static int save(const char *path, struct view bytes, struct err *err)
{
    struct tempfile *temp = tempfile_new(path);
    if (!temp) {
        return cannot(path, err);
    }
    if (fchmod(tempfile_fd(temp), 0600) < 0 || !write_all(tempfile_fd(temp), bytes) ||
        tempfile_rename(temp, path) < 0) {
        int rc = cannot(path, err);
        tempfile_remove(temp);
        return rc;
    }
    return 0;
}

static void describe(struct strbuf *out, const struct job *job, size_t i,
                     const struct command_result *command, const char *file)
{
    const struct job_command *how = &job->commands[i];
    strbuf_addstr(out, "{");
    member_text(out, "host", job->host->name);
    member_text(out, "platform", platform_of(job));
    member_text(out, "command", how->command);
    member_text(out, "asked", how->asked);
    member_bool(out, "template", how->by_name);
    member_text(out, "file", file);
    member_text(out, "status", status_name(command->status));
    member_text(out, "reason", command->reason);
    member_text(out, "collected_at", command->collected_at[0] ? command->collected_at : NULL);
    strbuf_addstr(out, "}");
}

static int add_command(struct rawtree *tree, const struct job *job, size_t i,
                       const struct command_result *command, struct strbuf *piece,
                       struct err *err)
{
    struct arena arena = ARENA_INIT;
    const char *folder = tree->folders[job - tree->plan->jobs];
    const char *name = file_of(&arena, job, i);
    const char *file = name ? arena_printf(&arena, "%s/%s", folder, name) : NULL;
    const char *path = file ? arena_printf(&arena, "%s/%s", tree->dir, file) : NULL;
    int rc = path ? 0 : err_nomem(err);
    bool has_output = command->output.len > 0 || command->status == STATUS_OK;
    if (rc == 0 && has_output) {
        rc = save(path, strbuf_view(&command->output), err);
    }
    if (rc == 0) {
        strbuf_addstr(piece, piece->len > 0 ? ",\n" : "");
        describe(piece, job, i, command, has_output ? file : NULL);
    }
    arena_release(&arena);
    return rc;
}

static int make_host_folder(struct rawtree *tree, const struct job *job, struct err *err)
{
    struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/%s", tree->dir, tree->folders[job - tree->plan->jobs]);
    int rc = make_folder(path.buf, err);
    strbuf_release(&path);
    return rc;
}

int rawtree_add(struct rawtree *tree, const struct host_result *result, struct err *err)
{
    const struct job *job = plan_job(tree->plan, result->host);
    struct strbuf piece = STRBUF_INIT;
    int rc = job ? make_host_folder(tree, job, err)
                 : err_set(err, ERR_HOST, "%s: no host of this run", result->host->name);
    for (size_t i = 0; rc == 0 && i < result->ncommands; i++) {
        rc = add_command(tree, job, i, &result->commands[i], &piece, err);
    }
    if (rc == 0) {
        rc = pieces_add(&tree->pieces, (size_t)(job - tree->plan->jobs), &piece, err);
    }
    strbuf_release(&piece);
    return rc;
}
