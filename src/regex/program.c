#include "regex/program.h"

#include "base/err.h"
#include "regex/charset.h"

#define FIRST_INSTS 64
#define MOST_INSTS  3000

struct builder {
    struct program *program;
    struct arena *arena;
    uint32_t size;  /* room in program->inst */
    uint32_t loops; /* that are open here and need a number: those inside get the next one */
    bool unfit;     /* the pattern cannot be a program */
    bool nomem;
};

static uint32_t here(const struct builder *builder)
{
    return builder->program->n;
}

static struct inst *at(const struct builder *builder, uint32_t index)
{
    return &builder->program->inst[index];
}

static bool make_room(struct builder *builder)
{
    struct program *program = builder->program;
    if (program->n < builder->size) {
        return true;
    }
    if (program->n >= MOST_INSTS) {
        builder->unfit = true;
        return false;
    }
    uint32_t size = builder->size ? builder->size * 2 : FIRST_INSTS;
    struct inst *inst = arena_array(builder->arena, size, sizeof(*inst));
    if (!inst) {
        builder->unfit = builder->nomem = true;
        return false;
    }
    if (program->n) {
        memcpy(inst, program->inst, program->n * sizeof(*inst));
    }
    program->inst = inst;
    builder->size = size;
    return true;
}

/* The index of a new instruction. Its `next` is the one behind it, until someone says
 * otherwise. Once the builder is unfit it only has to be some index. */
static uint32_t add(struct builder *builder, enum inst_op op)
{
    struct program *program = builder->program;
    if (!make_room(builder)) {
        return 0;
    }
    program->inst[program->n] = (struct inst){.op = (uint8_t)op, .next = program->n + 1};
    return program->n++;
}

static void add_with(struct builder *builder, enum inst_op op, uint32_t arg)
{
    uint32_t index = add(builder, op);
    if (!builder->unfit) {
        at(builder, index)->arg = (uint16_t)arg;
    }
}

static void add_list(struct builder *builder, const struct node *list);

/* Does ignoring case reach beyond ASCII here? Of ASCII, it does for i, k and s. */
static bool has_wide_case(const struct node *unit)
{
    struct charset set = charset_of(unit);
    if (!(unit->flags & FLAG_ICASE) || (unit->flags & FLAG_ASCII) || unit->kind == NODE_ANY) {
        return false;
    }
    if (unit->kind == NODE_SET && !unit->set->ranges) {
        return false;
    }
    return set.beyond;
}

static void add_unit(struct builder *builder, const struct node *unit)
{
    struct charset set = charset_of(unit);
    uint32_t index = add(builder, INST_SET);
    if (!builder->unfit) {
        memcpy(at(builder, index)->set, set.ascii, sizeof(set.ascii));
        at(builder, index)->unit = unit;
        builder->program->ascii_only |= has_wide_case(unit);
    }
}

static void add_group(struct builder *builder, const struct node *group)
{
    if (group->number) {
        add_with(builder, INST_SAVE, 2 * group->number);
    }
    add_list(builder, group->child);
    if (group->number) {
        add_with(builder, INST_SAVE, 2 * group->number + 1);
    }
}

#define NONE UINT32_MAX

static void add_branch(struct builder *builder, const struct node *branch)
{
    uint32_t jumps = NONE; /* chained by `other` until the end is known */
    for (const struct node *seq = branch->child; seq && !builder->unfit; seq = seq->next) {
        uint32_t fork = seq->next ? add(builder, INST_FORK) : NONE;
        add_list(builder, seq->child);
        uint32_t jump = seq->next ? add(builder, INST_JUMP) : NONE;
        if (seq->next && !builder->unfit) {
            at(builder, jump)->other = jumps;
            at(builder, fork)->other = here(builder);
            jumps = jump;
        }
    }
    while (jumps != NONE && !builder->unfit) {
        struct inst *jump = at(builder, jumps);
        jumps = jump->other;
        jump->next = here(builder);
    }
}

/* A fork into the body, which is behind it, or past it; the body comes first unless lazy. */
static void aim(struct builder *builder, uint32_t fork, const struct node *repeat)
{
    bool lazy = repeat->mode == REPEAT_LAZY;
    at(builder, fork)->next = lazy ? here(builder) : fork + 1;
    at(builder, fork)->other = lazy ? fork + 1 : here(builder);
}

static void open_loop(struct builder *builder)
{
    struct program *program = builder->program;
    builder->loops++;
    builder->unfit |= builder->loops > PROGRAM_LOOPS;
    program->nloops = program->nloops > builder->loops ? program->nloops : builder->loops;
}

static void add_loop(struct builder *builder, const struct node *repeat)
{
    bool nullable = width_of_list(repeat->child).lo == 0;
    uint32_t loop = builder->loops;
    uint32_t fork = add(builder, INST_FORK);
    if (nullable) {
        add_with(builder, INST_ENTER, loop);
        open_loop(builder);
    }
    add_list(builder, repeat->child);
    builder->loops = loop;
    uint32_t back = add(builder, nullable ? INST_AGAIN : INST_JUMP);
    if (!builder->unfit) {
        at(builder, back)->arg = (uint16_t)loop;
        at(builder, back)->next = fork;
        at(builder, back)->other = here(builder);
        aim(builder, fork, repeat);
    }
}

static void add_optional(struct builder *builder, const struct node *repeat, uint32_t times)
{
    uint32_t forks = NONE; /* chained by `other` */
    for (uint32_t i = 0; i < times && !builder->unfit; i++) {
        uint32_t fork = add(builder, INST_FORK);
        if (!builder->unfit) {
            at(builder, fork)->other = forks;
            forks = fork;
            add_list(builder, repeat->child);
        }
    }
    while (forks != NONE && !builder->unfit) {
        uint32_t earlier = at(builder, forks)->other;
        aim(builder, forks, repeat);
        forks = earlier;
    }
}

static void add_repeat(struct builder *builder, const struct node *repeat)
{
    if (repeat->mode == REPEAT_POSSESSIVE || repeat->min > MOST_INSTS) {
        builder->unfit = true;
    }
    for (uint32_t i = 0; i < repeat->min && !builder->unfit; i++) {
        add_list(builder, repeat->child);
    }
    if (repeat->max == REPEAT_MAX) {
        add_loop(builder, repeat);
    } else {
        add_optional(builder, repeat, repeat->max - repeat->min);
    }
}

static void add_at(struct builder *builder, const struct node *node)
{
    uint32_t index = add(builder, INST_AT);
    if (!builder->unfit) {
        at(builder, index)->arg = (uint16_t)node->at;
        at(builder, index)->flags = node->flags;
    }
}

static void add_node(struct builder *builder, const struct node *node)
{
    switch ((enum node_kind)node->kind) {
    case NODE_LITERAL:
    case NODE_ANY:
    case NODE_SET:
        add_unit(builder, node);
        break;
    case NODE_AT:
        add_at(builder, node);
        break;
    case NODE_GROUP:
        add_group(builder, node);
        break;
    case NODE_BRANCH:
        add_branch(builder, node);
        break;
    case NODE_REPEAT:
        add_repeat(builder, node);
        break;
    default:
        builder->unfit = true;
        break;
    }
}

static void add_list(struct builder *builder, const struct node *list)
{
    for (const struct node *node = list; node && !builder->unfit; node = node->next) {
        add_node(builder, node);
    }
}

int program_make(struct program **out, const struct tree *tree, struct arena *arena)
{
    struct builder builder = {.arena = arena, .unfit = tree->ngroups > 1000};
    *out = NULL;
    builder.program = arena_get(arena, sizeof(*builder.program));
    if (!builder.program) {
        return ERR_NOMEM;
    }
    builder.program->ngroups = tree->ngroups;
    add_list(&builder, tree->root);
    if (!builder.unfit) {
        add(&builder, INST_MATCH);
    }
    *out = builder.unfit ? NULL : builder.program;
    return builder.nomem ? ERR_NOMEM : 0;
}
