/* Rule files -> rules: the files, what stands twice, and what must be collected. */
#include "audit/rules.h"

#include "audit/rules_part.h"
#include "base/limits.h"
#include "base/sha256.h"
#include "base/strbuf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The reading of all files. */
struct gather {
    struct rules_all *all;
    struct rule *rules; /* growing; then they are all->rules' */
    struct waiver *waivers;
    struct rule_file *files;
    size_t rule_room, waiver_room, faulty_room;
    rule_fault_fn *on_fault; /* NULL: the first fault ends it */
    void *user;
};

/* A fault of a file or of one of its rules: ends the reading, or is told and left behind. */
static int fault(struct gather *g, const char *path, const struct err *why, struct err *err)
{
    if (!g->on_fault || why->code == ERR_NOMEM) {
        if (err) {
            *err = *why;
        }
        return why->code;
    }
    /* the text begins with the place, which is told beside it */
    const char *text = why->text;
    size_t len = strlen(path);
    if (strncmp(text, path, len) == 0 && text[len] == ':') {
        text += len + 1;
        text += strspn(text, "0123456789:");
        text += *text == ' ';
    }
    return g->on_fault(g->user, path, (struct rule_place){why->line, why->column}, text, err);
}

/* Room for one more of n things: twice as many each time. */
static void *room(struct arena *arena, void *items, size_t n, size_t *size, size_t each)
{
    if (n < *size) {
        return items;
    }
    size_t more = *size ? *size * 2 : 64;
    void *bigger = arena_array(arena, more, each);
    if (bigger && n) {
        memcpy(bigger, items, n * each);
    }
    *size = bigger ? more : *size;
    return bigger;
}

/* Rules and their patterns grow together. */
static int rule_room(struct gather *g, struct err *err)
{
    struct rules_all *all = g->all;
    size_t n = all->rules.nrules, size = g->rule_room;
    if (n >= LIMIT_RULES) {
        return err_set(err, ERR_INPUT, "more than %d rules", LIMIT_RULES);
    }
    struct rule_patterns *patterns =
        room(&all->arena, all->patterns, n, &size, sizeof(*patterns));
    struct rule *rules = room(&all->arena, g->rules, n, &g->rule_room, sizeof(*rules));
    if (!patterns || !rules) {
        return err_nomem(err);
    }
    all->patterns = patterns;
    g->rules = rules;
    return 0;
}

static int find_twin(const struct gather *g, const struct yaml *y, const struct yaml_node *node,
                     const char *id, struct err *err)
{
    for (size_t i = 0; i < g->all->rules.nrules; i++) {
        const struct rule *other = &g->rules[i];
        if (strcmp(other->id, id) == 0) {
            return yaml_error(y, yaml_get(node, "id"), err,
                              "rule '%s' is there already, at %s:%d", id, other->path,
                              other->at.line);
        }
    }
    return 0;
}

static int add_rule(struct gather *g, struct yaml *y, const struct yaml_node *node,
                    struct err *err)
{
    int code = rule_room(g, err);
    if (code < 0) {
        return code;
    }
    size_t n = g->all->rules.nrules;
    code = rule_read(y, node, &g->rules[n], &g->all->patterns[n], err);
    if (code == 0) {
        code = find_twin(g, y, node, g->rules[n].id, err);
        if (code < 0) {
            rule_patterns_release(&g->all->patterns[n]);
        }
    }
    g->all->rules.nrules += code == 0;
    return code;
}

static int add_waiver(struct gather *g, struct yaml *y, const struct yaml_node *node,
                      struct err *err)
{
    struct rules *rules = &g->all->rules;
    if (rules->nwaivers >= LIMIT_WAIVERS) {
        return err_set(err, ERR_INPUT, "more than %d waivers", LIMIT_WAIVERS);
    }
    g->waivers =
        room(&g->all->arena, g->waivers, rules->nwaivers, &g->waiver_room, sizeof(*g->waivers));
    if (!g->waivers) {
        return err_nomem(err);
    }
    int code = waiver_read(y, node, &g->waivers[rules->nwaivers], err);
    rules->nwaivers += code == 0;
    return code;
}

/* A rule that is told and left out is known all the same to the waivers of it. */
static int note_faulty(struct gather *g, const struct yaml_node *item, struct err *err)
{
    const struct yaml_node *id = item->kind == YAML_MAP ? yaml_get(item, "id") : NULL;
    if (!id || id->kind != YAML_SCALAR) {
        return 0;
    }
    g->all->faulty = room(&g->all->arena, g->all->faulty, g->all->nfaulty, &g->faulty_room,
                          sizeof(*g->all->faulty));
    if (!g->all->faulty) {
        return err_nomem(err);
    }
    g->all->faulty[g->all->nfaulty++] = id->text.ptr;
    return 0;
}

typedef int add_fn(struct gather *, struct yaml *, const struct yaml_node *, struct err *);

static int add_items(struct gather *g, struct yaml *y, const struct yaml_node *list,
                     add_fn *add, const char *what, struct err *err)
{
    struct err why = ERR_INIT;
    if (!list || yaml_is_null(list)) {
        return 0;
    }
    if (yaml_want(y, list, YAML_LIST, what, &why) < 0) {
        return fault(g, y->path, &why, err);
    }
    int code = 0;
    for (const struct yaml_node *item = list->first; item && code == 0; item = item->next) {
        if (add(g, y, item, &why) < 0) {
            code = fault(g, y->path, &why, err);
            code = code == 0 && add == add_rule ? note_faulty(g, item, err) : code;
        }
    }
    return code;
}

static int read_tree(struct gather *g, struct yaml *y, struct err *err)
{
    struct sections {
        const struct yaml_node *rules, *waivers;
    } sections = {0};
    static const struct yaml_field fields[] = {
        YAML_FIELD("rules", YAML_NODE, struct sections, rules),
        YAML_FIELD("waivers", YAML_NODE, struct sections, waivers),
    };
    struct err why = ERR_INIT;
    if (yaml_read_map(y, y->root, "a rule file", fields, 2, &sections, &why) < 0) {
        return fault(g, y->path, &why, err);
    }
    int code = add_items(g, y, sections.rules, add_rule, "of rules", err);
    return code == 0 ? add_items(g, y, sections.waivers, add_waiver, "of waivers", err) : code;
}

static int load(struct strbuf *text, const char *path, struct err *err)
{
    if (strbuf_read_file(text, path, LIMIT_YAML_BYTES) == 0) {
        return 0;
    }
    return errno == ENOMEM ? err_nomem(err)
                           : err_set(err, ERR_INPUT, "%s: %s", path,
                                     errno == EFBIG ? "this is too large for a rule file"
                                                    : strerror(errno));
}

static int read_text(struct gather *g, const char *path, struct view text, struct err *err)
{
    struct yaml *y = &g->all->yamls[g->all->nyamls];
    struct err why = ERR_INIT;
    *y = (struct yaml)YAML_INIT;
    if (yaml_read_text(y, path, text, &why) < 0) {
        yaml_release(y);
        return fault(g, path, &why, err);
    }
    g->all->nyamls++;
    struct rule_file *file = &g->files[g->all->rules.nfiles++];
    file->path = y->path;
    sha256_hex(text, file->sha256);
    return read_tree(g, y, err);
}

static int read_file(struct gather *g, const char *path, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    int code = load(&text, path, err);
    if (code == 0) {
        code = read_text(g, path, strbuf_view(&text), err);
    }
    strbuf_release(&text);
    return code;
}

static int start(struct gather *g, size_t npaths, struct err *err)
{
    g->all = calloc(1, sizeof(*g->all));
    if (!g->all) {
        return err_nomem(err);
    }
    arena_init(&g->all->arena, NULL);
    g->all->yamls = arena_array(&g->all->arena, npaths + 1, sizeof(*g->all->yamls));
    g->files = arena_array(&g->all->arena, npaths + 1, sizeof(*g->files));
    return g->all->yamls && g->files ? 0 : err_nomem(err);
}

static void publish(struct gather *g)
{
    g->all->rules.rules = g->rules;
    g->all->rules.waivers = g->waivers;
    g->all->rules.files = g->files;
}

static int find_needs(struct gather *g, const char *path, struct err *err)
{
    struct err why = ERR_INIT;
    return rules_find_needs(g->all, &why) < 0 ? fault(g, path, &why, err) : 0;
}

int rules_gather(struct rules_all **out, const char *const *paths, size_t npaths,
                 rule_fault_fn *on_fault, void *user, struct err *err)
{
    struct gather g = {.on_fault = on_fault, .user = user};
    int code = start(&g, npaths, err);
    for (size_t i = 0; i < npaths && code == 0; i++) {
        code = read_file(&g, paths[i], err);
    }
    if (code == 0) {
        publish(&g);
        code = find_needs(&g, npaths ? paths[0] : "", err);
    }
    if (code < 0) {
        rules_free((struct rules *)g.all);
        g.all = NULL;
    }
    *out = g.all;
    return code;
}

int rules_read(struct rules **out, const char *const *paths, size_t npaths, struct err *err)
{
    struct rules_all *all = NULL;
    *out = NULL;
    int code = rules_gather(&all, paths, npaths, NULL, NULL, err);
    if (code == 0 && all->rules.nrules == 0) {
        code = err_set(err, ERR_INPUT, "%s: there is no rule in it",
                       npaths ? paths[0] : "no file");
        rules_free(&all->rules);
        return code;
    }
    *out = (struct rules *)all;
    return code;
}

void rules_free(struct rules *rules)
{
    struct rules_all *all = (struct rules_all *)rules;
    if (!all) {
        return;
    }
    for (size_t i = 0; i < all->rules.nrules; i++) {
        rule_patterns_release(&all->patterns[i]);
    }
    for (size_t i = 0; i < all->nyamls; i++) {
        yaml_release(&all->yamls[i]);
    }
    arena_release(&all->arena);
    free(all);
}
