#include "cli/parse_save.h"

#include "cli/saving.h"
#include "cli/setting.h"

#include <stdlib.h>

struct parse_save {
    struct save *save;
    const struct options *options;
    struct arena arena;
    long place; /* of the file at hand */
};

const char *parse_save_host(struct arena *arena, const char *path)
{
    return strcmp(path, "-") == 0 ? "stdin" : setting_stem(arena, path);
}

/* ---- Twins ---------------------------------------------------------------------------------
 */

struct parsed_file {
    const char *host, *path;
};

static int by_host(const void *a, const void *b)
{
    return strcmp(((const struct parsed_file *)a)->host, ((const struct parsed_file *)b)->host);
}

static int check_twins(const struct options *options, struct arena *arena, struct err *err)
{
    size_t n = options->words.count;
    struct parsed_file *files = arena_array(arena, n + 1, sizeof(*files));
    for (size_t i = 0; files && i < n; i++) {
        files[i].path = options->words.items[i].text;
        files[i].host = parse_save_host(arena, files[i].path);
        if (!files[i].host) {
            return err_nomem(err);
        }
    }
    if (!files) {
        return err_nomem(err);
    }
    qsort(files, n, sizeof(*files), by_host);
    for (size_t i = 1; i < n; i++) {
        if (by_host(&files[i - 1], &files[i]) == 0) {
            return err_set(err, ERR_USAGE,
                           "%s and %s would both be the host %s: a run in a database has one "
                           "output of a command of each",
                           files[i - 1].path, files[i].path, files[i].host);
        }
    }
    return 0;
}

/* ---- The database --------------------------------------------------------------------------
 */

int parse_save_open(struct parse_save **out, const struct options *options,
                    const struct table *tables, size_t ntables, struct err *err)
{
    *out = NULL;
    struct parse_save *p = calloc(1, sizeof(*p));
    if (!p) {
        return err_nomem(err);
    }
    arena_init(&p->arena, NULL);
    p->options = options;
    int rc = saving_check(options, err);
    if (rc == 0) {
        rc = check_twins(options, &p->arena, err);
    }
    if (rc == 0) {
        struct save_run run = saving_run(options, &p->arena);
        rc = save_open(&p->save, saving_path(options), tables, ntables, &run, err);
    }
    if (rc < 0) {
        parse_save_abort(p);
        return rc;
    }
    *out = p;
    return 0;
}

struct writer *parse_save_writer(struct parse_save *p)
{
    return save_writer(p->save);
}

int parse_save_begin(struct parse_save *p, struct err *err)
{
    return save_host_begin(p->save, err);
}

int parse_save_end(struct parse_save *p, const struct save_job *job, struct err *err)
{
    struct save_host host = {.host = job->host,
                             .port = -1,
                             .platform = p->options->platform,
                             .status = job->status,
                             .reason = job->reason,
                             .connect_ms = -1,
                             .auth_ms = -1,
                             .total_ms = -1,
                             .place = p->place++};
    int rc = strcmp(job->status, "ok") == 0 ? 0 : save_host_undo(p->save, err);
    if (rc == 0) {
        rc = save_job(p->save, job, err);
    }
    return rc < 0 ? rc : save_host_end(p->save, &host, err);
}

int parse_save_close(struct parse_save *p, struct err *err)
{
    int rc = save_close(p->save, err);
    p->save = NULL;
    parse_save_abort(p);
    return rc;
}

void parse_save_abort(struct parse_save *p)
{
    if (p) {
        save_abort(p->save);
        arena_release(&p->arena);
        free(p);
    }
}
