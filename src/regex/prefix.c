#include "base/utf8.h"
#include "regex/charset.h"
#include "regex/facts.h"

/* Longer ones cost more to compare than they save. */
#define PREFIX_BYTES 32

struct prefix {
    char bytes[PREFIX_BYTES];
    size_t len;
};

/* Can unit match nothing but ASCII blanks and characters beyond ASCII? */
static bool only_blanks(const struct node *unit)
{
    struct charset set = charset_of(unit);
    for (unsigned c = 0; c < 0x80; c++) {
        if (charset_has(&set, c) && !regex_is_blank((unsigned char)c)) {
            return false;
        }
    }
    return true;
}

/* Adds the one character that unit matches; false if there is none, or it does not fit. */
static bool add_unit(struct prefix *prefix, const struct node *unit)
{
    char utf8[4];
    if (unit->kind != NODE_LITERAL) {
        return false;
    }
    uint32_t c = unit->literal;
    bool caseless = (unit->flags & FLAG_ICASE) && (c >= 0x80 || is_ascii_letter(c));
    if (caseless || (c >= 0xD800 && c <= 0xDFFF)) {
        return false;
    }
    size_t n = utf8_encode(c, utf8);
    if (prefix->len + n > PREFIX_BYTES || (prefix->len == 0 && c >= 0x80)) {
        return false;
    }
    memcpy(prefix->bytes + prefix->len, utf8, n);
    prefix->len += n;
    return true;
}

static bool add_list(struct prefix *prefix, const struct node *list);

/* Only blanks go on: how often the unit comes is then of no matter. */
static bool add_repeat(struct prefix *prefix, const struct node *repeat)
{
    const struct node *unit = repeat->child;
    if (!node_is_unit(unit)) {
        return false;
    }
    if (prefix->len == 0 && only_blanks(unit)) {
        return true;
    }
    if (repeat->min > 0) {
        add_unit(prefix, unit);
    }
    return false;
}

/* One node of the pattern; false if the prefix ends with it. */
static bool add_node(struct prefix *prefix, const struct node *node)
{
    switch ((enum node_kind)node->kind) {
    case NODE_LITERAL:
    case NODE_ANY:
    case NODE_SET:
        return (prefix->len == 0 && only_blanks(node)) || add_unit(prefix, node);
    case NODE_REPEAT:
        return add_repeat(prefix, node);
    case NODE_GROUP:
    case NODE_ATOMIC:
        return add_list(prefix, node->child);
    case NODE_AT:
    case NODE_LOOK:
        return true;
    default:
        return false;
    }
}

static bool add_list(struct prefix *prefix, const struct node *list)
{
    for (const struct node *node = list; node; node = node->next) {
        if (!add_node(prefix, node)) {
            return false;
        }
    }
    return true;
}

bool facts_find_prefix(struct regex_facts *facts, const struct node *root, struct arena *arena)
{
    struct prefix prefix = {.len = 0};
    add_list(&prefix, root);
    if (prefix.len > 0) {
        const char *copy = arena_dup(arena, view_make(prefix.bytes, prefix.len));
        facts->prefix = view_make(copy, prefix.len);
    }
    return prefix.len == 0 || facts->prefix.ptr;
}

/* ---- The second word ---- */

/* Can unit match no ASCII blank? */
static bool no_blank(const struct node *unit)
{
    struct charset set = charset_of(unit);
    for (unsigned c = 0; c < 0x80; c++) {
        if (charset_has(&set, c) && regex_is_blank((unsigned char)c)) {
            return false;
        }
    }
    return true;
}

static bool all_units(const struct node *list, bool (*test)(const struct node *unit));

static bool node_units(const struct node *node, bool (*test)(const struct node *unit))
{
    switch ((enum node_kind)node->kind) {
    case NODE_LITERAL:
    case NODE_ANY:
    case NODE_SET:
        return test(node);
    case NODE_AT:
    case NODE_LOOK: /* may refuse, but takes nothing */
        return true;
    case NODE_GROUP:
    case NODE_BRANCH:
    case NODE_SEQ:
    case NODE_REPEAT:
    case NODE_ATOMIC:
        return all_units(node->child, test);
    default:
        return false;
    }
}

static bool all_units(const struct node *list, bool (*test)(const struct node *unit))
{
    for (const struct node *node = list; node; node = node->next) {
        if (!node_units(node, test)) {
            return false;
        }
    }
    return true;
}

/* Goes over nodes all of whose units pass the test; *least is how many characters they take. */
static const struct node *skip(const struct node *list, bool (*test)(const struct node *unit),
                               uint64_t *least)
{
    *least = 0;
    while (list && node_units(list, test)) {
        *least += list->width.lo;
        list = list->next;
    }
    return list;
}

/* Of a pattern like \\s*(\\d+)\\s+packets: blanks, then what can only be the first word, blanks
 * behind it, and then literal bytes. */
void facts_find_second(struct regex_facts *facts, const struct node *root)
{
    struct prefix second = {.len = 0};
    uint64_t least;
    const struct node *rest = skip(root, only_blanks, &least);
    rest = skip(rest, no_blank, &least);
    if (least > 0) {
        rest = skip(rest, only_blanks, &least);
    }
    if (least > 0) {
        add_list(&second, rest);
        facts->nsecond = (uint8_t)(second.len < 8 ? second.len : 8);
        memcpy(facts->second, second.bytes, facts->nsecond);
    }
}
