#include "base/utf8.h"

static bool continuation(struct view v, size_t i)
{
    return i < v.len && ((unsigned char)v.ptr[i] & 0xC0) == 0x80;
}

static uint32_t low6(struct view v, size_t i)
{
    return (unsigned char)v.ptr[i] & 0x3Fu;
}

size_t utf8_decode(struct view v, uint32_t *cp)
{
    unsigned char b = (unsigned char)v.ptr[0];
    *cp = UTF8_INVALID;
    if (b < 0x80) {
        *cp = b;
        return 1;
    }
    if (b >= 0xC2 && b <= 0xDF && continuation(v, 1)) {
        *cp = (b & 0x1Fu) << 6 | low6(v, 1);
        return 2;
    }
    if (b >= 0xE0 && b <= 0xEF && continuation(v, 1) && continuation(v, 2)) {
        uint32_t c = (b & 0x0Fu) << 12 | low6(v, 1) << 6 | low6(v, 2);
        if (c >= 0x800 && (c < 0xD800 || c > 0xDFFF)) {
            *cp = c;
            return 3;
        }
        return 1;
    }
    if (b >= 0xF0 && b <= 0xF4 && continuation(v, 1) && continuation(v, 2) && continuation(v, 3)) {
        uint32_t c = (b & 0x07u) << 18 | low6(v, 1) << 12 | low6(v, 2) << 6 | low6(v, 3);
        if (c >= 0x10000 && c <= 0x10FFFF) {
            *cp = c;
            return 4;
        }
    }
    return 1;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

bool ascii_only(struct view v)
{
    size_t i = 0;
    for (; i + 8 <= v.len; i += 8) {
        uint64_t word;
        memcpy(&word, v.ptr + i, 8);
        if (word & 0x8080808080808080u) {
            return false;
        }
    }
    for (; i < v.len; i++) {
        if ((unsigned char)v.ptr[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

bool utf8_valid(struct view v)
{
    while (v.len) {
        uint32_t cp;
        size_t n = utf8_decode(v, &cp);
        if (cp == UTF8_INVALID) {
            return false;
        }
        v = view_slice(v, n, v.len);
    }
    return true;
}

size_t utf8_length(struct view v)
{
    size_t count = 0;
    while (v.len) {
        uint32_t cp;
        v = view_slice(v, utf8_decode(v, &cp), v.len);
        count++;
    }
    return count;
}

void utf8_repair(struct strbuf *out, struct view v)
{
    size_t start = 0;
    for (size_t i = 0; i < v.len;) {
        uint32_t cp;
        size_t n = utf8_decode(view_slice(v, i, v.len), &cp);
        if (cp == UTF8_INVALID) {
            strbuf_addview(out, view_slice(v, start, i));
            strbuf_addstr(out, "\xEF\xBF\xBD");
            start = i + n;
        }
        i += n;
    }
    strbuf_addview(out, view_slice(v, start, v.len));
}
