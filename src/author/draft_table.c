/* The tables of an output: which lines are headers, and which the rows below them. */
#include "author/draft_part.h"

#include <ctype.h>

#define HEADER_LINES 3

static enum draft_kind kind_of(const struct draft_lines *lines, unsigned l)
{
    return l < lines->n ? lines->items[l].kind : DRAFT_BLANK;
}

static bool has_letter(struct view text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (isalpha((unsigned char)text.ptr[i])) {
            return true;
        }
    }
    return false;
}

/* "key: value" is no header. */
static bool is_pair(const struct draft_line *line)
{
    struct view text = line->flat;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ':' && (i + 1 == text.len || text.ptr[i + 1] == ' ')) {
            return true;
        }
    }
    return false;
}

static bool same_text(const struct draft_line *a, const struct draft_line *b)
{
    size_t i = 0, k = 0;
    struct view x = view_trim(a->flat), y = view_trim(b->flat);
    while (i < x.len && k < y.len && x.ptr[i] == y.ptr[k]) {
        bool blank = x.ptr[i] == ' ';
        i++;
        k++;
        while (blank && i < x.len && x.ptr[i] == ' ') {
            i++;
        }
        while (blank && k < y.len && y.ptr[k] == ' ') {
            k++;
        }
    }
    return i == x.len && k == y.len;
}

bool draft_same_header(const struct draft_block *a, const struct draft_block *b,
                       const struct draft_lines *lines)
{
    if (a->nheader != b->nheader || a->ncolumns != b->ncolumns) {
        return false;
    }
    for (unsigned i = 0; i < a->nheader; i++) {
        if (!same_text(&lines->items[a->top + i], &lines->items[b->top + i])) {
            return false;
        }
    }
    return true;
}

/* Rows go on to a blank line, a rule or the header's next copy. In a table with bars a rule
 * may stand between rows. */
static unsigned end_of_rows(const struct draft_block *block, const struct draft_lines *lines)
{
    const struct draft_line *header = &lines->items[block->top + block->nheader - 1];
    unsigned l = block->first;
    for (; l < lines->n; l++) {
        enum draft_kind kind = lines->items[l].kind;
        bool goes_on = block->bars && kind == DRAFT_RULE;
        if (kind == DRAFT_BLANK || (kind == DRAFT_RULE && !goes_on) ||
            same_text(&lines->items[l], header)) {
            break;
        }
    }
    while (l > block->first && lines->items[l - 1].kind == DRAFT_RULE) {
        l--;
    }
    return l;
}

static bool has_bars(const struct draft_line *line)
{
    return line->flat.len > 0 && memchr(line->flat.ptr, '|', line->flat.len) != NULL;
}

static bool has_digit(struct view text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (isdigit((unsigned char)text.ptr[i])) {
            return true;
        }
    }
    return false;
}

/* Lines without digits right above the rule of another table are that one's header. */
static unsigned end_before_header(const struct draft_block *block,
                                  const struct draft_lines *lines, unsigned end)
{
    bool open = !block->bars && kind_of(lines, end) == DRAFT_RULE &&
                kind_of(lines, end + 1) != DRAFT_BLANK;
    unsigned n = 0;
    while (open && n < HEADER_LINES && end > block->first &&
           !has_digit(lines->items[end - 1].flat)) {
        end--;
        n++;
    }
    return end;
}

/* A header of n lines whose last one is `last`. */
static bool try_header(struct draft_block *block, const struct draft_lines *lines,
                       unsigned last, unsigned n)
{
    bool ruled = kind_of(lines, last + 1) == DRAFT_RULE;
    *block = (struct draft_block){.top = last + 1 - n, .nheader = n};
    block->first = last + 1 + ruled;
    block->bars = has_bars(&lines->items[last]);
    if (block->first >= lines->n) {
        return false;
    }
    block->end = end_before_header(block, lines, end_of_rows(block, lines));
    return block->end > block->first && draft_cuts(block, lines);
}

/* May the line above a header be a part of it? Words over several columns, or an indented one,
 * that lie where the header has columns. */
static bool fits_above(const struct draft_block *block, const struct draft_lines *lines)
{
    const struct draft_line *line = &lines->items[block->top - 1];
    struct view cells[LIMIT_DRAFT_COLUMNS];
    unsigned filled = 0;
    if (line->kind != DRAFT_TEXT || is_pair(line) || draft_cells_of(cells, block, line) > 0) {
        return false;
    }
    for (unsigned i = 0; i < block->ncolumns; i++) {
        filled += cells[i].len > 0;
    }
    bool apart = false;
    for (unsigned p = 1; p < line->flat.len; p++) {
        apart |= draft_at(line, p) == ' ' && draft_at(line, p - 1) == ' ';
    }
    return (filled > 1 && apart) || draft_at(line, 0) == ' ';
}

/* The header that ends in line `last`, with as many lines above as it has columns from. */
static bool find_header(struct draft_block *best, const struct draft_lines *lines,
                        unsigned last, unsigned floor)
{
    bool found = false;
    for (unsigned n = 1; n <= HEADER_LINES && last + 1 >= floor + n; n++) {
        const struct draft_line *top = &lines->items[last + 1 - n];
        struct draft_block block;
        if (top->kind != DRAFT_TEXT || (n > 1 && is_pair(top)) || !has_letter(top->flat)) {
            break;
        }
        bool fits = n == 1 || !found || fits_above(best, lines);
        if (try_header(&block, lines, last, n) &&
            (!found || block.ncolumns > best->ncolumns ||
             (fits && block.ncolumns == best->ncolumns))) {
            *best = block;
            found = true;
        }
    }
    return found;
}

/* A second line of a header without a rule: no digits where the line below has some, and one
 * of the two lines is indented. */
static bool goes_on(const struct draft_lines *lines, unsigned l)
{
    return kind_of(lines, l) == DRAFT_TEXT && kind_of(lines, l + 1) == DRAFT_TEXT &&
           !has_digit(lines->items[l].flat) && has_digit(lines->items[l + 1].flat) &&
           !is_pair(&lines->items[l]) &&
           (draft_at(&lines->items[l], 0) == ' ' || draft_at(&lines->items[l - 1], 0) == ' ');
}

static bool find_block(struct draft_block *block, const struct draft_lines *lines, unsigned l,
                       unsigned floor)
{
    struct draft_block longer;
    bool found = find_header(block, lines, l, floor);
    if (goes_on(lines, l + 1) && find_header(&longer, lines, l + 1, floor) &&
        longer.nheader > 1 && (!found || longer.ncolumns >= block->ncolumns)) {
        *block = longer;
        return true;
    }
    return found;
}

int draft_blocks(struct draft_blocks *out, const struct draft_lines *lines, struct arena *arena,
                 struct err *err)
{
    unsigned floor = 0; /* lines above belong to a block */
    out->n = 0;
    out->items = arena_array(arena, lines->n / 2 + 1, sizeof(*out->items));
    if (!out->items) {
        return err_nomem(err);
    }
    for (unsigned l = 0; l + 1 < lines->n;) {
        struct draft_block *block = &out->items[out->n];
        if (lines->items[l].kind == DRAFT_TEXT && find_block(block, lines, l, floor)) {
            out->n++;
            l = floor = block->end;
        } else {
            l++;
        }
    }
    return 0;
}
