/* Rules for the lines that carry nothing that the draft understands, and the end of a state. */
#include "author/draft_part.h"

#include <ctype.h>

#define WORDS 4 /* of a line that its rule names */

static bool has_digit(struct view word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (isdigit((unsigned char)word.ptr[i])) {
            return true;
        }
    }
    return false;
}

static struct view next_word(struct view *text)
{
    size_t n = 0;
    *text = view_trim(*text);
    while (n < text->len && text->ptr[n] != ' ' && text->ptr[n] != '\t') {
        n++;
    }
    struct view word = view_slice(*text, 0, n);
    *text = view_slice(*text, n, text->len);
    return word;
}

/* All of a line, its numbers as any. */
static void whole_line(struct strbuf *out, struct view text)
{
    for (size_t i = 0, n; i < text.len; i += n) {
        bool digit = isdigit((unsigned char)text.ptr[i]) != 0;
        for (n = 1; i + n < text.len; n++) {
            if ((isdigit((unsigned char)text.ptr[i + n]) != 0) != digit) {
                break;
            }
        }
        if (digit) {
            strbuf_addstr(out, "\\d+");
        } else {
            draft_literal(out, view_slice(text, i, i + n));
        }
    }
}

/* The line's first words: those with digits are other ones on another day. A line of which
 * nothing would be left is named as a whole. */
static void passed_rule(struct strbuf *out, const struct draft_line *line)
{
    struct view text = view_trim(line->raw);
    unsigned literal = 0, n = 0;
    strbuf_reset(out);
    strbuf_addstr(out, draft_at(line, 0) == ' ' ? "  ^\\s+" : "  ^");
    for (; n < WORDS && view_trim(text).len > 0; n++) {
        struct view word = next_word(&text);
        bool named = !has_digit(word);
        strbuf_addstr(out, n > 0 ? "\\s+" : "");
        if (named) {
            draft_literal(out, word);
        } else {
            strbuf_addstr(out, "\\S+");
        }
        literal += named;
    }
    if (literal == 0) {
        strbuf_reset(out);
        strbuf_addstr(out, draft_at(line, 0) == ' ' ? "  ^\\s+" : "  ^");
        whole_line(out, view_trim(line->raw));
        text = VIEW_NONE;
    }
    strbuf_addstr(out, view_trim(text).len > 0 ? "\n" : "\\s*$$\n");
}

static bool is_known(const struct strbuf *rules, size_t from, const struct strbuf *rule)
{
    return strstr(rules->buf + from, rule->buf) != NULL;
}

int draft_passed(struct strbuf *out, const struct draft_lines *lines, unsigned from,
                 unsigned to, struct err *err)
{
    struct strbuf rule = STRBUF_INIT;
    size_t begin = out->len;
    unsigned kinds = 0, l = from;
    for (; l < to && kinds <= LIMIT_DRAFT_PASSED; l++) {
        if (lines->items[l].kind != DRAFT_TEXT) {
            continue;
        }
        passed_rule(&rule, &lines->items[l]);
        if (!is_known(out, begin, &rule)) {
            strbuf_addstr(out, kinds == 0 ? "  # Passed over:\n" : "");
            strbuf_addview(out, strbuf_view(&rule));
            kinds++;
        }
    }
    *lines->failed |= strbuf_failed(&rule);
    strbuf_release(&rule);
    if (kinds > LIMIT_DRAFT_PASSED) {
        return err_set(err, ERR_PARSE,
                       "line %u: too much here is neither table nor `key: value`: give only "
                       "the lines that are",
                       lines->items[l - 1].number);
    }
    return 0;
}

/* A rule for the rules of dashes, of the characters that they have. */
static void end_rules(struct strbuf *out, const struct draft_lines *lines)
{
    static const char marks[] = "-=_+|*";
    bool seen[sizeof(marks)] = {false}, any = false;
    for (unsigned l = 0; l < lines->n; l++) {
        const struct draft_line *line = &lines->items[l];
        for (size_t i = 0; line->kind == DRAFT_RULE && i < line->flat.len; i++) {
            const char *mark = strchr(marks, line->flat.ptr[i]);
            if (mark) {
                seen[mark - marks] = any = true;
            }
        }
    }
    if (any) {
        strbuf_addstr(out, "  ^[");
        for (size_t m = 0; marks[m]; m++) {
            strbuf_add(out, &marks[m], seen[m]);
        }
        strbuf_addstr(out, " ]+$$\n");
    }
}

void draft_end(struct strbuf *out, const struct draft_lines *lines)
{
    end_rules(out, lines);
    strbuf_addstr(out, "  ^\\s*$$\n  ^. -> Error\n");
}
