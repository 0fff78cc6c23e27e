/* Several machines on one text, their rows joined as a table plans it. */
#include "textfsm/fail.h"
#include "textfsm/grow.h"
#include "textfsm/own.h"
#include "textfsm/table.h"

#include <stdint.h>

/* First rows by their Key cells, open addressing: row number + 1, 0 = free. */
struct lookup {
    uint32_t *slots;
    size_t mask;
};

struct textfsm_merge {
    const struct textfsm_table *table;
    struct textfsm_run_options options;
    struct alloc alloc_copy;
    const struct alloc *alloc;
    struct textfsm_run **runs;
    unsigned failed; /* the run that failed + 1, 0 = none */
    struct lookup *lookups;
    struct textfsm_cell *out;
    struct arena arena;
    struct textfsm_cell **rows; /* merged, when there is no on_row */
    size_t nrows, cap;
};

/* ---- Comparing Keys ---- */

/* In a list clitable knows "None" and no null. */
static struct view cell_text(const struct textfsm_cell *cell)
{
    return cell->kind == TEXTFSM_TEXT ? view_make(cell->u.text, cell->len) : VIEW("None");
}

static bool is_text(const struct textfsm_cell *cell)
{
    return cell->kind == TEXTFSM_TEXT || cell->kind == TEXTFSM_NULL;
}

static bool text_equal(const struct textfsm_cell *a, const struct textfsm_cell *b)
{
    return is_text(a) && is_text(b) && view_equal(cell_text(a), cell_text(b));
}

/* Two dictionaries with the same names; in them null is not "None". */
static bool dict_equal(const struct textfsm_cell *a, const struct textfsm_cell *b)
{
    bool equal = a->kind == TEXTFSM_DICT && b->kind == TEXTFSM_DICT && a->len == b->len;
    for (uint32_t i = 0; equal && i < a->len; i++) {
        const struct textfsm_cell *left = &a->u.items[i], *right = &b->u.items[i];
        equal = left->kind == right->kind && text_equal(left, right);
    }
    return equal;
}

static bool cell_equal(const struct textfsm_cell *a, const struct textfsm_cell *b,
                       bool same_names)
{
    if (is_text(a) || is_text(b)) {
        return text_equal(a, b);
    }
    bool equal = a->len == b->len;
    for (uint32_t i = 0; equal && i < a->len; i++) {
        const struct textfsm_cell *left = &a->u.items[i], *right = &b->u.items[i];
        equal = text_equal(left, right) || (same_names && dict_equal(left, right));
    }
    return equal;
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ at[i]) * UINT64_C(0x100000001B3);
    }
    return hash ^ hash >> 29;
}

static uint64_t hash_cell(uint64_t hash, const struct textfsm_cell *cell)
{
    if (is_text(cell)) {
        struct view text = cell_text(cell);
        return hash_bytes(hash + 1, text.ptr, text.len);
    }
    for (uint32_t i = 0; i < cell->len; i++) {
        hash = hash_cell(hash, &cell->u.items[i]);
    }
    return hash + 2;
}

static uint64_t hash_keys(const struct extension *ext, const struct textfsm_cell *row, bool own)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (unsigned k = 0; k < ext->nkeys; k++) {
        const struct column_pair *key = &ext->keys[k].pair;
        hash = hash_cell(hash, &row[own ? key->own : key->merged]);
    }
    return hash;
}

/* ---- Finding the row that joins ---- */

static bool joins(const struct extension *ext, const struct textfsm_cell *left, bool left_own,
                  const struct textfsm_cell *right)
{
    for (unsigned k = 0; k < ext->nkeys; k++) {
        const struct column_pair *key = &ext->keys[k].pair;
        if (!cell_equal(&left[left_own ? key->own : key->merged], &right[key->own],
                        left_own || ext->keys[k].same_names)) {
            return false;
        }
    }
    return true;
}

/* The slot of the first row with left's Keys, or a free one. */
static uint32_t *probe(const struct lookup *lookup, const struct extension *ext,
                       const struct textfsm_run *run, const struct textfsm_cell *left, bool own)
{
    size_t at = hash_keys(ext, left, own) & lookup->mask;
    while (lookup->slots[at] &&
           !joins(ext, left, own, textfsm_run_row(run, lookup->slots[at] - 1))) {
        at = (at + 1) & lookup->mask;
    }
    return &lookup->slots[at];
}

static int check_keys(const struct textfsm_merge *m, const struct extension *ext,
                      struct textfsm_error *error)
{
    for (unsigned k = 0; k < ext->nkeys; k++) {
        if (ext->keys[k].pair.own == KEY_MISSING) {
            return fail_at(error, TEXTFSM_BAD_TEMPLATE, textfsm_template_name(ext->template), 0,
                           0, "the template lacks the Key %s by which it is merged",
                           m->table->columns[ext->keys[k].pair.merged].value->name);
        }
    }
    return 0;
}

static int build_lookup(struct textfsm_merge *m, unsigned e, struct textfsm_error *error)
{
    const struct extension *ext = &m->table->extensions[e];
    const struct textfsm_run *run = m->runs[e + 1];
    struct lookup *lookup = &m->lookups[e];
    size_t n = textfsm_run_rows(run);
    if (ext->nadd == 0 || ext->nkeys == 0 || n == 0 || textfsm_run_rows(m->runs[0]) == 0) {
        return 0;
    }
    int rc = check_keys(m, ext, error);
    if (rc < 0) {
        return rc;
    }
    size_t size = 16;
    while (size < 2 * n) {
        size *= 2;
    }
    lookup->slots = n < UINT32_MAX ? alloc_get(m->alloc, size * sizeof(uint32_t)) : NULL;
    if (!lookup->slots) {
        return fail_nomem(error);
    }
    memset(lookup->slots, 0, size * sizeof(uint32_t));
    lookup->mask = size - 1;
    for (size_t i = 0; i < n; i++) {
        uint32_t *slot = probe(lookup, ext, run, textfsm_run_row(run, i), true);
        if (*slot == 0) {
            *slot = (uint32_t)i + 1;
        }
    }
    return 0;
}

/* The row of run e + 1 that joins merged row number i, now in m->out; NULL for none. */
static const struct textfsm_cell *find_row(const struct textfsm_merge *m, unsigned e, size_t i)
{
    const struct textfsm_run *run = m->runs[e + 1];
    const struct extension *ext = &m->table->extensions[e];
    if (ext->nkeys == 0) {
        return textfsm_run_row(run, i);
    }
    if (!m->lookups[e].slots) {
        return NULL;
    }
    uint32_t at = *probe(&m->lookups[e], ext, run, m->out, false);
    return at ? textfsm_run_row(run, at - 1) : NULL;
}

/* ---- Rows ---- */

static void join_row(struct textfsm_merge *m, size_t i)
{
    const struct textfsm_cell *first = textfsm_run_row(m->runs[0], i);
    unsigned n = textfsm_template_values(m->table->templates[0]);
    if (n) {
        memcpy(m->out, first, n * sizeof(*first));
    }
    for (unsigned e = 0; e + 1 < m->table->ntemplates; e++) {
        const struct extension *ext = &m->table->extensions[e];
        const struct textfsm_cell *row = find_row(m, e, i);
        for (unsigned k = 0; k < ext->nadd; k++) {
            m->out[ext->add[k].merged] =
                row ? row[ext->add[k].own]
                    : (struct textfsm_cell){TEXTFSM_TEXT, 0, {.text = ""}};
        }
    }
}

static int give_row(struct textfsm_merge *m, struct textfsm_error *error)
{
    unsigned n = m->table->ncolumns;
    if (m->options.on_row) {
        m->nrows++;
        return m->options.on_row(m->options.user, m->out, n) == 0
                   ? 0
                   : fail_set(error, TEXTFSM_STOPPED, "stopped by the receiver of the rows");
    }
    struct textfsm_cell *row = arena_array(&m->arena, n, sizeof(*row));
    if (!row || !grow(m->alloc, &m->rows, &m->cap, m->nrows, sizeof(*m->rows))) {
        return fail_nomem(error);
    }
    memcpy(row, m->out, n * sizeof(*row));
    m->rows[m->nrows++] = row;
    return 0;
}

static void drop_lookups(struct textfsm_merge *m)
{
    for (unsigned e = 0; m->lookups && e + 1 < m->table->ntemplates; e++) {
        alloc_free(m->alloc, m->lookups[e].slots);
        m->lookups[e].slots = NULL;
    }
}

static int join_rows(struct textfsm_merge *m, struct textfsm_error *error)
{
    int rc = 0;
    for (unsigned e = 0; rc == 0 && e + 1 < m->table->ntemplates; e++) {
        rc = build_lookup(m, e, error);
    }
    for (size_t i = 0; rc == 0 && i < textfsm_run_rows(m->runs[0]); i++) {
        join_row(m, i);
        rc = give_row(m, error);
    }
    drop_lookups(m);
    return rc;
}

/* ---- The public face ---- */

static bool single(const struct textfsm_merge *m)
{
    return m->table->ntemplates == 1;
}

int textfsm_merge_feed(struct textfsm_merge *m, const char *text, size_t len,
                       struct textfsm_error *error)
{
    if (m->failed) {
        return textfsm_run_feed(m->runs[m->failed - 1], text, len, error);
    }
    for (unsigned i = 0; i < m->table->ntemplates; i++) {
        int rc = textfsm_run_feed(m->runs[i], text, len, error);
        if (rc < 0) {
            m->failed = i + 1;
            return rc;
        }
    }
    return 0;
}

int textfsm_merge_finish(struct textfsm_merge *m, struct textfsm_error *error)
{
    int rc = 0;
    for (unsigned i = 0; i < m->table->ntemplates; i++) {
        bool first = !m->failed || m->failed == i + 1;
        int status = textfsm_run_finish(m->runs[i], first ? error : NULL);
        if (status < 0 && first) {
            m->failed = i + 1;
            rc = status;
        }
    }
    if (single(m)) {
        return rc;
    }
    int joined = join_rows(m, rc < 0 ? NULL : error);
    return rc < 0 ? rc : joined;
}

void textfsm_merge_reset(struct textfsm_merge *m)
{
    for (unsigned i = 0; i < m->table->ntemplates; i++) {
        textfsm_run_reset(m->runs[i]);
    }
    arena_reset(&m->arena);
    m->nrows = 0;
    m->failed = 0;
}

static int open_runs(struct textfsm_merge *m, struct textfsm_error *error)
{
    struct textfsm_run_options options = m->options;
    if (!single(m)) {
        options.on_row = NULL;
    }
    for (unsigned i = 0; i < m->table->ntemplates; i++) {
        m->runs[i] = textfsm_run_new(m->table->templates[i], &options, error);
        if (!m->runs[i]) {
            return TEXTFSM_NOMEM;
        }
        options.on_unmatched = NULL;
        options.on_trace = NULL;
    }
    return 0;
}

static bool allocate(struct textfsm_merge *m)
{
    size_t n = m->table->ntemplates;
    m->runs = alloc_get(m->alloc, n * sizeof(struct textfsm_run *));
    if (m->runs) {
        memset(m->runs, 0, n * sizeof(struct textfsm_run *));
    }
    m->lookups = alloc_get(m->alloc, n * sizeof(*m->lookups));
    if (m->lookups) {
        memset(m->lookups, 0, n * sizeof(*m->lookups));
    }
    m->out = alloc_get(m->alloc, m->table->ncolumns * sizeof(*m->out));
    return m->runs && m->lookups && m->out;
}

struct textfsm_merge *textfsm_merge_new(const struct textfsm_table *table,
                                        const struct textfsm_run_options *options,
                                        struct textfsm_error *error)
{
    const struct textfsm_allocator *allocator = options ? options->allocator : NULL;
    struct textfsm_merge *m = own_new(sizeof(*m), allocator);
    if (!m) {
        fail_nomem(error);
        return NULL;
    }
    m->table = table;
    m->alloc = own_alloc(&m->alloc_copy, allocator);
    arena_init(&m->arena, m->alloc);
    if (options) {
        m->options = *options;
    }
    if (!allocate(m)) {
        fail_nomem(error);
    } else if (open_runs(m, error) == 0) {
        return m;
    }
    textfsm_merge_free(m);
    return NULL;
}

void textfsm_merge_free(struct textfsm_merge *m)
{
    if (!m) {
        return;
    }
    for (unsigned i = 0; m->runs && i < m->table->ntemplates; i++) {
        textfsm_run_free(m->runs[i]);
    }
    drop_lookups(m);
    alloc_free(m->alloc, m->runs);
    alloc_free(m->alloc, m->lookups);
    alloc_free(m->alloc, m->out);
    alloc_free(m->alloc, m->rows);
    arena_release(&m->arena);
    own_free(m, m->alloc);
}

struct textfsm_stats textfsm_merge_stats(const struct textfsm_merge *m)
{
    struct textfsm_stats stats = textfsm_run_stats(m->runs[0]);
    if (!single(m)) {
        stats.rows = m->nrows;
    }
    return stats;
}

struct textfsm_failure textfsm_merge_failure(const struct textfsm_merge *m)
{
    return textfsm_run_failure(m->runs[m->failed ? m->failed - 1 : 0]);
}

size_t textfsm_merge_rows(const struct textfsm_merge *m)
{
    return single(m) ? textfsm_run_rows(m->runs[0]) : m->nrows;
}

const struct textfsm_cell *textfsm_merge_row(const struct textfsm_merge *m, size_t i)
{
    if (single(m)) {
        return textfsm_run_row(m->runs[0], i);
    }
    return i < m->nrows && m->rows ? m->rows[i] : NULL;
}
