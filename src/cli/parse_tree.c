#include "cli/parse_tree.h"

#include "cli/asks.h"
#include "cli/saving.h"
#include "cli/setting.h"
#include "cli/talk.h"
#include "collect/emit.h"
#include "collect/rawtree_read.h"

#include <sys/stat.h>

struct tree {
    const struct options *options;
    struct arena arena;
    struct rawtree_saved *saved;
    struct library *library;
    struct plan plan;
    struct saving *saving; /* NULL: to no database */
    struct emit *emit;
    bool failed; /* some output could not be parsed */
};

bool parse_is_tree(const struct options *options)
{
    struct stat st;
    return options->words.count == 1 && stat(options->words.items[0].text, &st) == 0 &&
           S_ISDIR(st.st_mode);
}

/* What the run asked for, or what is asked for now. */
static int make_plan(struct tree *tree, struct err *err)
{
    const struct options *options = tree->options;
    struct plan_request request = {.asks = tree->saved->asks,
                                   .nasks = tree->saved->nasks,
                                   .template_file = options->template_file,
                                   .allow_changes = true, /* nothing is run */
                                   .settled = true};
    if (options->asks.count > 0 && asks_of(&request, options, &tree->arena, err) < 0) {
        return ERR_NOMEM;
    }
    int rc = plan_make(&tree->plan, &tree->saved->inventory, tree->library, &request, err);
    if (rc == 0) {
        rc = rawtree_trim(tree->saved, &tree->plan, err);
    }
    if (rc == 0 && tree->plan.njobs == 0) {
        rc = err_set(err, ERR_INPUT, "%s holds no such output", tree->saved->dir);
    }
    return rc;
}

static int open_writer(struct tree *tree, struct writer **writer, struct err *err)
{
    const struct options *options = tree->options;
    const char *started = tree->saved->started;
    if (!saving_path(options)) {
        return setting_records(writer, options, tree->plan.tables, tree->plan.ntables, err);
    }
    int rc = saving_check(options, err);
    if (rc == 0) { /* a manifest is written last */
        rc = saving_open_copy(&tree->saving, options, &tree->plan, started,
                              started ? started : "unknown", err);
    }
    *writer = rc < 0 ? NULL : saving_writer(tree->saving);
    return rc;
}

static int prepare(struct tree *tree, struct err *err)
{
    const struct options *options = tree->options;
    int rc = rawtree_read(&tree->saved, options->words.items[0].text, err);
    if (rc == 0 && options->platform) {
        rc = err_set(err, ERR_USAGE, "the folder knows its platforms: leave out --platform");
    }
    if (rc == 0) {
        rc = setting_library(&tree->library, options, &tree->arena, err);
    }
    if (rc == 0) {
        rc = make_plan(tree, err);
    }
    struct writer *writer = NULL;
    if (rc == 0) {
        rc = open_writer(tree, &writer, err);
    }
    struct emit_options ordered = {.ordered = !tree->saving};
    return rc < 0 ? rc : emit_new(&tree->emit, &tree->plan, writer, &ordered, err);
}

/* What did not come in the run is told in the manifest; here only what we cannot read is news.
 */
static void tell(struct tree *tree, const struct host_result *result)
{
    for (size_t i = 0; i < result->ncommands; i++) {
        if (result->commands[i].status == STATUS_PARSE_ERROR) {
            talk_error("%s", result->commands[i].reason);
            tree->failed = true;
        }
    }
}

static int parse_host(struct tree *tree, struct host_result *result, struct err *err)
{
    int rc = tree->saving ? saving_begin(tree->saving, err) : 0;
    if (rc == 0) {
        rc = emit_host(tree->emit, result, err);
    }
    if (rc == 0 && tree->saving) {
        rc = saving_end(tree->saving, result, err);
    }
    tell(tree, result);
    return rc;
}

static int parse_all(struct tree *tree, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < tree->plan.njobs && rc == 0; i++) {
        struct host_result *result = NULL;
        rc = rawtree_result(tree->saved, &tree->plan.jobs[i], &result, err);
        if (rc == 0) {
            rc = parse_host(tree, result, err);
        }
        host_result_free(result);
    }
    rc = rc < 0 ? rc : emit_finish(tree->emit, err);
    if (rc == 0 && tree->saving) {
        rc = saving_close(tree->saving, NULL, err);
        tree->saving = NULL;
    }
    return rc;
}

int parse_tree(const struct options *options)
{
    struct err err = ERR_INIT;
    struct tree tree = {.options = options, .arena = ARENA_INIT, .plan = PLAN_INIT};
    int rc = prepare(&tree, &err);
    if (rc == 0) {
        rc = parse_all(&tree, &err);
    }
    int status = rc < 0 ? talk_failure(&err, "parse") : tree.failed;
    emit_free(tree.emit);
    saving_abort(tree.saving);
    plan_release(&tree.plan);
    library_free(tree.library);
    rawtree_saved_free(tree.saved);
    arena_release(&tree.arena);
    return status;
}
