/* Which pattern takes a column's cells: the narrowest that takes all of them. */
#include "author/draft_part.h"

#include "regex/regex.h"

#include <stdio.h>
#include <stdlib.h>

enum class_kind {
    CLASS_HARD, /* says what it is; a few words besides ("unassigned") are told one by one */
    CLASS_WORD, /* only when several cells say so */
    CLASS_SOFT,
    CLASS_MIDDLE, /* not for the last column */
};

#define HEX2 "[0-9a-fA-F]{2}"
#define HEX4 "[0-9a-fA-F]{4}"
#define HEX6 "[0-9a-fA-F]{6}"

/* The narrowest first. */
static const struct {
    const char *regex;
    enum class_kind kind;
} classes[] = {
    {"\\d+", CLASS_HARD},
    {"-?\\d+\\.\\d+", CLASS_HARD},
    {"-?\\d+(?:\\.\\d+)?", CLASS_HARD},
    {"\\d+(?:\\.\\d+)?%", CLASS_HARD},
    {"\\d+\\.\\d+\\.\\d+\\.\\d+", CLASS_HARD},
    {"\\d+\\.\\d+\\.\\d+\\.\\d+/\\d+", CLASS_HARD},
    {HEX2 "(?::" HEX2 "){5}", CLASS_HARD},
    {HEX2 "(?:-" HEX2 "){5}", CLASS_HARD},
    {HEX4 "\\." HEX4 "\\." HEX4, CLASS_HARD},
    {HEX4 "-" HEX4 "-" HEX4, CLASS_HARD},
    {HEX6 "-" HEX6, CLASS_HARD},
    {"\\d+:\\d\\d(?::\\d\\d)?", CLASS_HARD},
    {"[0-9a-fA-F]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*", CLASS_HARD},
    {"\\w+", CLASS_WORD},
    {"[A-Za-z]\\S*", CLASS_WORD},
    {"\\S+", CLASS_SOFT},
    {"\\S+(?: \\S+)*", CLASS_MIDDLE},
    {"\\S.*?", CLASS_SOFT},
};
#define CLASSES    (sizeof(classes) / sizeof(classes[0]))
#define EXCEPTIONS 3 /* words that are told one by one */
#define PHRASES    8 /* texts that are */

struct sorter {
    const struct draft_cells *cells;
    struct regex_scratch *scratch;
    struct arena *arena;
    struct err *err;
};

/* A word that may stand for "none": no blanks in it, and letters or dashes. */
static bool is_exception(struct view cell)
{
    for (size_t i = 0; i < cell.len; i++) {
        char c = cell.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !strchr("-/()<>*?.", c)) {
            return false;
        }
    }
    return cell.len > 0;
}

/* Notes a word among those that do not fit; false when there are too many. */
static bool note_exception(struct view *words, unsigned *n, struct view cell)
{
    for (unsigned i = 0; i < *n; i++) {
        if (view_equal(words[i], cell)) {
            return true;
        }
    }
    if (*n == EXCEPTIONS || !is_exception(cell)) {
        return false;
    }
    words[(*n)++] = cell;
    return true;
}

/* 1 when all cells match, but for *n words; 0, or negative. */
static int class_fits(struct sorter *s, size_t class, struct view *words, unsigned *n)
{
    struct regex *re;
    struct view groups[1];
    char pattern[128];
    bool hard = classes[class].kind == CLASS_HARD;
    int len = snprintf(pattern, sizeof(pattern), "(?:%s)$", classes[class].regex);
    int rc = regex_compile(&re, view_make(pattern, (size_t)len), REGEX_ANCHORED, NULL, s->err);
    unsigned fits = 0;
    *n = 0;
    if (rc < 0) {
        return rc;
    }
    rc = 1;
    for (unsigned i = 0; i < s->cells->n && rc == 1; i++) {
        rc = regex_match(re, s->scratch, s->cells->items[i], groups, 1, s->err);
        fits += rc == 1;
        if (rc == 0 && hard && note_exception(words, n, s->cells->items[i])) {
            rc = 1;
        }
    }
    regex_free(re);
    return rc == 1 && fits == 0 ? 0 : rc;
}

static const char *with_words(struct arena *arena, const char *regex, const struct view *words,
                              unsigned n)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_addstr(&text, regex);
    for (unsigned i = 0; i < n; i++) {
        strbuf_addch(&text, '|');
        draft_literal(&text, words[i]);
    }
    const char *made = strbuf_failed(&text) ? NULL : arena_dup(arena, strbuf_view(&text));
    strbuf_release(&text);
    return made;
}

static bool is_open(const struct draft_cells *cells, size_t class)
{
    switch (classes[class].kind) {
    case CLASS_WORD:
        return !cells->sparse || cells->n > 1;
    case CLASS_MIDDLE:
        return !cells->last;
    default:
        return true;
    }
}

int draft_class(const char **regex, const struct draft_cells *cells, struct arena *arena,
                struct err *err)
{
    if (cells->n == 0) { /* anything */
        *regex = cells->last ? "\\S.*?" : "\\S+(?: \\S+)*";
        return 0;
    }
    struct sorter s = {cells, regex_scratch_new(NULL, NULL), arena, err};
    struct view words[EXCEPTIONS];
    unsigned n = 0;
    int rc = s.scratch ? 0 : err_nomem(err);
    *regex = NULL;
    for (size_t c = 0; rc == 0 && c < CLASSES; c++) {
        rc = is_open(cells, c) ? class_fits(&s, c, words, &n) : 0;
        if (rc == 1) {
            *regex = with_words(arena, classes[c].regex, words, n);
        }
    }
    regex_scratch_free(s.scratch);
    if (rc < 0) {
        return rc;
    }
    if (rc == 0) { /* nothing takes it: a cell of blanks only cannot be */
        *regex = "\\S.*?";
    }
    return *regex ? 0 : err_nomem(err);
}

static int longest_first(const void *a, const void *b)
{
    const struct view *x = a, *y = b;
    return (x->len < y->len) - (x->len > y->len);
}

int draft_phrases(const char **regex, const struct draft_cells *cells, struct arena *arena,
                  struct err *err)
{
    struct view texts[PHRASES];
    unsigned n = 0;
    bool blanks = false;
    *regex = NULL;
    for (unsigned i = 0; i < cells->n; i++) {
        unsigned k = 0;
        while (k < n && !view_equal(texts[k], cells->items[i])) {
            k++;
        }
        if (k == PHRASES) {
            return 0;
        }
        if (k == n) {
            texts[n++] = cells->items[i];
            blanks |= memchr(cells->items[i].ptr, ' ', cells->items[i].len) != NULL;
        }
    }
    if (!blanks || n * 2 > cells->n) {
        return 0;
    }
    qsort(texts, n, sizeof(*texts), longest_first);
    struct strbuf first = STRBUF_INIT;
    draft_literal(&first, texts[0]);
    *regex = strbuf_failed(&first) ? NULL : with_words(arena, first.buf, texts + 1, n - 1);
    strbuf_release(&first);
    return *regex ? 0 : err_nomem(err);
}
