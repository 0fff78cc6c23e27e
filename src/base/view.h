/*
 * struct view borrows bytes: a pointer and a length, no NUL needed, NUL bytes allowed. Whoever
 * made the bytes says how long they live.
 */
#ifndef BASE_VIEW_H
#define BASE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct view {
    const char *ptr; /* may be NULL when len is 0 */
    size_t len;
};

#define VIEW(literal) ((struct view){(literal), sizeof(literal) - 1})
#define VIEW_NONE     ((struct view){NULL, 0})

/* For printf's "%.*s". */
#define VIEW_ARG(v) (int)(v).len, (v).ptr ? (v).ptr : ""

static inline struct view view_of(const char *str)
{
    return (struct view){str, str ? strlen(str) : 0};
}

static inline struct view view_make(const char *ptr, size_t len)
{
    return (struct view){ptr, len};
}

static inline bool view_equal(struct view a, struct view b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool view_equal_str(struct view a, const char *b)
{
    return view_equal(a, view_of(b));
}

static inline bool view_starts(struct view v, struct view prefix)
{
    return v.len >= prefix.len && (prefix.len == 0 || memcmp(v.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool view_ends(struct view v, struct view suffix)
{
    return v.len >= suffix.len &&
           (suffix.len == 0 || memcmp(v.ptr + v.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

/* The bytes [from, to) of v; both are cut to v's length. */
static inline struct view view_slice(struct view v, size_t from, size_t to)
{
    if (to > v.len) {
        to = v.len;
    }
    if (from > to) {
        from = to;
    }
    return (struct view){v.ptr ? v.ptr + from : NULL, to - from};
}

/* v without ASCII blanks (space, \t, \r, \n) at both ends. */
static inline struct view view_trim(struct view v)
{
    while (v.len > 0 && strchr(" \t\r\n", v.ptr[v.len - 1]) && v.ptr[v.len - 1] != '\0') {
        v.len--;
    }
    while (v.len > 0 && strchr(" \t\r\n", v.ptr[0]) && v.ptr[0] != '\0') {
        v.ptr++;
        v.len--;
    }
    return v;
}

#endif
