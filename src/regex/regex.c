#include "regex/facts.h"
#include "regex/internal.h"
#include "regex/warm.h"

#include <stdio.h>

/* Patterns that nest deeper are compiled at once as well, and get neither machine code nor a
 * program: making these takes stack, and threads that match may have little. */
#define DEEP 60

/* Patterns whose code may come near PCRE2's ceiling of 64 KiB are compiled at once, so that
 * regex_compile() can say that they are too large, and no match has to. */
#define COMPILE_AT_ONCE_SIZE ((size_t)30000)

int regex_code(const struct regex *re, enum emit_kind kind, bool *jit, const pcre2_code **out,
               struct err *err)
{
    struct code *code = (struct code *)(uintptr_t)&re->code[kind];
    return code_get(code, &re->source, kind, jit, out, err);
}

static void free_program(struct kept_program *kept, const struct alloc *alloc)
{
    if (kept) {
        arena_release(&kept->arena);
        alloc_free(alloc, kept);
    }
}

static int make_program(struct regex *re)
{
    const struct alloc *alloc = re->source.alloc;
    struct tree tree;
    struct kept_program *other = NULL, *kept = alloc_get(alloc, sizeof(*kept));
    if (!kept) {
        return ERR_NOMEM;
    }
    kept->program = NULL;
    arena_init(&kept->arena, alloc);
    int rc = dialect_parse(&tree, &kept->arena, re->source.pattern, NULL);
    if (rc == 0) {
        rc = program_make(&kept->program, &tree, &kept->arena);
    }
    if (rc == 0 && !kept->program) {
        atomic_store(&re->unfit, true);
    }
    if (!kept->program || !atomic_compare_exchange_strong(&re->program, &other, kept)) {
        free_program(kept, alloc); /* the latter: another thread was first */
    }
    return rc;
}

int regex_program(const struct regex *re, const struct program **out)
{
    struct regex *changed = (struct regex *)(uintptr_t)re;
    int rc = 0;
    if (!atomic_load(&changed->program) && !atomic_load(&changed->unfit)) {
        rc = make_program(changed);
    }
    const struct kept_program *kept = atomic_load(&changed->program);
    *out = kept ? kept->program : NULL;
    return rc;
}

static bool has_names(const struct tree *tree)
{
    for (unsigned i = 1; i < tree->ngroups; i++) {
        if (tree->names[i].len) {
            return true;
        }
    }
    return false;
}

static char *put(char *to, struct view bytes)
{
    if (bytes.len) {
        memcpy(to, bytes.ptr, bytes.len);
    }
    return to + bytes.len;
}

/* One allocation: the struct, the names' views, the pattern, the prefix. */
static struct regex *make(const struct tree *tree, struct view pattern,
                          const struct regex_facts *facts, const struct alloc *alloc)
{
    size_t names = has_names(tree) ? tree->ngroups * sizeof(struct view) : 0;
    struct regex *re = alloc_get(alloc, sizeof(*re) + names + pattern.len + facts->prefix.len);
    if (!re) {
        return NULL;
    }
    memset(re, 0, sizeof(*re));
    char *text = (char *)(re + 1) + names;
    re->names = names ? (struct view *)(re + 1) : NULL;
    re->ngroups = tree->ngroups;
    re->costly = facts->costly;
    re->facts = *facts;
    re->facts.prefix.ptr = put(text, pattern);
    put(text + pattern.len, facts->prefix);
    for (unsigned i = 0; names && i < tree->ngroups; i++) {
        struct view name = tree->names[i];
        re->names[i] = name.len ? view_make(text + (name.ptr - pattern.ptr), name.len) : name;
    }
    re->source = (struct code_source){
        .pattern = view_make(text, pattern.len), .costly = facts->costly, .alloc = alloc};
    return re;
}

static bool is_atomic(const struct node *node)
{
    return node->kind == NODE_ATOMIC ||
           (node->kind == NODE_REPEAT && node->mode == REPEAT_POSSESSIVE &&
            !node_is_unit(node->child));
}

static bool is_look_ahead(const struct node *node)
{
    return node->kind == NODE_LOOK && !node->behind && !node->negate;
}

static bool any_node(const struct node *list, bool (*test)(const struct node *node))
{
    for (const struct node *node = list; node; node = node->next) {
        if (test(node) || (!node_is_unit(node) && any_node(node->child, test)) ||
            (node->kind == NODE_COND && any_node(node->other, test))) {
            return true;
        }
    }
    return false;
}

/* What PCRE2 10.42 gets wrong (found by tests/unit/regex/test_differential.py):
 * - its machine code skips starts that it should try after (?>.+?) has led to no match, as with
 *   (?>.+?)[^d] on "cdA"; the interpreter does not;
 * - it takes the repeat in ;?(?>(?:K)?); for possessive, and then misses ";";
 * - it takes the a of (?=a) for a character that the match consumes, and then misses (?=a)a*a
 * on "a", unless it is told not to look for the characters that a match must have. */
static void avoid_bugs(struct code_source *source, const struct tree *tree)
{
    if (any_node(tree->root, is_atomic)) {
        source->options |= PCRE2_NO_AUTO_POSSESS;
        source->no_jit |= !(source->options & PCRE2_ANCHORED);
    }
    if (any_node(tree->root, is_look_ahead)) {
        source->options |= PCRE2_NO_START_OPTIMIZE;
    }
}

static int compile_at_once(const struct regex *re, struct err *err)
{
    const pcre2_code *code;
    bool jit = false;
    int rc = regex_code(re, EMIT_ASCII, &jit, &code, err);
    return rc < 0 ? rc : regex_code(re, EMIT_UTF, &jit, &code, err);
}

/* Its steps and jumps in one allocation. */
static int keep_track(struct regex *re, const struct track *made, struct err *err)
{
    size_t steps = made->nsteps * sizeof(struct track_step);
    size_t jumps = made->njumps * sizeof(struct track_jumps);
    char *both = alloc_get(re->source.alloc, steps + jumps);
    if (!both) {
        return err_nomem(err);
    }
    memcpy(both, made->steps, steps);
    if (jumps) {
        memcpy(both + steps, made->jumps, jumps);
    }
    re->track = *made;
    re->track.steps = (const struct track_step *)both;
    re->track.jumps = (const struct track_jumps *)(both + steps);
    return 0;
}

static int add_track(struct regex *re, struct regex_family *family, const struct tree *tree,
                     struct arena *arena, struct err *err)
{
    if (!family) {
        family = re->own = regex_family_new(re->source.alloc);
    }
    if (!family) {
        return err_nomem(err);
    }
    struct track made = track_make(tree, family, arena);
    re->family = family;
    int rc = made.steps ? keep_track(re, &made, err) : 0;
    if (re->track.steps) {
        warm_join(re, family);
    }
    return rc;
}

/* The parts that depend on how the pattern is to be used. */
static int complete(struct regex *re, struct regex_family *family, const struct tree *tree,
                    unsigned flags, struct arena *arena, struct err *err)
{
    bool deep = tree->depth > DEEP;
    int rc = 0;
    re->source.options = flags & REGEX_ANCHORED ? PCRE2_ANCHORED : 0;
    re->source.no_jit = deep;
    atomic_init(&re->unfit, deep);
    avoid_bugs(&re->source, tree);
    if ((flags & REGEX_ANCHORED) && !deep) {
        rc = add_track(re, family, tree, arena, err);
    }
    if (rc == 0 && (tree_size(tree) > COMPILE_AT_ONCE_SIZE || deep)) {
        rc = compile_at_once(re, err);
    }
    return rc;
}

int regex_compile_in(struct regex **out, struct regex_family *family, struct view pattern,
                     unsigned flags, const struct alloc *alloc, struct err *err)
{
    struct arena arena;
    struct tree tree;
    struct regex_facts facts;
    struct regex *re = NULL;
    *out = NULL;
    arena_init(&arena, alloc);
    int rc = dialect_parse(&tree, &arena, pattern, err);
    if (rc < 0) {
        goto out;
    }
    if (facts_find(&facts, &tree, flags, &arena)) {
        re = make(&tree, pattern, &facts, alloc);
    }
    if (!re) {
        rc = err_nomem(err);
        goto out;
    }
    rc = complete(re, family, &tree, flags, &arena, err);
    if (rc < 0) {
        regex_free(re);
        goto out;
    }
    *out = re;
out:
    arena_release(&arena);
    return rc;
}

int regex_compile(struct regex **out, struct view pattern, unsigned flags,
                  const struct alloc *alloc, struct err *err)
{
    return regex_compile_in(out, NULL, pattern, flags, alloc, err);
}

int regex_check(struct view pattern, const struct alloc *alloc, struct err *err)
{
    struct arena arena;
    struct tree tree;
    struct regex *re = NULL;
    arena_init(&arena, alloc);
    int rc = dialect_parse(&tree, &arena, pattern, err);
    bool large = rc == 0 && (tree_size(&tree) > COMPILE_AT_ONCE_SIZE || tree.depth > DEEP);
    arena_release(&arena);
    if (large) { /* only PCRE2 knows */
        rc = regex_compile(&re, pattern, REGEX_ANCHORED, alloc, err);
        regex_free(re);
    }
    return rc;
}

void regex_free(struct regex *re)
{
    if (re) {
        warm_leave(re);
        code_release(&re->code[EMIT_ASCII]);
        code_release(&re->code[EMIT_UTF]);
        alloc_free(re->source.alloc, (void *)(uintptr_t)re->track.steps);
        regex_family_free(re->own);
        free_program(atomic_load(&re->program), re->source.alloc);
        alloc_free(re->source.alloc, re);
    }
}

unsigned regex_group_count(const struct regex *re)
{
    return re->ngroups;
}

struct view regex_group_name(const struct regex *re, unsigned group)
{
    return re->names && group < re->ngroups ? re->names[group] : VIEW_NONE;
}

const struct regex_facts *regex_facts(const struct regex *re)
{
    return &re->facts;
}

void regex_library_version(char *buf, size_t size)
{
    char text[64] = ""; /* PCRE2 asks for at least 24 */
    pcre2_config(PCRE2_CONFIG_VERSION, text);
    snprintf(buf, size, "%s", text);
}
