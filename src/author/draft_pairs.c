/*
 * `key: value` lines: what is a key and what a value, and where one record ends and the next
 * begins: at the first key that comes again with others between.
 */
#include "author/draft_part.h"

#include <ctype.h>

#define KEY_BYTES  50
#define KEY_WORDS  7
#define NEXT_WORDS 3 /* of a key that follows a value on the same line */

/* ---- Keys ----------------------------------------------------------------------------------
 */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_key_char(char c)
{
    return isalnum((unsigned char)c) || (c & 0x80) ||
           (c != '\0' && strchr(" \t_-./()#%'&+*", c));
}

static unsigned count_words(struct view text)
{
    unsigned words = 0;
    for (size_t i = 0; i < text.len; i++) {
        words += !is_blank(text.ptr[i]) && (i == 0 || is_blank(text.ptr[i - 1]));
    }
    return words;
}

/* "Hostname:sw1": the key has letters alone. */
static bool is_tight(struct view key, char next)
{
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        if (!isalpha((unsigned char)c) && c != ' ' && c != '-' && c != '_') {
            return false;
        }
    }
    return key.len > 1 && next != '/' && next != ':' && next != '\\';
}

/* A colon with a blank beside it; or without, behind the first key of a line. */
static bool is_colon(struct view text, size_t i, bool first)
{
    char next = i + 1 < text.len ? text.ptr[i + 1] : ' ';
    bool set_off = is_blank(next) || (i > 0 && is_blank(text.ptr[i - 1]));
    return set_off || (first && is_tight(view_slice(text, 0, i), next));
}

/* How long the leader of dots at text[i] is, with the blanks and the colon that end it. */
static size_t leader(struct view text, size_t i)
{
    size_t n = 0;
    while (i + n < text.len && text.ptr[i + n] == '.') {
        n++;
    }
    if (n < 3 && !(n == 2 && i + n < text.len && is_blank(text.ptr[i + n]))) {
        return 0;
    }
    while (i + n < text.len && (is_blank(text.ptr[i + n]) || text.ptr[i + n] == ':')) {
        n++;
    }
    return n;
}

/* What is at text[i]: a separator of how many bytes, 0 for none. */
static size_t separator(struct view text, size_t i, bool first, char *how)
{
    *how = text.ptr[i];
    switch (text.ptr[i]) {
    case ':':
        return is_colon(text, i, first);
    case '=':
        return i > 0 && !(i + 1 < text.len && text.ptr[i + 1] == '=');
    case '.':
        return leader(text, i);
    default:
        return 0;
    }
}

/* The key at the beginning of text, and what follows its separator. */
static bool take_key(struct view text, bool first, struct draft_pair *pair, struct view *rest)
{
    if (text.len == 0 || !isalpha((unsigned char)text.ptr[0])) {
        return false;
    }
    for (size_t i = 0; i < text.len && i <= KEY_BYTES; i++) {
        size_t n = separator(text, i, first, &pair->how);
        if (n > 0) {
            pair->key = view_trim(view_slice(text, 0, i));
            *rest = view_slice(text, i + n, text.len);
            return count_words(pair->key) <= (first ? KEY_WORDS : NEXT_WORDS);
        }
        if (!is_key_char(text.ptr[i])) {
            return false;
        }
    }
    return false;
}

/* ---- Values --------------------------------------------------------------------------------
 */

/* Does another pair begin at text[i], behind a comma or blanks? */
static bool next_begins(struct view text, size_t i, char how, size_t *at)
{
    struct draft_pair next;
    struct view rest;
    size_t k = i;
    while (k < text.len && is_blank(text.ptr[k])) {
        k++;
    }
    bool comma = k < text.len && text.ptr[k] == ',';
    for (k += comma; k < text.len && is_blank(text.ptr[k]);) {
        k++;
    }
    size_t blanks = k - i - comma;
    if (!comma && blanks < (how == '=' ? 1 : 2)) {
        return false;
    }
    *at = k;
    if (!take_key(view_slice(text, k, text.len), false, &next, &rest) || next.how != how) {
        return false;
    }
    return how != '=' || count_words(next.key) == 1;
}

/* The value at the beginning of text ends where the next pair begins. */
static size_t take_value(struct view text, struct draft_pair *pair)
{
    bool quoted = false;
    size_t at = text.len, i = 0;
    pair->after = 0;
    for (; i < text.len; i++) {
        quoted ^= text.ptr[i] == '"';
        bool may = is_blank(text.ptr[i]) || text.ptr[i] == ',';
        if (may && !quoted && next_begins(text, i, pair->how, &at)) {
            pair->after = memchr(text.ptr + i, ',', at - i) ? ',' : ' ';
            break;
        }
    }
    pair->value = view_trim(view_slice(text, 0, i));
    size_t len = pair->value.len;
    pair->quoted = len > 1 && pair->value.ptr[0] == '"' && pair->value.ptr[len - 1] == '"' &&
                   !memchr(pair->value.ptr + 1, '"', len - 2);
    return i < text.len ? at : text.len;
}

/* All pairs of a line; 0 when it is no line of pairs. */
static unsigned take_line(struct draft_pair *out, unsigned room, struct view text,
                          unsigned line)
{
    unsigned n = 0;
    text = view_trim(text);
    while (text.len > 0 && n < room) {
        struct view rest;
        struct draft_pair *pair = &out[n];
        *pair = (struct draft_pair){.line = line};
        if (!take_key(text, n == 0, pair, &rest)) {
            return 0;
        }
        n++;
        text = view_slice(rest, take_value(rest, pair), rest.len);
    }
    return n;
}

/* ---- Columns -------------------------------------------------------------------------------
 */

static unsigned find_column(const struct draft_pairs *pairs, struct view key)
{
    unsigned i = 0;
    while (i < pairs->ncolumns && !view_equal(pairs->keys[i], key)) {
        i++;
    }
    return i;
}

static int make_columns(struct draft_pairs *pairs, struct err *err)
{
    struct arena *arena = &pairs->draft->arena;
    pairs->keys = arena_array(arena, LIMIT_DRAFT_PAIRS, sizeof(*pairs->keys));
    pairs->names = arena_array(arena, LIMIT_DRAFT_PAIRS, sizeof(*pairs->names));
    pairs->regexes = arena_array(arena, LIMIT_DRAFT_PAIRS, sizeof(*pairs->regexes));
    pairs->columns = arena_array(arena, LIMIT_DRAFT_PAIRS, sizeof(*pairs->columns));
    if (!pairs->keys || !pairs->names || !pairs->regexes || !pairs->columns) {
        return err_nomem(err);
    }
    for (unsigned i = 0; i < pairs->n; i++) {
        struct draft_pair *pair = &pairs->items[i];
        pair->column = find_column(pairs, pair->key);
        if (pair->column < pairs->ncolumns) {
            continue;
        }
        if (pairs->ncolumns == LIMIT_DRAFT_PAIRS) {
            return err_set(err, ERR_PARSE, "more than %d keys are too many for one record",
                           LIMIT_DRAFT_PAIRS);
        }
        const char *name = draft_name(arena, pair->key, pairs->names, pairs->ncolumns);
        if (!name) {
            return err_nomem(err);
        }
        pairs->keys[pairs->ncolumns] = pair->key;
        pairs->columns[pairs->ncolumns].quoted = true;
        pairs->names[pairs->ncolumns++] = name;
    }
    return 0;
}

/* ---- Blocks --------------------------------------------------------------------------------
 */

/* The first key that comes again with others between; none when most keys come once. */
static void find_starter(struct draft_pairs *pairs)
{
    unsigned once = 0, again = 0;
    pairs->starter = pairs->ncolumns;
    for (unsigned i = 0; i < pairs->n; i++) {
        pairs->columns[pairs->items[i].column].count++;
    }
    for (unsigned c = 0; c < pairs->ncolumns; c++) {
        once += pairs->columns[c].count == 1;
        again += pairs->columns[c].count > 1;
    }
    if (once > 2 * again) {
        return;
    }
    for (unsigned i = 1; i < pairs->n && pairs->starter == pairs->ncolumns; i++) {
        unsigned column = pairs->items[i].column, first = 0;
        while (pairs->items[first].column != column) {
            first++;
        }
        for (unsigned k = first; k < i; k++) {
            if (pairs->items[k].column != column) {
                pairs->starter = first < i ? column : pairs->starter;
            }
        }
    }
}

static bool starts(const struct draft_pairs *pairs, unsigned i)
{
    return pairs->items[i].column == pairs->starter;
}

/* How often a column comes in one block at most, and in how many at all. */
static void count_blocks(struct draft_pairs *pairs)
{
    bool begun = pairs->starter == pairs->ncolumns;
    pairs->nrows = begun;
    for (unsigned i = 0; i < pairs->n; i++) {
        struct draft_key *column = &pairs->columns[pairs->items[i].column];
        begun |= starts(pairs, i);
        pairs->nrows += starts(pairs, i);
        column->list |= column->row == pairs->nrows && column->seen;
        column->global |= !begun;
        column->blocks += begun && !(column->row == pairs->nrows && column->seen);
        column->row = pairs->nrows;
        column->seen = true;
    }
    for (unsigned c = 0; c < pairs->ncolumns; c++) {
        struct draft_key *column = &pairs->columns[c];
        column->global &= column->blocks == 0;
        column->list &= c != pairs->starter && !column->global;
        column->quoted &= column->count > 0;
    }
}

/* ---- Rows ----------------------------------------------------------------------------------
 */

static struct view value_of(const struct draft_pairs *pairs, const struct draft_pair *pair)
{
    struct view value = pair->value;
    return pairs->columns[pair->column].quoted ? view_slice(value, 1, value.len - 1) : value;
}

static struct draft_row *new_row(struct draft_row *rows, unsigned *n, unsigned line,
                                 unsigned ncolumns, struct arena *arena)
{
    struct view *cells = arena_array(arena, ncolumns + 1, sizeof(*cells));
    if (!cells) {
        return NULL;
    }
    rows[*n] = (struct draft_row){.line = line, .cells = cells};
    return &rows[(*n)++];
}

static void set_cell(struct draft_row *row, unsigned column, struct view value)
{
    ((struct view *)(uintptr_t)row->cells)[column] = value;
}

/* A second value of a list in the same block. */
static bool add_more(struct draft_pairs *pairs, struct draft_row *row, unsigned i)
{
    struct draft_row *more = new_row(pairs->more, &pairs->nmore, pairs->items[i].line,
                                     pairs->ncolumns, &pairs->draft->arena);
    if (!more) {
        return false;
    }
    set_cell(more, pairs->items[i].column, value_of(pairs, &pairs->items[i]));
    row->first_more = row->more == 0 ? pairs->nmore - 1 : row->first_more;
    row->more++;
    return true;
}

static bool fill_row(struct draft_pairs *pairs, struct draft_row *row, unsigned i)
{
    const struct draft_pair *pair = &pairs->items[i];
    const struct draft_key *column = &pairs->columns[pair->column];
    if (column->list && row->cells[pair->column].len > 0) {
        return add_more(pairs, row, i);
    }
    set_cell(row, pair->column, value_of(pairs, pair));
    return true;
}

static int make_rows(struct draft_pairs *pairs, struct err *err)
{
    struct arena *arena = &pairs->draft->arena;
    unsigned nrows = 0, first = 0;
    pairs->rows = arena_array(arena, pairs->nrows + 1, sizeof(*pairs->rows));
    pairs->more = arena_array(arena, pairs->n + 1, sizeof(*pairs->more));
    struct draft_row *row = NULL;
    if (!pairs->rows || !pairs->more) {
        return err_nomem(err);
    }
    while (pairs->starter < pairs->ncolumns && !starts(pairs, first)) {
        first++;
    }
    for (unsigned i = first; i < pairs->n; i++) {
        if (i == first || starts(pairs, i)) {
            row = new_row(pairs->rows, &nrows, pairs->items[i].line, pairs->ncolumns, arena);
            for (unsigned g = 0; row && g < first; g++) {
                fill_row(pairs, row, g);
            }
        }
        if (!row || !fill_row(pairs, row, i)) {
            return err_nomem(err);
        }
    }
    return 0;
}

static int make_class(struct draft_pairs *pairs, unsigned column, struct view *room,
                      struct err *err)
{
    struct draft_cells cells = {.items = room, .sparse = true, .last = true};
    struct draft_key *key = &pairs->columns[column];
    for (unsigned i = 0; i < pairs->n; i++) {
        const struct draft_pair *pair = &pairs->items[i];
        if (pair->column == column) {
            cells.last &= pair->after == 0;
            key->empty |= value_of(pairs, pair).len == 0;
            if (value_of(pairs, pair).len > 0) {
                room[cells.n++] = value_of(pairs, pair);
            }
        }
    }
    if (key->quoted) {
        pairs->regexes[column] = "[^\"]*";
        return 0;
    }
    return draft_class(&pairs->regexes[column], &cells, &pairs->draft->arena, err);
}

/* ---- All of it -----------------------------------------------------------------------------
 */

static unsigned take_lines(struct draft_pairs *pairs, unsigned room)
{
    for (unsigned l = 0; l < pairs->lines->n; l++) {
        const struct draft_line *line = &pairs->lines->items[l];
        bool blank = line->kind == DRAFT_BLANK || line->kind == DRAFT_RULE;
        unsigned n =
            blank ? 0 : take_line(pairs->items + pairs->n, room - pairs->n, line->raw, l);
        pairs->n += n;
        pairs->nlines += n > 0;
    }
    return pairs->n;
}

int draft_pairs(struct draft_pairs *pairs, struct err *err)
{
    size_t bytes = pairs->draft->output.len;
    unsigned room = (unsigned)(bytes / 2) + 1;
    room = room < LIMIT_DRAFT_ALL_PAIRS ? room : LIMIT_DRAFT_ALL_PAIRS;
    pairs->items = arena_array(&pairs->draft->arena, room, sizeof(*pairs->items));
    if (!pairs->items) {
        return err_nomem(err);
    }
    take_lines(pairs, room);
    return 0;
}

int draft_pairs_rows(struct draft_pairs *pairs, struct err *err)
{
    int rc = make_columns(pairs, err);
    if (rc < 0) {
        return rc;
    }
    for (unsigned i = 0; i < pairs->n; i++) {
        struct draft_pair *pair = &pairs->items[i];
        pairs->columns[pair->column].quoted &= pair->quoted;
        pairs->lines->items[pair->line].kind = DRAFT_PAIRS;
    }
    find_starter(pairs);
    count_blocks(pairs);
    rc = make_rows(pairs, err);
    struct view *room = arena_array(&pairs->draft->arena, pairs->n + 1, sizeof(*room));
    rc = rc == 0 && !room ? err_nomem(err) : rc;
    for (unsigned c = 0; rc == 0 && c < pairs->ncolumns; c++) {
        rc = make_class(pairs, c, room, err);
    }
    return rc;
}
