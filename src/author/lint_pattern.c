#include "author/lint_pattern.h"

#include "regex/charset.h"
#include "regex/dialect.h"

/* What a group without conditions is made of may stand in its place. */
static bool is_plain_group(const struct node *node)
{
    return node->kind == NODE_GROUP;
}

static size_t count_nodes(const struct node *list)
{
    size_t n = 0;
    for (const struct node *node = list; node; node = node->next) {
        n += is_plain_group(node) ? count_nodes(node->child) : 1;
    }
    return n;
}

static const struct node **put_nodes(const struct node **out, const struct node *list)
{
    for (const struct node *node = list; node; node = node->next) {
        if (is_plain_group(node)) {
            out = put_nodes(out, node->child);
        } else {
            *out++ = node;
        }
    }
    return out;
}

static bool is_end(const struct node *node)
{
    return node->kind == NODE_AT && (node->at == AT_END || node->at == AT_END_STRING);
}

static bool is_rest_of_line(const struct node *node)
{
    return node->kind == NODE_REPEAT && node->max == REPEAT_MAX &&
           node->child->kind == NODE_ANY && !node->child->next;
}

/* Nodes in front of what may match nothing; ".*$" may, too. */
static size_t count_kept(const struct node *const *nodes, size_t n)
{
    if (n > 1 && is_end(nodes[n - 1]) && is_rest_of_line(nodes[n - 2])) {
        n--;
    }
    while (n > 0 && nodes[n - 1]->kind == NODE_REPEAT && nodes[n - 1]->min == 0) {
        n--;
    }
    return n;
}

int pattern_init(struct pattern *pattern, struct view text, struct arena *arena,
                 struct err *err)
{
    *pattern = (struct pattern){.text = text};
    int rc = dialect_parse(&pattern->tree, arena, text, err);
    if (rc < 0) {
        return rc;
    }
    pattern->count = count_nodes(pattern->tree.root);
    pattern->nodes = arena_array(arena, pattern->count + 1, sizeof(const struct node *));
    if (!pattern->nodes) {
        return err_nomem(err);
    }
    put_nodes(pattern->nodes, pattern->tree.root);
    pattern->kept = count_kept(pattern->nodes, pattern->count);
    return 0;
}

bool pattern_is_group(const struct pattern *pattern)
{
    const struct node *root = pattern->tree.root;
    return root && root->kind == NODE_GROUP && root->number > 0 && !root->next;
}

/* ---- Comparing -----------------------------------------------------------------------------
 */

#define FLAGS_THAT_MATTER (FLAG_ICASE | FLAG_MULTILINE | FLAG_DOTALL | FLAG_ASCII)

static bool same_list(const struct node *a, const struct node *b);

static bool same_set(const struct set *a, const struct set *b)
{
    const struct range *x = a->ranges, *y = b->ranges;
    while (x && y && x->lo == y->lo && x->hi == y->hi) {
        x = x->next;
        y = y->next;
    }
    return !x && !y && a->categories == b->categories && a->negate == b->negate;
}

/* What matches one character or none. */
static bool same_leaf(const struct node *a, const struct node *b)
{
    switch (a->kind) {
    case NODE_LITERAL:
        return a->literal == b->literal;
    case NODE_SET:
        return same_set(a->set, b->set);
    case NODE_AT:
        return a->at == b->at;
    default:
        return a->kind == NODE_ANY;
    }
}

/* False for what speaks of groups by number: that may be another group. */
static bool same_node(const struct node *a, const struct node *b)
{
    if (a->kind != b->kind || ((a->flags ^ b->flags) & FLAGS_THAT_MATTER)) {
        return false;
    }
    switch (a->kind) {
    case NODE_BRANCH:
    case NODE_SEQ:
    case NODE_ATOMIC:
        return same_list(a->child, b->child);
    case NODE_REPEAT:
        return a->min == b->min && a->max == b->max && a->mode == b->mode &&
               same_list(a->child, b->child);
    case NODE_LOOK:
        return a->negate == b->negate && a->behind == b->behind &&
               same_list(a->child, b->child);
    default:
        return same_leaf(a, b);
    }
}

static const struct node *open_group(const struct node *list)
{
    while (list && is_plain_group(list) && !list->next) {
        list = list->child;
    }
    return list;
}

static bool same_list(const struct node *a, const struct node *b)
{
    a = open_group(a);
    b = open_group(b);
    while (a && b) {
        bool groups = is_plain_group(a) && is_plain_group(b);
        if (groups ? !same_list(a->child, b->child) : !same_node(a, b)) {
            return false;
        }
        a = a->next;
        b = b->next;
    }
    return !a && !b;
}

/* The one character that "x+" begins with, x itself, else NULL. */
static const struct node *first_unit(const struct node *node)
{
    if (node->kind == NODE_REPEAT && node->min > 0 && !node->child->next) {
        node = node->child;
    }
    return node_is_unit(node) ? node : NULL;
}

/* Lines hold no line ends: a dot is any character. */
static bool covers_last(const struct node *last, const struct node *other)
{
    const struct node *unit = first_unit(last), *first = first_unit(other);
    bool once = unit && (unit == last || last->min == 1);
    if (once && unit->kind == NODE_ANY && other->width.lo > 0) {
        return true;
    }
    return same_node(last, other) || (once && first && same_node(unit, first));
}

/* "x*", which may as well not be there. */
static bool may_be_nothing(const struct node *node)
{
    return node->kind == NODE_REPEAT && node->min == 0 && node->mode != REPEAT_POSSESSIVE;
}

static bool is_category(const struct node *node, unsigned category)
{
    return node->kind == NODE_SET && !node->set->ranges && !node->set->negate &&
           node->set->categories == category;
}

/* "\s*" */
static bool is_blanks(const struct node *node)
{
    return may_be_nothing(node) && node->max == REPEAT_MAX && !node->child->next &&
           is_category(node->child, CATEGORY_SPACE);
}

enum pattern_reach pattern_reach(const struct pattern *pattern)
{
    const struct node *const *nodes = pattern->nodes, *const *end = nodes + pattern->kept;
    bool blanks = false;
    if (nodes < end && nodes[0]->kind == NODE_AT && nodes[0]->at == AT_BEGIN) {
        nodes++;
    }
    while (nodes < end && may_be_nothing(*nodes)) {
        blanks |= is_blanks(*nodes++);
    }
    if (nodes == end) {
        return PATTERN_EVERY;
    }
    const struct node *unit = end - nodes == 1 ? first_unit(*nodes) : NULL;
    if (!unit || (unit != *nodes && nodes[0]->min > 1)) {
        return PATTERN_SOME;
    }
    if (blanks && is_category(unit, CATEGORY_NOT_SPACE)) {
        return PATTERN_VISIBLE;
    }
    return unit->kind == NODE_ANY ? PATTERN_FULL : PATTERN_SOME;
}

bool pattern_is_whole_line(const struct pattern *pattern)
{
    return pattern->count >= 2 && pattern->count <= 3 && pattern->kept <= 1 &&
           is_rest_of_line(pattern->nodes[1]) &&
           (pattern->count == 2 || is_end(pattern->nodes[2]));
}

bool pattern_covers(const struct pattern *earlier, const struct pattern *later)
{
    size_t n = earlier->kept;
    switch (pattern_reach(earlier)) {
    case PATTERN_EVERY:
        return true;
    case PATTERN_FULL:
        return width_of_list(later->tree.root).lo > 0;
    default:
        break;
    }
    if (n > later->count) {
        return false;
    }
    for (size_t i = 0; i + 1 < n; i++) {
        if (!same_node(earlier->nodes[i], later->nodes[i])) {
            return false;
        }
    }
    return covers_last(earlier->nodes[n - 1], later->nodes[n - 1]);
}

/* ---- Ends ----------------------------------------------------------------------------------
 */

/* Printable ASCII without the blank. */
static bool has_every_visible(const struct node *unit)
{
    struct charset set = charset_of(unit);
    for (unsigned c = '!'; c <= '~'; c++) {
        if (!charset_has(&set, c)) {
            return false;
        }
    }
    return true;
}

static enum pattern_end end_of_repeat(const struct node *node)
{
    if (node->mode == REPEAT_LAZY && node->min < node->max) {
        return PATTERN_END_LAZY;
    }
    bool open = node->max == REPEAT_MAX && !node->child->next && node_is_unit(node->child) &&
                !has_every_visible(node->child);
    return open ? PATTERN_END_OPEN : PATTERN_END_FINE;
}

enum pattern_end pattern_end(const struct pattern *pattern, struct view *group)
{
    const struct node *list = pattern->tree.root;
    *group = VIEW_NONE;
    while (list) {
        const struct node *last = list;
        while (last->next) {
            last = last->next;
        }
        if (last->kind != NODE_GROUP) {
            bool ends = last->kind == NODE_REPEAT && group->len > 0;
            return ends ? end_of_repeat(last) : PATTERN_END_FINE;
        }
        if (last->number > 0 && pattern->tree.names[last->number].len > 0) {
            *group = pattern->tree.names[last->number];
        }
        list = last->child;
    }
    return PATTERN_END_FINE;
}
