#include "textfsm/cell.h"

#include "base/utf8.h"
#include "textfsm/pystr.h"

/* ---- Completion: "sh[[ow]]" is "sh(o(w)?)?" ---- */

/* The length of a "[[...]]" at the front of v, 0 = there is none. At least one character stands
 * between, and the first "]]" after that ends it. */
static size_t completion_length(struct view v)
{
    if (!view_starts(v, VIEW("[["))) {
        return 0;
    }
    for (size_t i = 3; i + 1 < v.len; i++) {
        if (v.ptr[i] == ']' && v.ptr[i + 1] == ']') {
            return i + 2;
        }
    }
    return 0;
}

/* "(" in front of each character of word and ")?" for each behind. */
static char *write_completion(char *out, struct view word)
{
    size_t chars = 0;
    for (struct view rest = word; rest.len; chars++) {
        size_t n = pystr_bytes(rest, 1);
        *out++ = '(';
        memcpy(out, rest.ptr, n);
        out += n;
        rest = view_slice(rest, n, rest.len);
    }
    for (; chars; chars--) {
        *out++ = ')';
        *out++ = '?';
    }
    return out;
}

static struct view expand(struct view text, struct arena *arena)
{
    char *start = arena_get(arena, text.len * 4 + 1);
    char *out = start;
    while (start && text.len) {
        size_t n = completion_length(text);
        if (n) {
            out = write_completion(out, view_slice(text, 2, n - 2));
        } else {
            n = 1;
            *out++ = text.ptr[0];
        }
        text = view_slice(text, n, text.len);
    }
    return view_make(start, start ? (size_t)(out - start) : 0);
}

/* ---- The plain part ---- */

static bool is_meta(char c)
{
    return c != '\0' && strchr(".^$*+?{}[]|()\\", c) != NULL;
}

static bool is_quantifier(struct view v)
{
    return v.len && v.ptr[0] != '\0' && strchr("*+?{", v.ptr[0]) != NULL;
}

/* One literal character at the front of v: its bytes in v, or 0; *c gets its own bytes. */
static size_t literal_char(struct view v, struct view *c)
{
    bool escaped = v.ptr[0] == '\\' && v.len > 1;
    struct view rest = escaped ? view_slice(v, 1, v.len) : v;
    unsigned char first = (unsigned char)rest.ptr[0];
    bool punctuation = first < 0x80 && !(first >= '0' && first <= '9') &&
                       !((first | 32) >= 'a' && (first | 32) <= 'z') && first > 0x20;
    if (escaped ? !punctuation : is_meta(rest.ptr[0])) {
        return 0;
    }
    *c = view_slice(rest, 0, pystr_bytes(rest, 1));
    size_t n = c->len + escaped;
    return is_quantifier(view_slice(v, n, v.len)) ? 0 : n;
}

/* An alternative at the top makes all in front of it optional. Inside a class this may see one
 * that is none, which costs only speed. */
static bool has_alternative(struct view v)
{
    long depth = 0;
    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] == '\\') {
            i++;
        } else if (v.ptr[i] == '(') {
            depth++;
        } else if (v.ptr[i] == ')') {
            depth--;
        } else if (v.ptr[i] == '[' && completion_length(view_slice(v, i, v.len)) == 0) {
            return memchr(v.ptr, '|', v.len) != NULL;
        } else if (v.ptr[i] == '|' && depth <= 0) {
            return true;
        }
    }
    return false;
}

/* A completion is plain when what follows says where it ends: its end, "$", something that is
 * left to the regex, or a character that it does not hold itself. Then there is one way only.
 */
static bool plain_completion(struct view word, struct view behind)
{
    for (size_t i = 0; i < word.len; i++) {
        if (is_meta(word.ptr[i])) {
            return false;
        }
    }
    if (behind.len == 0 || is_quantifier(behind)) {
        return behind.len == 0;
    }
    struct view c;
    bool literal = completion_length(behind) == 0 && literal_char(behind, &c) > 0;
    return literal ? !memchr(word.ptr, c.ptr[0], word.len)
                   : behind.ptr[0] == '$' && behind.len == 1;
}

/* Copies the segments that were found, and what they point to, into the arena. */
static bool keep_segments(struct cell *cell, const struct segment *found, unsigned n,
                          struct arena *arena)
{
    struct segment *segments = arena_array(arena, n, sizeof(*segments));
    if (!segments) {
        return false;
    }
    memcpy(segments, found, n * sizeof(*segments));
    cell->segments = segments;
    cell->nsegments = n;
    return true;
}

#define SEGMENTS_MAX 16 /* more is left to the regex */

/* Takes the segments off the front of *rest, which keeps what is not plain. */
static bool take_segments(struct cell *cell, struct view *rest, bool completes,
                          struct arena *arena)
{
    struct segment segments[SEGMENTS_MAX] = {{VIEW_NONE, VIEW_NONE}};
    struct segment *segment = segments;
    char *out = arena_get(arena, rest->len + 1);
    if (!out) {
        return false;
    }
    segment->literal.ptr = out;
    while (rest->len) {
        struct view c;
        size_t n = completes ? completion_length(*rest) : 0;
        if (n) {
            struct view word = view_slice(*rest, 2, n - 2);
            if (segment == segments + SEGMENTS_MAX - 1 ||
                !plain_completion(word, view_slice(*rest, n, rest->len))) {
                break;
            }
            segment->completion = word;
            segment++;
            segment->literal.ptr = out;
        } else {
            n = literal_char(*rest, &c);
            if (n == 0) {
                break;
            }
            memcpy(out, c.ptr, c.len);
            out += c.len;
            segment->literal.len += c.len;
        }
        *rest = view_slice(*rest, n, rest->len);
    }
    return keep_segments(cell, segments, (unsigned)(segment - segments) + 1, arena);
}

/* ---- Compiling ---- */

/* An error's column is in the pattern; the author knows only the text. */
static void place_error(struct err *err, const struct cell *cell)
{
    if (err && cell->pattern.len != cell->text.len) {
        err->column = 0;
    }
}

int cell_init(struct cell *cell, struct view text, bool completes, struct arena *arena,
              const struct alloc *alloc, struct err *err)
{
    cell->text = cell->pattern = text;
    cell->alloc = alloc;
    cell->any = text.len == 0 || view_equal(text, VIEW(".*"));
    if (cell->any) {
        return 0;
    }
    struct view rest = text;
    if (!has_alternative(text) && !take_segments(cell, &rest, completes, arena)) {
        return err_nomem(err);
    }
    cell->at_end = view_equal(rest, VIEW("$"));
    cell->plain = cell->segments && (rest.len == 0 || cell->at_end);
    if (completes) {
        cell->pattern = expand(text, arena);
        if (!cell->pattern.ptr) {
            return err_nomem(err);
        }
    }
    if (cell->plain) {
        return 0;
    }
    int rc = regex_check(cell->pattern, alloc, err);
    if (rc < 0) {
        place_error(err, cell);
    }
    return rc;
}

void cell_release(struct cell *cell)
{
    regex_free(atomic_load(&cell->re));
}

/* The compiled regex; whoever needs it first, in whichever thread, makes it. */
static int cell_regex(struct cell *cell, const struct regex **out)
{
    struct regex *re = atomic_load_explicit(&cell->re, memory_order_acquire);
    if (!re) {
        struct regex *none = NULL;
        int rc = regex_compile(&re, cell->pattern, REGEX_ANCHORED, cell->alloc, NULL);
        if (rc < 0) {
            return rc;
        }
        if (!atomic_compare_exchange_strong(&cell->re, &none, re)) {
            regex_free(re);
            re = none;
        }
    }
    *out = re;
    return 0;
}

/* ---- Matching ---- */

static size_t common(struct view a, struct view b)
{
    size_t n = 0;
    while (n < a.len && n < b.len && a.ptr[n] == b.ptr[n]) {
        n++;
    }
    return n;
}

/* "$" is the end, or before a last newline. */
static bool ends(const struct cell *cell, struct view rest)
{
    return !cell->at_end || rest.len == 0 || (rest.len == 1 && rest.ptr[0] == '\n');
}

/* Literal by literal; a completion takes as much as there is. *left gets what is not matched.
 */
static bool match_segments(const struct cell *cell, struct view rest, struct view *left)
{
    for (unsigned i = 0; i < cell->nsegments; i++) {
        const struct segment *segment = &cell->segments[i];
        if (!view_starts(rest, segment->literal)) {
            return false;
        }
        rest = view_slice(rest, segment->literal.len, rest.len);
        rest = view_slice(rest, common(segment->completion, rest), rest.len);
    }
    *left = rest;
    return ends(cell, rest);
}

int cell_match(struct cell *cell, struct regex_scratch *scratch, struct view subject,
               size_t *matched)
{
    struct view left = {NULL, 0}, group;
    *matched = subject.len;
    if (cell->any) {
        return 1;
    }
    if (cell->segments && !match_segments(cell, subject, &left)) {
        return 0;
    }
    if (cell->plain) {
        *matched = subject.len - left.len;
        return 1;
    }
    const struct regex *re;
    int rc = cell_regex(cell, &re);
    rc = rc < 0 ? rc : regex_match(re, scratch, subject, &group, 1, NULL);
    if (rc > 0) {
        *matched = group.len;
    }
    return rc;
}

/* ---- Writing out ---- */

static struct view without(struct view v, struct view suffix)
{
    return view_ends(v, suffix) ? view_slice(v, 0, v.len - suffix.len) : v;
}

struct view cell_written_out(const struct cell *cell, struct arena *arena)
{
    struct view text = without(cell->text, VIEW("$"));
    text = without(without(text, VIEW("\\s*")), VIEW(" *"));
    struct cell plain = {.text = text};
    if (cell->any || has_alternative(text) || !take_segments(&plain, &text, true, arena) ||
        text.len) {
        return VIEW_NONE;
    }
    char *start = arena_get(arena, cell->text.len + 1);
    char *out = start;
    for (unsigned i = 0; start && i < plain.nsegments; i++) {
        const struct segment *segment = &plain.segments[i];
        memcpy(out, segment->literal.ptr, segment->literal.len);
        out += segment->literal.len;
        if (segment->completion.len) {
            memcpy(out, segment->completion.ptr, segment->completion.len);
            out += segment->completion.len;
        }
    }
    return view_make(start, start ? (size_t)(out - start) : 0);
}
