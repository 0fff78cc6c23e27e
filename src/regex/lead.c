#include "regex/charset.h"
#include "regex/facts.h"

/* Steps after which a pattern counts as too involved. */
#define BUDGET 400

/* Where the walk goes on when a list ends. */
struct rest {
    const struct node *list;
    const struct rest *up;
    const struct node *loop; /* a repeat whose body has ended: it may come again */
};

/* The walk follows every path through the pattern up to the first character that is no blank,
 * counting the blanks on its way. */
struct walk {
    struct regex_facts *facts;
    int budget;
};

struct blanks {
    uint64_t min, max;
};

#define ENDLESS UINT64_MAX

static uint64_t plus(uint64_t a, uint64_t b)
{
    return a > ENDLESS - b ? ENDLESS : a + b;
}

static struct blanks more_blanks(struct blanks blanks, uint64_t min, uint64_t max)
{
    return (struct blanks){plus(blanks.min, min), plus(blanks.max, max)};
}

static uint64_t repeat_max(const struct node *repeat)
{
    return repeat->max == REPEAT_MAX ? ENDLESS : repeat->max;
}

static void note_blanks(struct walk *walk, struct blanks blanks)
{
    struct regex_facts *facts = walk->facts;
    uint32_t min = blanks.min > UINT32_MAX - 1 ? UINT32_MAX - 1 : (uint32_t)blanks.min;
    uint32_t max = blanks.max > UINT32_MAX - 1 ? REGEX_SKIP_ANY : (uint32_t)blanks.max;
    facts->skip_min = min < facts->skip_min ? min : facts->skip_min;
    facts->skip_max = max > facts->skip_max ? max : facts->skip_max;
}

static void note_lead(struct walk *walk, struct blanks blanks, const struct charset *set)
{
    struct byteset bytes = charset_bytes(set);
    byteset_join(&walk->facts->lead, &bytes);
    if (set->ascii[0] | set->ascii[1]) { /* else nothing that blanks are held against */
        note_blanks(walk, blanks);
    }
}

/* From here on the subject may hold what it likes. */
static void note_anything(struct walk *walk, struct blanks blanks)
{
    byteset_fill(&walk->facts->lead);
    walk->facts->lead_end = true;
    note_blanks(walk, (struct blanks){blanks.min, ENDLESS});
}

static void note_end(struct walk *walk, struct blanks blanks, const struct node *at)
{
    walk->facts->lead_end = true;
    note_blanks(walk, more_blanks(blanks, 0, at->at == AT_END)); /* $: or before a newline */
}

/* Splits set into blanks and the rest. */
static bool split_blanks(struct charset *set)
{
    bool any = false;
    for (unsigned c = 0; c <= ' '; c++) {
        if (charset_has(set, c) && regex_is_blank((unsigned char)c)) {
            set->ascii[0] &= ~(UINT64_C(1) << c);
            any = true;
        }
    }
    return any;
}

static bool nothing_left(const struct charset *set)
{
    return !set->ascii[0] && !set->ascii[1] && !set->beyond;
}

/* min to max times a unit. Returns false if no path goes on behind it with blanks only. */
static bool walk_unit(struct walk *walk, const struct node *unit, uint64_t min, uint64_t max,
                      struct blanks *blanks)
{
    struct charset set = charset_of(unit);
    bool has_blanks = split_blanks(&set);
    if (max == 0) {
        return true;
    }
    if (!nothing_left(&set)) {
        uint64_t before = !has_blanks ? 0 : max == ENDLESS ? ENDLESS : max - 1;
        note_lead(walk, more_blanks(*blanks, 0, before), &set);
    }
    if (has_blanks) {
        *blanks = more_blanks(*blanks, min, max);
        return true;
    }
    return min == 0;
}

static void walk_list(struct walk *walk, const struct node *list, const struct rest *rest,
                      struct blanks blanks);

static void walk_rest(struct walk *walk, const struct rest *rest, struct blanks blanks)
{
    if (!rest) {
        note_anything(walk, blanks);
        return;
    }
    if (rest->loop) { /* it may come again, with any number of blanks so far */
        static const struct node stop = {.kind = NODE_SEQ};
        struct rest end = {&stop, NULL, NULL};
        blanks.max = ENDLESS;
        walk_list(walk, rest->loop->child, &end, blanks);
    }
    walk_list(walk, rest->list, rest->up, blanks);
}

static void walk_group_repeat(struct walk *walk, const struct node *repeat,
                              const struct rest *rest, struct blanks blanks)
{
    struct rest after = {repeat->next, rest, repeat->max > 1 ? repeat : NULL};
    if (repeat->max > 0) {
        walk_list(walk, repeat->child, &after, blanks);
    }
    if (repeat->min == 0) {
        walk_list(walk, repeat->next, rest, blanks);
    }
}

/* Follows all ways into node and beyond; false if the list is still to be followed behind it.
 */
static bool walk_fork(struct walk *walk, const struct node *node, const struct rest *rest,
                      struct blanks blanks)
{
    struct rest after = {node->next, rest, NULL};
    switch ((enum node_kind)node->kind) {
    case NODE_GROUP:
    case NODE_ATOMIC:
        walk_list(walk, node->child, &after, blanks);
        return true;
    case NODE_BRANCH:
        for (const struct node *seq = node->child; seq; seq = seq->next) {
            walk_list(walk, seq->child, &after, blanks);
        }
        return true;
    case NODE_COND:
        walk_list(walk, node->child, &after, blanks);
        walk_list(walk, node->other, &after, blanks);
        return true;
    case NODE_REPEAT:
        walk_group_repeat(walk, node, rest, blanks);
        return true;
    case NODE_BACKREF:
        note_anything(walk, blanks);
        return true;
    case NODE_SEQ: /* the stop of a loop */
        return true;
    default:
        return false;
    }
}

static bool ends_subject(const struct node *node)
{
    return node->at == AT_END_STRING || (node->at == AT_END && !(node->flags & FLAG_MULTILINE));
}

static void walk_list(struct walk *walk, const struct node *list, const struct rest *rest,
                      struct blanks blanks)
{
    for (const struct node *node = list; node; node = node->next) {
        if (--walk->budget < 0) {
            return;
        }
        if (node->kind == NODE_AT && ends_subject(node)) {
            note_end(walk, blanks, node);
            return;
        }
        const struct node *body = node->kind == NODE_REPEAT ? node->child : NULL;
        bool goes_on = true;
        if (node_is_unit(node)) {
            goes_on = walk_unit(walk, node, 1, 1, &blanks);
        } else if (body && node_is_unit(body)) {
            goes_on = walk_unit(walk, body, node->min, repeat_max(node), &blanks);
        } else if (walk_fork(walk, node, rest, blanks)) {
            return;
        }
        if (!goes_on) {
            return;
        }
    }
    if (--walk->budget >= 0) {
        walk_rest(walk, rest, blanks);
    }
}

void facts_find_lead(struct regex_facts *facts, const struct node *root)
{
    struct walk walk = {facts, BUDGET};
    facts->skip_min = REGEX_SKIP_ANY;
    facts->skip_max = 0;
    facts->lead = (struct byteset){{0, 0, 0, 0}};
    facts->lead_end = false;
    walk_list(&walk, root, NULL, (struct blanks){0, 0});
    if (walk.budget < 0) {
        facts->skip_min = 0;
        note_anything(&walk, (struct blanks){0, ENDLESS});
    }
}
