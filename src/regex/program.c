#include "regex/program.h"

#include "base/err.h"
#include "regex/charset.h"

#define MOST_INSTS 3000

struct builder {
    struct program *program;
    uint32_t loops; /* that are open here and need a number: those inside get the next one */
    bool unfit;     /* the pattern cannot be a program */
};

static uint32_t here(const struct builder *builder)
{
    return builder->program->n;
}

/* Its `next` is the instruction behind it, until someone says otherwise. */
static struct inst *add(struct builder *builder, enum inst_op op)
{
    struct program *program = builder->program;
    if (program->n == MOST_INSTS) {
        builder->unfit = true;
        program->n--; /* goes on in place, for nothing */
    }
    struct inst *inst = &program->inst[program->n++];
    *inst = (struct inst){.op = (uint8_t)op, .next = program->n};
    return inst;
}

static void add_list(struct builder *builder, const struct node *list);

static void add_unit(struct builder *builder, const struct node *unit)
{
    struct charset set = charset_of(unit);
    memcpy(add(builder, INST_SET)->set, set.ascii, sizeof(set.ascii));
}

static void add_group(struct builder *builder, const struct node *group)
{
    if (group->number) {
        add(builder, INST_SAVE)->arg = (uint16_t)(2 * group->number);
    }
    add_list(builder, group->child);
    if (group->number) {
        add(builder, INST_SAVE)->arg = (uint16_t)(2 * group->number + 1);
    }
}

static void add_branch(struct builder *builder, const struct node *branch)
{
    struct inst *jumps = NULL; /* chained by `other` until the end is known */
    for (const struct node *seq = branch->child; seq; seq = seq->next) {
        struct inst *fork = seq->next ? add(builder, INST_FORK) : NULL;
        add_list(builder, seq->child);
        if (fork) {
            struct inst *jump = add(builder, INST_JUMP);
            jump->other = jumps ? (uint32_t)(jumps - builder->program->inst) : UINT32_MAX;
            jumps = jump;
            fork->other = here(builder);
        }
    }
    while (jumps && !builder->unfit) {
        uint32_t earlier = jumps->other;
        jumps->next = here(builder);
        jumps = earlier == UINT32_MAX ? NULL : &builder->program->inst[earlier];
    }
}

/* A fork into the body or past it; the body comes first unless the repeat is lazy. Once the end
 * is known, aim() completes it. */
static struct inst *add_choice(struct builder *builder)
{
    return add(builder, INST_FORK);
}

static void aim(struct inst *fork, uint32_t body, uint32_t end, bool lazy)
{
    fork->next = lazy ? end : body;
    fork->other = lazy ? body : end;
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
    bool lazy = repeat->mode == REPEAT_LAZY;
    bool nullable = width_of_list(repeat->child).lo == 0;
    uint32_t start = here(builder), loop = builder->loops;
    struct inst *fork = add_choice(builder);
    if (nullable) {
        add(builder, INST_ENTER)->arg = (uint16_t)loop;
        open_loop(builder);
    }
    add_list(builder, repeat->child);
    builder->loops = loop;
    struct inst *back = add(builder, nullable ? INST_AGAIN : INST_JUMP);
    back->arg = (uint16_t)loop;
    back->next = start;
    back->other = here(builder);
    aim(fork, start + 1, here(builder), lazy);
}

static void add_optional(struct builder *builder, const struct node *repeat, uint32_t times)
{
    uint32_t first = UINT32_MAX; /* forks, chained by `other` */
    for (uint32_t i = 0; i < times && !builder->unfit; i++) {
        struct inst *fork = add_choice(builder);
        fork->other = first;
        first = (uint32_t)(fork - builder->program->inst);
        add_list(builder, repeat->child);
    }
    while (first != UINT32_MAX && !builder->unfit) {
        struct inst *fork = &builder->program->inst[first];
        uint32_t earlier = fork->other;
        aim(fork, first + 1, here(builder), repeat->mode == REPEAT_LAZY);
        first = earlier;
    }
}

static void add_repeat(struct builder *builder, const struct node *repeat)
{
    if (repeat->mode == REPEAT_POSSESSIVE) {
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

static void add_node(struct builder *builder, const struct node *node)
{
    struct inst *inst;
    switch ((enum node_kind)node->kind) {
    case NODE_LITERAL:
    case NODE_ANY:
    case NODE_SET:
        add_unit(builder, node);
        break;
    case NODE_AT:
        inst = add(builder, INST_AT);
        inst->arg = (uint16_t)node->at;
        inst->flags = node->flags;
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
    struct builder builder = {NULL, 0, tree->ngroups > 1000};
    *out = NULL;
    builder.program =
        arena_get(arena, sizeof(*builder.program) + MOST_INSTS * sizeof(struct inst));
    if (!builder.program) {
        return ERR_NOMEM;
    }
    builder.program->ngroups = tree->ngroups;
    add_list(&builder, tree->root);
    add(&builder, INST_MATCH);
    *out = builder.unfit ? NULL : builder.program;
    return 0;
}
