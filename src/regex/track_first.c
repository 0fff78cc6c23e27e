#include "regex/charset.h"
#include "regex/track.h"

#define BUDGET 200

struct search {
    struct first *first;
    int budget;
    bool guarded; /* something without width stands on the way, that may refuse */
};

static void first_list(struct search *search, const struct node *list,
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

static void first_rest(struct search *search, const struct track_rest *rest)
{
    if (!rest) {
        search->first->accept |= !search->guarded;
        search->first->unknown |= search->guarded;
        return;
    }
    if (rest->loop) {
        static const struct node stop = {.kind = NODE_BACKREF};
        const struct track_rest end = {&stop, NULL, NULL};
        first_list(search, rest->loop, &end); /* it cannot match nothing: never comes to stop */
    }
    first_list(search, rest->list, rest->up);
}

/* Follows node and what is behind it; false when the caller goes on behind it, having added
 * what it can begin with. */
static bool first_fork(struct search *search, const struct node *node,
                       const struct track_rest *rest)
{
    const struct track_rest after = {node->next, rest, NULL};
    switch ((enum node_kind)node->kind) {
    case NODE_GROUP:
    case NODE_ATOMIC:
        first_list(search, node->child, &after);
        return true;
    case NODE_BRANCH:
        for (const struct node *seq = node->child; seq; seq = seq->next) {
            first_list(search, seq->child, &after);
        }
        return true;
    case NODE_REPEAT:
        if (node->max > 0) {
            first_list(search, node->child, &after);
        }
        return node->min > 0;
    case NODE_AT:
        search->first->end |= at_subject_end(node);
        search->guarded |= !at_subject_end(node);
        return at_subject_end(node);
    case NODE_LOOK:
        search->guarded = true;
        return false;
    default:
        search->first->unknown = true;
        return true;
    }
}

static bool first_unit(struct search *search, const struct node *node)
{
    const struct node *unit = node->kind == NODE_REPEAT ? node->child : node;
    if (node->kind != NODE_REPEAT || node->max > 0) {
        add_unit(search->first, unit);
    }
    return node->kind != NODE_REPEAT || node->min > 0;
}

static void first_list(struct search *search, const struct node *list,
                       const struct track_rest *rest)
{
    for (const struct node *node = list; node; node = node->next) {
        if (--search->budget < 0) {
            search->first->unknown = true;
            return;
        }
        bool unit = node_is_unit(node) ||
                    (node->kind == NODE_REPEAT && node->child && node_is_unit(node->child));
        if (unit ? first_unit(search, node) : first_fork(search, node, rest)) {
            return;
        }
    }
    first_rest(search, rest);
}

struct first first_of(const struct node *list, const struct track_rest *rest)
{
    struct first first = {{{0, 0}}, false, false, false};
    struct search search = {&first, BUDGET, false};
    first_list(&search, list, rest);
    return first;
}
