#include "regex/charset.h"
#include "regex/track.h"

#define UNROLL_MOST 8 /* optional copies of a group */

struct maker {
    struct track_step *steps, spare;
    unsigned nsteps;
    struct regex_family *family;
    struct track_jumps *jumps;
    unsigned njumps;
    uint64_t rows;
    uint64_t certain;           /* groups that no match passes by */
    unsigned maybe;             /* inside of so many branches, repeats and looks */
    const struct node *reduced; /* the last repeat that takes its minimum only */
    unsigned label; /* steps before this one are jumped to, or behind: nothing joins them */
    bool full;
};

/* ---- Steps ---- */

static struct track_step *add_step(struct maker *m, enum track_op op)
{
    if (m->nsteps == TRACK_STEPS_MOST) {
        m->full = true;
        return &m->spare;
    }
    struct track_step *step = &m->steps[m->nsteps++];
    *step = (struct track_step){.op = (uint8_t)op};
    return step;
}

static void give_up(struct maker *m)
{
    add_step(m, TRACK_GIVE_UP);
}

static uint8_t add_class(struct maker *m, struct ascii_set set)
{
    int class = family_class(m->family, set);
    m->full |= class < 0;
    return class < 0 ? 0 : (uint8_t) class;
}

static uint8_t add_row(struct maker *m, struct ascii_set set)
{
    int row = family_row(m->family, set);
    m->full |= row < 0;
    m->rows |= row < 0 ? 0 : UINT64_C(1) << row;
    return row < 0 ? 0 : (uint8_t)row;
}

static struct ascii_set set_of(const struct node *unit)
{
    struct charset chars = charset_of(unit);
    return (struct ascii_set){{chars.ascii[0], chars.ascii[1]}};
}

/* What may come next, as a set: any byte when that is not known. */
static struct ascii_set set_of_first(const struct first *first, bool *end)
{
    static const struct ascii_set all = {{UINT64_MAX, UINT64_MAX}};
    bool any = first->unknown || first->accept;
    *end = any || first->end;
    return any ? all : first->set;
}

/* The step goes to the next one to come when it does not go on. */
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

static unsigned add_fork(struct maker *m, enum track_op op, const struct first *on,
                         const struct first *other)
{
    unsigned at = m->nsteps;
    struct track_step *step = add_step(m, op);
    step->class = add_class(m, set_of_first(on, &step->class_end));
    step->until = add_class(m, set_of_first(other, &step->until_end));
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
    char byte = (char)node->literal;
    memcpy((char *)&step->bytes + step->nbytes++, &byte, 1);
}

static struct track_step *add_take(struct maker *m, enum track_op op,
                                   const struct ascii_set *set, const struct node *repeat)
{
    struct track_step *step = add_step(m, op);
    step->class = op == TRACK_ONE ? add_class(m, *set) : add_row(m, *set);
    step->min = (uint16_t)(repeat->min < TRACK_ENDLESS ? repeat->min : TRACK_ENDLESS);
    step->max = (uint16_t)(repeat->max < TRACK_ENDLESS ? repeat->max : TRACK_ENDLESS);
    return step;
}

/* A run that takes all it can. */
static void add_run(struct maker *m, const struct ascii_set *set, const struct node *repeat)
{
    bool one = repeat->min == 1 && repeat->max == 1;
    enum track_op op = one ? TRACK_ONE : repeat->max == REPEAT_MAX ? TRACK_TAKE : TRACK_TAKE_TO;
    add_take(m, op, set, repeat);
}

static void add_unit(struct maker *m, const struct node *node)
{
    if (plain_literal(node)) {
        add_literal(m, node);
    } else {
        add_step(m, TRACK_ONE)->class = add_class(m, set_of(node));
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

static bool is_within(const struct node *inner, const struct node *outer)
{
    struct ascii_set in = set_of(inner->child), out = set_of(outer->child);
    return ((in.word[0] & ~out.word[0]) | (in.word[1] & ~out.word[1])) == 0;
}

static bool is_endless(const struct node *node)
{
    return node && is_unit_repeat(node) && node->max == REPEAT_MAX &&
           node->mode == REPEAT_GREEDY;
}

/* Of two endless greedy runs one behind the other, as in \s+.* or .*\d+, what the one takes
 * beyond its minimum the other may take as well, if it can. Then the one needs to take no more,
 * and there are fewer ways to try; they come in the same order, and the first that works is the
 * same. Of more than two in a row only one of each two is touched. */
static bool leaves_to_next(const struct node *node)
{
    return is_endless(node) && is_endless(node->next) && is_within(node, node->next) &&
           !leaves_to_next(node->next);
}

/* `before` takes all it can. */
static bool leaves_to(const struct node *before, const struct node *node)
{
    return is_endless(before) && is_endless(node) && is_within(node, before) &&
           !leaves_to_next(node);
}

/* Where a step may stop: before what may follow, and if that is one character, before what may
 * follow it. */
static void add_stop(struct maker *m, struct track_step *step, const struct first *follow,
                     const struct node *node, const struct track_rest *rest)
{
    const struct node *next = node->next;
    struct first then = {.unknown = true};
    bool end;
    if (next && (node_is_unit(next) || (leaves_to(node, next) && next->min == 1))) {
        then = first_of(next->next, rest);
    }
    step->until = add_row(m, set_of_first(follow, &step->until_end));
    step->then = TRACK_ANYTHING;
    if (!then.unknown && !then.accept) {
        step->then = add_row(m, set_of_first(&then, &end));
        step->class_end = end;
    }
}

static void add_greedy(struct maker *m, const struct node *node, const struct track_rest *rest)
{
    struct ascii_set set = set_of(node->child);
    struct first follow = first_of(node->next, rest);
    bool apart = !follow.unknown && !ascii_meet(&set, &follow.set);
    unsigned nruns;
    const struct node *run;
    if (apart || follow.accept || node->mode == REPEAT_POSSESSIVE ||
        only_runs_follow(node->next, rest, &nruns, &run)) {
        add_run(m, &set, node);
    } else {
        add_stop(m, add_take(m, TRACK_GREEDY, &set, node), &follow, node, rest);
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
        add_run(m, &set, node);
    } else if (only_runs_follow(node->next, rest, &nruns, &run) && nruns <= 1) {
        const struct ascii_set none = {{0, 0}};
        struct track_step *step = add_take(m, TRACK_TRIM, &set, node);
        step->until = add_row(m, run ? set_of(run->child) : none);
    } else {
        add_stop(m, add_take(m, TRACK_LAZY, &set, node), &follow, node, rest);
    }
}

static void add_unit_repeat(struct maker *m, const struct node *before, const struct node *node,
                            const struct track_rest *rest)
{
    const struct ascii_set set = set_of(node->child);
    if (node->min == node->max) {
        add_run(m, &set, node);
    } else if (leaves_to_next(node) || (before != m->reduced && leaves_to(before, node))) {
        struct node least = *node;
        least.max = least.min;
        add_run(m, &set, &least);
        m->reduced = node;
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
        m->steps[open + 1].op > TRACK_LAZY) {
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
        add_step(m, TRACK_OPEN)->group = (uint8_t)node->number;
        m->certain |= (uint64_t)(m->maybe == 0) << node->number;
    }
    add_list(m, node->child, &after);
    if (node->number && !join_group(m, open, node->number)) {
        add_step(m, TRACK_CLOSE)->group = (uint8_t)node->number;
    }
}

/* What a repeated group can begin with, and what follows it. */
struct turn {
    struct first body, follow;
    const struct track_rest *after;
    enum track_op op;
};

/* A copy of the body that may be passed by; returns the step to aim at what follows. */
static unsigned add_optional(struct maker *m, const struct node *node, const struct turn *turn)
{
    unsigned at = add_fork(m, turn->op, &turn->body, &turn->follow);
    add_list(m, node->child, turn->after);
    return at;
}

static void add_loop(struct maker *m, const struct node *node, const struct turn *turn)
{
    unsigned top = m->nsteps;
    m->label = m->nsteps;
    unsigned exit = add_optional(m, node, turn);
    unsigned again = add_goto(m);
    if (!m->full) {
        m->steps[again].other = (uint16_t)top;
    }
    aim(m, exit);
}

/* The copies that must be there, then those that may. */
static void add_copies(struct maker *m, const struct node *node, const struct turn *turn)
{
    const struct track_rest again = {node->child, turn->after, NULL};
    for (uint32_t i = 0; i < node->min && !m->full; i++) {
        m->label = m->nsteps;
        add_list(m, node->child, i + 1 < node->min ? &again : turn->after);
    }
    if (node->max == REPEAT_MAX) {
        add_loop(m, node, turn);
        return;
    }
    unsigned exits[UNROLL_MOST];
    unsigned n = node->max - node->min;
    for (unsigned i = 0; i < n; i++) {
        exits[i] = add_optional(m, node, turn);
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
    struct turn turn = {first_of(node->child, &after), first_of(node->next, rest), &after,
                        node->mode == REPEAT_LAZY ? TRACK_FORK_LAZY : TRACK_FORK};
    add_copies(m, node, &turn);
}

/* ---- Alternatives ---- */

static void join(struct first *first, const struct first *other)
{
    first->set.word[0] |= other->set.word[0];
    first->set.word[1] |= other->set.word[1];
    first->end |= other->end;
    first->accept |= other->accept;
    first->unknown |= other->unknown;
}

#define ALTERNATIVES_MOST 100

/* later[i]: what the alternatives behind number i can begin with. The number of alternatives,
 * 0 = too many. */
static unsigned alternatives(const struct node *node, const struct track_rest *after,
                             struct first *own, struct first *later)
{
    unsigned n = 0;
    for (const struct node *seq = node->child; seq; seq = seq->next) {
        if (n == ALTERNATIVES_MOST) {
            return 0;
        }
        own[n++] = first_of(seq->child, after);
    }
    struct first sum = {{{0, 0}}, false, false, false};
    for (unsigned i = n; i-- > 0;) {
        later[i] = sum;
        join(&sum, &own[i]);
    }
    return n;
}

/* Where each alternative begins: the test whether to go there, and what it consists of. */
struct starts {
    unsigned fork[ALTERNATIVES_MOST], body[ALTERNATIVES_MOST];
};

static bool may_begin(const struct first *first, unsigned c)
{
    return first->unknown || first->accept ||
           (c < 128 ? ascii_has(&first->set, (unsigned char)c) : first->end);
}

/* If one alternative is left, to its body; if several are, to the first one's test. */
static void fill_jumps(struct track_jumps *jumps, const struct first *own, unsigned n,
                       const struct starts *starts)
{
    for (unsigned c = 0; c < TRACK_JUMPS; c++) {
        unsigned first = 0, count = 0;
        for (unsigned i = n; i-- > 0;) {
            bool may = may_begin(&own[i], c);
            first = may ? i : first;
            count += may;
        }
        unsigned to = count == 0 ? 0 : count == 1 ? starts->body[first] : starts->fork[first];
        jumps->to[c] = (uint16_t)to;
    }
}

/* Many alternatives are chosen from by a table. NULL: there are few, or no table is left. */
static struct track_jumps *add_switch(struct maker *m, unsigned n)
{
    if (n < 3 || m->njumps == TRACK_TABLES_MOST) {
        return NULL;
    }
    add_step(m, TRACK_SWITCH)->other = (uint16_t)m->njumps;
    return &m->jumps[m->njumps++];
}

static void add_branch(struct maker *m, const struct node *node, const struct track_rest *rest)
{
    const struct track_rest after = {node->next, rest, NULL};
    struct first own[ALTERNATIVES_MOST], later[ALTERNATIVES_MOST];
    struct starts starts;
    unsigned ends[ALTERNATIVES_MOST];
    unsigned n = alternatives(node, &after, own, later), i = 0;
    struct track_jumps *jumps = add_switch(m, n);
    m->full |= n == 0;
    for (const struct node *seq = node->child; seq && !m->full; seq = seq->next, i++) {
        bool last = i + 1 == n;
        m->label = starts.fork[i] = m->nsteps;
        unsigned fork = last ? 0 : add_fork(m, TRACK_FORK, &own[i], &later[i]);
        starts.body[i] = m->nsteps;
        add_list(m, seq->child, &after);
        if (!last) {
            ends[i] = add_goto(m);
            aim(m, fork);
        }
    }
    for (i = 0; i + 1 < n && !m->full; i++) {
        aim(m, ends[i]);
    }
    m->label = m->nsteps;
    if (jumps && !m->full) {
        fill_jumps(jumps, own, n, &starts);
    }
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
        m->steps[at].other = (uint16_t)m->nsteps;
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

/* What may go one way or another. */
static void add_fork_node(struct maker *m, const struct node *node,
                          const struct track_rest *rest)
{
    switch ((enum node_kind)node->kind) {
    case NODE_BRANCH:
        add_branch(m, node, rest);
        break;
    case NODE_REPEAT:
        add_group_repeat(m, node, rest);
        break;
    case NODE_LOOK:
        add_look(m, node);
        break;
    default:
        give_up(m);
        break;
    }
}

static void add_node(struct maker *m, const struct node *before, const struct node *node,
                     const struct track_rest *rest)
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
    case NODE_REPEAT:
        if (is_unit_repeat(node)) {
            add_unit_repeat(m, before, node, rest);
            break;
        }
        /* fall through */
    default:
        m->maybe++;
        add_fork_node(m, node, rest);
        m->maybe--;
        break;
    }
}

static void add_list(struct maker *m, const struct node *list, const struct track_rest *rest)
{
    const struct node *before = NULL;
    for (const struct node *node = list; node && !m->full; before = node, node = node->next) {
        add_node(m, before, node, rest);
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
            break;
        case TRACK_GIVE_UP:
            return false;
        default:
            return true;
        }
    }
    return false;
}

struct track track_make(const struct tree *tree, struct regex_family *family,
                        struct arena *arena)
{
    struct track_step steps[TRACK_STEPS_MOST];
    struct track_jumps jumps[TRACK_TABLES_MOST];
    struct maker m = {.steps = steps, .jumps = jumps, .family = family};
    const struct track none = {.steps = NULL};
    if (tree->ngroups > TRACK_GROUPS_MOST) {
        return none;
    }
    add_list(&m, tree->root, NULL);
    add_step(&m, TRACK_DONE);
    if (m.full || !is_useful(&m)) {
        return none;
    }
    unsigned n = track_join(steps, m.nsteps, jumps, m.njumps);
    track_bind(steps, n);
    struct track_step *kept = arena_array(arena, n, sizeof(*kept));
    struct track_jumps *kept_jumps = arena_array(arena, m.njumps, sizeof(*kept_jumps));
    if (!kept || !kept_jumps) {
        return none;
    }
    memcpy(kept, steps, n * sizeof(*kept));
    memcpy(kept_jumps, jumps, m.njumps * sizeof(*kept_jumps));
    uint64_t all = UINT64_MAX >> (TRACK_GROUPS_MOST - tree->ngroups) & ~UINT64_C(1);
    return (struct track){kept, kept_jumps, n, m.njumps, m.rows, all & ~m.certain};
}
