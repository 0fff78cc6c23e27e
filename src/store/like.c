#include "store/like.h"

#include "store/argument.h"
#include "store/guard.h"

#include <stdint.h>
#include <string.h>

#define STEPS_BETWEEN_LOOKS 100000

#define NONE ((size_t)-1)

/* What stands for what in a pattern. 0: nothing does. */
struct wildcards {
    uint32_t many, one, set, escape;
    bool fold; /* the case of ASCII letters does not count */
};

struct matching {
    struct wildcards wild;
    struct view pattern, text;
    size_t p, t;           /* where the two are */
    size_t star_p, star_t; /* behind the last `many`, and where it lets the text begin */
    const struct guard *guard;
    size_t steps, looked; /* at the clock, after so many of them */
    bool late;
    unsigned char plain[256]; /* by byte of the pattern: what it is folded, 0: it is no plain
                                 ASCII character */
};

/* SQLite's reading of UTF-8, which takes whatever comes. */
static uint32_t long_char(struct view v, size_t *at, uint32_t c)
{
    c &= c < 0xe0   ? 0x1f
         : c < 0xf0 ? 0x0f
         : c < 0xf8 ? 0x07
         : c < 0xfc ? 0x03
         : c < 0xfe ? 1
                    : 0;
    while (*at < v.len && ((unsigned char)v.ptr[*at] & 0xc0) == 0x80) {
        c = (c << 6) | ((unsigned char)v.ptr[(*at)++] & 0x3f);
    }
    bool bad = c < 0x80 || (c & 0xfffff800) == 0xd800 || (c & 0xfffffffe) == 0xfffe;
    return bad ? 0xfffd : c;
}

static inline uint32_t next_char(struct view v, size_t *at)
{
    uint32_t c = (unsigned char)v.ptr[(*at)++];
    return c < 0xc0 ? c : long_char(v, at, c);
}

static uint32_t folded(const struct matching *m, uint32_t c)
{
    return m->wild.fold && c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static bool pattern_is_at(const struct matching *m, char c)
{
    return m->p < m->pattern.len && m->pattern.ptr[m->p] == c;
}

static bool take(struct matching *m, char c)
{
    bool there = pattern_is_at(m, c);
    m->p += there;
    return there;
}

/* One character of a set, or the rest of a range that *before began, against c. */
static bool in_item(struct matching *m, uint32_t c, uint32_t *before)
{
    uint32_t from = *before, to = next_char(m->pattern, &m->p);
    bool last = m->p == m->pattern.len || pattern_is_at(m, ']');
    if (to == '-' && !last && from > 0) {
        *before = 0;
        to = next_char(m->pattern, &m->p);
        return c >= from && c <= to;
    }
    *before = to;
    return c == to;
}

/* The rest of a set, whose `[` was read, against c. A set that is not ended holds nothing. */
static bool in_set(struct matching *m, uint32_t c)
{
    uint32_t before = 0;
    bool inverted = take(m, '^');
    bool seen = take(m, ']') && c == ']';
    while (m->p < m->pattern.len && !pattern_is_at(m, ']')) {
        seen |= in_item(m, c, &before);
    }
    return take(m, ']') && seen != inverted;
}

/* What the pattern says next against the text's next character. False, too, where there is
 * none. */
static bool step(struct matching *m, uint32_t c)
{
    bool escaped = m->wild.escape && c == m->wild.escape;
    if (escaped && m->p == m->pattern.len) {
        return false;
    }
    c = escaped ? next_char(m->pattern, &m->p) : c;
    if (m->t == m->text.len) {
        return false;
    }
    uint32_t seen = next_char(m->text, &m->t);
    if (!escaped && m->wild.set && c == m->wild.set) {
        return in_set(m, seen);
    }
    return folded(m, c) == folded(m, seen) || (!escaped && c == m->wild.one);
}

/* Past what cannot begin a match of the plain ASCII character behind the last `many`. */
static void skip(struct matching *m)
{
    unsigned char c = m->star_p < m->pattern.len ? (unsigned char)m->pattern.ptr[m->star_p] : 0;
    if (!m->plain[c]) {
        return;
    }
    char lower = (char)m->plain[c];
    char upper =
        (char)(m->wild.fold && lower >= 'a' && lower <= 'z' ? lower - ('a' - 'A') : lower);
    size_t from = m->star_t, most = from + STEPS_BETWEEN_LOOKS;
    while (m->star_t < m->text.len && m->star_t < most && m->text.ptr[m->star_t] != upper &&
           m->text.ptr[m->star_t] != lower) {
        m->star_t++;
    }
    m->steps += (m->star_t - from) / 8;
}

/* Lets the last `many` take one character more. */
static bool go_back(struct matching *m)
{
    if (m->star_p == NONE || m->star_t >= m->text.len) {
        return false;
    }
    next_char(m->text, &m->star_t);
    skip(m);
    m->p = m->star_p;
    m->t = m->star_t;
    return true;
}

static bool is_late(struct matching *m)
{
    if (m->steps - m->looked >= STEPS_BETWEEN_LOOKS || m->steps == 0) {
        m->looked = m->steps;
        m->late = m->guard && now_ms() > m->guard->deadline;
    }
    m->steps++;
    return m->late;
}

static void find_plain(struct matching *m)
{
    const struct wildcards *w = &m->wild;
    for (uint32_t c = 1; c < 0x80; c++) {
        bool special = c == w->many || c == w->one || c == w->set || c == w->escape;
        m->plain[c] = special ? 0 : (unsigned char)folded(m, c);
    }
}

/* Plain characters in both: most of the work. */
static void take_plain(struct matching *m)
{
    const unsigned char *pattern = (const unsigned char *)m->pattern.ptr + m->p;
    const unsigned char *text = (const unsigned char *)m->text.ptr + m->t;
    size_t left = m->text.len - m->t, n = m->pattern.len - m->p, i = 0;
    n = n < left ? n : left;
    while (i < n && m->plain[pattern[i]] &&
           (pattern[i] == text[i] || m->plain[pattern[i]] == folded(m, text[i]))) {
        i++;
    }
    m->p += i;
    m->t += i;
    m->steps += i / 8;
}

static bool matches(struct matching *m)
{
    m->star_p = NONE;
    find_plain(m);
    while (!is_late(m)) {
        take_plain(m);
        if (m->p == m->pattern.len) {
            if (m->t == m->text.len) {
                return true;
            }
        } else {
            uint32_t c = next_char(m->pattern, &m->p);
            if (c == m->wild.many && c != m->wild.escape) {
                m->star_p = m->p;
                m->star_t = m->t;
                continue;
            }
            if (step(m, c)) {
                continue;
            }
        }
        if (!go_back(m)) {
            return false;
        }
    }
    return false;
}

/* ---- As functions --------------------------------------------------------------------------
 */

/* As SQLite has it: up to the first NUL. */
static struct view text_of(sqlite3_value *value)
{
    struct view text = argument_text(value);
    text.len = text.ptr ? strnlen(text.ptr, text.len) : 0;
    return text;
}

/* A blob is like nothing: so Debian builds SQLite. */
static bool is_blob(sqlite3_value **argv)
{
    return sqlite3_value_type(argv[0]) == SQLITE_BLOB ||
           sqlite3_value_type(argv[1]) == SQLITE_BLOB;
}

static void answer(sqlite3_context *ctx, sqlite3_value **argv, const struct wildcards *wild)
{
    sqlite3 *handle = sqlite3_context_db_handle(ctx);
    const struct db *db = sqlite3_user_data(ctx);
    if (is_blob(argv)) {
        sqlite3_result_int(ctx, 0);
        return;
    }
    int most = sqlite3_limit(handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, -1);
    struct matching m = {.wild = *wild, .guard = db->guard};
    if (sqlite3_value_bytes(argv[0]) > most) {
        sqlite3_result_error(ctx, "LIKE or GLOB pattern too complex", -1);
        return;
    }
    m.pattern = text_of(argv[0]);
    m.text = text_of(argv[1]);
    if (!m.pattern.ptr || !m.text.ptr) {
        return; /* NULL */
    }
    bool found = matches(&m);
    if (m.late) {
        sqlite3_result_error_code(ctx, SQLITE_INTERRUPT);
    } else {
        sqlite3_result_int(ctx, found);
    }
}

static void fn_glob(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    static const struct wildcards wild = {.many = '*', .one = '?', .set = '['};
    (void)argc;
    answer(ctx, argv, &wild);
}

static void fn_like(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    struct wildcards wild = {.many = '%', .one = '_', .fold = true};
    if (argc == 3 && !is_blob(argv)) {
        struct view escape = text_of(argv[2]);
        size_t at = 0;
        if (!escape.ptr) {
            return;
        }
        wild.escape = escape.len ? next_char(escape, &at) : 0;
        if (escape.len == 0 || at < escape.len) {
            sqlite3_result_error(ctx, "ESCAPE expression must be a single character", -1);
            return;
        }
    }
    answer(ctx, argv, &wild);
}

int like_register(struct db *db)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int rc = SQLITE_OK;
    for (int argc = 2; argc <= 3 && rc == SQLITE_OK; argc++) {
        rc = sqlite3_create_function_v2(db->handle, "like", argc, flags, db, fn_like, NULL,
                                        NULL, NULL);
    }
    return rc != SQLITE_OK ? rc
                           : sqlite3_create_function_v2(db->handle, "glob", 2, flags, db,
                                                        fn_glob, NULL, NULL, NULL);
}
