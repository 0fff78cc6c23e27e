#include "textfsm/lines.h"

#include "textfsm/sixteen.h"

#define BLOCK 64

/* ---- Marks: of control characters, and of what is not ASCII ---- */

static inline uint64_t mark_block(const char *text)
{
    const char most = ' ' - 1;
    uint64_t low = sixteen_above(text, most) | sixteen_above(text + 16, most) << 16;
    uint64_t high = sixteen_above(text + 32, most) | sixteen_above(text + 48, most) << 16;
    return ~(low | high << 32);
}

static uint64_t mark(struct view text, size_t at)
{
    char copy[BLOCK];
    if (text.len - at >= BLOCK) {
        return mark_block(text.ptr + at);
    }
    memset(copy, ' ', BLOCK); /* nothing behind the text's end is read */
    memcpy(copy, text.ptr + at, text.len - at);
    return mark_block(copy);
}

/* ---- Lines ---- */

void lines_init(struct lines *lines, struct view text)
{
    *lines = (struct lines){text, 0, 0, text.len ? mark(text, 0) : 0};
}

void lines_go_to(struct lines *lines, size_t to)
{
    lines->from = to;
    if (to - lines->block >= BLOCK) {
        lines->block = to - to % BLOCK;
        lines->marks = to < lines->text.len ? mark(lines->text, lines->block) : 0;
    }
    lines->marks &= UINT64_MAX << (to - lines->block);
}

static __attribute__((noinline)) bool mark_last(struct lines *lines, size_t at)
{
    if (at < lines->text.len) {
        lines->block = at;
        lines->marks = mark(lines->text, at);
    }
    return lines->marks != 0;
}

bool lines_find_mark(struct lines *lines)
{
    size_t at = lines->block + BLOCK;
    for (; at + BLOCK <= lines->text.len; at += BLOCK) {
        uint64_t marks = mark_block(lines->text.ptr + at);
        if (marks) {
            lines->block = at;
            lines->marks = marks;
            return true;
        }
    }
    return mark_last(lines, at);
}

static bool byte_is(struct view v, size_t i, unsigned char byte)
{
    return i < v.len && (unsigned char)v.ptr[i] == byte;
}

/* Bytes of the separator that begins at i, 0 = none there. */
static size_t separator(struct view v, size_t i)
{
    unsigned char c = (unsigned char)v.ptr[i];
    if (c == '\n') {
        return 1;
    }
    if (c == '\r') {
        return byte_is(v, i + 1, '\n') ? 2 : 1;
    }
    if (c == 0x0B || c == 0x0C || (c >= 0x1C && c <= 0x1E)) {
        return 1;
    }
    if (c == 0xC2) {
        return byte_is(v, i + 1, 0x85) ? 2 : 0;
    }
    if (c == 0xE2 && byte_is(v, i + 1, 0x80)) {
        return byte_is(v, i + 2, 0xA8) || byte_is(v, i + 2, 0xA9) ? 3 : 0;
    }
    return 0;
}

bool lines_next_other(struct lines *lines, struct line *line)
{
    struct view text = lines->text;
    bool ascii = true;
    while (lines->marks || lines_find_mark(lines)) {
        size_t at = lines->block + (unsigned)__builtin_ctzll(lines->marks);
        size_t len = separator(text, at);
        if (len) {
            *line = (struct line){view_slice(text, lines->from, at), ascii};
            lines_go_to(lines, at + len);
            return true;
        }
        ascii = ascii && (unsigned char)text.ptr[at] < 0x80;
        lines->marks &= lines->marks - 1;
    }
    return false;
}

size_t line_end_across(struct view before, struct view after, size_t *back)
{
    for (*back = 1; *back <= 2 && *back <= before.len; ++*back) {
        char join[4];
        size_t n = after.len < 2 ? after.len : 2;
        memcpy(join, before.ptr + before.len - *back, *back);
        memcpy(join + *back, after.ptr, n);
        size_t len = separator(view_make(join, *back + n), 0);
        if (len > *back) {
            return len - *back;
        }
    }
    return 0;
}
