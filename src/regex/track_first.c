#include "regex/charset.h"
#include "regex/track.h"

#define BUDGET 200

struct walk {
    struct first *first;
    int budget;
    bool guarded; /* something without width stands on the way, that may refuse */
};

static void first_list(struct walk *walk, const struct node *list,
                       const struct track_rest *rest);

static void add_unit(struct first *first, const struct node *unit)
{
    struct charset chars = charset_of(unit);
    first->set.word[0] |= chars.ascii[0];
    first->set.word[1] |= chars.ascii[1];
}

static bool at_subject_end(const struct node *node)
{
    return node->at == AT_END_STRING || (node->at == AT_END && !(node->flags & FLAG_MULTILINE));
}

static void first_rest(struct walk *walk, const struct track_rest *rest)
{
    if (!rest) {
        walk->first->accept |= !walk->guarded;
        walk->first->unknown |= walk->guarded;
        return;
    }
    if (rest->loop) {
        static const struct node stop = {.kind = NODE_BACKREF};
        const struct track_rest end = {&stop, NULL, NULL};
        first_list(walk, rest->loop, &end); /* it cannot match nothing: never comes to stop */
    }
    first_list(walk, rest->list, rest->up);
}

/* Follows node and what is behind it; false when the caller goes on behind it, having added
 * what it can begin with. */
static bool first_fork(struct walk *walk, const struct node *node,
                       const struct track_rest *rest)
{
    const struct track_rest after = {node->next, rest, NULL};
    switch ((enum node_kind)node->kind) {
    case NODE_GROUP:
    case NODE_ATOMIC:
        first_list(walk, node->child, &after);
        return true;
    case NODE_BRANCH:
        for (const struct node *seq = node->child; seq; seq = seq->next) {
            first_list(walk, seq->child, &after);
        }
        return true;
    case NODE_REPEAT:
        if (node->max > 0) {
            first_list(walk, node->child, &after);
        }
        return node->min > 0;
    case NODE_AT:
        walk->first->end |= at_subject_end(node);
        walk->guarded |= !at_subject_end(node);
        return at_subject_end(node);
    case NODE_LOOK:
        walk->guarded = true;
        return false;
    default:
        walk->first->unknown = true;
        return true;
    }
}

static bool first_unit(struct walk *walk, const struct node *node)
{
    const struct node *unit = node->kind == NODE_REPEAT ? node->child : node;
    if (node->kind != NODE_REPEAT || node->max > 0) {
        add_unit(walk->first, unit);
    }
    return node->kind != NODE_REPEAT || node->min > 0;
}

static void first_list(struct walk *walk, const struct node *list,
                       const struct track_rest *rest)
{
    for (const struct node *node = list; node; node = node->next) {
        if (--walk->budget < 0) {
            walk->first->unknown = true;
            return;
        }
        bool unit = node_is_unit(node) ||
                    (node->kind == NODE_REPEAT && node->child && node_is_unit(node->child));
        if (unit ? first_unit(walk, node) : first_fork(walk, node, rest)) {
            return;
        }
    }
    first_rest(walk, rest);
}

struct first first_of(const struct node *list, const struct track_rest *rest)
{
    struct first first = {{{0, 0}}, false, false, false};
    struct walk walk = {&first, BUDGET, false};
    first_list(&walk, list, rest);
    return first;
}
