#include "regex/facts.h"

static size_t at_most_huge(uint64_t size)
{
    return size < TREE_SIZE_HUGE ? (size_t)size : TREE_SIZE_HUGE;
}

static size_t list_size(const struct node *list);

static size_t set_size(const struct set *set)
{
    size_t size = 60;
    for (const struct range *range = set->ranges; range; range = range->next) {
        size += 24;
    }
    for (unsigned bits = set->categories; bits; bits &= bits - 1) {
        size += 120;
    }
    return size;
}

/* Is it one item of PCRE2's, which can count? Sets with \W among others are emitted as groups.
 */
static bool is_counted(const struct node *node)
{
    return node_is_unit(node) &&
           !(node->kind == NODE_SET && (node->set->categories & CATEGORY_NOT_WORD));
}

static size_t repeat_size(const struct node *repeat)
{
    uint64_t copies = repeat->max == REPEAT_MAX ? (uint64_t)repeat->min + 1 : repeat->max;
    size_t body = list_size(repeat->child) + 24;
    if (is_counted(repeat->child)) {
        return at_most_huge(body * (copies / UINT16_MAX + 2));
    }
    return at_most_huge(body * (copies + 1));
}

static size_t node_size(const struct node *node)
{
    switch ((enum node_kind)node->kind) {
    case NODE_LITERAL:
    case NODE_ANY:
        return 40;
    case NODE_SET:
        return set_size(node->set);
    case NODE_AT:
        return 400; /* \b is four look-arounds */
    case NODE_BACKREF:
        return 8;
    case NODE_REPEAT:
        return repeat_size(node);
    case NODE_COND:
        return 24 + list_size(node->child) + list_size(node->other);
    default:
        return 24 + list_size(node->child);
    }
}

static size_t list_size(const struct node *list)
{
    size_t size = 0;
    for (const struct node *node = list; node; node = node->next) {
        size = at_most_huge((uint64_t)size + node_size(node));
    }
    return size;
}

size_t tree_size(const struct tree *tree)
{
    return list_size(tree->root);
}
