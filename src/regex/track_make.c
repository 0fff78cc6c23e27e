#include "regex/charset.h"
#include "regex/track.h"

#define UNROLL_MOST      8 /* optional copies of a group */
#define LAST_BYTES_LEAST 3 /* of a literal that is worth looking for */

#define SETS_MOST (8 * TRACK_TABLES_MOST)

struct maker {
    struct track_step *steps;
    unsigned nsteps;
    struct ascii_set sets[SETS_MOST];
    unsigned nsets;
    unsigned label; /* steps before this one are jumped to, or behind: nothing joins them */
    bool full;
};

/* ---- Steps ---- */

static struct track_step *add_step(struct maker *m, enum track_op op)
{
    static struct track_step spare;
    if (m->nsteps == TRACK_STEPS_MOST) {
        m->full = true;
        return &spare;
    }
    struct track_step *step = &m->steps[m->nsteps++];
    *step = (struct track_step){.op = (uint8_t)op};
    return step;
}

static void give_up(struct maker *m)
{
    add_step(m, TRACK_GIVE_UP);
}

static struct track_class add_set(struct maker *m, struct ascii_set set)
{
    unsigned i = 0;
    while (i < m->nsets &&
           (m->sets[i].word[0] != set.word[0] || m->sets[i].word[1] != set.word[1])) {
        i++;
    }
    if (i == SETS_MOST) {
        m->full = true;
        i = 0;
    } else if (i == m->nsets) {
        m->sets[m->nsets++] = set;
    }
    return (struct track_class){(uint8_t)(i / 8), (uint8_t)(1u << i % 8)};
}

static struct ascii_set set_of(const struct node *unit)
{
    struct charset chars = charset_of(unit);
    return (struct ascii_set){{chars.ascii[0], chars.ascii[1]}};
}

static bool set_within(const struct ascii_set *inner, const struct ascii_set *outer)
{
    return ((inner->word[0] & ~outer->word[0]) | (inner->word[1] & ~outer->word[1])) == 0;
}

/* The steps from `from` on now go here when they fail. */
static void aim(struct maker *m, unsigned from)
{
    if (!m->full) {
        m->steps[from].other = (uint16_t)m->nsteps;
    }
    m->label = m->nsteps;
}

static unsigned add_goto(struct maker *m)
{
    unsigned at = m->nsteps;
    add_step(m, TRACK_GOTO);
    m->label = m->nsteps;
    return at;
}

/* ---- Units ---- */

static bool plain_literal(const struct node *node)
{
    return node->kind == NODE_LITERAL && node->literal < 0x80 && !(node->flags & FLAG_ICASE);
}

static void add_literal(struct maker *m, const struct node *node)
{
    struct track_step *step = m->nsteps ? &m->steps[m->nsteps - 1] : NULL;
    if (m->full || !step || step->op != TRACK_BYTES || step->nbytes == TRACK_BYTES_MOST ||
        m->label == m->nsteps) {
        step = add_step(m, TRACK_BYTES);
        step->nbytes = 0;
    }
    step->bytes[step->nbytes++] = (char)node->literal;
}

/* The literal bytes that a list begins with. */
static unsigned leading_literal(const struct node *list, char bytes[TRACK_BYTES_MOST])
{
    unsigned n = 0;
    for (; list && plain_literal(list) && n < TRACK_BYTES_MOST; list = list->next) {
        bytes[n++] = (char)list->literal;
    }
    return n;
}

static struct track_step *add_take(struct maker *m, enum track_op op, struct ascii_set set,
                                   uint32_t min, uint32_t max)
{
    struct track_class class = add_set(m, set);
    struct track_step *step = add_step(m, op);
    step->set = class;
    step->min = min;
    step->max = max;
    return step;
}

static void add_unit(struct maker *m, const struct node *node)
{
    if (plain_literal(node)) {
        add_literal(m, node);
    } else {
        add_take(m, TRACK_TAKE, set_of(node), 1, 1);
    }
}

static bool is_unit_repeat(const struct node *node)
{
    return node->kind == NODE_REPEAT && node_is_unit(node->child) && !node->child->next;
}

static bool subject_end(const struct node *node)
{
    return node->kind == NODE_AT && (node->at == AT_END_STRING ||
                                     (node->at == AT_END && !(node->flags & FLAG_MULTILINE)));
}

/* Does nothing follow but runs of any length, none included, and the subject's end? *nruns and
 * *run get how many and the last one. */
static bool only_runs_follow(const struct node *list, const struct track_rest *rest,
                             unsigned *nruns, const struct node **run)
{
    *nruns = 0;
    *run = NULL;
    for (;;) {
        for (; list; list = list->next) {
            if (subject_end(list)) {
                return true;
            }
            if (!is_unit_repeat(list) || list->min > 0 || list->max != REPEAT_MAX) {
                return false;
            }
            ++*nruns;
            *run = list;
        }
        if (!rest || rest->loop) {
            return false;
        }
        list = rest->list;
        rest = rest->up;
    }
}

/* A few punctuation bytes and nothing else: the place to stop at is likely the right one. */
static bool is_mark(const struct first *follow)
{
    static const struct ascii_set common = {
        {UINT64_C(0x03FF0001FFFFFFFF), UINT64_C(0x07FFFFFE87FFFFFE)}};
    uint64_t count = (uint64_t)__builtin_popcountll(follow->set.word[0]) +
                     (uint64_t)__builtin_popcountll(follow->set.word[1]);
    return !follow->end && !follow->accept && !follow->unknown && count > 0 && count <= 3 &&
           !ascii_meet(&follow->set, &common);
}

static void add_to_mark(struct maker *m, enum track_op op, const struct node *node,
                        const struct first *follow)
{
    struct track_step *step = add_take(m, op, set_of(node->child), node->min, node->max);
    step->until = add_set(m, follow->set);
    step->unsure = true;
}

static void add_greedy(struct maker *m, const struct node *node, const struct track_rest *rest)
{
    struct ascii_set set = set_of(node->child);
    struct first follow = first_of(node->next, rest);
    bool apart = !follow.unknown && !ascii_meet(&set, &follow.set);
    unsigned nruns;
    const struct node *run;
    char bytes[TRACK_BYTES_MOST];
    unsigned nbytes = leading_literal(node->next, bytes);
    if (apart || follow.accept || node->mode == REPEAT_POSSESSIVE ||
        only_runs_follow(node->next, rest, &nruns, &run)) {
        add_take(m, TRACK_TAKE, set, node->min, node->max);
    } else if (is_mark(&follow)) {
        add_to_mark(m, TRACK_BACK, node, &follow);
    } else if (nbytes >= LAST_BYTES_LEAST) {
        struct track_step *step = add_take(m, TRACK_LAST, set, node->min, node->max);
        memcpy(step->bytes, bytes, nbytes);
        step->nbytes = (uint8_t)nbytes;
    } else if (!follow.unknown && set_within(&set, &follow.set) &&
               (!set_within(&follow.set, &set) || follow.end)) {
        add_take(m, TRACK_TAKE, set, node->min, node->max)->unsure = true;
    } else {
        give_up(m);
    }
}

static void add_lazy(struct maker *m, const struct node *node, const struct track_rest *rest)
{
    struct ascii_set set = set_of(node->child);
    struct first follow = first_of(node->next, rest);
    bool apart = !follow.unknown && !follow.accept && !ascii_meet(&set, &follow.set);
    unsigned nruns;
    const struct node *run;
    if (apart) {
        add_take(m, TRACK_TAKE, set, node->min, node->max);
    } else if (only_runs_follow(node->next, rest, &nruns, &run) && nruns <= 1) {
        struct ascii_set none = {{0, 0}};
        struct track_step *step = add_take(m, TRACK_TRIM, set, node->min, node->max);
        step->until = add_set(m, run ? set_of(run->child) : none);
    } else if (is_mark(&follow)) {
        add_to_mark(m, TRACK_UNTIL, node, &follow);
    } else {
        give_up(m);
    }
}

static void add_unit_repeat(struct maker *m, const struct node *node,
                            const struct track_rest *rest)
{
    if (node->min == node->max) {
        add_take(m, TRACK_TAKE, set_of(node->child), node->min, node->max);
    } else if (node->mode == REPEAT_LAZY) {
        add_lazy(m, node, rest);
    } else {
        add_greedy(m, node, rest);
    }
}

/* ---- Groups and their repeats ---- */

static void add_list(struct maker *m, const struct node *list, const struct track_rest *rest);

/* A group that is one step long needs no steps of its own. */
static bool join_group(struct maker *m, unsigned open, uint32_t number)
{
    if (m->full || m->nsteps != open + 2 || m->label > open ||
        m->steps[open + 1].op > TRACK_LAST) {
        return false;
    }
    m->steps[open] = m->steps[open + 1];
    m->steps[open].group = (uint8_t)number;
    m->label = --m->nsteps;
    return true;
}

static void add_group(struct maker *m, const struct node *node, const struct track_rest *rest)
{
    const struct track_rest after = {node->next, rest, NULL};
    unsigned open = m->nsteps;
    if (node->number) {
        add_step(m, TRACK_OPEN)->min = node->number;
    }
    add_list(m, node->child, &after);
    if (node->number && !join_group(m, open, node->number)) {
        add_step(m, TRACK_CLOSE)->min = node->number;
    }
}

/* A copy of the body that may be passed by; returns the step to aim at what follows. */
static unsigned add_optional(struct maker *m, const struct node *node,
                             const struct track_rest *after, const struct first *body,
                             bool unsure)
{
    unsigned at = m->nsteps;
    add_take(m, TRACK_NEXT, body->set, 0, 0)->unsure = unsure;
    m->label = m->nsteps;
    add_list(m, node->child, after);
    return at;
}

static void add_loop(struct maker *m, const struct node *node, const struct track_rest *after,
                     const struct first *body, bool unsure)
{
    unsigned top = m->nsteps;
    m->label = m->nsteps;
    unsigned exit = add_optional(m, node, after, body, unsure);
    unsigned back = add_goto(m);
    if (!m->full) {
        m->steps[back].other = (uint16_t)top;
    }
    aim(m, exit);
}

/* The copies that must be there, then those that may. */
static void add_copies(struct maker *m, const struct node *node, const struct track_rest *after,
                       const struct first *body, bool unsure)
{
    const struct track_rest again = {node->child, after, NULL};
    for (uint32_t i = 0; i < node->min && !m->full; i++) {
        m->label = m->nsteps;
        add_list(m, node->child, i + 1 < node->min ? &again : after);
    }
    if (node->max == REPEAT_MAX) {
        add_loop(m, node, after, body, unsure);
        return;
    }
    unsigned exits[UNROLL_MOST];
    unsigned n = node->max - node->min;
    for (unsigned i = 0; i < n; i++) {
        exits[i] = add_optional(m, node, after, body, unsure);
    }
    for (unsigned i = 0; i < n; i++) {
        aim(m, exits[i]);
    }
}

static bool can_be_repeated(const struct node *node)
{
    bool few = node->max == REPEAT_MAX || node->max - node->min <= UNROLL_MOST;
    return few && node->max > 0 && node->mode != REPEAT_POSSESSIVE &&
           width_of_list(node->child).lo > 0;
}

static void add_group_repeat(struct maker *m, const struct node *node,
                             const struct track_rest *rest)
{
    const struct track_rest after = {node->next, rest, node->max > 1 ? node->child : NULL};
    if (!can_be_repeated(node)) {
        give_up(m);
        return;
    }
    struct first body = first_of(node->child, &after);
    struct first follow = first_of(node->next, rest);
    bool apart = !body.unknown && !follow.unknown && !follow.accept &&
                 !ascii_meet(&body.set, &follow.set);
    bool fixed = node->min == node->max;
    if (body.unknown || (node->mode == REPEAT_LAZY && !apart && !fixed)) {
        give_up(m);
        return;
    }
    add_copies(m, node, &after, &body, !apart);
}

/* ---- Alternatives ---- */

/* May both alternatives match at the same place? */
static bool overlap(const struct node *a, const struct node *b, const struct track_rest *after)
{
    char left[TRACK_BYTES_MOST], right[TRACK_BYTES_MOST];
    unsigned nleft = leading_literal(a->child, left), nright = leading_literal(b->child, right);
    unsigned n = nleft < nright ? nleft : nright;
    if (n && memcmp(left, right, n) != 0) {
        return false;
    }
    struct first x = first_of(a->child, after), y = first_of(b->child, after);
    return x.unknown || y.unknown || x.accept || y.accept || (x.end && y.end) ||
           ascii_meet(&x.set, &y.set);
}

static bool overlaps_later(const struct node *seq, const struct track_rest *after)
{
    for (const struct node *later = seq->next; later; later = later->next) {
        if (overlap(seq, later, after)) {
            return true;
        }
    }
    return false;
}

/* The test that an alternative begins with: it is the way to go unless that fails. Returns the
 * step that is to aim at the next alternative, or m->nsteps when there is no such test. */
static unsigned add_test(struct maker *m, const struct node *seq,
                         const struct track_rest *after, bool unsure)
{
    unsigned at = m->nsteps;
    struct first first = first_of(seq->child, after);
    m->label = m->nsteps;
    if (seq->child && plain_literal(seq->child)) {
        add_step(m, TRACK_BYTES)->unsure = unsure;
        m->label = 0; /* the literals join it */
    } else if (seq->child && subject_end(seq->child)) {
        add_step(m, TRACK_END)->unsure = unsure;
    } else if (first.unknown || first.accept) {
        add_step(m, TRACK_UNSURE);
        return m->nsteps;
    } else {
        struct track_step *step = add_take(m, TRACK_NEXT, first.set, 0, first.end);
        step->unsure = unsure;
    }
    return at;
}

#define ALTERNATIVES_MOST 100

static void add_branch(struct maker *m, const struct node *node, const struct track_rest *rest)
{
    const struct track_rest after = {node->next, rest, NULL};
    unsigned ends[ALTERNATIVES_MOST], n = 0;
    for (const struct node *seq = node->child; seq && !m->full; seq = seq->next) {
        if (n == ALTERNATIVES_MOST) {
            m->full = true;
            return;
        }
        unsigned test = m->nsteps;
        if (seq->next) {
            test = add_test(m, seq, &after, overlaps_later(seq, &after));
        } else {
            m->label = m->nsteps;
        }
        bool tested = test < m->nsteps;
        add_list(m, seq->child, &after);
        if (seq->next) {
            ends[n++] = add_goto(m);
        }
        if (tested && seq->next) {
            aim(m, test);
        }
        m->label = m->nsteps;
    }
    for (unsigned i = 0; i < n; i++) {
        aim(m, ends[i]);
    }
    m->label = m->nsteps;
}

/* ---- The rest ---- */

static bool has_groups(const struct node *list)
{
    for (const struct node *node = list; node; node = node->next) {
        if (node->kind == NODE_GROUP && node->number) {
            return true;
        }
        if (!node_is_unit(node) && node->kind != NODE_AT && has_groups(node->child)) {
            return true;
        }
    }
    return false;
}

static void add_look(struct maker *m, const struct node *node)
{
    if (node->behind || has_groups(node->child)) {
        give_up(m);
        return;
    }
    unsigned at = m->nsteps;
    add_step(m, node->negate ? TRACK_NOT_AHEAD : TRACK_AHEAD);
    m->label = m->nsteps;
    add_list(m, node->child, NULL);
    add_step(m, TRACK_DONE);
    m->label = m->nsteps;
    if (!m->full) {
        m->steps[at].max = m->nsteps;
    }
}

static void add_at(struct maker *m, const struct node *node)
{
    if (node->flags & FLAG_MULTILINE && (node->at == AT_BEGIN || node->at == AT_END)) {
        give_up(m);
        return;
    }
    switch ((enum node_at)node->at) {
    case AT_BEGIN:
    case AT_BEGIN_STRING:
        if (m->nsteps) {
            add_step(m, TRACK_BEGIN);
        }
        break;
    case AT_END:
    case AT_END_STRING:
        add_step(m, TRACK_END);
        break;
    case AT_BOUNDARY:
        add_step(m, TRACK_BOUNDARY);
        break;
    case AT_NO_BOUNDARY:
        add_step(m, TRACK_NO_BOUNDARY);
        break;
    }
}

static void add_node(struct maker *m, const struct node *node, const struct track_rest *rest)
{
    switch ((enum node_kind)node->kind) {
    case NODE_LITERAL:
    case NODE_ANY:
    case NODE_SET:
        add_unit(m, node);
        break;
    case NODE_AT:
        add_at(m, node);
        break;
    case NODE_GROUP:
        add_group(m, node, rest);
        break;
    case NODE_BRANCH:
        add_branch(m, node, rest);
        break;
    case NODE_REPEAT:
        if (is_unit_repeat(node)) {
            add_unit_repeat(m, node, rest);
        } else {
            add_group_repeat(m, node, rest);
        }
        break;
    case NODE_LOOK:
        add_look(m, node);
        break;
    default:
        give_up(m);
        break;
    }
}

static void add_list(struct maker *m, const struct node *list, const struct track_rest *rest)
{
    for (const struct node *node = list; node && !m->full; node = node->next) {
        add_node(m, node, rest);
        if (m->nsteps && m->steps[m->nsteps - 1].op == TRACK_GIVE_UP && m->label < m->nsteps) {
            return; /* what follows is not reached */
        }
    }
}

/* A track that gives up before it has looked at anything is none. */
static bool is_useful(const struct maker *m)
{
    for (unsigned i = 0; i < m->nsteps; i++) {
        switch ((enum track_op)m->steps[i].op) {
        case TRACK_BEGIN:
        case TRACK_OPEN:
        case TRACK_UNSURE:
            break;
        case TRACK_GIVE_UP:
            return false;
        default:
            return true;
        }
    }
    return false;
}

static void fill_tables(const struct maker *m, struct track_table *tables)
{
    for (unsigned i = 0; i < m->nsets; i++) {
        for (unsigned c = 0; c < 128; c++) {
            if (ascii_has(&m->sets[i], (unsigned char)c)) {
                tables[i / 8].bits[c] |= (uint8_t)(1u << i % 8);
            }
        }
    }
}

struct track track_make(const struct tree *tree, struct arena *arena, unsigned *nsteps,
                        unsigned *ntables)
{
    struct track_step steps[TRACK_STEPS_MOST];
    struct maker m = {.steps = steps};
    struct track none = {NULL, NULL};
    *nsteps = *ntables = 0;
    if (tree->ngroups > TRACK_GROUPS_MOST) {
        return none;
    }
    add_list(&m, tree->root, NULL);
    add_step(&m, TRACK_DONE);
    if (m.full || !is_useful(&m)) {
        return none;
    }
    *nsteps = m.nsteps;
    *ntables = (m.nsets + 7) / 8;
    struct track_step *kept = arena_array(arena, m.nsteps, sizeof(*kept));
    struct track_table *tables = arena_array(arena, *ntables, sizeof(*tables));
    if (!kept || !tables) {
        return none;
    }
    memcpy(kept, steps, m.nsteps * sizeof(*kept));
    fill_tables(&m, tables);
    return (struct track){kept, tables};
}
