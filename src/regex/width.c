#include "regex/parser.h"

/* Beyond all that is compared: keeps sums of two from overflowing. */
#define PLENTY (UINT64_MAX / 4)

static uint64_t at_most_plenty(uint64_t value)
{
    return value < PLENTY ? value : PLENTY;
}

/* Each factor is below 2^32, or is the width of a list, which is cut to that. */
static uint64_t times(uint64_t a, uint64_t b)
{
    return at_most_plenty(a * b);
}

struct width width_of_list(const struct node *list)
{
    struct width sum = {0, 0};
    for (const struct node *node = list; node; node = node->next) {
        sum.lo = at_most_plenty(sum.lo + node->width.lo);
        sum.hi = at_most_plenty(sum.hi + node->width.hi);
    }
    if (sum.lo > WIDTH_MAX - 1) {
        sum.lo = WIDTH_MAX - 1;
    }
    if (sum.hi > WIDTH_MAX) {
        sum.hi = WIDTH_MAX;
    }
    return sum;
}

static struct width either(struct width a, struct width b)
{
    return (struct width){a.lo < b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi};
}

static struct width width_of_branch(const struct node *branch)
{
    struct width width = {WIDTH_MAX - 1, 0};
    for (const struct node *seq = branch->child; seq; seq = seq->next) {
        width = either(width, seq->width);
    }
    return width;
}

static struct width width_of_cond(const struct node *cond)
{
    struct width yes = width_of_list(cond->child);
    if (!cond->other) {
        return (struct width){0, yes.hi};
    }
    return either(yes, width_of_list(cond->other));
}

void width_set(struct parser *parser, struct node *node)
{
    struct width width = {0, 0};
    switch ((enum node_kind)node->kind) {
    case NODE_LITERAL:
    case NODE_ANY:
    case NODE_SET:
        width = (struct width){1, 1};
        break;
    case NODE_BACKREF:
        width = parser->groups[node->number].width;
        break;
    case NODE_GROUP:
    case NODE_SEQ:
    case NODE_ATOMIC:
        width = width_of_list(node->child);
        break;
    case NODE_BRANCH:
        width = width_of_branch(node);
        break;
    case NODE_REPEAT:
        width = width_of_list(node->child);
        width = (struct width){times(width.lo, node->min), times(width.hi, node->max)};
        break;
    case NODE_COND:
        width = width_of_cond(node);
        break;
    case NODE_AT:
    case NODE_LOOK:
        break;
    }
    node->width = width;
}
