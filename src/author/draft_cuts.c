/*
 * Where the columns of a table begin. A rule with gaps says it. Else the header's words do:
 * between two of them with two blanks or more is a gap for sure, between two with one blank
 * only when the rows have a gap there as well, and cells below both. Where in the gap a column
 * begins is for the rows to say: where the fewest of them have a character.
 */
#include "author/draft_part.h"

#include <ctype.h>
#include <limits.h>

#define SAMPLE 200 /* lines of a table that say where its columns are */

struct word {
    unsigned from, to;
};

struct cutter {
    struct draft_block *block;
    const struct draft_lines *lines;
    char header[LIMIT_DRAFT_WIDTH + 2]; /* of all header lines, a character where any has one */
    unsigned width;
    unsigned crossed[LIMIT_DRAFT_WIDTH + 2]; /* rows with a character in the column */
    unsigned nrows, end;
    struct word words[LIMIT_DRAFT_WIDTH / 2 + 1];
    unsigned nwords;
};

static char at(const struct draft_block *block, const struct draft_line *line, unsigned p)
{
    char c = draft_at(line, p);
    return block->bars && c == '|' ? ' ' : c;
}

static bool is_row(const struct cutter *c, unsigned line)
{
    enum draft_kind kind = c->lines->items[line].kind;
    return kind != DRAFT_BLANK && kind != DRAFT_RULE;
}

static const struct draft_line *header_line(const struct cutter *c, unsigned i)
{
    return &c->lines->items[c->block->top + i];
}

static bool read_header(struct cutter *c)
{
    c->width = 0;
    for (unsigned i = 0; i < c->block->nheader; i++) {
        size_t len = header_line(c, i)->flat.len;
        c->width = len > c->width ? (unsigned)len : c->width;
    }
    if (c->width > LIMIT_DRAFT_WIDTH) {
        return false;
    }
    for (unsigned p = 0; p <= c->width; p++) {
        c->header[p] = ' ';
        for (unsigned i = 0; i < c->block->nheader; i++) {
            char mark = at(c->block, header_line(c, i), p);
            c->header[p] = mark != ' ' ? mark : c->header[p];
        }
        if (c->header[p] != ' ' && (p == 0 || c->header[p - 1] == ' ')) {
            c->words[c->nwords++] = (struct word){p, p + 1};
        } else if (c->header[p] != ' ') {
            c->words[c->nwords - 1].to = p + 1;
        }
    }
    return c->nwords > 0;
}

static void count_rows(struct cutter *c)
{
    for (unsigned l = c->block->first; l < c->end; l++) {
        if (is_row(c, l)) {
            c->nrows++;
            for (unsigned p = 0; p <= c->width; p++) {
                c->crossed[p] += at(c->block, &c->lines->items[l], p) != ' ';
            }
        }
    }
}

/* ---- One gap -------------------------------------------------------------------------------
 */

/* Do most rows that have a cell about the word begin one right below its first letter? */
static bool is_left_aligned(const struct cutter *c, struct word word)
{
    unsigned begin = 0, any = 0;
    for (unsigned l = c->block->first; l < c->end; l++) {
        const struct draft_line *line = &c->lines->items[l];
        if (is_row(c, l)) {
            bool here = at(c->block, line, word.from) != ' ';
            bool before = word.from > 0 && at(c->block, line, word.from - 1) != ' ';
            begin += here && !before;
            any += here || at(c->block, line, word.to - 1) != ' ';
        }
    }
    return begin * 2 >= any;
}

/* The run of blanks around p that no more than `least` rows have a character in. */
static unsigned run_length(const struct cutter *c, unsigned p, unsigned to, unsigned least)
{
    unsigned n = 0;
    while (p + n < to && c->crossed[p + n] <= least) {
        n++;
    }
    return n;
}

/* The blank between two words in which a column ends; *worst: the rows that have a character
 * there. The widest one; of equal ones the last for a column that is left-aligned. */
static unsigned best_gap(const struct cutter *c, unsigned from, unsigned to, bool late,
                         unsigned *worst)
{
    unsigned best = from, widest = 0;
    *worst = UINT_MAX;
    for (unsigned p = from; p < to; p++) {
        *worst = c->crossed[p] < *worst ? c->crossed[p] : *worst;
    }
    for (unsigned p = from, n; p<to; p += n> 0 ? n : 1) {
        n = run_length(c, p, to, *worst);
        if (n > widest || (n == widest && n > 0 && late)) {
            widest = n;
            best = p + n - 1;
        }
    }
    return best;
}

/* The nearest blank of all rows below one of the words themselves, or 0. */
static unsigned gap_beside(const struct cutter *c, struct word left, struct word right)
{
    for (unsigned d = 0; d < right.to - left.from; d++) {
        if (left.to > left.from + 1 + d && c->crossed[left.to - 1 - d] == 0) {
            return left.to - 1 - d;
        }
        if (right.from + d + 1 < right.to && c->crossed[right.from + d] == 0) {
            return right.from + d;
        }
    }
    return 0;
}

/* Where the column of the word `right` begins, also when the header is not right above it. */
static unsigned find_gap(const struct cutter *c, struct word left, struct word right,
                         unsigned *worst)
{
    bool late = is_left_aligned(c, right), wide = right.from - left.to > 1;
    unsigned gap = best_gap(c, left.to, right.from, late, worst);
    unsigned beside = wide && *worst * 4 > c->nrows ? gap_beside(c, left, right) : 0;
    if (beside > 0) {
        *worst = 0;
        return beside;
    }
    return gap;
}

/* Has any row a cell that lies below the word, or begins or ends with it? */
static bool has_cell(const struct cutter *c, struct word word)
{
    for (unsigned l = c->block->first; l < c->end; l++) {
        const struct draft_line *line = &c->lines->items[l];
        for (unsigned p = word.from; is_row(c, l) && p < word.to; p++) {
            bool begins =
                at(c->block, line, p) != ' ' && (p == 0 || at(c->block, line, p - 1) == ' ');
            unsigned end = p;
            while (begins && at(c->block, line, end) != ' ') {
                end++;
            }
            if (begins && (p == word.from || end <= word.to)) {
                return true;
            }
        }
        if (is_row(c, l) && at(c->block, line, word.to - 1) != ' ' &&
            at(c->block, line, word.to) == ' ') {
            return true;
        }
    }
    return false;
}

/* ---- All of them ---------------------------------------------------------------------------
 */

static bool add_gap(struct draft_block *block, unsigned gap)
{
    if (block->ncolumns == LIMIT_DRAFT_COLUMNS) {
        return false;
    }
    block->gaps[block->ncolumns++] = gap;
    return true;
}

static bool cut_by_header(struct cutter *c)
{
    c->block->ncolumns = 0;
    add_gap(c->block, 0);
    for (unsigned i = 0; i + 1 < c->nwords; i++) {
        struct word left = c->words[i], right = c->words[i + 1];
        unsigned worst, gap = find_gap(c, left, right, &worst);
        bool wide = right.from - left.to > 1;
        if (wide ? worst * 2 > c->nrows : worst * 4 > c->nrows) {
            if (wide) {
                return false;
            }
            continue;
        }
        if ((wide || (has_cell(c, left) && has_cell(c, right))) && !add_gap(c->block, gap)) {
            return false;
        }
    }
    return c->block->ncolumns >= 2;
}

/* A rule with gaps: the line below the header. */
static bool cut_by_rule(struct cutter *c)
{
    const struct draft_line *rule = &c->lines->items[c->block->top + c->block->nheader];
    if (rule->kind != DRAFT_RULE || rule->flat.len > LIMIT_DRAFT_WIDTH) {
        return false;
    }
    c->block->ncolumns = 0;
    add_gap(c->block, 0);
    bool begun = false;
    for (unsigned p = 0; p < rule->flat.len; p++) {
        bool gap = strchr(" +|", rule->flat.ptr[p]) != NULL;
        bool next = p + 1 < rule->flat.len && !strchr(" +|", rule->flat.ptr[p + 1]);
        if (gap && begun && next) {
            if (!add_gap(c->block, p) || c->crossed[p] * 2 > c->nrows) {
                return false;
            }
        }
        begun |= !gap;
    }
    return c->block->ncolumns >= 2;
}

/* In front of which columns the header has a bar: so many begin before it. */
static void find_bars(struct cutter *c)
{
    const struct draft_line *header = header_line(c, c->block->nheader - 1);
    c->block->bar = 0;
    c->block->bar_behind = false;
    for (unsigned p = 0; c->block->bars && p < header->flat.len; p++) {
        unsigned before = 0;
        for (unsigned w = 0; w < c->nwords; w++) {
            bool first = c->words[w].from < p;
            unsigned column = 0;
            while (column + 1 < c->block->ncolumns &&
                   c->block->gaps[column + 1] < c->words[w].from) {
                column++;
            }
            before = first && column + 1 > before ? column + 1 : before;
        }
        if (draft_at(header, p) == '|' && before == c->block->ncolumns) {
            c->block->bar_behind = true;
        } else if (draft_at(header, p) == '|') {
            c->block->bar |= UINT64_C(1) << before;
        }
    }
}

/* ---- Is it a table -------------------------------------------------------------------------
 */

static bool has_digit(struct view text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (isdigit((unsigned char)text.ptr[i])) {
            return true;
        }
    }
    return false;
}

/* A column below whose name without digits all cells have some: no line of words alone. */
static bool has_contrast(const struct cutter *c, unsigned column)
{
    const struct draft_block *block = c->block;
    struct view cells[LIMIT_DRAFT_COLUMNS];
    unsigned n = 0;
    unsigned from = block->gaps[column];
    unsigned to = column + 1 < block->ncolumns ? block->gaps[column + 1] : c->width;
    if (has_digit(view_slice(view_make(c->header, c->width), from, to))) {
        return false;
    }
    for (unsigned l = block->first; l < c->end; l++) {
        if (is_row(c, l)) {
            draft_cells_of(cells, block, &c->lines->items[l]);
            if (cells[column].len > 0 && !has_digit(cells[column])) {
                return false;
            }
            n += cells[column].len > 0;
        }
    }
    return n > 0;
}

/* A long first cell that has the line to itself. */
static bool is_head(const struct cutter *c, unsigned l)
{
    struct view text = c->lines->items[l].flat;
    return l + 1 < c->end && !memchr(text.ptr, ' ', text.len) &&
           draft_at(&c->lines->items[l + 1], 0) == ' ';
}

/* Rows that keep to the columns, and have more than one cell. */
static bool rows_fit(const struct cutter *c)
{
    struct view cells[LIMIT_DRAFT_COLUMNS];
    unsigned fit = 0, several = 0;
    for (unsigned l = c->block->first; l < c->end; l++) {
        if (!is_row(c, l)) {
            continue;
        }
        unsigned filled = 0;
        bool fits = draft_cells_of(cells, c->block, &c->lines->items[l]) == 0;
        fit += fits || is_head(c, l);
        for (unsigned i = 0; i < c->block->ncolumns; i++) {
            filled += cells[i].len > 0;
        }
        several += filled > 1;
    }
    return several > 0 && fit * 3 >= c->nrows * 2 && several * 2 >= c->nrows;
}

/* Words, most of them without digits, and no two columns of one name but few. */
static bool names_fit(const struct cutter *c, bool strict)
{
    struct arena arena = ARENA_INIT;
    struct view names[LIMIT_DRAFT_COLUMNS];
    unsigned bad = 0, digits = 0, twice = 0, n = c->block->ncolumns;
    for (unsigned i = 0; i < n; i++) {
        names[i] = draft_header(c->block, c->lines, i, &arena);
        bool letter = false;
        for (size_t k = 0; k < names[i].len; k++) {
            letter |= isalpha((unsigned char)names[i].ptr[k]) || names[i].ptr[k] == '#';
        }
        bad += !letter;
        digits += has_digit(names[i]);
        for (unsigned k = 0; k < i; k++) {
            twice += view_equal(names[k], names[i]);
        }
    }
    arena_release(&arena);
    return bad * 4 <= n && digits * 2 <= n && twice * 3 <= n && !(strict && bad > 0);
}

/* "10.0.0.1", "Gi1/0/1", "2024-01-01" and what ends in a comma are no words of a header. */
static bool is_datum(struct view word)
{
    unsigned digits = 0;
    bool mark = false;
    for (size_t i = 0; i < word.len; i++) {
        digits += isdigit((unsigned char)word.ptr[i]) != 0;
        mark |= strchr("./:[]", word.ptr[i]) != NULL;
    }
    char last = word.ptr[word.len - 1];
    return (digits > 0 && mark) || digits > 3 || last == ',' || last == ';' ||
           (word.len > 1 && word.ptr[0] == ':');
}

static bool has_data(const struct cutter *c)
{
    for (unsigned i = 0; i < c->block->nheader; i++) {
        struct view line = header_line(c, i)->flat;
        for (size_t from = 0, to; from < line.len; from = to + 1) {
            to = from;
            while (to < line.len && line.ptr[to] != ' ') {
                to++;
            }
            if (to > from && is_datum(view_slice(line, from, to))) {
                return true;
            }
        }
    }
    return false;
}

/* Without a rule below the header: is it set apart from the rows, and wider than prose? */
static bool is_set_apart(const struct cutter *c)
{
    const struct draft_block *block = c->block;
    bool wide = false, contrast = false;
    for (unsigned i = 0; i + 1 < c->nwords; i++) {
        wide |= c->words[i + 1].from - c->words[i].to > 1;
    }
    for (unsigned i = 0; i < block->ncolumns; i++) {
        contrast |= has_contrast(c, i);
    }
    for (unsigned i = 0; i < c->nwords; i++) {
        char end = c->header[c->words[i].to - 1];
        if (end == ':' || end == ',' || end == '.') {
            return false;
        }
    }
    bool above = block->top == 0 || c->lines->items[block->top - 1].kind == DRAFT_BLANK ||
                 c->lines->items[block->top - 1].kind == DRAFT_RULE;
    return wide ? contrast || above : contrast && block->ncolumns > 2 && c->nrows > 1;
}

bool draft_cuts(struct draft_block *block, const struct draft_lines *lines)
{
    struct cutter c = {.block = block, .lines = lines};
    c.end = block->end - block->first > SAMPLE ? block->first + SAMPLE : block->end;
    unsigned below = block->top + block->nheader;
    bool ruled = lines->items[below].kind == DRAFT_RULE;
    if (!read_header(&c)) {
        return false;
    }
    count_rows(&c);
    if (c.nrows == 0) {
        return false;
    }
    bool certain = cut_by_rule(&c) && names_fit(&c, false);
    if (!certain && (has_data(&c) || !cut_by_header(&c))) {
        return false;
    }
    find_bars(&c);
    return names_fit(&c, !ruled) && rows_fit(&c) && (ruled || is_set_apart(&c));
}

/* ---- Cells ---------------------------------------------------------------------------------
 */

/* Where column i of this line begins: at its gap, or where the word that reaches into the gap
 * begins or ends. *crossed counts words that reach through it. */
static unsigned edge(const struct draft_block *block, const struct draft_line *line, unsigned i,
                     unsigned *crossed)
{
    unsigned gap = block->gaps[i];
    if (i == 0 || at(block, line, gap) == ' ') {
        return gap;
    }
    if (at(block, line, gap - 1) == ' ') {
        return gap;
    }
    unsigned end = gap;
    while (at(block, line, end) != ' ') {
        end++;
    }
    *crossed += end > gap + 1;
    return end;
}

static struct view without_bars(struct view cell)
{
    for (;;) {
        cell = view_trim(cell);
        if (cell.len > 0 && cell.ptr[0] == '|') {
            cell = view_slice(cell, 1, cell.len);
        } else if (cell.len > 0 && cell.ptr[cell.len - 1] == '|') {
            cell.len--;
        } else {
            return cell;
        }
    }
}

unsigned draft_cells_of(struct view *cells, const struct draft_block *block,
                        const struct draft_line *line)
{
    unsigned crossed = 0, from = 0;
    for (unsigned i = 0; i < block->ncolumns; i++) {
        unsigned to = i + 1 < block->ncolumns ? edge(block, line, i + 1, &crossed)
                                              : (unsigned)line->flat.len;
        to = to > from ? to : from;
        cells[i] = draft_slice(line, from, to);
        if (block->bars) {
            cells[i] = without_bars(cells[i]);
        }
        from = to;
    }
    return crossed;
}

/* How much of the word [from, to) is in column i. */
static unsigned overlap(const struct draft_block *block, unsigned i, unsigned from, unsigned to)
{
    unsigned a = block->gaps[i];
    unsigned b = i + 1 < block->ncolumns ? block->gaps[i + 1] : LIMIT_DRAFT_WIDTH + 1;
    a = a > from ? a : from;
    b = b < to ? b : to;
    return b > a ? b - a : 0;
}

static bool is_in_column(const struct draft_block *block, unsigned column, unsigned from,
                         unsigned to)
{
    unsigned best = 0;
    for (unsigned i = 1; i < block->ncolumns; i++) {
        if (overlap(block, i, from, to) > overlap(block, best, from, to)) {
            best = i;
        }
    }
    return best == column;
}

struct view draft_header(const struct draft_block *block, const struct draft_lines *lines,
                         unsigned column, struct arena *arena)
{
    struct strbuf name = STRBUF_INIT;
    for (unsigned l = block->top; l < block->top + block->nheader; l++) {
        const struct draft_line *line = &lines->items[l];
        unsigned len = (unsigned)line->flat.len;
        for (unsigned from = 0, to; from < len; from = to) {
            to = from + 1;
            if (at(block, line, from) == ' ') {
                continue;
            }
            while (to < len && at(block, line, to) != ' ') {
                to++;
            }
            if (is_in_column(block, column, from, to)) {
                strbuf_addstr(&name, name.len > 0 ? " " : "");
                strbuf_addview(&name, draft_slice(line, from, to));
            }
        }
    }
    char *text = strbuf_failed(&name) ? NULL : arena_dup(arena, strbuf_view(&name));
    strbuf_release(&name);
    *lines->failed |= text == NULL;
    return view_of(text);
}
