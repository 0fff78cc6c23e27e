/* The lines of an output, laid out as on a screen; what is no text is refused here. */
#include "author/draft_part.h"

#include "base/utf8.h"

#define TAB 8

/* The first byte that no terminal shows as text. */
static int check_text(struct view text, unsigned number, struct err *err)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c < ' ' && c != '\t') || c == 0x7F) {
            return err_set(err, ERR_PARSE,
                           "line %u holds the byte 0x%02X: this is no text; an output that "
                           "collect saved (-f text, --save-raw) has no control characters",
                           number, c);
        }
    }
    if (!utf8_valid(text)) {
        return err_set(err, ERR_PARSE, "line %u is not UTF-8: no fixture can hold it", number);
    }
    return 0;
}

/* As on a screen; *at is only made when the two differ. */
static bool lay_out(struct draft_line *line, struct arena *arena)
{
    struct view raw = line->raw;
    bool plain = ascii_only(raw) && (raw.len == 0 || !memchr(raw.ptr, '\t', raw.len));
    line->flat = raw;
    line->at = NULL;
    if (plain) {
        return true;
    }
    char *flat = arena_get(arena, raw.len * TAB + 1);
    unsigned *at = arena_array(arena, raw.len * TAB + 1, sizeof(*at));
    if (!flat || !at) {
        return false;
    }
    size_t n = 0;
    for (size_t i = 0; i < raw.len;) {
        uint32_t cp;
        size_t used = utf8_decode(view_slice(raw, i, raw.len), &cp);
        size_t end = raw.ptr[i] == '\t' ? (n / TAB + 1) * TAB : n + 1;
        char c = used > 1 ? 'x' : raw.ptr[i] == '\t' ? ' ' : raw.ptr[i];
        while (n < end) {
            at[n] = (unsigned)i;
            flat[n++] = c;
        }
        i += used;
    }
    at[n] = (unsigned)raw.len;
    line->flat = view_make(flat, n);
    line->at = at;
    return true;
}

static struct view without_end(struct view line)
{
    while (line.len > 0 && memchr(" \t\r", line.ptr[line.len - 1], 3)) {
        line.len--;
    }
    return line;
}

/* "sw1#show fans", or the command alone. */
static bool is_echo(struct view line, const char *command)
{
    struct view text = view_trim(line), asked = view_of(command);
    if (asked.len == 0 || !view_ends(text, asked)) {
        return false;
    }
    struct view prompt = view_trim(view_slice(text, 0, text.len - asked.len));
    return prompt.len == 0 || strchr("#>$%", prompt.ptr[prompt.len - 1]);
}

/* "sw1#", but no arrow */
static bool is_prompt(struct view line)
{
    struct view text = view_trim(line);
    return text.len > 1 && !memchr(text.ptr, ' ', text.len) &&
           strchr("#>", text.ptr[text.len - 1]) && !strchr("-=", text.ptr[text.len - 2]);
}

static int make_line(struct draft_lines *out, struct draft *draft, struct view raw,
                     unsigned number, struct err *err)
{
    struct draft_line *line = &out->items[out->n++];
    line->raw = without_end(raw);
    line->number = number;
    int rc = check_text(line->raw, number, err);
    if (rc == 0 && !lay_out(line, &draft->arena)) {
        rc = err_nomem(err);
    }
    if (rc == 0) {
        line->kind = draft_is_blank(line)  ? DRAFT_BLANK
                     : draft_is_rule(line) ? DRAFT_RULE
                                           : DRAFT_TEXT;
    }
    return rc;
}

/* "=== sw1 (acme_os) ===" and "--- show fans", as -f text has them above an output. */
static bool is_heading(struct view line, const char *command)
{
    struct view text = view_trim(line);
    if (view_starts(text, VIEW("=== ")) && view_ends(text, VIEW(" ==="))) {
        return true;
    }
    return view_starts(text, VIEW("--- ")) &&
           view_equal_str(view_trim(view_slice(text, 4, text.len)), command);
}

static unsigned skip_blank(const struct draft_lines *lines, unsigned first)
{
    while (first < lines->n && draft_is_blank(&lines->items[first])) {
        first++;
    }
    return first;
}

static int drop_front(struct draft_lines *out, struct draft *draft, unsigned line)
{
    int rc = draft_tell(draft, out->items[line].number, "no part of the output: left out");
    out->items += line + 1;
    out->n -= line + 1;
    return rc;
}

/* What stands around an output is the session's, not the template's: headings, the command and
 * the prompts. */
static int drop_prompts(struct draft_lines *out, struct draft *draft, const char *command)
{
    unsigned last = out->n, first;
    struct view prompt = VIEW_NONE;
    int rc = 0;
    while (last > 0 && draft_is_blank(&out->items[last - 1])) {
        last--;
    }
    if (last > 0 && is_prompt(out->items[last - 1].raw)) {
        prompt = view_trim(out->items[last - 1].raw);
        rc = draft_tell(draft, out->items[last - 1].number, "the prompt: left out");
        out->n = last - 1;
    }
    while (rc == 0 && (first = skip_blank(out, 0)) < out->n &&
           is_heading(out->items[first].raw, command)) {
        rc = drop_front(out, draft, first);
    }
    first = skip_blank(out, 0);
    bool echo = first < out->n &&
                (is_echo(out->items[first].raw, command) ||
                 (prompt.len > 0 && view_starts(view_trim(out->items[first].raw), prompt)));
    return rc == 0 && echo ? drop_front(out, draft, first) : rc;
}

static unsigned count_lines(struct view text)
{
    unsigned n = 1;
    for (size_t i = 0; i < text.len; i++) {
        n += text.ptr[i] == '\n';
    }
    return n;
}

int draft_lines(struct draft_lines *out, struct draft *draft, struct view text,
                const char *command, struct err *err)
{
    unsigned n = count_lines(text), number = 1;
    out->items = NULL;
    out->n = 0;
    if (n > LIMIT_DRAFT_LINES) {
        return err_set(err, ERR_PARSE,
                       "%u lines are too many for a draft (the limit is %u): "
                       "give the beginning of it",
                       n, LIMIT_DRAFT_LINES);
    }
    out->items = arena_array(&draft->arena, n, sizeof(*out->items));
    if (!out->items) {
        return err_nomem(err);
    }
    int rc = 0;
    for (size_t from = 0; rc == 0 && from < text.len; number++) {
        const char *end = memchr(text.ptr + from, '\n', text.len - from);
        size_t to = end ? (size_t)(end - text.ptr) : text.len;
        rc = make_line(out, draft, view_slice(text, from, to), number, err);
        from = to + 1;
    }
    if (rc == 0 && drop_prompts(out, draft, command) < 0) {
        rc = err_nomem(err);
    }
    for (unsigned i = 0; rc == 0 && i < out->n; i++) {
        strbuf_addview(&draft->output, out->items[i].raw);
        strbuf_addch(&draft->output, '\n');
    }
    return rc;
}

struct view draft_slice(const struct draft_line *line, unsigned from, unsigned to)
{
    size_t len = line->flat.len;
    size_t a = from < len ? from : len, b = to < len ? to : len;
    if (line->at) {
        a = line->at[a];
        b = line->at[b];
    }
    return view_trim(view_slice(line->raw, a, b));
}

bool draft_is_rule(const struct draft_line *line)
{
    unsigned marks = 0, longest = 0, run = 0;
    for (size_t i = 0; i < line->flat.len; i++) {
        char c = line->flat.ptr[i];
        if (!strchr("-=_+|* ", c)) {
            return false;
        }
        bool mark = c == '-' || c == '=' || c == '_';
        run = mark ? run + 1 : 0;
        marks += mark;
        longest = run > longest ? run : longest;
    }
    return marks >= 3 && longest >= 3;
}
