/* Index files: reading them, and finding rows. */
#include "textfsm/cell.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "textfsm/fail.h"
#include "textfsm/file.h"
#include "textfsm/grow.h"
#include "textfsm/own.h"
#include "textfsm/pystr.h"

#include <stdatomic.h>

#define NO_COLUMN SIZE_MAX

struct row {
    struct textfsm_index_row pub;
    struct cell **cells; /* one a column; equal ones one above the other are one */
};

struct textfsm_index {
    struct alloc alloc_copy;
    const struct alloc *alloc;
    struct arena arena;
    const char *path;
    struct view folder; /* with its last slash, empty for the current one */
    struct view *columns;
    size_t ncolumns;
    size_t template_column, platform_column, command_column, hostname_column;
    struct row *rows;
    size_t nrows, row_cap;
    struct cell *all_cells;
    const char **warnings;
    size_t nwarnings, warning_cap;
    atomic_uintptr_t spare; /* a struct regex_scratch between two searches, or 0 */
};

/* ---- Reading ---- */

struct reader {
    struct textfsm_index *index;
    struct textfsm_error *error;
    struct view rest, line;
    unsigned line_no;
};

static bool next_line(struct reader *r)
{
    if (r->rest.len == 0) {
        return false;
    }
    size_t n = 0;
    while (n < r->rest.len && r->rest.ptr[n] != '\n' && r->rest.ptr[n] != '\r') {
        n++;
    }
    r->line = view_slice(r->rest, 0, n);
    bool pair = n + 1 < r->rest.len && r->rest.ptr[n] == '\r' && r->rest.ptr[n + 1] == '\n';
    r->rest = view_slice(r->rest, n + 1 + pair, r->rest.len);
    r->line_no++;
    return true;
}

static struct view strip(struct view v)
{
    return pystr_lstrip(pystr_rstrip(v));
}

/* The text up to the next comma, stripped; *rest begins behind it, ptr NULL after the last. */
static struct view next_cell(struct view *rest)
{
    const char *comma = rest->len ? memchr(rest->ptr, ',', rest->len) : NULL;
    size_t n = comma ? (size_t)(comma - rest->ptr) : rest->len;
    struct view cell = view_slice(*rest, 0, n);
    *rest = comma ? view_slice(*rest, n + 1, rest->len) : VIEW_NONE;
    return strip(cell);
}

static size_t count_cells(struct view line)
{
    size_t n = 1;
    for (size_t i = 0; i < line.len; i++) {
        n += line.ptr[i] == ',';
    }
    return n;
}

static size_t find_column(const struct textfsm_index *index, struct view name)
{
    for (size_t i = 0; i < index->ncolumns; i++) {
        if (view_equal(index->columns[i], name)) {
            return i;
        }
    }
    return NO_COLUMN;
}

static int index_fail(const struct reader *r, const char *what, struct view name)
{
    return fail_at(r->error, TEXTFSM_BAD_INDEX, r->index->path, r->line_no, 0, "%s \"%.*s\"",
                   what, VIEW_ARG(name));
}

/* The first line that is more than a comment names the columns. */
static int read_header(struct reader *r)
{
    struct textfsm_index *index = r->index;
    struct view header = VIEW_NONE;
    while (header.len == 0 && next_line(r)) {
        const char *comment = r->line.len ? memchr(r->line.ptr, '#', r->line.len) : NULL;
        header = comment ? view_make(r->line.ptr, (size_t)(comment - r->line.ptr)) : r->line;
        header = strip(header);
    }
    index->columns = arena_array(&index->arena, count_cells(header), sizeof(*index->columns));
    if (!index->columns) {
        return fail_nomem(r->error);
    }
    for (struct view rest = header; rest.ptr;) {
        struct view name = next_cell(&rest);
        if (find_column(index, name) != NO_COLUMN) {
            return index_fail(r, "there are two columns called", name);
        }
        index->columns[index->ncolumns++] = name;
    }
    index->template_column = find_column(index, VIEW("Template"));
    index->platform_column = find_column(index, VIEW("Platform"));
    index->command_column = find_column(index, VIEW("Command"));
    index->hostname_column = find_column(index, VIEW("Hostname"));
    return index->template_column != NO_COLUMN
               ? 0
               : index_fail(r, "an index names its columns first, among them",
                            VIEW("Template"));
}

static int warn(struct reader *r, const char *text)
{
    struct textfsm_index *index = r->index;
    if (!text || !grow(index->alloc, &index->warnings, &index->warning_cap, index->nwarnings,
                       sizeof(*index->warnings))) {
        return fail_nomem(r->error);
    }
    index->warnings[index->nwarnings++] = text;
    return 0;
}

static int fill_paths(struct reader *r, struct textfsm_index_row *pub, struct view templates)
{
    struct textfsm_index *index = r->index;
    unsigned n = 1;
    for (size_t i = 0; i < templates.len; i++) {
        n += templates.ptr[i] == ':';
    }
    const char **paths = arena_array(&index->arena, n, sizeof(*paths));
    pub->paths = paths;
    for (struct view rest = templates; paths && pub->npaths < n;) {
        const char *colon = rest.len ? memchr(rest.ptr, ':', rest.len) : NULL;
        size_t len = colon ? (size_t)(colon - rest.ptr) : rest.len;
        struct view folder = rest.len && rest.ptr[0] == '/' ? VIEW_NONE : index->folder;
        char *path = arena_get(&index->arena, folder.len + len + 1);
        if (!path) {
            paths = NULL;
            break;
        }
        memcpy(path, folder.ptr ? folder.ptr : "", folder.len);
        memcpy(path + folder.len, rest.ptr, len);
        paths[pub->npaths++] = path;
        rest = view_slice(rest, len + 1, rest.len);
    }
    return paths ? 0 : fail_nomem(r->error);
}

static const char *dup_cell(struct textfsm_index *index, const struct row *row, size_t column)
{
    return column == NO_COLUMN ? NULL : arena_dup(&index->arena, row->cells[column]->text);
}

static int fill_public(struct reader *r, struct row *row)
{
    struct textfsm_index *index = r->index;
    struct textfsm_index_row *pub = &row->pub;
    pub->line = r->line_no;
    pub->templates = dup_cell(index, row, index->template_column);
    pub->platform = dup_cell(index, row, index->platform_column);
    pub->command = dup_cell(index, row, index->command_column);
    pub->hostname = dup_cell(index, row, index->hostname_column);
    if (index->command_column != NO_COLUMN) {
        pub->command_text =
            cell_written_out(row->cells[index->command_column], &index->arena).ptr;
    }
    return fill_paths(r, pub, row->cells[index->template_column]->text);
}

static int cell_fail(const struct reader *r, struct view text, int rc, const struct err *err)
{
    if (rc == ERR_NOMEM) {
        return fail_nomem(r->error);
    }
    size_t off = err->column > 0 ? pystr_bytes(text, (size_t)err->column - 1) : 0;
    size_t before = (size_t)(text.ptr - r->line.ptr) + off;
    unsigned column = (unsigned)utf8_length(view_slice(r->line, 0, before)) + 1;
    return fail_at(r->error, TEXTFSM_BAD_INDEX, r->index->path, r->line_no, column,
                   "bad regular expression: %s", err->text);
}

/* Rows of one platform stand together: a cell as in the row before needs no work. */
static struct cell *cell_above(const struct textfsm_index *index, size_t column,
                               struct view text)
{
    struct cell *above = index->nrows > 1 ? index->rows[index->nrows - 2].cells[column] : NULL;
    return above && view_equal(above->text, text) ? above : NULL;
}

/* The Template's is no regex. */
static int make_cell(struct reader *r, struct cell **out, size_t column, struct view text)
{
    struct textfsm_index *index = r->index;
    struct err err = ERR_INIT;
    struct cell *cell = arena_get(&index->arena, sizeof(*cell));
    if (!cell) {
        return fail_nomem(r->error);
    }
    memset(cell, 0, sizeof(*cell));
    cell->next = index->all_cells;
    index->all_cells = *out = cell;
    if (column == index->template_column) {
        cell->text = text;
        return 0;
    }
    int rc = cell_init(cell, text, column == index->command_column, &index->arena, index->alloc,
                       &err);
    return rc < 0 ? cell_fail(r, text, rc, &err) : 0;
}

static int make_cells(struct reader *r, struct row *row)
{
    struct textfsm_index *index = r->index;
    struct view rest = r->line;
    for (size_t i = 0; i < index->ncolumns; i++) {
        struct view text = next_cell(&rest);
        row->cells[i] = cell_above(index, i, text);
        int rc = row->cells[i] ? 0 : make_cell(r, &row->cells[i], i, text);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

static int add_row(struct reader *r)
{
    struct textfsm_index *index = r->index;
    if (index->nrows == LIMIT_INDEX_ROWS) {
        return fail_at(r->error, TEXTFSM_LIMIT, index->path, r->line_no, 0, "more than %d rows",
                       LIMIT_INDEX_ROWS);
    }
    if (!grow(index->alloc, &index->rows, &index->row_cap, index->nrows,
              sizeof(*index->rows))) {
        return fail_nomem(r->error);
    }
    struct row *row = &index->rows[index->nrows];
    memset(row, 0, sizeof(*row));
    row->cells = arena_array(&index->arena, index->ncolumns, sizeof(*row->cells));
    if (!row->cells) {
        return fail_nomem(r->error);
    }
    index->nrows++;
    int rc = make_cells(r, row);
    return rc == 0 ? fill_public(r, row) : rc;
}

static int read_row(struct reader *r)
{
    struct textfsm_index *index = r->index;
    size_t n = count_cells(r->line);
    if (view_starts(r->line, VIEW("#")) || (pystr_blank(r->line) && n != index->ncolumns)) {
        return 0;
    }
    if (n != index->ncolumns) {
        return warn(r, arena_printf(&index->arena,
                                    "%s:%u: row skipped: it has %zu cells, the index has %zu "
                                    "columns (a regex cannot hold a comma here)",
                                    index->path, r->line_no, n, index->ncolumns));
    }
    return add_row(r);
}

static int read_index(struct textfsm_index *index, struct view text,
                      struct textfsm_error *error)
{
    struct reader r = {.index = index, .error = error, .rest = text};
    if (!utf8_valid(text)) {
        return fail_at(error, TEXTFSM_BAD_INDEX, index->path, 0, 0, "the index is not UTF-8");
    }
    if (view_starts(text, VIEW("\xEF\xBB\xBF"))) {
        r.rest = view_slice(text, 3, text.len);
    }
    int rc = read_header(&r);
    while (rc == 0 && next_line(&r)) {
        rc = read_row(&r);
    }
    return rc;
}

/* ---- Life ---- */

static struct view folder_of(struct view path)
{
    while (path.len && path.ptr[path.len - 1] != '/') {
        path.len--;
    }
    return path;
}

static struct textfsm_index *index_alloc(const char *path,
                                         const struct textfsm_allocator *allocator)
{
    struct textfsm_index *index = own_new(sizeof(*index), allocator);
    if (!index) {
        return NULL;
    }
    index->alloc = own_alloc(&index->alloc_copy, allocator);
    arena_init(&index->arena, index->alloc);
    atomic_init(&index->spare, 0);
    index->path = arena_dup(&index->arena, view_of(path ? path : "index"));
    if (!index->path) {
        textfsm_index_free(index);
        return NULL;
    }
    index->folder = folder_of(view_of(index->path));
    return index;
}

struct textfsm_index *textfsm_index_new(const char *text, size_t len, const char *path,
                                        const struct textfsm_allocator *allocator,
                                        struct textfsm_error *error)
{
    if (len > LIMIT_INDEX_BYTES) {
        fail_at(error, TEXTFSM_LIMIT, path, 0, 0, "the index is larger than %zu bytes",
                (size_t)LIMIT_INDEX_BYTES);
        return NULL;
    }
    struct textfsm_index *index = index_alloc(path, allocator);
    const char *copy = index ? arena_dup(&index->arena, view_make(text, len)) : NULL;
    if (!copy) {
        fail_nomem(error);
    } else if (read_index(index, view_make(copy, len), error) == 0) {
        return index;
    }
    textfsm_index_free(index);
    return NULL;
}

struct textfsm_index *textfsm_index_open(const char *path,
                                         const struct textfsm_allocator *allocator,
                                         struct textfsm_error *error)
{
    struct textfsm_index *index = NULL;
    struct file file;
    if (file_read(&file, path, LIMIT_INDEX_BYTES, allocator) == 0) {
        index = textfsm_index_new(file.text, file.len, path, allocator, error);
    } else {
        file_fail(error, path, "index", LIMIT_INDEX_BYTES);
    }
    file_free(&file);
    return index;
}

void textfsm_index_free(struct textfsm_index *index)
{
    if (!index) {
        return;
    }
    for (struct cell *cell = index->all_cells; cell; cell = cell->next) {
        cell_release(cell);
    }
    regex_scratch_free((struct regex_scratch *)atomic_load(&index->spare));
    alloc_free(index->alloc, index->rows);
    alloc_free(index->alloc, index->warnings);
    arena_release(&index->arena);
    own_free(index, index->alloc);
}

/* ---- Finding ---- */

#define FIND_NONE   (-1)
#define FIND_FAILED (-2)

/* One attribute of a search, with its column. */
struct wanted {
    struct view value;
    size_t column;
};

struct search {
    const struct textfsm_index *index;
    struct wanted *wanted;
    size_t n;
    struct regex_scratch *scratch;
};

/* 1 when the row's cell fits, 0 when not, < 0 when memory or a limit ended the match. */
static int cell_fits(struct search *s, const struct wanted *w, const struct row *row,
                     bool *whole)
{
    size_t matched;
    struct cell *cell = row->cells[w->column];
    if (cell_needs_scratch(cell) && !s->scratch) {
        s->scratch = regex_scratch_new(NULL, s->index->alloc);
        if (!s->scratch) {
            return FIND_FAILED;
        }
    }
    int rc = cell_match(cell, s->scratch, w->value, &matched);
    if (rc > 0 && matched < w->value.len &&
        (w->column == s->index->platform_column || w->column == s->index->command_column)) {
        *whole = false;
    }
    return rc;
}

static int row_fits(struct search *s, const struct row *row, bool *whole)
{
    int rc = 1;
    *whole = true;
    for (size_t i = 0; rc > 0 && i < s->n; i++) {
        rc = cell_fits(s, &s->wanted[i], row, whole);
    }
    return rc;
}

static long find(struct search *s, size_t from, int *whole)
{
    bool all = true;
    for (size_t i = from; i < s->index->nrows; i++) {
        int rc = row_fits(s, &s->index->rows[i], &all);
        if (rc < 0) {
            return FIND_FAILED;
        }
        if (rc > 0) {
            if (whole) {
                *whole = all;
            }
            return (long)i;
        }
    }
    return FIND_NONE;
}

long textfsm_index_match(const struct textfsm_index *index,
                         const struct textfsm_attribute *attributes, size_t n, size_t from,
                         int *whole)
{
    /* The index is shared and const; only the spare scratch changes hands, atomically. */
    atomic_uintptr_t *spare = (atomic_uintptr_t *)(uintptr_t)&index->spare;
    struct wanted few[8], *wanted = few;
    if (n > sizeof(few) / sizeof(few[0])) {
        wanted = alloc_get(index->alloc, n * sizeof(*wanted));
        if (!wanted) {
            return FIND_FAILED;
        }
    }
    struct search s = {.index = index, .wanted = wanted};
    for (size_t i = 0; i < n; i++) {
        size_t column = find_column(index, view_of(attributes[i].name));
        if (attributes[i].value && column != NO_COLUMN && column != index->template_column) {
            wanted[s.n++] = (struct wanted){view_of(attributes[i].value), column};
        }
    }
    s.scratch = (struct regex_scratch *)atomic_exchange(spare, 0);
    long found = find(&s, from, whole);
    regex_scratch_free((struct regex_scratch *)atomic_exchange(spare, (uintptr_t)s.scratch));
    if (wanted != few) {
        alloc_free(index->alloc, wanted);
    }
    return found;
}

long textfsm_index_find(const struct textfsm_index *index, const char *platform,
                        const char *command, const char *hostname, size_t from, int *whole)
{
    const struct textfsm_attribute attributes[] = {
        {"Platform", platform}, {"Command", command}, {"Hostname", hostname}};
    return textfsm_index_match(index, attributes, 3, from, whole);
}

size_t textfsm_index_rows(const struct textfsm_index *index)
{
    return index->nrows;
}

struct textfsm_index_row textfsm_index_row(const struct textfsm_index *index, size_t i)
{
    return i < index->nrows ? index->rows[i].pub : (struct textfsm_index_row){.line = 0};
}

size_t textfsm_index_warnings(const struct textfsm_index *index)
{
    return index->nwarnings;
}

const char *textfsm_index_warning(const struct textfsm_index *index, size_t i)
{
    return i < index->nwarnings ? index->warnings[i] : NULL;
}
