#include "audit/blocks.h"

#include <string.h>

/* How far a text may go: what is not ended by then is none. */
#define TEXT_LINES ((size_t)1000)

/* ---- Texts ---------------------------------------------------------------------------------
 */

/* What ends a text: a line with an odd number of quotes, or one that ends in the mark. */
struct text_end {
    bool quotes;
    struct view mark;
};

static struct view trim_left(struct view v)
{
    while (v.len > 0 && (v.ptr[0] == ' ' || v.ptr[0] == '\t')) {
        v = view_slice(v, 1, v.len);
    }
    return v;
}

static struct view take_word(struct view *rest)
{
    size_t n = 0;
    *rest = trim_left(*rest);
    while (n < rest->len && rest->ptr[n] != ' ' && rest->ptr[n] != '\t') {
        n++;
    }
    struct view word = view_slice(*rest, 0, n);
    *rest = trim_left(view_slice(*rest, n, rest->len));
    return word;
}

static bool odd_quotes(struct view line)
{
    bool odd = false;
    for (size_t i = 0; i < line.len; i++) {
        i += line.ptr[i] == '\\'; /* and what it escapes */
        odd ^= i < line.len && line.ptr[i] == '"';
    }
    return odd;
}

/* "^C" as IOS prints it, or the character that somebody chose; none that begins a sentence. */
static struct view delimiter(struct view text)
{
    bool control = text.len > 0 && (unsigned char)text.ptr[0] < 0x20;
    bool chosen = text.len > 0 && memchr("#@%~$^&|*+=!", text.ptr[0], 12);
    return view_slice(text, 0, view_starts(text, VIEW("^C")) ? 2 : control || chosen);
}

static bool has(struct view text, struct view part)
{
    bool found = false;
    for (size_t i = 0; i + part.len <= text.len && !found; i++) {
        found = memcmp(text.ptr + i, part.ptr, part.len) == 0;
    }
    return found;
}

/* `banner motd ^C`, `header login information "`, EOS' `banner motd` alone, `set buffer "`. */
static bool opens_text(struct view line, struct text_end *end)
{
    struct view rest = line, word = take_word(&rest);
    bool banner = view_equal_str(word, "banner") || view_equal_str(word, "header");
    *end = (struct text_end){.quotes = odd_quotes(rest)};
    if (!banner) {
        return view_equal_str(word, "set") && end->quotes;
    }
    bool kind = take_word(&rest).len > 0;
    end->mark = rest.len == 0 && kind ? VIEW("EOF") : delimiter(rest);
    if (end->mark.len == 0) {
        return end->quotes;
    }
    end->quotes = false;
    return !has(view_slice(rest, rest.len ? end->mark.len : 0, rest.len), end->mark);
}

static bool ends_text(struct view line, const struct text_end *end)
{
    return end->quotes ? odd_quotes(line) : view_ends(view_trim(line), end->mark);
}

/* The line that ends the text which `from` begins; `from` when none does. */
static size_t text_end(const struct output_lines *lines, size_t from)
{
    struct text_end end;
    if (!opens_text(output_line(lines, from), &end)) {
        return from;
    }
    struct view rest = output_line(lines, from), opener = take_word(&rest);
    for (size_t i = from + 1; i < lines->n && i <= from + TEXT_LINES; i++) {
        struct view line = output_line(lines, i);
        if (ends_text(line, &end)) {
            return i;
        }
        /* ASA has such a line for each line of a text */
        if (!end.quotes && view_equal(take_word(&line), opener)) {
            return from;
        }
    }
    return from;
}

/* ---- Layouts -------------------------------------------------------------------------------
 */

bool blocks_is_separator(const struct output_lines *lines, size_t line)
{
    struct view text = view_trim(output_line(lines, line));
    return !lines->items[line].text &&
           (view_equal_str(text, "!") || view_equal_str(text, "exit"));
}

void blocks_mark(struct output_lines *lines, struct output_line *items)
{
    bool indented = false, separated = false;
    for (size_t i = 0; i < lines->n; i++) {
        size_t end = items[i].blank ? i : text_end(lines, i);
        indented = indented || (items[i].indent > 0 && !items[i].blank);
        separated = separated || blocks_is_separator(lines, i);
        while (i < end) {
            items[++i].text = true;
        }
    }
    lines->flat = separated && !indented;
}

bool blocks_is_set(const struct output_lines *lines, size_t line)
{
    return !lines->items[line].text && view_starts(output_line(lines, line), VIEW("set "));
}

/* `/ip firewall filter`, and no path of a file. */
static bool is_menu(struct view line)
{
    static const char words[] = "abcdefghijklmnopqrstuvwxyz0123456789 -";
    line = view_trim(line);
    bool menu = line.len > 1 && line.ptr[0] == '/';
    for (size_t i = 1; i < line.len && menu; i++) {
        menu = memchr(words, line.ptr[i], sizeof(words) - 1) != NULL;
    }
    return menu;
}

static bool is_entry(const struct output_lines *lines, size_t line)
{
    struct view rest = output_line(lines, line), word = take_word(&rest);
    return view_equal_str(word, "add") || view_equal_str(word, "set");
}

size_t blocks_end(const struct output_lines *lines, size_t head)
{
    const struct output_line *items = lines->items;
    size_t end = head + 1;
    bool menu = is_menu(output_line(lines, head)) && end < lines->n && is_entry(lines, end);
    while (end < lines->n &&
           (items[end].blank || items[end].text || items[end].indent > items[head].indent ||
            (menu && output_line(lines, end).ptr[0] != '/'))) {
        end++;
    }
    return end;
}
