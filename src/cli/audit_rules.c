#include "cli/audit_rules.h"

#include "base/guess.h"
#include "base/strbuf.h"
#include "cli/setting.h"

#include <glob.h>
#include <unistd.h>

#define LISTED 12 /* packs that a message names */

/* ---- Packs ---------------------------------------------------------------------------------
 */

/* Calls on_pack with the name of each pack, folder by folder. */
static void each_pack(const struct search_path *path, struct arena *arena,
                      void (*on_pack)(void *user, const char *name), void *user)
{
    for (size_t i = 0; i < path->count; i++) {
        const char *pattern = arena_printf(arena, "%s/audit/*.yml", path->dirs[i]);
        glob_t found = {0};
        if (pattern && glob(pattern, 0, NULL, &found) == 0) {
            for (size_t k = 0; k < found.gl_pathc; k++) {
                const char *name = setting_stem(arena, found.gl_pathv[k]);
                if (name) {
                    on_pack(user, name);
                }
            }
        }
        globfree(&found);
    }
}

struct list {
    struct strbuf text;
    size_t count;
};

/* A pack of that name in an earlier folder hides a later one. */
static void list_pack(void *user, const char *name)
{
    struct list *list = user;
    struct strbuf word = STRBUF_INIT;
    strbuf_addf(&word, "  %s\n", name);
    bool known = list->count > 0 && strstr(list->text.buf, word.buf);
    if (!known && ++list->count <= LISTED) {
        strbuf_addstr(&list->text, word.buf);
    }
    strbuf_release(&word);
}

/* " one, two, three and 7 more" */
static void add_packs(struct strbuf *out, const struct search_path *path, struct arena *arena)
{
    struct list list = {STRBUF_INIT, 0};
    each_pack(path, arena, list_pack, &list);
    const char *between = " ";
    for (const char *line = list.text.buf; *line;) {
        size_t n = strcspn(line, "\n");
        strbuf_addf(out, "%s%.*s", between, (int)(n - 2), line + 2);
        between = ", ";
        line += n + 1;
    }
    if (list.count > LISTED) {
        strbuf_addf(out, " and %zu more", list.count - LISTED);
    }
    strbuf_release(&list.text);
}

static void offer_pack(void *user, const char *name)
{
    guess_offer(user, name);
}

static int no_pack(const char *name, const struct search_path *path, struct arena *arena,
                   struct err *err)
{
    struct guess guess;
    guess_init(&guess, view_of(name));
    each_pack(path, arena, offer_pack, &guess);
    if (guess.best) {
        return err_set(err, ERR_INPUT, "there is no rule pack '%s': did you mean '%s'?", name,
                       guess.best);
    }
    return err_set(err, ERR_INPUT,
                   "there is no rule pack '%s' (a file of rules is named by its path, such as "
                   "./%s.yml)",
                   name, name);
}

static int no_rules(const struct options *options, struct arena *arena, struct err *err)
{
    struct search_path path;
    struct strbuf packs = STRBUF_INIT;
    int rc = setting_search_path(&path, options, arena, err);
    if (rc == 0) {
        add_packs(&packs, &path, arena);
        rc = err_set(err, ERR_USAGE, "by which rules? give -r FILE, or one of the packs:%s",
                     packs.len ? packs.buf : " (there are none)");
    }
    strbuf_release(&packs);
    return rc;
}

/* ---- Paths ---------------------------------------------------------------------------------
 */

static bool is_path(const char *text)
{
    struct view name = view_of(text);
    return strchr(text, '/') || view_ends(name, VIEW(".yml")) ||
           view_ends(name, VIEW(".yaml")) || access(text, F_OK) == 0;
}

int audit_rules_path(const char **out, const char *text, const struct options *options,
                     struct arena *arena, struct err *err)
{
    struct search_path path;
    *out = text;
    if (is_path(text)) {
        return 0;
    }
    int rc = setting_search_path(&path, options, arena, err);
    for (size_t i = 0; rc == 0 && i < path.count; i++) {
        *out = arena_printf(arena, "%s/audit/%s.yml", path.dirs[i], text);
        if (!*out) {
            return err_nomem(err);
        }
        if (access(*out, F_OK) == 0) {
            return 0;
        }
    }
    return rc < 0 ? rc : no_pack(text, &path, arena, err);
}

int audit_rules(struct rules **out, const struct options *options, struct err *err)
{
    struct arena arena = ARENA_INIT;
    const struct option_list *list = &options->rules;
    const char **paths = arena_array(&arena, list->count + 1, sizeof(*paths));
    int rc = paths ? 0 : err_nomem(err);
    if (rc == 0 && list->count == 0) {
        rc = no_rules(options, &arena, err);
    }
    for (size_t i = 0; i < list->count && rc == 0; i++) {
        rc = audit_rules_path(&paths[i], list->items[i].text, options, &arena, err);
    }
    if (rc == 0) {
        rc = rules_read(out, paths, list->count, err);
    }
    arena_release(&arena);
    return rc;
}
