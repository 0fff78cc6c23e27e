#include "regex/facts.h"
#include "base/utf8.h"
#include "regex/charset.h"

/* A repeat of this many is as good as endless when it comes to backtracking. */
#define COSTLY_REPEAT 16

static bool subject_begin(const struct node *node)
{
    return node->at == AT_BEGIN_STRING ||
           (node->at == AT_BEGIN && !(node->flags & FLAG_MULTILINE));
}

static bool subject_end(const struct node *node)
{
    return node->at == AT_END_STRING || (node->at == AT_END && !(node->flags & FLAG_MULTILINE));
}

static bool list_begins(const struct node *list);
static bool list_ends(const struct node *list);

static bool all_alternatives(const struct node *branch, bool (*test)(const struct node *list))
{
    for (const struct node *seq = branch->child; seq; seq = seq->next) {
        if (!test(seq->child)) {
            return false;
        }
    }
    return true;
}

/* Can node only match where test says so for each of its lists? */
static bool node_passes(const struct node *node, bool (*at)(const struct node *node),
                        bool (*test)(const struct node *list))
{
    switch ((enum node_kind)node->kind) {
    case NODE_AT:
        return at(node);
    case NODE_GROUP:
    case NODE_ATOMIC:
        return test(node->child);
    case NODE_REPEAT:
        return node->min > 0 && test(node->child);
    case NODE_BRANCH:
        return all_alternatives(node, test);
    case NODE_COND:
        return node->other && test(node->child) && test(node->other);
    default:
        return false;
    }
}

/* Does every match of list begin at the subject's start? */
static bool list_begins(const struct node *list)
{
    for (const struct node *node = list; node; node = node->next) {
        if (node_passes(node, subject_begin, list_begins)) {
            return true;
        }
        if (node->width.hi > 0) {
            return false;
        }
    }
    return false;
}

/* Does every match of list pass the subject's end? */
static bool list_ends(const struct node *list)
{
    for (const struct node *node = list; node; node = node->next) {
        if (node_passes(node, subject_end, list_ends)) {
            return true;
        }
    }
    return false;
}

static void add_unit(struct byteset *set, const struct node *unit)
{
    struct charset chars = charset_of(unit);
    struct byteset bytes = charset_bytes(&chars);
    byteset_join(set, &bytes);
}

/* All bytes that list can consume. */
static void add_alphabet(struct byteset *set, const struct node *list)
{
    for (const struct node *node = list; node; node = node->next) {
        if (node_is_unit(node)) {
            add_unit(set, node);
        } else if (node->kind == NODE_BACKREF) {
            byteset_fill(set);
        } else if (node->kind != NODE_LOOK && node->kind != NODE_AT) {
            add_alphabet(set, node->child);
            if (node->kind == NODE_COND) {
                add_alphabet(set, node->other);
            }
        }
    }
}

static void add_edge(struct byteset *set, const struct node *list, bool last);

static void add_node_edge(struct byteset *set, const struct node *node, bool last)
{
    if (node_is_unit(node)) {
        add_unit(set, node);
    } else if (node->kind == NODE_BACKREF) {
        byteset_fill(set);
    } else if (node->kind == NODE_BRANCH) {
        for (const struct node *seq = node->child; seq; seq = seq->next) {
            add_edge(set, seq->child, last);
        }
    } else if (node->kind != NODE_LOOK && node->kind != NODE_AT) {
        add_edge(set, node->child, last);
        if (node->kind == NODE_COND) {
            add_edge(set, node->other, last);
        }
    }
}

/* The first (or last) bytes of what list consumes, when it consumes anything. */
static void add_edge(struct byteset *set, const struct node *list, bool last)
{
    if (last) {
        for (const struct node *node = list; node; node = node->next) {
            list = node->width.lo > 0 ? node : list;
        }
    }
    for (const struct node *node = list; node; node = node->next) {
        add_node_edge(set, node, last);
        if (!last && node->width.lo > 0) {
            return;
        }
    }
}

static void add_need(struct byteset *set, const struct node *list);

static void add_common_need(struct byteset *set, const struct node *branch)
{
    struct byteset common;
    byteset_fill(&common);
    for (const struct node *seq = branch->child; seq; seq = seq->next) {
        struct byteset one = {{0, 0, 0, 0}};
        add_need(&one, seq->child);
        for (int i = 0; i < 4; i++) {
            common.word[i] &= one.word[i];
        }
    }
    byteset_join(set, &common);
}

static void add_literal_need(struct byteset *set, const struct node *unit)
{
    struct charset chars = charset_of(unit);
    int members = __builtin_popcountll(chars.ascii[0]) + __builtin_popcountll(chars.ascii[1]);
    if (!chars.beyond && members == 1) {
        struct byteset bytes = charset_bytes(&chars);
        byteset_join(set, &bytes);
    }
    bool surrogate = unit->literal >= 0xD800 && unit->literal <= 0xDFFF; /* a broken byte */
    if (unit->kind == NODE_LITERAL && unit->literal >= 0x80 && !surrogate &&
        !(unit->flags & FLAG_ICASE)) {
        char utf8[4];
        size_t n = utf8_encode(unit->literal, utf8);
        for (size_t i = 0; i < n; i++) {
            byteset_add(set, (unsigned char)utf8[i]);
        }
    }
}

/* Bytes without which list cannot match. */
static void add_need(struct byteset *set, const struct node *list)
{
    for (const struct node *node = list; node; node = node->next) {
        switch ((enum node_kind)node->kind) {
        case NODE_LITERAL:
        case NODE_SET:
            add_literal_need(set, node);
            break;
        case NODE_GROUP:
        case NODE_ATOMIC:
            add_need(set, node->child);
            break;
        case NODE_REPEAT:
            if (node->min > 0) {
                add_need(set, node->child);
            }
            break;
        case NODE_LOOK:
            if (!node->negate) {
                add_need(set, node->child);
            }
            break;
        case NODE_BRANCH:
            add_common_need(set, node);
            break;
        default:
            break;
        }
    }
}

/* Is there a choice (a repeat of varying length, alternatives) inside of a repeat that may go
 * on for long? inside: list is in such a repeat. */
static bool list_is_costly(const struct node *list, bool inside)
{
    for (const struct node *node = list; node; node = node->next) {
        bool here = inside;
        if (inside && node->kind == NODE_BRANCH) {
            return true;
        }
        if (node->kind == NODE_REPEAT && node->max > node->min) {
            if (inside) {
                return true;
            }
            here = node->max > COSTLY_REPEAT;
        }
        if (!node_is_unit(node) && list_is_costly(node->child, here)) {
            return true;
        }
        if (node->kind == NODE_COND && list_is_costly(node->other, here)) {
            return true;
        }
    }
    return false;
}

static void say_anything(struct regex_facts *facts)
{
    *facts = (struct regex_facts){.skip_max = REGEX_SKIP_ANY, .lead_end = true};
    byteset_fill(&facts->lead);
    byteset_fill(&facts->first);
    byteset_fill(&facts->alphabet);
    byteset_fill(&facts->last);
}

static void find_whole(struct regex_facts *facts, const struct node *root)
{
    struct byteset none = {{0, 0, 0, 0}};
    facts->whole = true;
    facts->alphabet = facts->last = none;
    add_alphabet(&facts->alphabet, root);
    add_edge(&facts->last, root, true);
    byteset_add(&facts->alphabet, '\n');
    byteset_add(&facts->last, '\n');
}

static void find_first(struct regex_facts *facts, const struct node *root)
{
    if (facts->min_length > 0 || facts->whole) {
        facts->first = (struct byteset){{0, 0, 0, 0}};
        add_edge(&facts->first, root, false);
    }
    if (facts->min_length == 0) {
        byteset_add(&facts->first, '\n');
    }
}

bool facts_find(struct regex_facts *facts, const struct tree *tree, unsigned regex_flags,
                struct arena *arena)
{
    const struct node *root = tree->root;
    say_anything(facts);
    facts->min_length = (size_t)width_of_list(root).lo;
    facts->can_be_empty = facts->min_length == 0;
    facts->costly = list_is_costly(root, false);
    add_need(&facts->need, root);
    if (!(regex_flags & REGEX_ANCHORED) && !list_begins(root)) {
        return true;
    }
    if (list_ends(root)) {
        find_whole(facts, root);
    }
    find_first(facts, root);
    facts_find_lead(facts, root);
    facts_find_second(facts, root);
    return facts_find_prefix(facts, root, arena);
}
