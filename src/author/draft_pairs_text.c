/* The template of `key: value` lines. */
#include "author/draft_part.h"

static bool is_indented(const struct draft_pairs *pairs)
{
    for (unsigned i = 0; i < pairs->n; i++) {
        if (draft_at(&pairs->lines->items[pairs->items[i].line], 0) == ' ') {
            return true;
        }
    }
    return false;
}

static void add_key(struct strbuf *out, const struct draft_pair *pair)
{
    draft_literal(out, pair->key);
    strbuf_addstr(out, pair->how == ':'   ? "\\s*:"
                       : pair->how == '=' ? "\\s*="
                                          : "\\s*\\.{2,}[\\s:]*");
}

static void add_value(struct strbuf *out, const struct draft_pairs *pairs,
                      const struct draft_pair *pair)
{
    const struct draft_key *key = &pairs->columns[pair->column];
    const char *quote = key->quoted ? "\"" : "";
    const char *blanks = pair->how == '.' ? "" : "\\s*";
    bool maybe = key->empty && !key->quoted;
    strbuf_addf(out, maybe ? "(?:%s%s${%s}%s)?" : "%s%s${%s}%s", blanks, quote,
                pairs->names[pair->column], quote);
}

/* The rule of the line that pairs->items[i] begins; returns how many pairs it has. */
static unsigned add_rule(struct strbuf *out, const struct draft_pairs *pairs, unsigned i,
                         bool indented)
{
    unsigned line = pairs->items[i].line, n = 0;
    strbuf_addstr(out, indented ? "  ^\\s*" : "  ^");
    for (; i < pairs->n && pairs->items[i].line == line; i++, n++) {
        const struct draft_pair *pair = &pairs->items[i];
        add_key(out, pair);
        add_value(out, pairs, pair);
        strbuf_addstr(out, pair->after == ',' ? "\\s*,\\s*"
                           : pair->after      ? "\\s+"
                                              : "\\s*$$\n");
    }
    return n;
}

/* Lines of several pairs first: the last of them may go on as any. */
static void add_rules(struct strbuf *out, const struct draft_pairs *pairs)
{
    struct strbuf rule = STRBUF_INIT;
    bool indented = is_indented(pairs);
    size_t begin = out->len;
    for (int several = 1; several >= 0; several--) {
        for (unsigned i = 0, n; i < pairs->n; i += n) {
            strbuf_reset(&rule);
            n = add_rule(&rule, pairs, i, indented);
            if ((n > 1) == several && !strstr(out->buf + begin, rule.buf)) {
                strbuf_addview(out, strbuf_view(&rule));
            }
        }
    }
    *pairs->lines->failed |= strbuf_failed(&rule);
    strbuf_release(&rule);
}

static void add_values(struct strbuf *out, const struct draft_pairs *pairs)
{
    bool required = false;
    for (unsigned c = 0; c < pairs->ncolumns; c++) {
        const struct draft_key *key = &pairs->columns[c];
        bool starter = c == pairs->starter || pairs->starter == pairs->ncolumns;
        bool must = starter && !required && !key->empty && !key->list;
        strbuf_addf(out, "Value %s%s (%s)\n",
                    key->list     ? "List "
                    : key->global ? "Filldown "
                    : must        ? "Required "
                                  : "",
                    pairs->names[c], pairs->regexes[c]);
        required |= must;
    }
}

/* The key that begins a block records the one before. */
static void add_start(struct strbuf *out, const struct draft_pairs *pairs)
{
    strbuf_addstr(out, "\nStart\n");
    for (unsigned i = 0; i < pairs->n && pairs->starter < pairs->ncolumns; i++) {
        if (pairs->items[i].column == pairs->starter) {
            strbuf_addstr(out, is_indented(pairs) ? "  ^\\s*" : "  ^");
            add_key(out, &pairs->items[i]);
            strbuf_addstr(out, " -> Continue.Record\n");
            break;
        }
    }
}

int draft_pairs_text(struct strbuf *out, const struct draft_pairs *pairs, const char *command,
                     struct err *err)
{
    strbuf_reset(out);
    if (pairs->starter < pairs->ncolumns) {
        strbuf_addf(out, "# %s: a record for each %s.\n", command,
                    pairs->names[pairs->starter]);
    } else {
        strbuf_addf(out, "# %s\n", command);
    }
    add_values(out, pairs);
    add_start(out, pairs);
    add_rules(out, pairs);
    int rc = draft_passed(out, pairs->lines, 0, pairs->lines->n, err);
    draft_end(out, pairs->lines);
    return rc == 0 && strbuf_failed(out) ? err_nomem(err) : rc;
}
