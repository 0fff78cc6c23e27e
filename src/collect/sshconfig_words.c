#include "collect/sshconfig_part.h"

#include <strings.h>

bool config_word_is(struct view word, const char *name)
{
    return strlen(name) == word.len && strncasecmp(name, word.ptr, word.len) == 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct view *line)
{
    while (line->len && is_blank(line->ptr[0])) {
        *line = view_slice(*line, 1, line->len);
    }
}

static void skip(struct view *line, size_t n)
{
    *line = view_slice(*line, n, line->len);
    skip_blanks(line);
}

static bool take_quoted(struct view *line, struct view *word)
{
    const char *end = memchr(line->ptr + 1, '"', line->len - 1);
    size_t len = end ? (size_t)(end - line->ptr) : line->len;
    *word = view_slice(*line, 1, len);
    skip(line, len + 1);
    return end != NULL;
}

bool config_take_word(struct view *line, struct view *word)
{
    skip_blanks(line);
    if (line->len && line->ptr[0] == '"') {
        return take_quoted(line, word);
    }
    size_t len = 0;
    while (len < line->len && !is_blank(line->ptr[len]) && line->ptr[len] != '=') {
        len++;
    }
    *word = view_slice(*line, 0, len);
    skip(line, len);
    if (line->len && line->ptr[0] == '=') {
        skip(line, 1);
    }
    return true;
}

/* A backslash stands for itself but before quotes, backslashes and, outside quotes, a blank. */
static bool is_escape(struct view line, size_t at, char quote)
{
    char next = at + 1 < line.len ? line.ptr[at + 1] : '\0';
    return line.ptr[at] == '\\' &&
           (next == '\'' || next == '"' || next == '\\' || (!quote && next == ' '));
}

/* One word into out; the number of bytes it took, or -1: its quote is not closed. */
static long shell_word(struct view line, struct strbuf *out)
{
    char quote = '\0';
    size_t i = 0;
    for (; i < line.len; i++) {
        char c = line.ptr[i];
        if (is_escape(line, i, quote)) {
            strbuf_addch(out, line.ptr[++i]);
        } else if (!quote && (c == ' ' || c == '\t')) {
            break;
        } else if (!quote && (c == '"' || c == '\'')) {
            quote = c;
        } else if (quote && c == quote) {
            quote = '\0';
        } else {
            strbuf_addch(out, c);
        }
    }
    return quote ? -1 : (long)i;
}

/* 1 and a word, 0 at the end or a comment, -1: a quote is not closed. */
static int next_word(struct view *line, struct strbuf *word)
{
    while (line->len && (line->ptr[0] == ' ' || line->ptr[0] == '\t')) {
        *line = view_slice(*line, 1, line->len);
    }
    if (line->len == 0 || line->ptr[0] == '#') {
        return 0;
    }
    strbuf_reset(word);
    long taken = shell_word(*line, word);
    if (taken < 0) {
        return -1;
    }
    *line = view_slice(*line, (size_t)taken, line->len);
    return 1;
}

int config_split(struct view line, struct arena *arena, const char *const **words)
{
    struct strbuf word = STRBUF_INIT;
    struct view rest = line;
    int n = 0, rc;
    while ((rc = next_word(&rest, &word)) > 0) {
        n++;
    }
    const char **list = rc == 0 ? arena_array(arena, (size_t)n + 1, sizeof(*list)) : NULL;
    rest = line;
    for (int i = 0; list && i < n; i++) {
        (void)next_word(&rest, &word);
        list[i] = strbuf_failed(&word) ? NULL : arena_dup(arena, strbuf_view(&word));
        if (!list[i]) {
            list = NULL;
        }
    }
    strbuf_release(&word);
    *words = list;
    return list ? n : rc < 0 ? -1 : -2;
}
