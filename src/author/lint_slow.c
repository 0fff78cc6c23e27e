/*
 * Patterns that backtrack without end, proven: where a repeat stands in a repeat, a line is
 * made that gives the outer one many ways to share the same characters out and then fails, and
 * is matched under a limit of steps.
 */
#include "author/lint_pattern.h"

#include "base/utf8.h"
#include "regex/charset.h"
#include "regex/regex.h"

#define LINE_CHARS 100
#define MOST_TIMES 40
#define MOST_TRIES 24 /* lines for one pattern */

struct search {
    const struct regex *re;
    struct regex_scratch *scratch;
    struct strbuf *line, *how;
    /* "!" and an example: what must occur in a line occurs, but too late; and "!" behind it. */
    struct strbuf misfit, misfit_more;
    unsigned tries;
    bool found;
};

static void add_unit(struct strbuf *out, const struct node *unit)
{
    static const char preferred[] = "aA0 -.:/_,;";
    char buf[4];
    if (unit->kind == NODE_LITERAL) {
        strbuf_add(out, buf, utf8_encode(unit->literal, buf));
        return;
    }
    struct charset set = charset_of(unit);
    for (const char *c = preferred; *c; c++) {
        if (charset_has(&set, (unsigned char)*c)) {
            strbuf_addch(out, *c);
            return;
        }
    }
    for (unsigned c = '!'; c <= '~'; c++) {
        if (charset_has(&set, c)) {
            strbuf_addch(out, (char)c);
            return;
        }
    }
}

static void add_example(struct strbuf *out, const struct node *list, uint32_t least);

static void add_one(struct strbuf *out, const struct node *node, uint32_t least)
{
    uint32_t most = least < node->max ? least : node->max;
    uint32_t times = node->min > least ? node->min : most;
    switch (node->kind) {
    case NODE_LITERAL:
    case NODE_ANY:
    case NODE_SET:
        add_unit(out, node);
        break;
    case NODE_REPEAT:
        for (uint32_t i = 0; i < times && out->len < LINE_CHARS; i++) {
            add_example(out, node->child, least);
        }
        break;
    case NODE_BRANCH:
        for (const struct node *seq = node->child; seq; seq = least ? seq->next : NULL) {
            add_example(out, seq->child, least);
        }
        break;
    case NODE_GROUP:
    case NODE_ATOMIC:
        add_example(out, node->child, least);
        break;
    default:
        break;
    }
}

/* A text for the list, with each repeat at its least, but `least` times. It matches with least
 * 0 (but for look-arounds); else it has something of all that the list can match. */
static void add_example(struct strbuf *out, const struct node *list, uint32_t least)
{
    for (const struct node *node = list; node && out->len < LINE_CHARS; node = node->next) {
        add_one(out, node, least);
    }
}

static bool is_loose(const struct node *node)
{
    return node->kind == NODE_REPEAT && node->max > MOST_TIMES &&
           node->mode != REPEAT_POSSESSIVE;
}

/* Whether some of the list may match the same text in several ways. */
static bool list_varies(const struct node *list)
{
    for (const struct node *node = list; node; node = node->next) {
        bool inside =
            node->kind == NODE_GROUP || node->kind == NODE_SEQ || node->kind == NODE_REPEAT;
        if (node->kind == NODE_BRANCH || is_loose(node) ||
            (inside && list_varies(node->child))) {
            return true;
        }
    }
    return false;
}

static void describe(struct search *s, struct view prefix, struct view pump, size_t times,
                     const char *suffix)
{
    strbuf_reset(s->how);
    if (prefix.len > 0) {
        strbuf_addf(s->how, "'%.*s', ", VIEW_ARG(prefix));
    }
    strbuf_addf(s->how, "'%.*s' x %zu", VIEW_ARG(pump), times);
    if (*suffix) {
        strbuf_addf(s->how, ", '%s'", suffix);
    }
}

static void try_line(struct search *s, struct view prefix, struct view pump, const char *suffix)
{
    size_t times = (LINE_CHARS - prefix.len) / pump.len;
    times = times > MOST_TIMES ? MOST_TIMES : times;
    strbuf_reset(s->line);
    strbuf_addview(s->line, prefix);
    for (size_t i = 0; i < times; i++) {
        strbuf_addview(s->line, pump);
    }
    strbuf_addstr(s->line, suffix);
    struct err err = ERR_INIT;
    s->tries++;
    if (regex_match(s->re, s->scratch, strbuf_view(s->line), NULL, 0, &err) == ERR_LIMIT) {
        s->found = true;
        describe(s, prefix, pump, times, suffix);
    }
}

static void try_repeat(struct search *s, const struct node *repeat, struct view prefix)
{
    const char *const suffixes[] = {"!", s->misfit.buf, s->misfit_more.buf, " !", "  !",
                                    "",  "aA0\x01"};
    for (uint32_t least = 0; least < 2; least++) {
        struct strbuf pump = STRBUF_INIT;
        add_example(&pump, repeat->child, least);
        size_t n = sizeof(suffixes) / sizeof(suffixes[0]);
        bool usable = pump.len > 0 && pump.len < LINE_CHARS / 4 && prefix.len < LINE_CHARS / 2;
        for (size_t i = 0; i < n && usable && !s->found && s->tries < MOST_TRIES; i++) {
            try_line(s, prefix, strbuf_view(&pump), suffixes[i]);
        }
        strbuf_release(&pump);
    }
}

/* All loose repeats of the list; prefix leads to its beginning and is put back. */
static void search_list(struct search *s, const struct node *list, struct strbuf *prefix)
{
    size_t start = prefix->len;
    for (const struct node *node = list; node && !s->found; node = node->next) {
        if (is_loose(node) && list_varies(node->child)) {
            try_repeat(s, node, strbuf_view(prefix));
        }
        if (node->kind == NODE_BRANCH) {
            for (const struct node *seq = node->child; seq; seq = seq->next) {
                search_list(s, seq->child, prefix);
            }
        } else if (node->kind == NODE_GROUP || node->kind == NODE_REPEAT ||
                   node->kind == NODE_ATOMIC) {
            search_list(s, node->child, prefix);
        }
        add_one(prefix, node, 0);
    }
    strbuf_truncate(prefix, start);
}

bool pattern_slow_line(const struct pattern *pattern, struct strbuf *line, struct strbuf *how)
{
    struct regex *re = NULL;
    struct strbuf prefix = STRBUF_INIT;
    struct regex_limits limits = {.steps = PATTERN_SLOW_STEPS, .plain = true};
    struct search search = {
        .line = line, .how = how, .misfit = STRBUF_INIT, .misfit_more = STRBUF_INIT};
    if (regex_compile(&re, pattern->text, REGEX_ANCHORED, NULL, NULL) < 0) {
        return false;
    }
    search.re = re;
    search.scratch = regex_facts(re)->costly ? regex_scratch_new(&limits, NULL) : NULL;
    strbuf_addch(&search.misfit, '!');
    add_example(&search.misfit, pattern->tree.root, 0);
    strbuf_addview(&search.misfit_more, strbuf_view(&search.misfit));
    strbuf_addch(&search.misfit_more, '!');
    if (search.scratch) {
        search_list(&search, pattern->tree.root, &prefix);
    }
    strbuf_release(&prefix);
    strbuf_release(&search.misfit);
    strbuf_release(&search.misfit_more);
    regex_scratch_free(search.scratch);
    regex_free(re);
    return search.found;
}
