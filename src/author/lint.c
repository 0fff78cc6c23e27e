#include "author/lint_part.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const struct lint_word lint_codes[LINT_CODES] = {
    [LINT_BAD_TEMPLATE] = {"bad-template", "mend the template: nothing can be parsed with it"},
    [LINT_UNUSED_VALUE] = {"unused-value",
                           "capture it in a rule, or take it out: its column stays empty"},
    [LINT_NEVER_CAPTURED] = {"never-captured",
                             "capture it in a rule, or take Required away: no row ever comes"},
    [LINT_OUTSIDE_GROUP] = {"outside-group",
                            "put one more pair of parentheses around the whole: ((...)|(...))"},
    [LINT_OTHER_NAME] = {"other-name", "use the table's name, so that the same thing has the "
                                       "same column everywhere"},
    [LINT_UNREACHABLE_STATE] = {"unreachable-state", "lead a rule to it, or take it out"},
    [LINT_NO_CATCH_ALL] = {"no-catch-all",
                           "end the state in \"^. -> Error\" (and \"^\\s*$$\" above it), or in "
                           "\"^.\" where lines may be passed over"},
    [LINT_SHADOWED_RULE] = {"shadowed-rule",
                            "put this rule in front of that one, make that one narrower, or "
                            "take this one out"},
    [LINT_TAKES_ALL] = {"takes-all", "say more of the line around the value: this rule takes "
                                     "blank and foreign lines, too"},
    [LINT_LAZY_END] = {"lazy-end",
                       "end the rule in $$, or take the ? away: as it is, the value "
                       "gets as little as possible"},
    [LINT_OPEN_END] = {"open-end",
                       "end the rule in \\s*$$, or in what follows the value: as it "
                       "is, a longer word is cut without a word",
                       .hint = true},
    [LINT_SLOW_REGEX] = {"slow-regex", "let the repeat inside the repeat begin or end with "
                                       "something that the rest of it cannot match"},
    [LINT_GHOST_ROW] =
        {"ghost-row", "make a value of each row Required, or end the template in an EOF state "
                      "without rules, or in a rule that does Clearall"},
    [LINT_BAD_INDEX] = {"bad-index", "mend the row: it is passed over as it is"},
    [LINT_DEAD_ROW] = {"dead-row", "put this row in front of that one, end that one's command "
                                   "in $, or take this one out"},
    [LINT_NO_TEMPLATE] = {"no-template", "write that template, or mend the name"},
    [LINT_BAD_PLATFORM] = {"bad-platform", "mend the file: the platform cannot be used"},
    [LINT_DEAD_PATTERN] = {"dead-pattern", "take it out, or put it in front"},
};

void lint_release(struct lint *lint)
{
    free(lint->items);
    arena_release(&lint->arena);
    *lint = (struct lint)LINT_INIT;
}

/* ---- Lines ---------------------------------------------------------------------------------
 */

struct view lint_line(const struct lint_file *file, unsigned n)
{
    return n > 0 && n <= file->nlines ? file->lines[n - 1] : VIEW_NONE;
}

static unsigned column_at(struct view line, size_t at)
{
    return (unsigned)utf8_length(view_slice(line, 0, at)) + 1;
}

unsigned lint_column(const struct lint_file *file, unsigned n, const char *what)
{
    struct view line = lint_line(file, n), word = view_of(what);
    for (size_t i = 0; i + word.len <= line.len; i++) {
        if (view_starts(view_slice(line, i, line.len), word)) {
            return column_at(line, i);
        }
    }
    return 1;
}

unsigned lint_indent(const struct lint_file *file, unsigned n)
{
    struct view line = lint_line(file, n);
    size_t i = 0;
    while (i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t')) {
        i++;
    }
    return column_at(line, i);
}

/* ---- What the author allows ----------------------------------------------------------------
 */

static bool is_word_char(char c)
{
    return c == '-' || (c >= 'a' && c <= 'z');
}

/* "lint: allow a, b: for the reason that" */
static bool comment_allows(struct view line, const char *code)
{
    struct view text = view_trim(line);
    while (text.len > 0 && (text.ptr[0] == '#' || text.ptr[0] == ' ')) {
        text = view_slice(text, 1, text.len);
    }
    if (!view_starts(text, VIEW("lint: allow "))) {
        return false;
    }
    text = view_slice(text, sizeof("lint: allow ") - 1, text.len);
    while (text.len > 0) {
        size_t n = 0;
        while (n < text.len && is_word_char(text.ptr[n])) {
            n++;
        }
        if (view_equal_str(view_slice(text, 0, n), code)) {
            return true;
        }
        if (n == text.len || text.ptr[n] != ',') {
            return false;
        }
        text = view_trim(view_slice(text, n + 1, text.len));
    }
    return false;
}

static bool is_comment(struct view line)
{
    line = view_trim(line);
    return line.len > 0 && line.ptr[0] == '#';
}

/* The comments right above a line, and those that hold for the whole file. */
static bool is_allowed(const struct lint_file *file, unsigned line, const char *code)
{
    for (unsigned n = line; n > 1 && is_comment(lint_line(file, n - 1)); n--) {
        if (comment_allows(lint_line(file, n - 1), code)) {
            return true;
        }
    }
    for (unsigned n = 1; n <= file->nlines; n++) {
        bool comment = is_comment(lint_line(file, n));
        if (comment && comment_allows(lint_line(file, n), code)) {
            return true;
        }
        if (!comment && file->is_template) {
            break;
        }
    }
    return false;
}

/* ---- Findings ------------------------------------------------------------------------------
 */

static struct lint_finding *next_finding(struct lint *lint)
{
    if (lint->count == lint->room) {
        size_t room = lint->room ? lint->room * 2 : 32;
        struct lint_finding *items = realloc(lint->items, room * sizeof(*items));
        if (!items) {
            return NULL;
        }
        lint->items = items;
        lint->room = room;
    }
    return &lint->items[lint->count];
}

static void add_text(const struct lint_file *file, unsigned line, unsigned column,
                     enum lint_code code, const char *what)
{
    struct lint *lint = file->lint;
    struct lint_finding *finding = next_finding(lint);
    const char *copy = arena_dup(&lint->arena, view_of(what));
    if (!finding || !copy) {
        lint->failed = true;
        return;
    }
    *finding = (struct lint_finding){file->path, line, column, code, copy};
    lint->count++;
}

void lint_add(const struct lint_file *file, unsigned line, unsigned column, enum lint_code code,
              const char *fmt, ...)
{
    char what[1024];
    bool unasked = lint_codes[code].hint && !file->lint->hints;
    if (unasked || is_allowed(file, line, lint_codes[code].name)) {
        return;
    }
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    add_text(file, line, column, code, what);
}

/* ":12" at the front of *rest, or 0. */
static unsigned take_number(struct view *rest)
{
    unsigned n = 0;
    size_t i = 1;
    while (i < rest->len && rest->ptr[i] >= '0' && rest->ptr[i] <= '9' && n < 100000000) {
        n = n * 10 + (unsigned)(rest->ptr[i++] - '0');
    }
    if (rest->len == 0 || rest->ptr[0] != ':' || i == 1) {
        return 0;
    }
    *rest = view_slice(*rest, i, rest->len);
    return n;
}

void lint_add_error(const struct lint_file *file, enum lint_code code, const char *text)
{
    struct view rest = view_of(text);
    unsigned line = 0, column = 0;
    if (view_starts(rest, view_of(file->path))) {
        rest = view_slice(rest, strlen(file->path), rest.len);
        line = take_number(&rest);
        column = line ? take_number(&rest) : 0;
        rest = view_slice(rest, view_starts(rest, VIEW(": ")) ? 2 : 0, rest.len);
    }
    lint_add(file, line ? line : 1, column ? column : 1, code, "%.*s", VIEW_ARG(rest));
}
